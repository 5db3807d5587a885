"""Which sites the accounts link to, which of these hang together, and who spreads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from graphnet.audits import Audit, Audited
from graphnet.audits._attributes import FAMILIES, Attributes, read_attributes
from graphnet.audits._domain_answers import describe
from graphnet.audits._domain_links import Linked, from_study, from_table
from graphnet.audits._domain_spread import spread
from graphnet.audits._domain_ties import ties
from graphnet.errors import InputError
from graphnet.study import Study

__all__ = ["Domains"]


@dataclass(frozen=True)
class Domains(Audit):
    r"""Links by registrable domain; domains tied by what they share; accounts and communities that spread them.

    A domain is that of the Public Suffix List (the copy inside tldextract, nothing is fetched). On shared hosts the
    site is the customer: ``someone.blogspot.com``, ``facebook.com/someone``. Short links and platform links that name
    no account are counted, and neither ranked nor tied.

    Args:
        attributes: A table of what is known of domains: ``domain, ip, registrant, analytics, …`` or
            ``domain, attribute, value``. Without it nothing is tied.
        pages: A table of pages (``page`` or ``domain``, and if known ``account`` and ``time``) in place of a study.
        count: Further columns of ``attributes`` that count, as ``COLUMN=FAMILY``: identifier, certificate,
            registration, address, server or hosting.
        cut: Evidence in nats from which two domains are tied.
        background: A value is taken to be shared among at least so many domains.
        top: How many of the most linked sites are looked at together.
        controls: Matched groups that each community is compared with.
        seed: Same seed, same answer.

    Raises:
        InputError: A parameter is out of range.

    Example:
        >>> import tempfile, pathlib
        >>> import graphnet as gn
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> _ = (folder / "pages.csv").write_text("page\nhttps://a.example/1\nhttps://a.example/2\nb.example\n")
        >>> _ = (folder / "who.csv").write_text("domain,analytics\na.example,UA-1\nb.example,UA-1\n")
        >>> question = Domains(attributes=str(folder / "who.csv"), pages=str(folder / "pages.csv"))
        >>> found = gn.audit(None, question)
        >>> found.summary["pages"], found.summary["sites"], found.summary["clusters"]
        (3, 2, 1)
    """

    name: ClassVar[str] = "domains"
    title: ClassVar[str] = "Linked sites, what they share, and who spreads them"
    attributes: str = ""
    pages: str = ""
    count: tuple[str, ...] = ()
    cut: float = 1.2
    background: int = 100
    top: int = 10
    controls: int = 999
    seed: int = 7

    def __post_init__(self) -> None:
        for field, least in (("cut", 0), ("background", 1), ("top", 2), ("controls", 0)):
            if getattr(self, field) < least or (field == "cut" and not self.cut > 0):
                raise InputError(f"domains: {field} is {getattr(self, field)}, it has to be {least} or more")
        for text in self.count:
            _, equals, family = text.partition("=")
            if not equals or family not in FAMILIES:
                raise InputError(f"domains: count takes COLUMN=FAMILY with one of {', '.join(FAMILIES)}, not {text!r}")
        if self.count and not self.attributes:
            raise InputError("domains: count names columns of the table of attributes, which is not given")

    def missing(self, study: Study | None) -> str | None:
        """See `Audit.missing`."""
        if study is not None and self.pages:
            return "it takes the links of a study or a table of pages, not both"
        if study is None:
            return None if self.pages or self.attributes else "name a study, or a table: --pages or --attributes FILE"
        there = study.rows("select 1 as one from actions where kind in ('link', 'domain') limit 1").num_rows
        return None if there else f"the study in {study.path} has no links and no domains"

    def look(self, study: Study | None) -> Audited:
        """See `Audit.look`."""
        attributes = read_attributes(self.attributes, self._families()) if self.attributes else Attributes()
        linked: Linked | None = from_table(self.pages) if self.pages else from_study(study) if study else None
        tied = ties(attributes, self.cut, self.background)
        spreading = spread(study, linked, tied, self.controls, self.seed)
        parts = describe(study, linked, attributes, tied, spreading, self.top, self.seed)
        return Audited(self.name, self.title, **parts)

    def _families(self) -> Mapping[str, str]:
        return {name: family for name, _, family in (text.partition("=") for text in self.count)}
