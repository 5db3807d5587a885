"""``read``: files, DataFrames and graphs become the tables of a study.

Readers hand over raw rows with the platform's own ids as text (`graphnet.schema`). Here those rows are staged as
Parquet, references to accounts are resolved (a mention of ``@name`` is the account that was seen with that handle),
and ids become small integers in the order of the text ids, so that the order of rows and files does not matter.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from graphnet import _append, _intern, _read_spread, registry, rejections, schema
from graphnet import _stage as _stage_rows
from graphnet._signatures import KEPT
from graphnet.engines import Engine
from graphnet.errors import FormatError, InputError, UnknownName
from graphnet.log import logger, progress
from graphnet.places import Place, place, shown
from graphnet.readers import Reader, Source, _columns
from graphnet.safe import show
from graphnet.schema import REJECTED
from graphnet.study import Step, Study
from graphnet.words import count

__all__ = ["choose_reader", "read"]

OPTIONS: dict[str, tuple[str, ...]] = {
    "kind": (),
    "dates": ("dmy", "mdy"),
    "header": ("yes", "no"),
    "split": ("yes", "no"),
}
DATA = frozenset(
    (
        *(".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".js", ".parquet", ".pq", ".feather", ".arrow"),
        *(".graphml", ".gexf", ".gml", ".net", ".edges", ".edgelist", ".xls", ".xlsx", ".ods", ".zip", ".tar", ".7z"),
    )
)
"""Endings of data: a file of such a name that no reader knows is an error wherever it lay."""
SURE = 0.1
"""A reader that is less sure than this of an input is not taken."""


def read(
    source: Any,
    into: str | Place | None = None,
    *,
    format: str | None = None,  # noqa: A002  (the word users type)
    columns: Mapping[str, str] | None = None,
    kind: str | None = None,
    options: Mapping[str, str] | None = None,
    repost_content: bool = False,
    append: bool = False,
    grow: bool = False,
    engine: Engine | None = None,
) -> Study:
    """Read inputs into a study folder, replacing what an earlier ``read`` put there, or adding to it.

    Args:
        source: A path, a glob, a folder, a pandas DataFrame, a networkx or igraph graph, or a list of these.
        into: The study folder, also as a URL (``s3://bucket/study``); None makes a temporary one.
        format: Name of the reader for all inputs; None lets each input's reader be told from its content.
        columns: Column map, our field -> column of the input, such as ``{"account": "author"}``.
        kind: Kind of the edges in inputs that do not say (``retweet``, ``follow``, …).
        options: What is otherwise told from the input itself: ``dates`` (``dmy`` or ``mdy``, for dates such as
            3/4/2026), ``header`` (``yes`` or ``no``: tables start with column names), ``split`` (``yes`` or ``no``: a
            cell of an edge list may hold several targets).
        repost_content: Also count the hashtags, links and mentions inside retweeted posts as the retweeter's own.
        append: Add to what was read before: the tables are as if all had been read at once (actions may lie in another
            order), but the earlier inputs are not read again. Inputs that are in the study already (same SHA-256) are
            passed over.
        grow: Keep what appending needs (the rows as read, about as large as the tables); ``append`` implies it. A
            study that did not keep them reads its earlier inputs once more when it is first appended to.
        engine: Where to run; None: DuckDB in this process.

    Returns:
        The study. What was read, dropped and how long it took: ``study.last("read")["summary"]``.

    Raises:
        InputError: An input is missing or unreadable as a whole. Single bad rows go to ``study.rejected``.
        FormatError: No reader knows an input.

    Example:
        >>> import graphnet as gn, pandas as pd
        >>> edges = pd.DataFrame({"source": ["a", "b"], "target": ["x", "x"], "kind": "follow"})
        >>> study = gn.read(edges)
        >>> study.actions[["account", "kind", "target"]].values.tolist()
        [[0, 'follow', 2], [1, 'follow', 2]]
    """
    options = dict(options or {}) | ({"kind": kind} if kind else {})
    _check(columns or {}, options)
    sources = [Source(columns=columns or {}, options=options, **given) for given in _inputs(source)]
    study = _grown(sources, into, engine) if append else None
    if study is not None:
        sources = _new(study, sources, repost_content)
        if not sources:
            return study
    sources, readers = _recognised(sources, format)
    made = study or Study.create(into or Path(tempfile.mkdtemp(prefix="graphnet-")) / "study", engine)
    given = {"inputs": [s.name for s in sources], "format": format, "columns": dict(columns or {}), "options": options}
    earlier = study.last("read") if study else None
    parameters = {"repost_content": repost_content, "grow": grow or append} | (
        earlier["parameters"] | {"appended": [*earlier["parameters"].get("appended", ()), given]} if earlier else given
    )
    with made.step("read", parameters) as step:
        _take_in(step, sources, readers, earlier)
    _report_rejected(sources)
    return made


def _take_in(step: Step, sources: list[Source], readers: list[Reader], earlier: Mapping[str, Any] | None) -> None:
    """Read the sources and write the tables; with ``earlier``, the record of what they come to."""
    old, inputs = REJECTED.empty(), []
    if earlier:
        old, inputs = step.study.rows("select * from rejected"), step.study.manifest["inputs"]
        matched = step.study.has("texts")
        # the texts that were matched hold all signatures that are worth keeping
        for table in (*_append.ROWS, *([] if matched else [KEPT])):
            step.carry(table)
    with step.timed("files"):
        stage = _stage(step, sources, readers)
        if earlier and matched:
            signed = "select key, signature from texts order by key"
            step.study.engine.save(signed, stage.path(KEPT), schema.STAGED[KEPT])
            stage.names.append(KEPT)
    with step.timed("tables"):
        _make(step, stage, earlier)
    rejected = pa.concat_tables([old, _rejected(sources)])
    step.write("rejected", rejected)
    taken = zip(sources, readers, stage.rows, stage.inputs, strict=True)
    step.inputs = [*inputs, *(_provenance(s, r, n) | known for s, r, n, known in taken)]
    step.summary |= _summary(step, sources, stage.rows, earlier)
    kinds = rejections.kinds(zip(*(rejected[c].to_pylist() for c in ("file", "line", "reason")), strict=True))
    step.summary["rejected_because"] = {kind.what: kind.rows for kind in kinds}


def _make(step: Step, stage: _intern.Stage, earlier: Mapping[str, Any] | None) -> None:
    """Bring the stage into the study: into the tables that are there, or with them into new ones."""
    repost_content = bool(step.parameters["repost_content"])
    made = "at once"
    if earlier:
        reason = _append.append(step, stage, repost_content=repost_content, before=earlier["summary"])
        made = f"anew because {reason}" if reason else "appended"
        if reason:
            logger.info("the tables are made anew from all rows: %s", reason)
    if made != "appended":
        stage.grown = earlier is not None
        _intern.intern(step, stage, repost_content=repost_content, grow=bool(step.parameters["grow"]))
    step.summary["made"] = made


def _grown(sources: list[Source], into: str | Place | None, engine: Engine | None) -> Study | None:
    """The study to append to; None: there is none yet, or it kept nothing to append to and is read again as a whole.

    In the latter case the earlier inputs are put before ``sources``.

    Raises:
        InputError: No folder was named, or an earlier input is gone or has changed.
    """
    if into is None:
        raise InputError("append needs the folder of the study to append to")
    if not (place(into) / "manifest.json").exists():
        return None
    study = Study.open(into, engine)
    if not study.manifest["inputs"] or study.has("staged_posts"):
        return study if study.manifest["inputs"] else None
    used = study.last("read")["parameters"]
    logger.warning("%s did not keep what appending needs: its inputs are read once more", study.path)
    for entry in reversed(study.manifest["inputs"]):
        path = Path(entry["name"])
        if not path.is_file() or _stage_rows.sha256(path) != entry.get("sha256"):
            raise InputError(
                f"{study.path} did not keep what appending needs, and its input {entry['name']} is gone or has "
                "changed. Read all inputs again into a new folder, with --grow."
            )
        sources.insert(0, Source(columns=used["columns"], options=used["options"], name=entry["name"], path=path))
    return None


def _new(study: Study, sources: list[Source], repost_content: bool) -> list[Source]:
    """Those of the sources that the study does not have.

    Raises:
        InputError: The study was read with another setting of ``repost_content``.
    """
    if study.last("read")["parameters"]["repost_content"] != repost_content:
        raise InputError(
            f"{study.path} was read {'without' if repost_content else 'with'} --repost-content: append in the same way"
        )
    have = {entry["sha256"]: entry["bytes"] for entry in study.manifest["inputs"] if "sha256" in entry}
    new = []
    for source in sources:
        path = source.path
        # most files are of another size than all that were read, and need not be gone through to know them for new
        if path is not None and path.stat().st_size in have.values() and _stage_rows.sha256(path) in have:
            logger.warning("%s is in the study already and is passed over", source.name)
        else:
            new.append(source)
    return new


def _recognised(sources: list[Source], name: str | None) -> tuple[list[Source], list[Reader]]:
    """The inputs with their readers. What only lay in a folder beside them, and is no data, is passed over.

    Raises:
        FormatError: No reader knows an input; or nothing is left.
    """
    found, passed = [], []
    for source in sources:
        if not source.named and source.beside:
            passed.append(source.name)
            continue
        try:
            found.append((source, choose_reader(source, name)))
        except FormatError:
            if source.named or DATA & set(source.suffixes[-1:]):
                raise
            passed.append(source.name)
    if passed:
        some = ", ".join(passed[:10]) + (f" and {len(passed) - 10:,} more" if len(passed) > 10 else "")
        logger.warning("%s passed over, since no reader knows them: %s", count(len(passed), "file"), some)
    if not found:
        raise FormatError(
            "none of these files holds data that a reader knows; `graphnet formats` lists what can be read"
        )
    return [source for source, _ in found], [reader for _, reader in found]


def choose_reader(source: Source, name: str | None = None) -> Reader:
    """The named reader, or the one that is surest of the input.

    Raises:
        FormatError: None is sure enough.
        UnknownName: There is no reader of that name.
    """
    if name is not None:
        named: Reader = registry.get("readers", name)()
        return named
    readers: list[Reader] = [cls() for cls in registry.find("readers").values()]
    if source.path is not None and not source.head.strip():
        raise FormatError(f"{source.name} is empty. Leave it out, or export or download it again.")
    sure, best = max(((r.sniff(source), r) for r in readers), key=lambda found: found[0])
    if sure < SURE:
        head = source.head[:400]
        if 20 * (head.count("\ufffd") + head.count("\0")) > len(head):
            raise FormatError(
                f"no reader recognises {source.name}: it is no text in UTF-8 (it may be binary, or saved as UTF-16). "
                "Save it as CSV or JSON Lines in UTF-8; `graphnet formats` lists what can be read."
            )
        start = (
            source.head[:60].strip().encode("unicode_escape").decode() if source.path else type(source.data).__name__
        )
        raise FormatError(
            f"no reader recognises {source.name} (it starts with: {start}). "
            "Are its columns called otherwise? Say which is which: --map account=COLUMN --map time=COLUMN "
            "--map text=COLUMN. Or name its format: --format NAME; `graphnet formats` lists them."
        )
    return best


def _check(columns: Mapping[str, str], options: Mapping[str, str]) -> None:
    """Refuse a field or option that no reader has: each reader passes over those of others, so a typo would go unseen.

    Raises:
        UnknownName: Names those that there are.
    """
    for name, value in options.items():
        if name not in OPTIONS:
            raise UnknownName("option", name, OPTIONS)
        if OPTIONS[name] and value not in OPTIONS[name]:
            raise UnknownName(f"value of option {name!r}", value, OPTIONS[name])
    known = sorted({field for cls in registry.find("readers").values() for field in cls.fields})
    for field in columns:
        if field not in known:
            raise _columns.unknown_field("--map", field, known, (_columns.POSTS, _columns.EDGES, _columns.ACCOUNTS))


def _inputs(source: Any) -> Iterator[dict[str, Any]]:
    """What the user named, as ``name`` with ``path`` or ``data``; globs and folders become their files, sorted."""
    if isinstance(source, str | Path):
        named = Path(source).is_file()
        yield from ({"name": str(p), "path": p, "named": named} for p in _paths(str(source)))
    elif isinstance(source, list | tuple):
        if not source:
            raise InputError("there is nothing to read: name at least one file")
        for item in source:
            yield from _inputs(item)
    else:
        yield {"name": f"<{type(source).__module__.split('.')[0]} {type(source).__name__}>", "data": source}


def _paths(name: str) -> list[Path]:
    path = Path(name)
    if "://" in name:
        raise InputError(f"{show(shown(name))} is a URL, and inputs are read from files: download it first")
    if path.is_file():
        return [path]
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p.relative_to(path)))
    else:
        pattern = name.removeprefix(path.anchor)
        found = sorted(p for p in Path(path.anchor).glob(pattern) if p.is_file() and not _hidden(Path(p.name)))
    if not found:
        what = "holds no files" if path.is_dir() else "matches no file" if set("*?[") & set(name) else "does not exist"
        raise InputError(f"{name} {what} (the current folder is {Path.cwd()})")
    return found


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _stage(step: Step, sources: list[Source], readers: list[Reader]) -> _intern.Stage:
    """Write what the readers yield to Parquet files in the step's scratch folder, as it comes."""
    stage, engine = _intern.Stage(step.scratch), step.study.engine
    threads = getattr(engine, "threads", None) or os.cpu_count() or 1
    with progress("reading rows") as advance:
        if engine.spread:
            _read_spread.read(engine, stage, sources, readers, threads, advance)
        else:
            rows = _stage_rows.prepared(_pieces(stage, sources, readers), threads)
            stage.names = _stage_rows.write(rows, stage.path, advance)
            stage.inputs = [_stage_rows.fingerprint(source) for source in sources]
    if not any(sum(c.values()) for c in stage.rows):
        kinds = rejections.kinds((s.name, line, why) for s in sources for line, why in s.rejected)
        reasons = "".join(f"\n  {line}" for line in rejections.said(kinds))
        raise InputError("no usable row in " + ", ".join(s.name for s in sources) + reasons)
    return stage


def _pieces(stage: _intern.Stage, sources: list[Source], readers: list[Reader]) -> Iterator[_stage_rows.Piece]:
    """What the readers yield, input by input; counts the rows."""
    for source, reader in zip(sources, readers, strict=True):
        stage.rows.append(Counter())
        logger.info("%s: %s", source.name, reader.title)
        yield from _stage_rows.pieces(source, reader, stage.rows[-1])


def _rejected(sources: list[Source]) -> pa.Table:
    rows = [(s.name, line, reason) for s in sources for line, reason in s.rejected]
    files, lines, reasons = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table([files, lines, reasons], schema=schema.REJECTED.arrow)


def _provenance(source: Source, reader: Reader, rows: Counter[str]) -> dict[str, Any]:
    return {"name": source.name, "reader": reader.name, "rows": dict(rows), "rejected": len(source.rejected)}


def _summary(
    step: Step, sources: list[Source], rows: list[Counter[str]], earlier: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What was read, with what earlier steps had read of a study that was appended to."""
    before: Mapping[str, Any] = earlier["summary"] if earlier else {"inputs": 0, "rows": 0, "rejected": 0, "notes": {}}
    total: Counter[str] = sum(rows, Counter())
    kinds = step.study.rows("select kind, count(*) as n from actions group by kind order by kind").to_pylist()
    span = step.study.rows("select min(time) as first, max(time) as last from actions").to_pylist()[0]
    timeless = step.study.rows("select count(*) as n from posts where time is null")["n"][0].as_py()
    return {
        "inputs": before["inputs"] + len(sources),
        "rows": before["rows"] + sum(total.values()),
        "rejected": before["rejected"] + sum(len(s.rejected) for s in sources),
        "notes": dict(sum((Counter(s.notes) for s in sources), Counter(before["notes"]))),
        "accounts": step.rows["accounts"],
        "posts": step.rows["posts"],
        **({"posts_without_a_time": timeless} if timeless else {}),
        "actions": {row["kind"]: row["n"] for row in kinds},
        "first": span["first"],
        "last": span["last"],
    }


def _report_rejected(sources: list[Source]) -> None:
    for source in sources:
        if source.rejected:
            kinds = rejections.kinds((source.name, line, reason) for line, reason in source.rejected)
            lines = "".join(f"\n  {line}" for line in rejections.said(kinds))
            logger.warning("%s: %s left out:%s", source.name, count(len(source.rejected), "row"), lines)
