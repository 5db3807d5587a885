"""The ``graphnet`` command: one subcommand a verb, each calling that verb of the library and nothing else.

Results go to stdout (``--json`` for programs), progress and warnings to stderr. Exit status: 0 done, 1 something
graphnet cannot do, 2 an input or argument that cannot be used, 3 a study that is missing, busy or lacks a step,
130 interrupted.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from graphnet.errors import GraphnetError, InputError
from graphnet.words import iso

__all__ = ["main"]

F = TypeVar("F", bound=Callable[..., Any])
STUDY = click.argument("study", type=click.Path(path_type=Path))
FILES = click.argument("files", nargs=-1, required=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with the exit status."""
    try:
        cli.main(args=arguments, prog_name="graphnet", standalone_mode=False)
    except GraphnetError as error:
        _fail(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        _fail("interrupted; the study is as it was before the step that was running", 130)


def _fail(message: str, status: int) -> None:
    click.secho("graphnet: ", fg="red", err=True, nl=False)
    click.echo(message, err=True)
    sys.exit(status)


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


def _command(name: str, examples: str) -> Callable[[Callable[..., Any]], click.Command]:
    return cli.command(name, cls=Examples, examples=examples)


def _options(*options: Callable[[F], F]) -> Callable[[F], F]:
    def add(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return add


_reading = _options(
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
_machine = _options(
    click.option("--memory", default="60%", show_default=True, help="Memory limit of the engine, such as 8GB."),
    click.option("--threads", type=click.IntRange(1), help="Threads of the engine.  [default: all cores]"),
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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="graphnet-analyzer", prog_name="graphnet")
@click.option("-q", "--quiet", is_flag=True, help="Only errors on stderr.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is being done.")
def cli(*, quiet: bool, verbose: bool) -> None:
    """Find accounts that act together more than others do, and show why.

    The whole way: graphnet run FILES --into study/ --out report.html. Each step is a command of its own too; each
    reads and writes the study folder, can be repeated, and says what it did.
    """
    level = logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="graphnet: %(message)s", stream=sys.stderr, force=True)


@_command(
    "run",
    """graphnet run tweets.jsonl follows.csv --into study/ --out report.html
    graphnet run 'retweets/*.csv.gz' --kind retweet --into study/ --layer co_retweet_account --out report.html
    graphnet run posts.parquet --map account=author --map time=created --into study/ --out report.html""",
)
@FILES
@click.option("--into", type=click.Path(path_type=Path), required=True, help="Study folder to make or replace.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Report page; clusters.html is put beside it."
)
@_options(_reading, layering, detecting)
@click.option("--top", default=3, show_default=True, type=click.IntRange(1), help="Communities in the cluster view.")
@click.option("--no-validate", is_flag=True, help="Do not test the ties against chance and shared interest.")
@_options(_machine, as_json)
def run_(
    *,
    files: Sequence[str],
    into: Path,
    out: Path,
    format_: str | None,
    maps: Sequence[str],
    kind: str | None,
    options: Sequence[str],
    layers: Sequence[str],
    detector: str,
    top: int,
    no_validate: bool,
    memory: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Read, project, validate, detect, confirm, score and report, in one go."""
    import graphnet as gn  # noqa: PLC0415  (so that --help answers at once)

    study = gn.run(
        list(files),
        into,
        out,
        layers=_make("layers", layers),
        detector=_make("detectors", [detector])[0],
        top=top,
        validated=not no_validate,
        format=format_,
        columns=_assigned("--map", "account=author", maps),
        kind=kind,
        options=_assigned("--option", "dates=dmy", options),
        engine=_engine(memory, threads),
    )
    _say(study, [s["verb"] for s in study.manifest["steps"]], as_json, wrote=[out, out.with_suffix(".json")])


@_command(
    "read",
    """graphnet read tweets.jsonl users.json --into study/
    graphnet read edges.csv --map source=from --map target=to --kind follow --into study/""",
)
@FILES
@click.option("--into", type=click.Path(path_type=Path), required=True, help="Study folder to make or replace.")
@_reading
@click.option(
    "--repost-content", is_flag=True, help="Count hashtags, links, mentions in retweeted posts as the retweeter's own."
)
@_options(_machine, as_json)
def read_(
    *,
    files: Sequence[str],
    into: Path,
    format_: str | None,
    maps: Sequence[str],
    kind: str | None,
    options: Sequence[str],
    repost_content: bool,
    memory: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Read files into a study folder.

    FILES are paths, globs or folders; gz, bz2, xz and zst are read as they are. Rows that cannot be used are kept
    with file, line and reason in the study's table `rejected`.
    """
    import graphnet as gn  # noqa: PLC0415

    study = gn.read(
        list(files),
        into,
        format=format_,
        columns=_assigned("--map", "account=author", maps),
        kind=kind,
        options=_assigned("--option", "dates=dmy", options),
        repost_content=repost_content,
        engine=_engine(memory, threads),
    )
    _say(study, ["read"], as_json)


@_command(
    "project",
    """graphnet project study/
    graphnet project study/ --layer co_retweet:window=60,min_shared=3 --layer same_text""",
)
@STUDY
@_options(layering, _machine, as_json)
def project_(*, study: Path, layers: Sequence[str], memory: str, threads: int | None, as_json: bool) -> None:
    """Tie accounts that acted upon the same things."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study, _engine(memory, threads))
    gn.project(opened, *_make("layers", layers))
    _say(opened, ["project"], as_json)


@_command(
    "validate",
    """graphnet validate study/
    graphnet validate study/ --fdr 0.001 --use co_retweet
    graphnet validate study/ --null interest --null diffusion:slow=60""",
)
@STUDY
@click.option("--null", "nulls", multiple=True, metavar="NAME[:K=V,…]", help="Null; repeatable.  [default: all]")
@click.option("--fdr", default=0.01, show_default=True, help="Share of false ones accepted among the kept pairs.")
@click.option("--method", default="bh", show_default=True, type=click.Choice(["bh", "by"]), help="How it is held.")
@click.option("--use", "layers", multiple=True, metavar="LAYER", help="Layer to test; repeatable.  [default: all]")
@click.option("--floor", default=5, show_default=True, type=click.IntRange(2), help="Fewest objects of an account.")
@_options(_machine, as_json)
def validate_(
    *,
    study: Path,
    nulls: Sequence[str],
    fdr: float,
    method: Literal["bh", "by"],
    layers: Sequence[str],
    floor: int,
    memory: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Test every pair of accounts against chance, shared interest and breaking news."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study, _engine(memory, threads))
    made = _make("nulls", nulls)
    gn.validate(opened, *made, fdr=fdr, method=method, layers=list(layers) or None, floor=floor, threads=threads)
    _say(opened, ["validate"], as_json)


@_command(
    "detect",
    """graphnet detect study/
    graphnet detect study/ --validated
    graphnet detect study/ --detector leiden:resolution=0.25 --use co_retweet --use same_text""",
)
@STUDY
@detecting
@click.option("--use", "layers", multiple=True, metavar="LAYER", help="Layer to use; repeatable.  [default: see docs]")
@click.option(
    "--validated/--plain",
    "validated",
    default=None,
    help="Only ties beyond chance, or only plain pairs.  [default: the first, then the second for who is left]",
)
@click.option("--min-size", default=5, show_default=True, type=click.IntRange(2), help="Smallest community.")
@click.option("--core", default=2, show_default=True, type=click.IntRange(0), help="Keep accounts with this many ties.")
@click.option("--min-shared", default=0, show_default=True, type=click.IntRange(0), help="Fewest shared things a tie.")
@click.option("--min-layers", default=1, show_default=True, type=click.IntRange(1), help="Fewest layers a tie.")
@click.option("--backbone", type=float, metavar="ALPHA", help="Only plain pairs with a disparity filter p below this.")
@as_json
def detect_(
    *,
    study: Path,
    detector: str,
    layers: Sequence[str],
    validated: bool | None,
    min_size: int,
    core: int,
    min_shared: int,
    min_layers: int,
    backbone: float | None,
    as_json: bool,
) -> None:
    """Find tightly tied communities, and measure how tight each is."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study)
    gn.detect(
        opened,
        _make("detectors", [detector])[0],
        layers=list(layers) or None,
        validated=validated,
        min_size=min_size,
        core=core,
        min_shared=min_shared,
        min_layers=min_layers,
        backbone=backbone,
    )
    _say(opened, ["detect"], as_json)


@_command("confirm", "graphnet confirm study/\ngraphnet confirm study/ --fdr 0.01 --controls 9999")
@STUDY
@click.option("--fdr", default=0.05, show_default=True, help="Share of false ones accepted among those confirmed.")
@click.option("--controls", default=1999, show_default=True, type=click.IntRange(499), help="Control groups each.")
@click.option("--seed", default=7, show_default=True, help="Seed of the control groups.")
@_options(_machine, as_json)
def confirm_(
    *, study: Path, fdr: float, controls: int, seed: int, memory: str, threads: int | None, as_json: bool
) -> None:
    """Look for each community on half of the days, test it on the others, and give it its level of evidence."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study, _engine(memory, threads))
    gn.confirm(opened, fdr=fdr, controls=controls, seed=seed, threads=threads)
    _say(opened, ["confirm"], as_json)


@_command(
    "review",
    "graphnet review study/ --community 2 --by 'A. Analyst' --note 'Read 40 posts; no campaign page, no newsroom'",
)
@STUDY
@click.option("--community", required=True, type=click.IntRange(1), help="Number of the community.")
@click.option("--by", required=True, metavar="NAME", help="Who looked at it.")
@click.option("--note", required=True, metavar="TEXT", help="What was looked at, and what was found.")
@as_json
def review_(*, study: Path, community: int, by: str, note: str, as_json: bool) -> None:
    """Write down that a person looked at a community; lifts it from L2 to L3."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study)
    gn.review(opened, community, by=by, note=note)
    _say(opened, ["review"], as_json)


@_command("calibrate", "graphnet calibrate study/\ngraphnet calibrate study/ --rounds 5")
@STUDY
@click.option("--rounds", default=1, show_default=True, type=click.IntRange(1), help="Shuffles of each sort.")
@click.option("--seed", default=7, show_default=True, help="Seed of the shuffles.")
@_options(_machine, as_json)
def calibrate_(*, study: Path, rounds: int, seed: int, memory: str, threads: int | None, as_json: bool) -> None:
    """Run the same steps on the study's data with the coordination shuffled out of it."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study, _engine(memory, threads))
    gn.calibrate(opened, rounds, seed=seed, threads=threads)
    _say(opened, ["calibrate"], as_json)


@_command("score", "graphnet score study/\ngraphnet score study/ --signal shared_targets --controls 999")
@STUDY
@click.option("--signal", "signals", multiple=True, metavar="NAME", help="Signal; repeatable.  [default: all]")
@click.option("--controls", default=199, show_default=True, type=click.IntRange(0), help="Matched control groups each.")
@click.option("--seed", default=7, show_default=True, help="Seed of the control groups.")
@as_json
def score_(*, study: Path, signals: Sequence[str], controls: int, seed: int, as_json: bool) -> None:
    """Measure what each community shares, against matched groups of other accounts."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study)
    gn.score(opened, *_make("signals", signals), controls=controls, seed=seed)
    _say(opened, ["score"], as_json)


@_command(
    "explain",
    """graphnet explain study/ @alice @bob
    graphnet explain study/ @alice
    graphnet explain study/ --community 1
    graphnet explain study/ --community 1 --finding near_identical""",
)
@STUDY
@click.argument("who", nargs=-1)
@click.option("--community", type=click.IntRange(1), help="Number of a community.")
@click.option("--finding", metavar="CODE", help="One finding of the community.")
@click.option("--layer", metavar="LAYER", help="Only this layer.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="Rows to show.")
@as_json
def explain_(
    *,
    study: Path,
    who: Sequence[str],
    community: int | None,
    finding: str | None,
    layer: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show the posts behind a pair of accounts, an account, a community or a finding.

    WHO is one account or two, by id or handle.
    """
    import graphnet as gn  # noqa: PLC0415

    told = gn.explain(gn.Study.open(study), *who, community=community, finding=finding, layer=layer, limit=limit)
    click.echo(json.dumps(told.to_dict(), ensure_ascii=False, indent=1) if as_json else str(told))


@_command(
    "draw",
    """graphnet draw study/ --out clusters.html
    graphnet draw study/ --community 2 --community 5 --out two.html""",
)
@STUDY
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Page to write.")
@click.option(
    "--community", "communities", multiple=True, type=click.IntRange(1), help="Community to show; repeatable."
)
@click.option("--top", default=3, show_default=True, type=click.IntRange(1), help="Without --community: the largest.")
@click.option(
    "--use", "layers", multiple=True, metavar="LAYER", help="Layer to show; repeatable.  [default: those used]"
)
@as_json
def draw_(
    *, study: Path, out: Path, communities: Sequence[int], top: int, layers: Sequence[str], as_json: bool
) -> None:
    """Write an interactive page of chosen communities; it needs no network."""
    import graphnet as gn  # noqa: PLC0415

    gn.draw(gn.Study.open(study), out, communities=list(communities) or None, top=top, layers=list(layers) or None)
    _wrote([out], as_json)


@_command("report", "graphnet report study/ --out report.html")
@STUDY
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Page to write; its figures go beside it as JSON."
)
@as_json
def report_(*, study: Path, out: Path, as_json: bool) -> None:
    """Write the report: what was read, dropped and found, with the evidence."""
    import graphnet as gn  # noqa: PLC0415

    gn.report(gn.Study.open(study), out)
    _wrote([out, out.with_suffix(".json")], as_json)


@_command(
    "export",
    """graphnet export study/ graph.gexf
    graphnet export study/ network.csv --community 1 --use co_retweet
    graphnet export study/ graph.graphml --account @alice --account @bob""",
)
@STUDY
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--format", "format_", metavar="NAME", help="Format; without it the ending of OUT says.")
@click.option(
    "--community", "communities", multiple=True, type=click.IntRange(1), help="Only this community; repeatable."
)
@click.option("--account", "accounts", multiple=True, metavar="WHO", help="Only this account; repeatable.")
@click.option("--use", "layers", multiple=True, metavar="LAYER", help="Only this layer; repeatable.")
@click.option("--min-weight", type=float, help="Only ties of this weight or more.")
@as_json
def export_(
    *,
    study: Path,
    out: Path,
    format_: str | None,
    communities: Sequence[int],
    accounts: Sequence[str],
    layers: Sequence[str],
    min_weight: float | None,
    as_json: bool,
) -> None:
    """Write the network, or a part of it, for Gephi, a spreadsheet or a program."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study)
    found = gn.export(
        opened,
        out,
        format=format_,
        communities=list(communities) or None,
        accounts=[opened.account(a) for a in accounts] or None,
        layers=list(layers) or None,
        min_weight=min_weight,
    )
    _wrote(found if isinstance(found, list) else [found], as_json)


@_command("simulate", "graphnet simulate world/ --seed 7 --accounts 3000")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same bytes.")
@click.option("--accounts", default=3000, show_default=True, type=click.IntRange(100), help="Ordinary accounts.")
@click.option("--days", default=14, show_default=True, type=click.IntRange(2), help="Length of the collection.")
@click.option("--design", default="weekend", show_default=True, help="What is planted: weekend, organic, …")
@as_json
def simulate_(*, folder: Path, seed: int, accounts: int, days: int, design: str, as_json: bool) -> None:
    """Make a world with ordinary crowds and, if the design says so, planted groups; the truth lies beside it."""
    import graphnet as gn  # noqa: PLC0415

    made = gn.simulate(folder, seed=seed, accounts=accounts, days=days, design=design)
    click.echo(json.dumps(made, ensure_ascii=False, indent=1) if as_json else _plain(made))


@_command("formats", "graphnet formats")
@as_json
def formats_(*, as_json: bool) -> None:
    """List what can be read and what can be exported."""
    _list(("readers", "exports"), as_json)


@_command("layers", "graphnet layers")
@as_json
def layers_(*, as_json: bool) -> None:
    """List the ways of acting together, the detectors and the signals, with their parameters."""
    _list(("layers", "detectors", "signals"), as_json)


def _list(kinds: Sequence[str], as_json: bool) -> None:
    from graphnet import registry  # noqa: PLC0415

    found = {k: {n: registry.about(c) for n, c in registry.find(k).items()} for k in kinds}
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for kind, classes in found.items():
        click.secho(f"{kind}", bold=True)
        for name, about in classes.items():
            click.echo(f"  {name:20} {about['title']}" + (f"\n  {'':20} {about['takes']}" if about["takes"] else ""))


def _make(kind: str, texts: Sequence[str]) -> list[Any]:
    from graphnet import registry  # noqa: PLC0415

    return [registry.make(kind, text) for text in texts]


def _assigned(option: str, example: str, texts: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` texts as a dict."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise InputError(f"{option} takes NAME=VALUE, such as {example}; this is {text!r}")
        found[name] = value
    return found


def _engine(memory: str, threads: int | None) -> Any:
    from graphnet.engines.duckdb import DuckDB  # noqa: PLC0415

    return DuckDB(memory=memory, threads=threads)


def _say(study: Any, verbs: Sequence[str], as_json: bool, wrote: Sequence[Path] = ()) -> None:
    """What was done: the manifest's record of each step."""
    steps = [study.last(verb) for verb in dict.fromkeys(verbs)]
    if as_json:
        kept = ("verb", "seconds", "seconds_of", "rows", "summary")
        out = {
            "study": str(study.path),
            "steps": [{k: s[k] for k in kept} for s in steps],
            "wrote": [str(p) for p in wrote],
        }
        click.echo(json.dumps(out, ensure_ascii=False, indent=1))
        return
    for step in steps:
        click.secho(f"{step['verb']}  {step['seconds']:.1f} s", bold=True)
        click.echo(_plain(step["summary"]))
    click.echo(f"study: {study.path}")
    for path in wrote:
        click.echo(f"wrote: {path}")


def _wrote(paths: Sequence[Path], as_json: bool) -> None:
    click.echo(json.dumps({"wrote": [str(p) for p in paths]}) if as_json else "\n".join(f"wrote: {p}" for p in paths))


def _plain(value: dict[str, Any], indent: str = "  ") -> str:
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
            lines += [label + ", ".join(map(str, item))] if item else []
        elif item is not None:
            lines.append(label + _cell(name, item))
    return "\n".join(line.rstrip() for line in lines)


def _inline(value: dict[str, Any]) -> str:
    flat = {k: v for k, v in value.items() if v is not None and not isinstance(v, dict | list)}
    return ", ".join(f"{_words(k)} {_cell(k, v)}" for k, v in flat.items())


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cell(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{iso(value)}" if name in ("first", "last") else f"{value:,}"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
