"""The subcommands of ``graphnet``, one a file, each calling one verb of the library and nothing else.

To add one, add a file with one function under `command`; a name of two words ("audit followers") goes into the group
of its first word. Here is what they share: options that many take, and how results are printed.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from graphnet.errors import InputError
from graphnet.places import Place, place
from graphnet.safe import visible
from graphnet.words import figure, iso

__all__ = [
    "FILES",
    "FOLDER",
    "STUDY",
    "as_json",
    "assigned",
    "command",
    "commands",
    "detecting",
    "dumped",
    "engine",
    "layering",
    "listing",
    "machine",
    "make",
    "options_",
    "period",
    "plain",
    "reading",
    "say",
    "wrote",
]

F = TypeVar("F", bound=Callable[..., Any])


def folder(value: str) -> Place:
    """Type of an argument: a study folder, as a path or as a URL such as ``s3://bucket/study``."""
    return place(value)


FOLDER = click.types.convert_type(folder)
STUDY = click.argument("study", type=FOLDER)
FILES = click.argument("files", nargs=-1, required=True)


class Examples(click.Command):
    """A command whose help ends with examples that can be copied."""

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they are, without re-wrapping."""
        if self.examples:
            with formatter.section("Examples"):
                for line in self.examples.strip().splitlines():
                    formatter.write(f"  {line.strip()}\n")


def command(name: str, examples: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Decorator: make a function a subcommand of that name, with examples that can be copied."""
    return click.command(name, cls=Examples, examples=examples)


def commands() -> Iterator[click.Command]:
    """Every command of this folder, in the order of the file names."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        found = vars(importlib.import_module(module.name)).values()
        yield from (c for c in found if isinstance(c, click.Command))


def options_(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, shown in this order."""

    def add(function: F) -> F:
        """Decorate the function with all of them."""
        for option in reversed(options):
            function = option(function)
        return function

    return add


reading = options_(
    click.option("--format", "format_", metavar="NAME", help="Input format.  [default: told from each file]"),
    click.option(
        "--map", "maps", metavar="FIELD=COLUMN", multiple=True, help="Which column holds a field; repeatable."
    ),
    click.option("--kind", metavar="KIND", help="Kind of the edges where the file does not say: retweet, follow, …"),
    click.option(
        "--option",
        "options",
        metavar="NAME=VALUE",
        multiple=True,
        help="dates=dmy or mdy (for 3/4/2026), header=yes or no, split=yes or no (several targets in a cell).",
    ),
)


def _chosen(context: click.Context, _option: click.Parameter, value: str) -> None:
    context.meta["graphnet.engine"] = value


machine = options_(
    click.option(
        "--engine",
        default="duckdb",
        show_default=True,
        metavar="NAME",
        expose_value=False,
        callback=_chosen,
        help="duckdb, in this process; spark, when one machine is outgrown.",
    ),
    click.option("--memory", default="60%", show_default=True, help="Memory limit of the engine, such as 8GB."),
    click.option("--threads", type=click.IntRange(1, 256), help="Threads of the engine.  [default: all cores]"),
)
layering = click.option(
    "--layer",
    "layers",
    metavar="NAME[:K=V,…]",
    multiple=True,
    help="Way of acting together, such as co_retweet:window=60,min_shared=3; repeatable; see graphnet layers.  "
    "[default: all that apply]",
)
detecting = click.option(
    "--detector",
    default="leiden",
    show_default=True,
    metavar="NAME[:K=V,…]",
    help="leiden, louvain, components, kcore.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print a summary for programs.")


