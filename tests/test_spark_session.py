"""Starting Spark, what it is told, and what is told of its errors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet import errors
from graphnet.engines._session import _meant, _settings, heap, reason, spelled, told
from graphnet.engines.spark import Spark
from graphnet.errors import GraphnetError, InputError
from tests.sparked import QUICK, SMALL, needs_spark, session, spark

ROOT = Path(__file__).parents[1]


def test_without_pyspark_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(GraphnetError, match=r"pip install 'graphnet-analyzer\[spark\]'"):
        Spark()


def test_without_java_it_is_said_what_to_install(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    (tmp_path / "edges.csv").write_text("source,target,kind\na,x,follow\n")
    done = _graphnet(tmp_path, {"JAVA_HOME": str(tmp_path / "nowhere")})
    assert done.returncode == GraphnetError.exit_code
    assert done.stderr.startswith("graphnet: Java could not be started: ")
    assert "Install it, such as: apt-get install openjdk-17-jre-headless" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_command_on_spark_says_nothing_but_its_results(tmp_path: Path) -> None:
    needs_spark()
    (tmp_path / "edges.csv").write_text("source,target,kind\na,x,follow\nb,x,follow\n")
    done = _graphnet(tmp_path, {"JDK_JAVA_OPTIONS": " ".join([QUICK, *(f"-D{n}={v}" for n, v in SMALL.items())])})
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.startswith("read  ")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["edges.csv", "study"]
    assert (tmp_path / "study" / "actions.1.parquet").is_dir()


def _graphnet(folder: Path, more: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "graphnet", "read", "edges.csv", "--into", "study", "--engine", "spark"]
    surroundings = {n: v for n, v in os.environ.items() if not n.startswith(("SPARK", "PYSPARK"))}
    surroundings |= {"PYTHONPATH": str(ROOT)} | more
    return subprocess.run(
        [*command, "--memory", "1GB", "--threads", "1"],
        cwd=folder, env=surroundings, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("memory", "java"), [("2GiB", "2048m"), ("8GB", "7629m"), ("1.5 gib", "1536m"), ("1024MiB", "1024m")]
)
def test_memory_as_java_writes_it(memory: str, java: str) -> None:
    assert heap(memory) == java


@pytest.mark.parametrize("memory", ["", "lots", "8", "-1GB", "10MB", "0%", "8GB;rm"])
def test_memory_that_is_none(memory: str) -> None:
    with pytest.raises(InputError, match="the engine cannot be started with memory"):
        heap(memory)


def test_memory_in_percent_is_of_the_machine() -> None:
    assert 2 * int(heap("30%")[:-1]) == pytest.approx(int(heap("60%")[:-1]), abs=2)


def test_where_to_run_is_said_by_the_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SPARK_MASTER", "SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS", "PYSPARK_GATEWAY_PORT"):
        monkeypatch.delenv(name, raising=False)
    here = _settings("1GiB", 3, Path("/some/where"))
    assert (here["spark.master"], here["spark.driver.memory"]) == ("local[3]", "1024m")
    assert (here["spark.ui.enabled"], here["spark.local.dir"]) == ("false", "/some/where")
    monkeypatch.setenv("SPARK_MASTER", "local-cluster[2,1,512]")
    assert _settings("1GiB", 3, None)["spark.master"] == "local-cluster[2,1,512]"
    monkeypatch.setenv("SPARK_MASTER", "spark://far:7077")
    assert _settings("1GiB", 3, None) == {"spark.app.name": "graphnet", "spark.master": "spark://far:7077"}
    monkeypatch.delenv("SPARK_MASTER")
    monkeypatch.setenv("PYSPARK_GATEWAY_PORT", "1")  # spark-submit has chosen already
    assert _settings("1GiB", 3, None) == {"spark.app.name": "graphnet"}


@given(st.text(alphabet="ab'\\\"- \n${:?é", max_size=12))
def test_texts_in_sql_are_spelled_for_spark(text: str) -> None:
    """Read back by Spark's rules, a text is the one that was meant; all around it stays."""
    quoted = "'" + text.replace("'", "''") + "'"
    made = spelled(f"select {quoted} as \"it's \\\", 'b' -- don't \\")
    assert made.startswith("select '")
    assert made.endswith("as \"it's \\\", 'b' -- don't \\")
    inner = made[len("select '") : -len("' as \"it's \\\", 'b' -- don't \\")]
    assert inner.replace("\\\\", "\\").replace("''", "'") == text
    assert inner.count("\\") == 2 * text.count("\\")


