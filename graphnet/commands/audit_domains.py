"""``graphnet audit domains``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import FOLDER, as_json, command
from graphnet.commands._audited import OUT, ask
from graphnet.places import Place

__all__ = ["domains"]


@command(
    "audit domains",
    "graphnet audit domains study/ --attributes domains.csv --out domains.html\n"
    "graphnet audit domains --pages pages.csv --attributes domains.csv",
)
@click.argument("study", type=FOLDER, required=False)
@click.option("--attributes", default="", metavar="FILE", help="Table: domain, ip, registrant, analytics, …")
@click.option("--pages", default="", metavar="FILE", help="Table of pages (page, account, time) in place of a study.")
@click.option(
    "--count",
    "counted",
    multiple=True,
    metavar="COLUMN=FAMILY",
    help="A further column that counts, as identifier, certificate, registration, address, server or hosting.",
)
@click.option("--cut", default=1.2, show_default=True, help="Evidence (nats) from which two domains are tied.")
@click.option("--background", default=100, show_default=True, help="Fewest domains a value is taken to be one of.")
@click.option("--top", default=10, show_default=True, help="How many of the sites linked most are looked at together.")
@click.option("--controls", default=999, show_default=True, help="Matched control groups for each community.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0), help="Seed of the control groups.")
@OUT
@as_json
def domains(
    *,
    study: Place | None,
    attributes: str,
    pages: str,
    counted: Sequence[str],
    cut: float,
    background: int,
    top: int,
    controls: int,
    seed: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Find which sites are linked, which of them share owners or machines, and who spreads them."""
    import graphnet as gn  # noqa: PLC0415

    question = gn.audits.Domains(attributes, pages, tuple(counted), cut, background, top, controls, seed)
    ask(study, question, out, as_json)
