"""The site a link belongs to: whose pages it stands among.

Mostly that is the registrable domain (``bbc.co.uk``). On a shared host it is not: everybody's blog is on
``blogspot.com``, everybody's page on ``facebook.com``. There the site is the customer: the name below a private suffix
of the Public Suffix List (``someone.blogspot.com``) or the account in the path (``facebook.com/someone``).

Example:
    >>> site("https://www.Example.co.uk:8080/a?utm_source=x")
    Site(name='example.co.uk', kind='domain', page='https://example.co.uk:8080/a')
    >>> site("http://some-one.blogspot.com/2020/post.html").name, site("https://t.me/s/channel/12").name
    ('some-one.blogspot.com', 't.me/channel')
"""

from __future__ import annotations

import ipaddress
import re
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from graphnet.kernels import links

__all__ = ["KINDS", "Site", "fault", "readable", "site"]

KINDS = {
    "domain": "registrable domain",
    "hosted": "site on a shared host (name below a private suffix)",
    "account": "account on a platform (named in the path)",
    "unlisted": "name below a suffix that is not on the Public Suffix List",
    "address": "IP address in place of a name",
    "platform": "platform or shared host whose links do not name the account",
    "short": "short link: where it leads is not known",
}
"""Kinds of site. The last two are no sites of anybody: they are counted, and not ranked, tied or tested."""

# fmt: off
SHORT = frozenset(
    {
        "adf.ly", "amzn.to", "bit.ly", "bitly.com", "buff.ly", "clck.ru", "cutt.ly", "dlvr.it", "fb.me",
        "goo.gl", "hubs.ly", "ift.tt", "is.gd", "j.mp", "lnkd.in", "ow.ly", "po.st", "rb.gy", "rebrand.ly",
        "shar.es", "shorturl.at", "snip.ly", "soo.gd", "spr.ly", "t.co", "t.ly", "tiny.cc", "tinyurl.com",
        "trib.al", "v.gd", "vk.cc", "wp.me", "zpr.io",
    }
)
# fmt: on
"""Redirectors. Following them needs the network."""

# fmt: off
HOSTS = frozenset(
    {
        "bandcamp.com", "blog.ir", "blogfa.com", "buzzsprout.com", "canalblog.com", "ghost.io", "hubpages.com",
        "jimdofree.com", "jimdosite.com", "libsyn.com", "livejournal.com", "medium.com", "mihanblog.com",
        "narod.ru", "over-blog.com", "persianblog.ir", "podbean.com", "substack.com", "teachable.com",
        "tumblr.com", "typepad.com", "ucoz.ru", "webnode.com", "weebly.com", "wordpress.com",
    }
)
# fmt: on
"""Hosts of everybody's sites that the private part of the Public Suffix List does not have."""

_NAME = r"/(?!(?:{but})(?:/|$))({name})(?:/|$)"


def _named(but: str = "-", name: str = r"[\w.\-]+") -> str:
    return _NAME.format(but=but, name=name)


PLATFORMS = {
    "facebook.com": r"/(?:groups|pages/[^/]+|people/[^/]+|pg)/([\w.\-]+)|"
    + _named(
        r"groups|pages|people|pg|watch|photo|photos|video|videos|events|hashtag|share|sharer|story\.php|photo\.php|"
        r"profile\.php|permalink\.php|sharer\.php|l\.php|media|plugins|dialog|login|marketplace|help|reel|reels|notes"
    ),
    "twitter.com": _named(r"i|intent|share|home|search|hashtag|explore|messages|login|settings", r"\w{1,20}"),
    "instagram.com": _named(r"p|reel|reels|tv|stories|explore|accounts"),
    "t.me": r"/(?:s/)?(?!(?:s|c|joinchat|share|addstickers|iv|proxy)(?:/|$))(\w{4,})",
    "telegram.me": r"/(?:s/)?(?!(?:s|c|joinchat|share)(?:/|$))(\w{4,})",
    "youtube.com": r"/channel/(UC[\w\-]{22})|/(?:c|user)/([^/]+)|/(@[^/]+)",
    "tiktok.com": r"/(@[\w.]+)",
    "vk.com": _named(r"video|photo|wall|feed|away\.php|share\.php|search|im|doc|album|topic", r"(?!wall-)[\w.]+"),
    "ok.ru": r"/((?:group|profile)/\d+)|" + _named("video|live|group|profile|dk"),
    "reddit.com": r"/((?:r|user|u)/[\w\-]+)",
    "medium.com": r"/(@[\w.\-]+)|" + _named(r"p|m|tag|topic|search"),
    "bitchute.com": r"/channel/([\w\-]+)",
    "rumble.com": r"/((?:c|user)/[\w\-]+)",
    "odysee.com": r"/(@[^:/]+)",
    "gab.com": _named(r"groups|tag|tv|news|explore"),
    "linkedin.com": r"/((?:in|company|school)/[^/]+)",
    "threads.net": r"/(@[\w.]+)",
    "bsky.app": r"/profile/([\w.:\-]+)",
    "soundcloud.com": _named("discover|search|stream|tags"),
    "dailymotion.com": _named("video|embed|playlist|search"),
    "twitch.tv": _named("videos|directory|search"),
    "github.com": _named("search|topics|features|about|explore|orgs|sponsors"),
    "patreon.com": r"/(?:c/)?(?!(?:posts|c|explore|search)(?:/|$))([\w.\-]+)",
    "tumblr.com": _named("tagged|search|explore|dashboard|blog"),
    "sites.google.com": r"/((?:view|site|a/[^/]+)/[^/]+)",
    "archive.org": r"/details/(@[\w.\-]+)",
    "wattpad.com": r"/user/([\w.\-]+)",
}
"""Platforms by host, and where in the path their links name the account (the first group that matches)."""
_PLATFORMS = {host: re.compile(pattern) for host, pattern in PLATFORMS.items()}
_BLOGSPOT = re.compile(r"(?:(.+)\.)?blogspot\.(?:com?\.)?[a-z]{2}")
"""The national editions of one blog host, which all show the same blogs."""
_WRAPPED = re.compile(
    r"https://(?:google\.[a-z.]+/amp/(?:s/)?|[\w\-]+\.cdn\.ampproject\.org/[cvi]/(?:s/)?)(?P<path>.+)|"
    r"https://(?:google\.[a-z.]+/url|l\.(?:facebook|instagram)\.com/|facebook\.com/l\.php|vk\.com/away\.php|"
    r"youtube\.com/redirect).*?[?&](?:q|u|to|url)=(?P<query>http[^&]+)"
)
"""Copies and redirections that name the page they stand for."""
_FACEBOOK_ID = re.compile(r"(?:^|&)id=(\d+)")