HOSTILE = [
    "it's",
    "\\",
    "\\'",
    "a\\'; drop table x; --",
    "${spark.app.name}",
    ":name ?",
    '"',
    "a\nb",
    "--",
    "/*",
    "é\u202e\U0001f600",
]


def test_hostile_texts_come_back_as_they_are() -> None:
    engine = spark()
    columns = ", ".join("'" + text.replace("'", "''") + f"' as c{i}" for i, text in enumerate(HOSTILE))
    assert list(engine.rows(f"select {columns}").to_pylist()[0].values()) == HOSTILE


def test_a_session_that_is_given_is_left_as_it_is() -> None:
    needs_spark()
    mine = session()
    mine.sql("select 1 as mine").createOrReplaceTempView("accounts")
    before = mine.conf.getAll
    engine = Spark(mine)
    engine.open([], "accounts")
    assert engine.rows("select * from accounts").num_rows == 0
    engine.close()
    assert mine.conf.getAll == before
    assert mine.sql("select mine from accounts").toArrow().to_pylist() == [{"mine": 1}]
    mine.catalog.dropTempView("accounts")


def test_errors_are_sentences() -> None:
    engine = spark()
    with pytest.raises(GraphnetError, match=r"^Spark could not finish: .*overflow") as said:
        engine.rows("select cast(9223372036854775807 as bigint) + a as x from (values (1), (2)) as t(a)")
    assert "\n" not in str(said.value)
    assert "\tat " not in str(said.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("java.lang.OutOfMemoryError: Java heap space\n\tat java.base/x", "too little memory: Java heap space. Allow"),
        ("Job aborted.\n\tat a.b\nCaused by: java.io.IOException: No space left on device\n\tat c", "a file could not"),
        ("Answer from Java side is empty", "Spark has stopped"),
        ("org.apache.spark.SparkException: odd", "Spark could not finish: odd"),
        (
            "Traceback (most recent call last):\n  File x\nValueError: 3 is odd\n",
            "Spark could not finish: ValueError: 3",
        ),
    ],
)
def test_what_is_told_of_an_error(text: str, sentence: str) -> None:
    found = _meant(RuntimeError(text))
    assert type(found) is GraphnetError
    assert str(found).startswith(sentence)


@pytest.mark.parametrize("kind", ["InputError", "StudyError", "UnknownName", "GraphnetError"])
def test_errors_of_ours_come_through_a_worker(kind: str) -> None:
    raised = f"graphnet.errors.{kind}: column: 'a' is bad"
    text = f"Job aborted\nTraceback (most recent call last):\n  File x\n{raised}\n\n\tat java"
    found = _meant(RuntimeError(text))
    assert isinstance(found, InputError if kind == "UnknownName" else getattr(errors, kind))
    assert str(found) == "column: 'a' is bad"


def test_ctrl_c_stays_ctrl_c() -> None:
    needs_spark()
    with pytest.raises(KeyboardInterrupt), told():
        raise KeyboardInterrupt


def test_the_reason_is_never_empty() -> None:
    assert reason(EOFError()) == "EOFError"


def test_the_last_engine_stops_what_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines share the session that was started here; a second one goes on when the first is closed."""
    needs_spark()
    stopped: list[bool] = []
    session()
    monkeypatch.setattr("pyspark.sql.SparkSession.stop", lambda _: stopped.append(True))
    first, second = Spark(), Spark()
    first.close()
    assert stopped == []
    assert second.rows("select 1 as x")["x"].to_pylist() == [1]
    second.close()
    assert stopped == [True]
