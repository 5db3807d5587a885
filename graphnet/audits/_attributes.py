"""Attributes of domains - addresses, registrations, identifiers - from a user's table, cleaned and weighed.

Two shapes are read. *Wide*: one row a domain, one column an attribute (``domain, ip, registrant, …``). *Long*: one row
a value (``domain, attribute, value``). A cell may hold several values, parted by ``;`` or ``|``; a domain may stand in
several rows.
"""

from __future__ import annotations

import csv
import io
import ipaddress
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa

from graphnet.audits._sites import fault, site
from graphnet.errors import InputError
from graphnet.safe import show
from graphnet.words import count

__all__ = ["FAMILIES", "PLAIN", "Attributes", "Family", "Sheet", "read_attributes", "read_sheet"]


class Family(NamedTuple):
    """Attributes that say the same sort of thing: its tier, its weight, the word for it, the names of its columns."""

    tier: str
    weight: float
    word: str
    columns: tuple[str, ...]


FAMILIES = {
    "identifier": Family(
        "strong",
        1.0,
        "an analytics or advertising id",
        (
            *("analytics", "analyticsid", "googleanalytics", "ga", "gaid", "ua", "adsense", "adsenseid", "publisher"),
            *("publisherid", "tagmanager", "gtm", "gtmid", "pixel", "facebookpixel", "fbpixel", "metrika"),
            *("yandexmetrika", "matomo", "disqus", "amazonassociate", "affiliate", "affiliateid"),
        ),
    ),
    "certificate": Family(
        "strong", 1.0, "a certificate", ("certificate", "cert", "tls", "ssl", "certsha256", "fingerprint", "serial")
    ),
    "registration": Family(
        "strong",
        0.8,
        "a registration",
        (
            *("registrant", "registrantname", "registrantorganization", "registrantorganisation", "registrantemail"),
            *("registrantphone", "owner", "email", "phone", "registration", "whois", "organisation", "organization"),
        ),
    ),
    "address": Family("moderate", 0.5, "an address", ("ip", "ipv4", "ipv6", "ipaddress", "address", "a", "aaaa")),
    "server": Family(
        "weak", 0.25, "a name server", ("nameserver", "nameservers", "ns", "dns", "mx", "mailserver", "soa")
    ),
    "hosting": Family(
        "weak",
        0.1,
        "a host or registrar",
        ("host", "hosting", "hoster", "provider", "asn", "as", "registrar", "cms", "theme", "server", "country"),
    ),
}
"""What weighs how much. An advertising account has one holder; an address may serve hundreds of strangers."""
FAMILY_OF = {column: name for name, family in FAMILIES.items() for column in family.columns}

DOMAIN_COLUMNS = ("domain", "site", "host", "hostname", "website", "url", "link", "fqdn", "name")
LONG = (("attribute", "kind", "type", "property", "key", "field"), ("value", "data", "val"))

EMPTY = frozenset(
    ("", "-", "--", "n/a", "na", "nan", "none", "null", "unknown", "not available", "not found", "?", "0")
)
PRIVATE = re.compile(
    r"redact|privacy|private (?:person|registra)|whois ?guard|proxy|withheld|gdpr|not disclosed|data protected|"
    r"identity protect|statutory masking|contact ?privacy|registration private|perfect privacy|domain protection",
)
"""Registrants that are nobody: a privacy service, or a registry that hides all names."""
COMMON_SERVERS = re.compile(
    r"(?:.*\.)?(?:cloudflare\.com|domaincontrol\.com|registrar-servers\.com|awsdns-\d+\.(?:com|net|org|co\.uk)|"
    r"googledomains\.com|google\.com|googlemail\.com|name-services\.com|wordpress\.com|wixdns\.net|squarespacedns\.com|"
    r"bluehost\.com|hostgator\.com|dreamhost\.com|ovh\.net|hostinger\.com|dns-parking\.com|azure-dns\.\w+|nsone\.net|"
    r"ui-dns\.\w+|secureserver\.net|outlook\.com|zoho\.com|reg\.ru|timeweb\.ru|beget\.com|gandi\.net|ultradns\.\w+)\.?"
)
"""Name and mail servers of which each serves millions of domains."""
COMMON_NETS = {
    "networks that are nobody's on the internet (private, reserved)": (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/3 "
        "::/127 fc00::/7 fe80::/10 ff00::/8"
    ),
    "a content network (Cloudflare)": (
        "173.245.48.0/20 103.21.244.0/22 103.22.200.0/22 103.31.4.0/22 141.101.64.0/18 108.162.192.0/18 "
        "190.93.240.0/20 188.114.96.0/20 197.234.240.0/22 198.41.128.0/17 162.158.0.0/15 104.16.0.0/13 104.24.0.0/14 "
        "172.64.0.0/13 131.0.72.0/22 2400:cb00::/32 2606:4700::/32 2803:f800::/32 2405:b500::/32 2405:8100::/32 "
        "2a06:98c0::/29 2c0f:f248::/32"
    ),
    "a content network (Fastly)": "151.101.0.0/16 199.232.0.0/16 146.75.0.0/17 23.235.32.0/20 2a04:4e40::/32",
    "a host of everybody's sites (GitHub, Automattic, Shopify, Squarespace)": (
        "185.199.108.0/22 192.0.64.0/18 23.227.32.0/19 198.185.159.0/24 198.49.23.0/24"
    ),
}
"""Networks whose addresses are nobody's, or shared by strangers, as their operators publish them."""
_NETS = [(why, ipaddress.ip_network(net)) for why, nets in COMMON_NETS.items() for net in nets.split()]
PLAIN = re.compile(r"[\s_\-./]+")
BYTES = 1 << 30


