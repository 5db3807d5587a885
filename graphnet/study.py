"""A study: one folder with Parquet tables and ``manifest.json``, which says how each table was made.

::

    study/
      manifest.json            inputs with SHA-256, every step with parameters, versions, seconds, row counts
      actions.1.parquet        a table, written by step 1
      pairs.co_retweet.2.parquet   one part of a table that has parts (a layer of the pairs)
      .lock                    held while a step writes

Writing is atomic: a step writes new files beside the old ones, and only when it has come to its end is
``manifest.json`` replaced, in one move. A step that is interrupted leaves the study as it was. What a step makes
outdated (scores, once the communities are new) is dropped by the same move.

The folder may be behind a URL as well (``s3://bucket/study``; see `graphnet.places`): there ``manifest.json`` is
replaced by writing it in one go.

Example:
    >>> import tempfile, graphnet as gn
    >>> study = gn.Study.create(tempfile.mkdtemp() + "/study")
    >>> study.has("actions")
    False
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from graphnet import engines, places, schema
from graphnet.engines import Engine, MapFunction
from graphnet.errors import InputError, MissingTable, StudyError
from graphnet.log import logger
from graphnet.places import Place
from graphnet.safe import show

if TYPE_CHECKING:
    import igraph
    import networkx as nx
    import pandas as pd

__all__ = ["Step", "Study"]

FORMAT = 1
MANIFEST = "manifest.json"
ORDER = (
    "read",
    "match",
    "project",
    "validate",
    "detect",
    "confirm",
    "score",
    "calibrate",
    "audit",
    "pseudonymise",
    "review",
)
"""The steps that write tables, in their order; a step makes the tables of later ones outdated."""
LAST = frozenset(("confirm", "score", "calibrate", "audit", "pseudonymise"))
"""Steps that outdate nothing: none of them reads what the others write."""
LASTING = frozenset(("review",))
"""Steps that are never outdated: what people wrote is kept."""
MADE_BY = {
    "accounts": "read",
    "posts": "read",
    "objects": "read",
    "actions": "read",
    "handles": "read",
    "rejected": "read",
    **dict.fromkeys(schema.STAGED, "read"),
    "texts": "match",
    "clusters": "match",
    "copies": "match",
    "obfuscations": "match",
    "pairs": "project",
    "ties": "validate",
    "merged": "validate",
    "members": "detect",
    "communities": "detect",
    "levels": "confirm",
    "findings": "score",
    "audits": "audit",
    "benign": "score",
    "calibration": "calibrate",
    "reviews": "review",
}
VERSIONS_OF = (
    "duckdb",
    "igraph",
    "networkx",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "python-louvain",
    "rapidfuzz",
    "scipy",
)


@dataclass
class Step:
    """One running step: writes tables that the study takes over when the step ends well."""

    study: Study
    verb: str
    parameters: Mapping[str, Any]
    number: int
    folder: Path
    summary: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    inputs: list[dict[str, Any]] | None = None
    _files: dict[tuple[str, str], str] = field(default_factory=dict)
    _dropped: set[tuple[str, str]] = field(default_factory=set)

    def save(self, table: str, sql: str, part: str = "") -> int:
        """Write the rows of a query as a table (or one part of it); returns how many rows."""
        path = self._path(table, part)
        return self._wrote(table, part, self.study.engine.save(sql, path, schema.STUDY[table]))

    def map(self, table: str, sql: str, function: MapFunction, part: str = "", by: str | None = None) -> int:
        """Write what ``function`` makes of a query's rows; see `Engine.map`."""
        path = self._path(table, part)
        return self._wrote(table, part, self.study.engine.map(sql, function, path, schema.STUDY[table], by))

    def write(self, table: str, rows: pa.Table | Iterable[pa.Table], part: str = "") -> int:
        """Write Arrow rows as a table; returns how many rows."""
        path = self._path(table, part)
        pieces = [rows] if isinstance(rows, pa.Table) else rows
        return self._wrote(table, part, engines.write(pieces, path, schema.STUDY[table]))

    def adopt(self, table: str, file: Path, part: str = "") -> int:
        """Take a Parquet file, or a folder of them, over as a table (or one part of it); returns how many rows."""
        target = self._path(table, part)
        places.move(file, target)
        return self._wrote(table, part, engines.count(target))

    def carry(self, table: str, into: str = "", parts: Iterable[str] | None = None) -> None:
        """Keep the parts of a table (or some of them) that an earlier step wrote, if need be as another table."""
        chosen = None if parts is None else set(parts)
        files = self.study.files(table).items()
        self._files |= {(into or table, part): file for part, file in files if chosen is None or part in chosen}

    def drop(self, table: str, part: str = "") -> None:
        """Leave a table of an earlier step (or one part of it) out of the study from now on."""
        self._dropped.add((table, part))

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Note how long the block takes under ``name``."""
        start = time.perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - start, 3)

    @property
    def scratch(self) -> Path:
        """A folder for files that are needed during this step only."""
        self.folder.mkdir(exist_ok=True)
        return self.folder

    def _path(self, table: str, part: str) -> Place:
        name = ".".join(filter(None, (table, part, str(self.number), "parquet")))
        self._files[table, part] = name
        return self.study.path / name

    def _wrote(self, table: str, part: str, count: int) -> int:
        """Open what was written, so that the rest of the step sees it."""
        self.rows["/".join(filter(None, (table, part)))] = count
        mine = {p: f for (t, p), f in self._files.items() if t == table}
        old = self.study.files(table) if part else {}
        self.study._open(table, list({**old, **mine}.values()))
        return count


class Study:
    """A study folder with the engine that runs on it. Make one with `create`, `open` or `graphnet.read`.

    Attributes:
        path: The folder: a path, or what `graphnet.places` makes of a URL.
        engine: Runs the SQL and the kernels.
        manifest: What ``manifest.json`` says: ``tables``, ``inputs``, ``steps``.
    """

    def __init__(self, path: str | Place, engine: Engine | None = None) -> None:
        self.path = places.place(path)
        self.engine = engine or _default_engine()
        self.manifest = _load(self.path)
        self._opened: dict[str, list[str]] = {}
        self._open_tables()

    @classmethod
    def create(cls, path: str | Place, engine: Engine | None = None) -> Study:
        """Open the study in ``path``; make an empty one if there is none.

        Raises:
            StudyError: The folder holds something else.
        """
        folder = places.place(path)
        if folder.is_file():
            raise StudyError(f"{folder} is a file; a study is a folder. Name a new folder, or an empty one.")
        if not (folder / MANIFEST).exists():
            if set(places.names(folder)) - {places.LOCK}:
                raise StudyError(
                    f"{folder} is not a study: it has files but no {MANIFEST}. Name a new folder, or an empty one."
                )
            places.made(folder)
            _store(folder, {"format": FORMAT, "tables": {}, "inputs": [], "steps": []})
        return cls(folder, engine)

    @classmethod
    def open(cls, path: str | Place, engine: Engine | None = None) -> Study:
        """Open an existing study.

        Raises:
            StudyError: There is none.
        """
        folder = places.place(path)
        if not (folder / MANIFEST).exists():
            raise _none_in(folder)
        return cls(folder, engine)

    # Tables ----------------------------------------------------------------------------------------------------------

    def has(self, table: str) -> bool:
        """Whether a step has written this table."""
        return table in self.manifest["tables"]

    def require(self, *tables: str) -> None:
        """Make sure the tables are there.

        Raises:
            MissingTable: Names the command that makes it.
        """
        for table in tables:
            if not self.has(table):
                verb = MADE_BY[table]
                raise MissingTable(
                    f"the study in {self.path} has no {table!r} yet "
                    f"(it has: {', '.join(self.manifest['tables']) or 'nothing'}). "
                    f"Run: graphnet {verb} {'FILES --into ' if verb == 'read' else ''}{self.path}"
                )

    def files(self, table: str) -> dict[str, str]:
        """File name of each part of a table."""
        return dict(self.manifest["tables"].get(table, {}))

    def parts(self, table: str) -> list[str]:
        """The parts of a table, such as the layers of ``pairs``."""
        return sorted(self.files(table))

    def rows(self, sql: str) -> pa.Table:
        """The rows of a query over the study's tables, as Arrow."""
        return self.engine.rows(sql)

    def frame(self, sql: str) -> pd.DataFrame:
        """The rows of a query over the study's tables, as a DataFrame; integers with gaps stay integers (Int64)."""
        import pandas as pd  # noqa: PLC0415  (0.4 s that `import graphnet` should not pay)

        nullable = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
        frame: pd.DataFrame = self.rows(sql).to_pandas(types_mapper=nullable.get)
        return frame

    def _table(self, table: str) -> pd.DataFrame:
        self.require(table)
        return self.frame(f"select * from {table}")

    @property
    def accounts(self) -> pd.DataFrame:
        """All accounts, one a row (see `graphnet.schema.ACCOUNTS`)."""
        return self._table("accounts")

    @property
    def posts(self) -> pd.DataFrame:
        """All posts."""
        return self._table("posts")

    @property
    def objects(self) -> pd.DataFrame:
        """All things shared."""
        return self._table("objects")

    @property
    def actions(self) -> pd.DataFrame:
        """All actions."""
        return self._table("actions")

    @property
    def texts(self) -> pd.DataFrame:
        """Distinct texts of own posts, normalised."""
        return self._table("texts")

    @property
    def clusters(self) -> pd.DataFrame:
        """Clusters of near-identical texts."""
        return self._table("clusters")

    @property
    def copies(self) -> pd.DataFrame:
        """Own posts that say nearly the same as another account's, one row a post."""
        return self._table("copies")

    @property
    def pairs(self) -> pd.DataFrame:
        """Tied accounts, one row a pair and layer."""
        return self._table("pairs")

    @property
    def members(self) -> pd.DataFrame:
        """Community of each account that has one."""
        return self._table("members")

    @property
    def communities(self) -> pd.DataFrame:
        """Tightness card of each community."""
        return self._table("communities")

    @property
    def ties(self) -> pd.DataFrame:
        """Pairs of accounts that chance may not explain, one row a pair and layer, with the p of each null."""
        return self._table("ties")

    @property
    def levels(self) -> pd.DataFrame:
        """Level of evidence of each community, and why."""
        return self._table("levels")

    @property
    def reviews(self) -> pd.DataFrame:
        """Notes of people who looked at a community."""
        return self._table("reviews")

    @property
    def calibration(self) -> pd.DataFrame:
        """What the same steps find in shuffled data."""
        return self._table("calibration")

    @property
    def findings(self) -> pd.DataFrame:
        """All findings."""
        return self._table("findings")

    @property
    def rejected(self) -> pd.DataFrame:
        """Rows that were left out, with file, line and reason."""
        return self._table("rejected")

    def account(self, who: str) -> int:
        """Our number of the account with this id or handle (``@`` and case of a handle do not matter).

        Raises:
            InputError: No account, or more than one, is called that.
        """
        id_, name = (text.replace("'", "''") for text in (who, who.removeprefix("@").casefold()))
        exact = self.rows(f"select account from accounts where id = '{id_}'")["account"].to_pylist()
        if exact:
            return int(exact[0])
        found = self.rows(
            f"select account, id, name from accounts where lower(name) = '{name}' order by account"
        ).to_pylist()
        if not found:  # where an input has one column of authors, their handles are their ids
            found = self.rows(
                f"select account, id, name from accounts where lower(id) in ('{name}', '@{name}') order by account"
            ).to_pylist()
        if len(found) == 1:
            return int(found[0]["account"])
        if found:
            raise InputError(
                f"{len(found)} accounts are called {who!r}. "
                f"Name one by id: {', '.join(show(r['id'], 60) for r in found[:10])}"
            )
        known = self.rows("select coalesce(name, id) as name from accounts")["name"].to_pylist()
        folded = {k.casefold(): k for k in known[:100_000]}
        close = [folded[k] for k in get_close_matches(who.removeprefix("@").casefold(), folded, n=3)]
        hint = f"Close: {', '.join(show(c, 60) for c in close)}" if close else "`graphnet export` lists them all."
        raise InputError(f"no account has the id or handle {who!r} among {len(known):,}. {hint}")

    # Graphs ----------------------------------------------------------------------------------------------------------

    def to_igraph(self, layers: Iterable[str] | None = None) -> igraph.Graph:
        """The pairs as an igraph graph; see `graphnet.graph.to_igraph`."""
        from graphnet import graph  # noqa: PLC0415  (igraph is loaded when a graph is asked for)

        return graph.to_igraph(self, layers)

    def to_networkx(self, layers: Iterable[str] | None = None) -> nx.Graph[Any]:
        """The pairs as a networkx graph; see `graphnet.graph.to_networkx`."""
        from graphnet import graph  # noqa: PLC0415

        return graph.to_networkx(self, layers)

    # Writing ---------------------------------------------------------------------------------------------------------

    @contextmanager
    def step(self, verb: str, parameters: Mapping[str, Any], *, keep: bool = False) -> Iterator[Step]:
        """Run one step: what it writes is taken over when the block ends without an exception, all or nothing.

        Args:
            verb: Which step (see `ORDER`).
            parameters: Everything needed to do it again; goes into the manifest.
            keep: Keep parts of this step's tables that it does not write again (other layers of the pairs).

        Raises:
            StudyBusy: Another process is writing this study.
        """
        with places.locked(self.path) as still_locked:
            folder = places.scratch(self.path)
            try:
                # another process may have written since this object was made
                self.manifest = _load(self.path)
                self._open_tables()
                self.clean()
                number = 1 + max([s["number"] for s in self.manifest["steps"]], default=0)
                step = Step(self, verb, parameters, number, folder)
                start = time.perf_counter()
                yield step
                still_locked()
                self._commit(step, time.perf_counter() - start, keep=keep)
            except BaseException:
                with suppress(StudyError):  # where a store has gone away, that is what is to be told
                    self._open_tables()
                raise
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def _commit(self, step: Step, seconds: float, *, keep: bool) -> None:
        tables = {t: dict(parts) for t, parts in self.manifest["tables"].items() if _stands(MADE_BY[t], step.verb)}
        dropped = sorted(set(self.manifest["tables"]) - set(tables))
        if not keep:
            tables = {t: parts for t, parts in tables.items() if MADE_BY[t] != step.verb}
        for (table, part), file in step._files.items():
            tables.setdefault(table, {})[part] = file
        for table, part in step._dropped:
            tables.get(table, {}).pop(part, None)
        tables = {table: parts for table, parts in tables.items() if parts}
        steps = [
            s for s in self.manifest["steps"] if _stands(s["verb"], step.verb) and (keep or s["verb"] != step.verb)
        ]
        before = self.manifest["steps"]
        record = {
            "number": step.number,
            "verb": step.verb,
            "parameters": dict(step.parameters),
            "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "seconds": round(seconds, 3),
            "seconds_of": step.seconds,
            "rows": step.rows,
            "summary": step.summary,
            "engine": self.engine.name,
            "versions": versions() | {name: importlib.metadata.version(name) for name in self.engine.packages},
        }
        self.manifest = {
            "format": FORMAT,
            "tables": tables,
            "inputs": self.manifest["inputs"] if step.inputs is None else step.inputs,
            "steps": [*steps, record],
        }
        _store(self.path, self.manifest)
        self._open_tables()
        if dropped:
            again = [verb for verb in ORDER if verb in {MADE_BY[table] for table in dropped}]
            logger.warning(
                "%s made outdated, so no longer in the study: %s. To have them again run: %s",
                step.verb,
                ", ".join(dropped),
                ", ".join(command for verb in again for command in self._commands(verb, before)),
            )

    @staticmethod
    def _commands(verb: str, steps: Iterable[Mapping[str, Any]]) -> list[str]:
        """What to type to have a step again; of audits, each question that was asked."""
        if verb != "audit":
            return [f"graphnet {verb}"]
        asked = {str(s["parameters"].get("audit", "")).partition(":")[0] for s in steps if s["verb"] == verb}
        return [f"graphnet {'' if name == 'campaign' else 'audit '}{name}".strip() for name in sorted(asked)]

    def last(self, verb: str) -> dict[str, Any]:
        """The manifest's record of the newest step of that kind.

        Raises:
            MissingTable: It was never run.
        """
        found = [s for s in self.manifest["steps"] if s["verb"] == verb]
        if not found:
            raise MissingTable(f"the study in {self.path} has no step {verb!r} yet. Run: graphnet {verb} {self.path}")
        return dict(found[-1])

    def _open_tables(self) -> None:
        for name in schema.STUDY:
            files = [file for _, file in sorted(self.files(name).items())]
            # files of the manifest never change, and each costs some requests where the study is remote; under the
            # names of staged tables a step may have opened files of its own
            if self._opened.get(name) != files or name in schema.STAGED:
                self._open(name, files)

    def _open(self, table: str, files: list[str]) -> None:
        self.engine.open([self.path / file for file in files], table)
        self._opened[table] = files

    def clean(self) -> None:
        """Delete files that the manifest does not name: old states and what interrupted steps left."""
        named = {f for parts in self.manifest["tables"].values() for f in parts.values()}
        for name in places.names(self.path):
            if name.endswith(".parquet") and name not in named:
                places.remove(self.path / name)

    def __repr__(self) -> str:
        return f"Study({str(self.path)!r}: {', '.join(self.manifest['tables']) or 'empty'})"

    def _repr_html_(self) -> str:
        """What a notebook shows: the study's tables and their sizes."""
        sizes = [(t, self.rows(f"select count(*) as n from {t}")["n"][0].as_py()) for t in self.manifest["tables"]]
        cells = "".join(f"<tr><td>{t}</td><td style='text-align:right'>{n:,}</td></tr>" for t, n in sizes)
        return f"<table><thead><tr><th>table</th><th>rows</th></tr></thead><tbody>{cells}</tbody></table>"


