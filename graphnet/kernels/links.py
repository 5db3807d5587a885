"""One form for every link to the same page, and the domain a link belongs to.

What is folded, and why: ``http`` and ``https`` serve the same page, so do ``www.``, ``m.`` and ``mobile.`` hosts (only
where a registrable domain is left: ``m.co`` stays), the language editions of Wikipedia in their mobile form, x.com and
twitter.com, youtu.be and youtube.com. The fragment is a place inside the page (``#!`` routes are pages and stay).
Parameters that only say where a click came from are dropped (`TRACKING`); the others are sorted. Paths keep their case.
What is not folded: redirectors (t.co, bit.ly) need the network and stay as they are.

Example:
    >>> from graphnet.kernels import links
    >>> links.canonical("HTTP://www.Example.org:80/News/?utm_source=x&b=2&a=1#top")
    'https://example.org/News?a=1&b=2'
    >>> links.domain("https://news.bbc.co.uk/story")
    'bbc.co.uk'
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

__all__ = ["TRACKING", "TRACKING_ON", "canonical", "domain"]

TRACKING: dict[str, str] = {
    r"utm_\w+|utm": "campaign tags of Google Analytics and all that copied them",
    r"fbclid|fb_action_\w+|fb_source|fb_ref": "Facebook: which click",
    r"gclid|gclsrc|dclid|gbraid|wbraid|_ga|_gl": "Google advertising and analytics: which click",
    r"msclkid|yclid|ysclid|twclid|ttclid|li_fat_id|epik|rdt_cid|scclid|vero_id": "the same of Microsoft, Yandex, X, …",
    r"igshid|igsh": "Instagram: who shared",
    r"mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|hsctatracking|oly_anon_id|oly_enc_id|s_cid|wickedid": "newsletters: which",
    r"ref_src|ref_url|__twitter_impression|s_kwcid|spm|at_\w+|xtor|wt_\w+|cmpid|cmp|ncid|ocid|icid|smid|smtyp": (
        "publishers: which button, feed or partner the click came from"
    ),
    r"sr_share|share|shared|sharedid|_branch_match_id|soc_src|soc_trk|tsrc|guccounter|guce_\w+": "share buttons",
    r"amp|outputtype": "the light edition of the same page",
}
"""Parameters that do not change the page (patterns of the whole name, lower case) and what they are for."""

TRACKING_ON: dict[str, frozenset[str]] = {
    "twitter.com": frozenset(("s", "t", "lang", "ref")),  # how a tweet was shared
    "youtube.com": frozenset(("feature", "si", "pp", "ab_channel", "app")),
    "open.spotify.com": frozenset(("si", "context")),
    "instagram.com": frozenset(("hl",)),
    "facebook.com": frozenset(("__tn__", "__cft__[0]", "__xts__[0]", "mibextid", "sfnsn", "rdid", "_rdr", "refid")),
    "tiktok.com": frozenset(("is_from_webapp", "sender_device", "_r", "_t", "lang")),
}
"""Parameters that do not change the page on one host only."""

_TRACKING = re.compile("|".join(TRACKING))
_MOBILE = re.compile(r"^(?:www\d?|m|mobile|amp)\.")
_ALIASES = {"x.com": "twitter.com", "music.youtube.com": "youtube.com"}
_ESCAPED = re.compile("%[0-9A-Fa-f]{2}")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE = "%/:@!$&'()*+,;=~-._?|"
_SIMPLE = re.compile(r"https?://([A-Za-z0-9.-]+)(/[A-Za-z0-9/._~-]*)?(?:\?([!-\"$-~]*))?\Z")
_HOSTED = re.compile(r"https?://([a-z0-9.-]+)(?:[/?#]|\Z)")
"""Most links: nothing to decode, no port, no user. Taken apart by these patterns they cost a third."""
_BARE = re.compile(r"[^\s/?#@:]+\.[^\W\d_][^\s/?#@:]+(?::\d+)?(?:[/?#]|$)")
_NO_HOST = re.compile(r"[^a-z0-9.-]")


def canonical(url: str) -> str | None:
    """The one form of a link, or None when it is no link to a page of the web.

    A link without a scheme counts when its host ends in a known suffix; user names and passwords are cut off.

    Example:
        >>> canonical("youtu.be/dQw4w9WgXcQ?t=1&si=abc")
        'https://youtube.com/watch?t=1&v=dQw4w9WgXcQ'
        >>> canonical("https://пример.рф/путь/")
        'https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C'
        >>> canonical("mailto:me@example.org") is None
        True
    """
    try:
        return _canonical(url.strip())
    except ValueError:  # urlsplit and its .port raise it for [broken] hosts and ports; so does the IDNA codec
        return None


def domain(url: str) -> str | None:
    """The registrable domain of a link (``bbc.co.uk``), in ASCII; None where there is none (an IP address).

    Names come from the copy of the Public Suffix List inside tldextract, never from the network: the same on every
    machine. Blog hosts (``blogspot.com``) count as one domain.

    Example:
        >>> domain("https://a.b.example.com.au/x"), domain("http://127.0.0.1/"), domain("nonsense")
        ('example.com.au', None, None)
    """
    try:
        simple = _HOSTED.match(url.strip())
        return _domain(simple[1]) if simple else _domain(urlsplit(_with_scheme(url.strip())).hostname or "")
    except ValueError:
        return None


@lru_cache(maxsize=1 << 16)
def _domain(host: str) -> str | None:
    host = _ascii(host)
    return _registrable(host) or _below_unlisted(host)


def _with_scheme(url: str) -> str:
    if url.startswith("//"):
        return "https:" + url
    return "https://" + url if "://" not in url[:12] and _BARE.match(url) else url


def _canonical(url: str) -> str | None:
    simple = _SIMPLE.match(url)
    if simple is None:
        return _parsed(url)
    host = _host(simple[1].lower())
    return _folded(host, "", simple[2] or "", simple[3] or "") if host else None


def _parsed(url: str) -> str | None:
    """`_canonical` for any link."""
    full = _with_scheme(url)
    split = urlsplit(full)
    if split.scheme not in ("http", "https") or not split.hostname:
        return None
    host, port = _host(split.hostname), split.port
    if not host or (full is not url and not _registrable(host)):
        return None
    place = f":{port}" if port not in (None, 80, 443) else ""
    route = "#" + _escape(split.fragment) if split.fragment.startswith("!") else ""
    return _folded(host, place, _escape(split.path), split.query) + route


def _folded(host: str, place: str, path: str, query: str) -> str:
    path = path.rstrip("/")
    if host == "youtu.be" and path:
        host, path, query = "youtube.com", "/watch", f"v={path[1:]}&{query}"
    query = _query(query, TRACKING_ON.get(host, frozenset()))
    return f"https://{host}{place}{path}{'?' + query if query else ''}"


def _query(query: str, local: frozenset[str]) -> str:
    """The parameters that may change the page, sorted."""
    if not query:
        return ""
    kept = (p for p in query.split("&") if p and not _tracks(p.partition("=")[0].lower(), local))
    return "&".join(sorted(_escape(p) for p in kept))


def _tracks(name: str, local: frozenset[str]) -> bool:
    return name in local or _TRACKING.fullmatch(name) is not None


def _escape(part: str) -> str:
    """Percent-encoding in one form: letters plain, the rest in upper-case hexadecimal."""
    if "%" in part:
        part = _ESCAPED.sub(_unescaped, part)
    return part if part.isalnum() and part.isascii() else quote(part, safe=_SAFE, errors="replace")


def _unescaped(found: re.Match[str]) -> str:
    char = chr(int(found[0][1:], 16))
    return char if char in _PLAIN else found[0].upper()


# Hosts: few of them, met over and over -------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 16)
def _host(host: str) -> str:
    """The host in ASCII, lower case, without mobile and www prefixes; empty when no such host can exist."""
    host = _ascii(host)
    bare = _MOBILE.sub("", host)
    if bare != host and _registrable(bare):
        host = bare
    if host.endswith(".m.wikipedia.org"):
        host = host.replace(".m.", ".")
    return _ALIASES.get(host, host)


@lru_cache(maxsize=1 << 16)
def _ascii(host: str) -> str:
    host = host.rstrip(".").lower()
    if not host.isascii():
        host = host.encode("idna").decode()
    if ":" in host:  # IPv6: urlsplit has checked it
        return f"[{host}]"
    return "" if _NO_HOST.search(host.replace("_", "-")) or ".." in host or host.startswith(".") else host


def _registrable(host: str) -> str | None:
    return str(_split(host).top_domain_under_public_suffix) or None


def _below_unlisted(host: str) -> str | None:
    """The last two labels where the last is no listed suffix: the list's own rule for names it does not know."""
    labels = host.split(".")
    listed = len(labels) < 2 or not labels[-1].isalpha() or _split(host).suffix
    return None if listed else ".".join(labels[-2:])


@lru_cache(maxsize=1 << 16)
def _split(host: str) -> Any:
    return _extract()(host)


@cache
def _extract() -> Callable[[str], Any]:
    # imported here: it costs 100 ms, and most studies have no links
    from tldextract import TLDExtract  # noqa: PLC0415

    split: Callable[[str], Any] = TLDExtract(suffix_list_urls=(), cache_dir=None).extract_str
    return split