class Sheet(NamedTuple):
    """A table as text: the header, and the rows (line, cells) that have as many cells."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    odd: list[int]


@dataclass(frozen=True)
class Attributes:
    """What is known of domains.

    Attributes:
        values: By attribute (as its column is called) and value the domains that have it.
        family: Family of each attribute.
        known: How many domains have any value of each attribute.
        domains: All domains of the table.
        dropped: What was left out: why -> how many values.
        notes: What else is to be known about the table.
        rejected: Rows without a domain: (line, reason).
    """

    values: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    family: Mapping[str, str] = field(default_factory=dict)
    domains: frozenset[str] = frozenset()
    dropped: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()
    rejected: Sequence[tuple[int, str]] = ()

    @property
    def known(self) -> dict[str, int]:
        """How many domains have a usable value of each attribute."""
        return {name: len(frozenset().union(*held.values())) for name, held in self.values.items()}


def read_sheet(path: str) -> Sheet:
    """A delimited table (``,``, ``;`` or tabs; compressed or not) whose first row is its header.

    Raises:
        InputError: It cannot be read or has no rows.
    """
    try:
        with pa.input_stream(path, compression="detect") as stream:
            data: bytes = stream.read(BYTES)
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"cannot read {path}: {error}") from None
    coding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    lines = io.StringIO(data.decode(coding, errors="replace").replace("\x00", ""), newline="")
    first = lines.readline()
    sign = max("\t;,", key=first.count)
    lines.seek(0)
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 24))
    reader = csv.reader(lines, delimiter=sign)
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(c.strip() for c in cells)]
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}") from None
    if len(rows) < 2:
        raise InputError(f"{path} has {'a header but no rows' if rows else 'no rows'}. It takes a table with a header.")
    header = [c.strip() for c in rows[0][1]]
    width = len(header)
    whole, odd = [r for r in rows[1:] if len(r[1]) == width], [n for n, c in rows[1:] if len(c) != width]
    if not whole:
        raise InputError(f"{path} has no row of {width} cells, as its header has; line {odd[0]} has another number")
    return Sheet(header, whole, odd)


def plain(column: str) -> str:
    """A column's name without case, blanks and signs."""
    return PLAIN.sub("", column).casefold()


def place(header: Sequence[str], names: Sequence[str]) -> int | None:
    """Where the first of these columns is; None if there is none."""
    held = [plain(h) for h in header]
    return next((held.index(n) for n in names if n in held), None)


def read_attributes(path: str, also: Mapping[str, str]) -> Attributes:
    """Read the table of attributes.

    Args:
        path: The file.
        also: Further columns (or values of ``attribute``) that count, each with its family (see `FAMILIES`).

    Raises:
        InputError: No column names the domains, none is a known attribute, or one of ``also`` is not there.
    """
    sheet = read_sheet(path)
    main = place(sheet.header, DOMAIN_COLUMNS)
    if main is None:
        raise InputError(f"no column of {path} names the domain (it has: {_listed(sheet.header)}). Call one 'domain'.")
    families = FAMILY_OF | {plain(name): family for name, family in also.items()}
    at = [place(sheet.header, names) for names in LONG]
    long = at[0] is not None and at[1] is not None
    cells = _long(sheet, main, *at) if long else _wide(sheet, main, families)  # type: ignore[arg-type]
    cleaned = _Cleaned(families)
    for line, text, attribute, value in cells:
        cleaned.add(line, text, attribute, value)
    names = set(cleaned.family) | cleaned.unknown if long else set(sheet.header)
    _there(path, also, names)
    if not cleaned.family:
        raise InputError(
            f"{path} has no attribute that is known here (it has: {_listed(sorted(names))}). Known: "
            f"{', '.join(f.columns[0] for f in FAMILIES.values())}, …; name others: --count COLUMN=FAMILY"
        )
    if not long:
        cleaned.unknown |= {h for i, h in enumerate(sheet.header) if i != main and plain(h) not in families}
    return cleaned.done(len(sheet.odd))