def _stands(verb: str, done: str) -> bool:
    """Whether what a step wrote is still up to date once another one is done."""
    return ORDER.index(verb) <= ORDER.index(done) or verb in LASTING or done in LAST


@cache
def versions() -> dict[str, str]:
    """Versions of Python, graphnet and the libraries whose results end up in the tables."""
    ours = {"python": platform.python_version(), "graphnet": importlib.metadata.version("graphnet-analyzer")}
    return ours | {name: importlib.metadata.version(name) for name in VERSIONS_OF}


def _default_engine() -> Engine:
    from graphnet.engines.duckdb import DuckDB  # noqa: PLC0415  (an engine of the caller's own needs no DuckDB)

    return DuckDB()


def _none_in(folder: Place) -> StudyError:
    return StudyError(f"there is no study in {folder}. Make one: graphnet read FILES --into {folder}")


def _load(folder: Place) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _none_in(folder) from None
    except ValueError as error:
        raise StudyError(
            f"{folder / MANIFEST} is not readable: {error}. Read the inputs again into a new folder."
        ) from None
    if not isinstance(manifest, dict):
        raise StudyError(f"{folder / MANIFEST} is no manifest of a study. Read the inputs again into a new folder.")
    if manifest.get("format") != FORMAT:
        raise StudyError(
            f"{folder} has study format {manifest.get('format')}; this graphnet writes format {FORMAT}. "
            "Read the inputs again into a new folder."
        )
    for file in (f for parts in manifest["tables"].values() for f in parts.values()):
        # studies are passed on: a name with a folder in it would have files outside of the study read and copied
        if not places.is_plain(file):
            raise StudyError(f"{folder / MANIFEST} names a file outside of the study: {show(file, 80)!r}")
    return dict(manifest)


def _store(folder: Place, manifest: Mapping[str, Any]) -> None:
    text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
    places.replace(folder / MANIFEST, text + "\n")
