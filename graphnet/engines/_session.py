"""Spark sessions for the Spark engine: how a local one is started, how one is set up, what its errors mean."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphnet import errors
from graphnet.errors import GraphnetError, InputError
from graphnet.log import logger

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["PIECE", "fitted", "heap", "reason", "spelled", "start", "told"]

PIECE = 100_000
"""Rows of a piece on its way to Python: a call per piece costs nothing then, and many columns still fit a worker."""

MEANING = {
    # the SQL of graphnet means the same on every engine with these
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.variable.substitute": "false",
    "spark.sql.session.timeZone": "UTC",
    # what Python gets and gives
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(PIECE),
    "spark.sql.execution.arrow.useLargeVarTypes": "false",
}
"""Set in every session that is used; without the fourth, ``${x}`` in an account's id would be a variable."""

LOCAL = {
    # nothing listens to the outside, and a laptop's host name need not resolve
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # no folders in the directory where graphnet was called
    "spark.sql.catalogImplementation": "in-memory",
    # what is collected is thinned already; one machine's memory is the limit, not a setting
    "spark.driver.maxResultSize": "0",
}
JAVA = "Spark runs on Java 17 or 21. Install it, such as: apt-get install openjdk-17-jre-headless"
UNITS = {"b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "tb": 1000**4}
UNITS |= {"kib": 1024, "mib": 1024**2, "gib": 1024**3, "tib": 1024**4}
LEAST = 512 * 1024**2
"""Bytes of memory below which Spark itself does not start."""


def heap(memory: str) -> str:
    """A memory limit as graphnet writes it (``8GB``, ``70%``), as Java writes it (``7629m``).

    Raises:
        InputError: It is none, or too little for Spark.

    Example:
        >>> heap("2GiB")
        '2048m'
    """
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(%|[kmgt]?i?b)\s*", memory.lower())
    if not found:
        raise InputError(f"the engine cannot be started with memory {memory!r}; it takes an amount such as 8GB or 60%")
    amount, unit = float(found[1]), found[2]
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    size = amount / 100 * total if unit == "%" else amount * UNITS[unit]
    if size < LEAST:
        raise InputError(f"the engine cannot be started with memory {memory!r}: Spark needs at least 512MiB")
    return f"{int(size / 1024**2)}m"


def start(memory: str, threads: int | None, spill: Path | None) -> SparkSession:
    """A session on this machine, or on the one that the surroundings name; the one that is running, if there is one.

    Raises:
        GraphnetError: PySpark or Java is missing, or Spark does not start.
    """
    try:
        with _quiet():
            from pyspark import SparkConf, SparkContext  # noqa: PLC0415  (an extra, and slow to import)
            from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError:
        raise GraphnetError(
            "the engine spark needs PySpark, which is not installed. Run: pip install 'graphnet-analyzer[spark]'"
        ) from None
    with _quiet():
        if SparkContext._active_spark_context is None:
            # workers would otherwise run whatever is called python3
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            conf = SparkConf(loadDefaults=False)
            for name, value in _settings(memory, threads, spill).items():
                conf.set(name, value)
            _started(conf)
        return SparkSession.builder.getOrCreate()


@contextmanager
def _quiet() -> Iterator[None]:
    """Of what PySpark lacks for pandas 3 nothing is used: rows come and go as Arrow."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield


def _settings(memory: str, threads: int | None, spill: Path | None) -> dict[str, str]:
    """What a session is started with. Where the surroundings choose a cluster, the cluster's settings stand."""
    # spark-submit, a notebook or a configuration folder have said what to run on
    chosen = {"PYSPARK_GATEWAY_PORT", "PYSPARK_SUBMIT_ARGS", "SPARK_CONF_DIR"} & set(os.environ)
    master = os.environ.get("SPARK_MASTER")
    if chosen or (master and not master.startswith("local")):
        return {"spark.app.name": "graphnet"} | ({"spark.master": master} if master else {})
    cores = threads or os.cpu_count() or 1
    ours = LOCAL | {
        "spark.app.name": "graphnet",
        "spark.master": master or f"local[{cores}]",
        "spark.driver.memory": heap(memory),
        # the default, 200, is for clusters: here it is 200 tiny tasks a query
        "spark.sql.shuffle.partitions": str(max(4, 2 * cores)),
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_log4j().as_uri()} -XX:-UsePerfData",
    }
    return ours | ({} if spill is None else {"spark.local.dir": str(spill)})