def _there(path: str, also: Mapping[str, str], names: set[str]) -> None:
    held = {plain(n) for n in names}
    for name, family in also.items():
        if family not in FAMILIES:
            raise InputError(f"{name} cannot count as {family!r}. It can count as: {', '.join(FAMILIES)}")
        if plain(name) not in held:
            raise InputError(f"column {name!r} is not in {path} (it has: {_listed(sorted(names))})")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(show(n, 30) for n in names[:40]) or "nothing"


Cells = Iterator[tuple[int, str, str, str]]


def _long(sheet: Sheet, main: int, attribute: int, value: int) -> Cells:
    yield from ((line, row[main], row[attribute].strip(), row[value]) for line, row in sheet.rows)


def _wide(sheet: Sheet, main: int, families: Mapping[str, str]) -> Cells:
    counted = [i for i, h in enumerate(sheet.header) if i != main and plain(h) in families]
    for line, row in sheet.rows:
        # a domain without any value is a domain of the table all the same
        yield from ((line, row[main], sheet.header[i], row[i]) for i in counted)
        if not counted:
            yield line, row[main], "", ""


class _Cleaned:
    """Collects values; each is put into one form, and what says nothing is left out and counted."""

    def __init__(self, families: Mapping[str, str]) -> None:
        self.families = families
        self.values: dict[str, dict[str, set[str]]] = {}
        self.family: dict[str, str] = {}
        self.domains: set[str] = set()
        self.dropped: Counter[str] = Counter()
        self.unknown: set[str] = set()
        self.bad: dict[int, str] = {}

    def add(self, line: int, text: str, attribute: str, cell: str) -> None:
        """One cell."""
        found = site(text)
        if found is None or found.kind in ("platform", "short"):
            self.bad[line] = fault(text) if found is None else f"a {found.kind}, nobody's own domain: {found.name}"
            return
        self.domains.add(found.name)
        family = self.families.get(plain(attribute))
        if family is None:
            self.unknown |= {attribute} if attribute else set()
            return
        name = attribute.strip().casefold()
        self.family[name] = family
        for part in re.split(r"[;|]", cell):
            value, why = clean(family, part)
            if why:
                self.dropped[why] += 1
            elif value:
                self.values.setdefault(name, {}).setdefault(value, set()).add(found.name)

    def done(self, odd: int) -> Attributes:
        """Everything collected."""
        notes = [f"columns not counted as evidence: {_listed(sorted(self.unknown))}"] * bool(self.unknown)
        notes += [
            f"{count(odd, 'row')} of the table of attributes with another number of cells than its header"
        ] * bool(odd)
        values = {
            name: {v: frozenset(d) for v, d in sorted(held.items())} for name, held in sorted(self.values.items())
        }
        family = dict(sorted(self.family.items()))
        rejected = sorted(self.bad.items())
        return Attributes(values, family, frozenset(self.domains), dict(sorted(self.dropped.items())), notes, rejected)


def clean(family: str, cell: str) -> tuple[str, str]:
    """A value in one form, and why it says nothing (then it does not count).

    Example:
        >>> clean("registration", "  Jane   DOE "), clean("registration", "REDACTED FOR PRIVACY")[1]
        (('jane doe', ''), 'hidden registrants')
        >>> clean("address", "104.18.2.3")[1], clean("server", "ns1.example.org.")
        ('addresses of a content network (Cloudflare)', ('ns1.example.org', ''))
    """
    value = " ".join(cell.split()).casefold()
    if value in EMPTY:
        return "", ""
    if family == "registration" and PRIVATE.search(value):
        return value, "hidden registrants"
    if family == "server":
        value = value.rstrip(".")
        return value, "servers that millions of domains use" if COMMON_SERVERS.fullmatch(value) else ""
    return _address(value) if family == "address" else (value, "")


def _address(value: str) -> tuple[str, str]:
    try:
        number = ipaddress.ip_address(value)
    except ValueError:
        return value, "cells that are no IP address"
    why = next((why for why, net in _NETS if number in net), None)
    return str(number), f"addresses of {why}" if why else ""
