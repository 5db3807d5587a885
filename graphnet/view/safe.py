r"""Hostile text, numbers and colours made safe for pages: names and posts come from the people under study.

Escaping is left to jinja2's autoescape and to ``textContent``, invisible signs to `graphnet.safe`; here is what
neither does: links that mail programs make clickable, figures that are not finite, fields that take more than a
colour, and data that sits in a script element.

Example:
    >>> defang("see https://example.org/a")
    'see hxxps://example[.]org/a'
    >>> print(inert({"name": "</script>"}))
    {"name":"\u003c/script\u003e"}
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import unicodedata
from collections import Counter
from typing import Any

from markupsafe import Markup

from graphnet.safe import show

__all__ = ["colour", "content_security_policy", "defang", "direction", "inert", "number", "passage"]

_LINK = re.compile(r"(?i)\b(h)tt(ps?)://([^\s/?#]+)|\b(www\.[^\s/?#]+)|\b((?:[a-z0-9-]+\.)+[a-z]{2,24})(?=/\S)")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")


def passage(text: str | None, limit: int) -> str:
    r"""Words from a post as a page shows them: line breaks kept, links defanged, invisible signs written out.

    Example:
        >>> passage("one\ntwo https://t.co/x", 60)
        'one\ntwo hxxps://t[.]co/x'
    """
    lines = (text or "")[: 4 * limit + 16].replace("\r\n", "\n").split("\n")
    whole = defang("\n".join(filter(None, (show(line, limit) for line in lines))))
    return whole if len(whole) <= limit else whole[: limit - 1].rstrip() + "…"


def defang(text: str) -> str:
    """Links written so that no program makes them clickable: ``hxxps://example[.]org/a``."""
    return _LINK.sub(_defanged, text)


def _defanged(match: re.Match[str]) -> str:
    first, rest, host, www, bare = match.groups()
    dots = (host or www or bare).replace(".", "[.]")
    return f"{first}xx{rest}://{dots}" if host else dots


def direction(text: str) -> str:
    """Reading direction of a post: the one most of its letters have, whatever mention or link it starts with.

    Returns:
        ``rtl``, ``ltr``, or ``auto`` where there is no letter to tell by.

    Example:
        >>> direction("@AlderHarbourTrust سلام دنیا"), direction("hello #سلام"), direction("123")
        ('rtl', 'ltr', 'auto')
    """
    own = [word for word in text.split() if word[0] not in "@#" and not word.startswith(("hxxp", "http"))]
    kinds = Counter(map(unicodedata.bidirectional, "".join(own)))
    right, left = kinds["R"] + kinds["AL"], kinds["L"]
    return "auto" if right == left else "rtl" if right > left else "ltr"


def number(value: object, low: float = -1e9, high: float = 1e9, default: float = 0.0) -> float:
    """A finite float between ``low`` and ``high``; ``default`` for None, NaN and what is no number."""
    try:
        figure = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return default
    return default if math.isnan(figure) else min(high, max(low, figure))


def colour(value: str) -> str:
    """The colour itself if it is ``#rrggbb``: a colour field of a drawing library takes more than colours.

    Raises:
        ValueError: It is something else.
    """
    if not _COLOUR.match(value):
        raise ValueError(f"{value[:20]!r} is not a colour such as #0072b2")
    return value


def inert(data: Any) -> Markup:
    """JSON for a ``<script type="application/json">`` element: ASCII only, and nothing in it can close the element.

    Raises:
        ValueError: A number is not finite.
    """
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    # every sign below is \u escapes, digits, letters or JSON punctuation: safe as it stands
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def content_security_policy(scripts: list[str], styles: list[str]) -> str:
    """A policy that lets exactly these scripts and styles run, and nothing be loaded, sent or framed.

    Give it the shipped files, never what stands in a produced page: that would bless an injected script.
    """
    rules = [
        "default-src 'none'",
        "script-src " + (" ".join(map(_hash, scripts)) or "'none'"),
        "style-src " + (" ".join(map(_hash, styles)) or "'none'"),
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    return "; ".join(rules)


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"