def _log4j() -> Path:
    """Java reads a file, also where graphnet lies in a zip archive; it is gone when this process ends."""
    text = (resources.files("graphnet.engines") / "log4j2.properties").read_text(encoding="utf-8")
    folder = Path(tempfile.mkdtemp(prefix="graphnet-spark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "log4j2.properties"
    path.write_text(text, encoding="utf-8")
    return path


def _started(conf: Any) -> None:
    from pyspark import SparkContext  # noqa: PLC0415
    from pyspark.errors import PySparkRuntimeError  # noqa: PLC0415
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415

    # Java prints a warning about its modules at every start; what it says is kept for when it does not start
    with tempfile.TemporaryFile() as said:
        try:
            how = {"stdout": said, "stderr": said}
            gateway = SparkContext._gateway or launch_gateway(conf, how)  # type: ignore[no-untyped-call]
            SparkContext(conf=conf, gateway=gateway)
        except PySparkRuntimeError:
            raise GraphnetError(f"Java could not be started: {_last(said)}. {JAVA}") from None
        except Exception as error:
            raise GraphnetError(f"Spark could not be started: {reason(error)}") from None


def _last(said: Any) -> str:
    said.seek(0)
    lines = [line.strip() for line in said.read().decode(errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"


def fitted(session: SparkSession) -> SparkSession:
    """A session beside a given one, with its settings but our views and our meaning of SQL: the given one is left."""
    made = session.newSession()
    for name, value in {**_changeable(session), **MEANING}.items():
        made.conf.set(name, value)
    return made


def _changeable(session: SparkSession) -> Mapping[str, str]:
    """What was set at run time: a new session does not have it."""
    return {n: v for n, v in session.conf.getAll.items() if n.startswith("spark.sql.") and session.conf.isModifiable(n)}


_TEXT = re.compile(r"""--[^\n]*|"(?:[^"]|"")*"|'(?:[^']|'')*'""")
"""A comment, a quoted name or a text: what has to be stepped over to find the texts in SQL."""


def spelled(sql: str) -> str:
    r"""SQL as Spark reads it: in its texts a backslash starts a code, and ``\'`` goes on, whatever is set.

    Example:
        >>> print(spelled(r"select 'a\' as b"))
        select 'a\\' as b
    """
    return _TEXT.sub(lambda found: found[0].replace("\\", "\\\\") if found[0][0] == "'" else found[0], sql)


@contextmanager
def told() -> Iterator[None]:
    """Say what stopped a query in a sentence, without Java's or a worker's stack of calls. Ctrl-C stays Ctrl-C."""
    from py4j.protocol import Py4JError  # noqa: PLC0415
    from pyspark.errors import AnalysisException, ParseException, PySparkException  # noqa: PLC0415

    try:
        with _quiet():
            yield
    except (AnalysisException, ParseException):
        raise  # SQL that is wrong: ours to mend, and these say where
    except (PySparkException, Py4JError, ConnectionError, EOFError) as error:
        logger.debug("what Spark said:", exc_info=True)
        raise _meant(error) from None


def _meant(error: Exception) -> GraphnetError:
    text = str(error)
    if ours := re.search(r"^graphnet\.errors\.(\w+): (.*?)$", text, re.M):
        # raised on purpose by a function that a worker ran
        kind = getattr(errors, ours[1])
        made: GraphnetError = (InputError if kind is errors.UnknownName else kind)(ours[2])
        return made
    what = reason(error)
    if re.search(r"OutOfMemory|out of memory|Worker exited unexpectedly|MemoryError|maxResultSize", text, re.I):
        return GraphnetError(
            f"too little memory: {what}. Allow more, such as --memory 4GB, or fewer threads: --threads 1"
        )
    if re.search(r"IOException|FileNotFound|No space left|FAILED_READ_FILE|PATH_NOT_FOUND|Permission denied", text):
        return GraphnetError(f"a file could not be read or written: {what}")
    if isinstance(error, ConnectionError | EOFError) or "Answer from Java side is empty" in text:
        return GraphnetError("Spark has stopped, perhaps for lack of memory. Allow more, such as --memory 8GB")
    return GraphnetError(f"Spark could not finish: {what}")


def reason(error: Exception) -> str:
    r"""The line of Spark's answer that says what happened: a worker's error, else the innermost cause.

    Example:
        >>> reason(ValueError("Job aborted: Lost task 0.0: java.io.IOException: No space left\n\tat org.apache"))
        'No space left'
    """
    text = str(error)
    if "Traceback (most recent call last)" in text:
        own = [line for line in text.splitlines() if re.match(r"[\w.]+(Error|Exception|Interrupt)?: ", line)]
        text = own[-1] if own else text
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("\tat ")]
    causes = [line.partition(": ")[2] for line in lines if line.startswith("Caused by: ")]
    last = causes[-1] if causes else lines[0] if lines else type(error).__name__
    return re.sub(r"^.*\b(?:[a-z]\w*\.)+[A-Z]\w*(?:Exception|Error): ", "", last)[:300].rstrip(".")