class Site(NamedTuple):
    """Where a link leads: the site's name in ASCII, what kind of site (`KINDS`), and the page in its one form."""

    name: str
    kind: str
    page: str


@lru_cache(maxsize=1 << 18)
def site(link: str) -> Site | None:
    """The site of a link or bare host name; None where there is none (see `fault`).

    Case of the host, ports, ``www.``, user names and parameters that only say where a click came from do not matter;
    copies (AMP) and redirections that name the page they stand for count as that page.

    Example:
        >>> site("HTTPS://XN--E1AFMKFD.XN--P1AI/"), site("co.uk"), site("http://192.0.2.7:8080/x").kind
        (Site(name='xn--e1afmkfd.xn--p1ai', kind='domain', page='https://xn--e1afmkfd.xn--p1ai'), None, 'address')
    """
    page = _page(link)
    if page is None:
        return None
    host = urlsplit(page).hostname or ""
    found = _address(host) or _on_platform(host, page) or _hosted(host) or _domain(host, page)
    return found and Site(*found, page)


def fault(link: str) -> str:
    """Why `site` finds none, in words.

    Example:
        >>> fault("co.uk"), fault("mailto:me@example.org"), fault("http://localhost/")
        ('a bare public suffix', 'no link to a page of the web', 'a host without a dot')
    """
    page = _page(link)
    if page is None:
        return "no link to a page of the web"
    return "a bare public suffix" if "." in (urlsplit(page).hostname or "") else "a host without a dot"


def readable(name: str) -> str:
    """A site's name as browsers would show it: ``xn--`` names in their own letters. For reading, never for matching.

    Example:
        >>> readable("xn--e1afmkfd.xn--p1ai"), readable("example.org")
        ('пример.рф', 'example.org')
    """
    if "xn--" not in name:
        return name
    try:
        return name.encode("ascii").decode("idna")
    except UnicodeError:
        return name


def _page(link: str) -> str | None:
    text = link.strip()
    if "://" not in text[:12] and not text.startswith("//") and not re.match(r"\w+:(?!\d+(?:/|$))", text):
        text = f"https://{text}"  # tables of domains hold bare names
    page = links.canonical(text)
    wrapped = _WRAPPED.match(page) if page else None
    if wrapped:
        page = links.canonical(unquote(wrapped["query"]) if wrapped["query"] else f"https://{wrapped['path']}") or page
    return page if page and not re.search(r"\s", text) else None


def _address(host: str) -> tuple[str, str] | None:
    try:
        return str(ipaddress.ip_address(host.strip("[]"))), "address"
    except ValueError:
        return None


def _on_platform(host: str, page: str) -> tuple[str, str] | None:
    if host in SHORT:
        return host, "short"
    base = host if host in _PLATFORMS else links.domain(page)
    # Facebook and VK have a host a language (fr-fr.facebook.com); elsewhere a name below the platform is a site
    if base not in _PLATFORMS or (base != host and base in HOSTS):
        return None
    split = urlsplit(page)
    found = _PLATFORMS[base].match(unquote(split.path))
    name = next((g for g in found.groups() if g), None) if found else None
    if base == "facebook.com" and name is None and (number := _FACEBOOK_ID.search(split.query)):
        name = number[1]
    # names of accounts have no case, but YouTube's ids of channels do
    return (f"{base}/{name if name.startswith('UC') else name.casefold()}", "account") if name else (base, "platform")


def _hosted(host: str) -> tuple[str, str] | None:
    """The name below a private suffix, or below one of `HOSTS`."""
    if edition := _BLOGSPOT.fullmatch(host):
        host = f"{edition[1]}.blogspot.com" if edition[1] else "blogspot.com"
    labels = host.split(".")
    for depth in (2, 3):
        base = ".".join(labels[-depth:])
        if base in HOSTS:
            return (".".join(labels[-depth - 1 :]), "hosted") if len(labels) > depth else (base, "platform")
    split = _private()(host)
    if not split.is_private:
        return None
    below = str(split.top_domain_under_public_suffix)
    return (below, "hosted") if below else (host, "platform")


def _domain(host: str, page: str) -> tuple[str, str] | None:
    name = links.domain(page)
    if name is None or host == str(_private()(host).suffix):
        return None
    return name, "domain" if _private()(host).suffix else "unlisted"


@cache
def _private() -> Any:
    from tldextract import TLDExtract  # noqa: PLC0415  (0.1 s)

    # no list is fetched: the copy inside the package is the same on every machine
    extract = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True).extract_str
    return lru_cache(maxsize=1 << 16)(extract)
