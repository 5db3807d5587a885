"""Studies for the length of a step: some of the actions of a study, or all of them shuffled.

They lie in the step's scratch folder and are gone with it; the study's own tables are only read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from graphnet import registry
from graphnet._project import BUDGET, project
from graphnet._validate import validate
from graphnet.layers import Layer
from graphnet.schema import PAIRS, STUDY
from graphnet.study import Step, Study

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["again", "layers_of", "nulls_of", "scratch", "uncapped"]


@contextmanager
def scratch(step: Step, name: str, actions: pa.Table | str, posts: str) -> Iterator[Study]:
    """A study with these actions, on an engine like the study's; accounts, objects and handles are those of the study.

    Args:
        step: The step whose scratch folder is used.
        name: Name of the folder in it.
        actions: Rows of the table ``actions``, or SQL for them.
        posts: SQL for the posts.
    """
    whole = step.study
    made = Study.create(step.scratch / name, whole.engine.beside())

    def take(doing: Step, table: str, sql: str) -> None:
        # rows go from file to file: there may be more than this process can hold
        file = step.scratch / f"{name}.{table}.parquet"
        whole.engine.save(sql, file, STUDY[table])
        doing.adopt(table, file)

    try:
        with made.step("read", {}) as reading:
            if isinstance(actions, str):
                take(reading, "actions", actions)
            else:
                reading.write("actions", actions)
            take(reading, "posts", posts)
            for table in ("accounts", "objects", "handles"):
                take(reading, table, f"select * from {table}")
        if whole.has("copies"):
            # which posts are alike is no matter of days or of who wrote them
            with made.step("match", {}) as matching:
                for table in ("clusters", "copies"):
                    take(matching, table, f"select * from {table}")
        yield made
    finally:
        made.engine.close()


def layers_of(study: Study, names: Sequence[str] | None = None) -> list[Layer]:
    """The study's layers, as they were projected, sorted by name."""
    steps = [s for s in study.manifest["steps"] if s["verb"] == "project"]
    texts = {text.partition(":")[0]: text for s in steps for text in s["parameters"]["layers"]}
    wanted = study.parts("pairs") if names is None else sorted(set(names))
    return [registry.make("layers", texts[n]) for n in wanted if n in texts and n in registry.find("layers")]


def nulls_of(study: Study) -> list[Any]:
    """The nulls with which the study was validated."""
    return [registry.make("nulls", text) for text in study.last("validate")["parameters"]["nulls"]]


def again(
    study: Study, made: Study, *, pairs: Sequence[str], ties: Sequence[str], nulls: Sequence[Any], threads: int | None
) -> None:
    """Project and validate a scratch study as the study itself was.

    Args:
        study: The study.
        made: The scratch study.
        pairs: Layers to project; those that do not apply to it are left out.
        ties: Layers to validate, likewise.
        nulls: What to allow for.
        threads: Number of threads; None: all cores.
    """
    budget = study.last("project")["parameters"].get("budget", BUDGET)
    apply = {layer.name: layer for layer in layers_of(study, [*pairs, *ties]) if not layer.missing(made)}
    if chosen := [layer for name, layer in apply.items() if name in pairs]:
        project(made, *chosen, budget=budget, threads=threads)
    rest = [layer for name, layer in apply.items() if name not in pairs]
    # validation reads the shares: of layers that are not needed otherwise it wants the name alone
    named = {"layers": [registry.describe(layer) for layer in rest], "budget": budget}
    with made.step("project", named, keep=True) as step:
        for layer in rest:
            step.write("pairs", PAIRS.empty(), layer.name)
    if tested := [name for name in ties if name in apply]:
        used = study.last("validate")["parameters"]
        how = {name: used[name] for name in ("fdr", "method", "floor")}
        validate(made, *nulls, layers=tested, threads=threads, **how)


def uncapped(study: Study) -> list[str]:
    """The validated layers in which more than a screen could be used, so that a kept tie is beyond shared interest."""
    if not study.has("ties"):
        return []
    about: dict[str, Any] = {}
    for step in study.manifest["steps"]:
        about |= step["summary"]["layers"] if step["verb"] == "validate" else {}
    return [name for name in study.parts("ties") if about[name]["cap"] != "L0"]