_OBEYED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Signs that a terminal or an editor obeys and that JSON may hold as they are."""


def dumped(value: Any) -> str:
    r"""``value`` as JSON text that is safe to print: signs that a terminal obeys are written as their codes.

    Example:
        >>> print(dumped({"name": "a\u202eb\x9b31m"}))
        {
         "name": "a\u202eb\u009b31m"
        }
    """
    text = json.dumps(value, ensure_ascii=False, indent=1, default=float)
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def listing(kinds: Sequence[str], as_json: bool) -> None:
    """Print the classes of drop-in folders with their parameters."""
    from graphnet import registry  # noqa: PLC0415

    found = {k: {n: registry.about(c) for n, c in registry.find(k).items()} for k in kinds}
    if as_json:
        click.echo(dumped(found))
        return
    for kind, classes in found.items():
        click.secho(f"{kind}", bold=True)
        for name, about in classes.items():
            click.echo(f"  {name:20} {about['title']}" + (f"\n  {'':20} {about['takes']}" if about["takes"] else ""))


def make(kind: str, texts: Sequence[str]) -> list[Any]:
    """Instances from their text forms, such as ``co_retweet:window=60``."""
    from graphnet import registry  # noqa: PLC0415

    return [registry.make(kind, text) for text in texts]


def assigned(option: str, example: str, texts: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` texts as a dict."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise InputError(f"{option} takes NAME=VALUE, such as {example}; this is {text!r}")
        found[name] = value
    return found


def period(since: str | None, until: str | None) -> tuple[int | None, int | None] | None:
    """The options ``--since`` and ``--until`` as seconds since 1970; None: neither was given.

    Raises:
        InputError: One is no time.

    Example:
        >>> period("2026-03-14", "2026-03-14")
        (1773446400, 1773532799)
    """
    if since is None and until is None:
        return None
    return (
        None if since is None else _moment("--since", since)[0],
        None if until is None else _moment("--until", until)[1],
    )


def _moment(option: str, text: str) -> tuple[int, int]:
    """First and last second of a time; without a zone it is UTC."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option} is {text!r}; it takes a time such as 2026-03-14 or 2026-03-14T18:30Z") from None
    first = int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
    return first, first + (86_400 if len(text) <= len("2026-03-14") else 1) - 1


def engine(memory: str, threads: int | None) -> Any:
    """The engine that the options of `machine` ask for."""
    from graphnet import registry  # noqa: PLC0415

    return registry.get("engines", click.get_current_context().meta["graphnet.engine"])(memory=memory, threads=threads)


def say(study: Any, verbs: Sequence[str], as_json: bool, wrote: Sequence[Path] = ()) -> None:
    """What was done: the manifest's record of each step."""
    steps = [study.last(verb) for verb in dict.fromkeys(verbs)]
    if as_json:
        kept = ("verb", "seconds", "seconds_of", "rows", "summary")
        out = {
            "study": str(study.path),
            "steps": [{k: s[k] for k in kept} for s in steps],
            "wrote": [str(p) for p in wrote],
        }
        click.echo(dumped(out))
        return
    for step in steps:
        click.secho(f"{step['verb']}  {step['seconds']:.1f} s", bold=True)
        click.echo(plain(step["summary"]))
    click.echo(f"study: {visible(str(study.path))}")
    for path in wrote:
        click.echo(f"wrote: {visible(str(path))}")


def wrote(paths: Sequence[Path], as_json: bool) -> None:
    """Print which files were written."""
    names = [str(path) for path in paths]
    click.echo(dumped({"wrote": names}) if as_json else "\n".join(f"wrote: {visible(name)}" for name in names))


def plain(value: dict[str, Any], indent: str = "  ") -> str:
    """A nested summary as indented lines; empty parts are left out.

    What lies deeper than two levels (figures of each null model of each layer) is for ``--json``.
    """
    lines = []
    for name, item in value.items():
        label = f"{indent}{_words(name)}: "
        if isinstance(item, dict):
            inner = {k: _inline(v) for k, v in item.items() if isinstance(v, dict)}
            lines += [label + _inline(item)] if _inline(item) or inner else []
            lines += [f"{indent}  {_words(k)}: {line}" for k, line in inner.items() if line]
        elif isinstance(item, list):
            lines += [label + ", ".join(visible(str(i)) for i in item)] if item else []
        elif item is not None:
            lines.append(label + _cell(name, item))
    return "\n".join(line.rstrip() for line in lines)


def _inline(value: dict[str, Any]) -> str:
    flat = {k: v for k, v in value.items() if v is not None and not isinstance(v, dict | list)}
    return ", ".join(f"{_words(k)} {_cell(k, v)}" for k, v in flat.items())


def _words(name: str) -> str:
    return visible(name).replace("_", " ")


def _cell(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{iso(value)}" if name in ("first", "last") else f"{value:,}"
    return figure(value) if isinstance(value, float) else visible(str(value))
