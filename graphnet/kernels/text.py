"""What is inside a post's words: hashtags, mentions, links, a retweet prefix, and the key that identical words share.

Every function takes one string, never raises on any string, and gives the same answer everywhere: nothing depends on
the language of the machine. ``normal`` follows these steps: NFKC, casefold, HTML entities, ``RT @x:`` off, links off,
leading and trailing mentions off, a mention in between becomes ``@``, then letter by letter (invisible characters,
tatweel and Arabic, Hebrew and combining diacritics deleted; Persian, Arabic and Turkish letter variants folded; digits
of all scripts become 0-9; emoji, punctuation and symbols become spaces), letters of a look-alike alphabet inside a word
folded, three and more of a letter become two, spaces collapsed.

Example:
    >>> from graphnet.kernels import text
    >>> text.hashtags("Now! #تهران #Köln #2024 #year2024")
    ['تهران', 'Köln', 'year2024']
    >>> text.normal("RT @amy: “Café” is  OPEN!!! https://t.co/abc @bob")
    'café is open'
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from graphnet.kernels.confusables import unmix

__all__ = ["digest", "hashtags", "key", "links", "mentions", "normal", "retweeted", "tag"]

CHARACTERS, WORDS = 30, 5
"""Shorter words than these are said by everybody: no evidence. Scripts without spaces need no number of words."""


def _marks() -> str:
    r"""Combining marks as the inside of a character class: ``\w`` leaves out the vowel signs of half of the scripts."""
    codes = [c for c in range(0x300, 0x20000) if unicodedata.category(chr(c)).startswith("M")]
    codes = [c for c in codes if not 0xFE00 <= c <= 0xFE0F and c != 0x20E3]  # emoji style and keycap: "#️⃣" is no hashtag
    starts = [c for i, c in enumerate(codes) if not i or codes[i - 1] != c - 1]
    ends = [c for i, c in enumerate(codes) if i + 1 == len(codes) or codes[i + 1] != c + 1]
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in zip(starts, ends, strict=True))


# Hashtags ------------------------------------------------------------------------------------------------------------

JOINERS = "\u200c\u200d"
INSIDE = JOINERS + "\u00b7\u05be\u05f3\u05f4\u0f0b\u0f0c\u3003\u301c\u309b\u309c\u30a0\u30fb\uff5e"
"""Beside letters, marks, digits and underscore, platforms allow these inside a hashtag: the joiners of Persian and
Indic scripts, Catalan, Hebrew, Tibetan and Japanese word signs."""
_TAG = rf"[\w{_marks()}{INSIDE}]"
# the hash comes first and looks back, so that the engine skips to it; #one#two without a space counts as two
_TAGS = re.compile(rf"[#＃](?<!{_TAG}[#＃])(?<![&/][#＃]){_TAG}+(?:[#＃]{_TAG}+)*")
_HASH = re.compile("[#＃]")
_LETTER = re.compile(r"[^\W\d_]")


def hashtags(text: str) -> list[str]:
    """Hashtags as written, without #, in the order of the text, repetitions kept; all digits is no hashtag.

    Example:
        >>> hashtags("#می‌خواهم ＃日本 a#b http://x.org/#frag #1 #one#two")
        ['می\u200cخواهم', '日本', 'one', 'two']
    """
    if "#" not in text and "＃" not in text:
        return []
    found = (t.strip(JOINERS) for run in _TAGS.findall(text) for t in _HASH.split(run))
    return [t for t in found if _LETTER.search(t)]


def tag(text: str) -> str:
    """The canonical form of a hashtag: NFKC, casefold, no invisible characters, dotted and dotless i as one.

    Example:
        >>> tag("#İstanbul") == tag("ISTANBUL") == "istanbul"
        True
    """
    if text.isascii():
        return text.strip().lstrip("#").lower()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded.strip().lstrip("#").translate(_INVISIBLE)


# Mentions, links, retweets -------------------------------------------------------------------------------------------

# letters of scripts without spaces may stand before the @, those of a mail address may not
_MENTION = re.compile(r"[@＠](?<![A-Za-z0-9_!#$%&*/@＠][@＠])([A-Za-z0-9_]{1,30})(?![A-Za-z0-9_@＠]|://)")
_RETWEET = re.compile(r"\W{0,3}RT\s+[@＠]([A-Za-z0-9_]{1,30})\s?[:：]\s*", re.IGNORECASE)
# Chinese, Japanese and Thai put no space after a link; Persian and Cyrillic letters do occur inside links
_UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_URL = re.compile(
    rf"https?://(?:t\.co/[A-Za-z0-9]+(?!\w*…)|[^\s<>\"“”«»`{_UNSPACED}]+)|\bwww\.[^\s<>\"“”«»`{_UNSPACED}]+",
    re.IGNORECASE,
)
_AFTER = ".,;:!?'’*_~…]"


def mentions(text: str) -> list[str]:
    """Handles after an @, without it, as written, in the order of the text; mail addresses are none.

    Example:
        >>> mentions("RT @amy: hello @Bob, write to me@example.org")
        ['amy', 'Bob']
    """
    return _MENTION.findall(text) if "@" in text or "＠" in text else []


def links(text: str) -> list[str]:
    """Links as written, in order; a link that the platform cut (``https://t.co/ab…``) is left out.

    Example:
        >>> links("see (https://en.wikipedia.org/wiki/Cat_(animal)), www.example.org. https://t.co/ab…")
        ['https://en.wikipedia.org/wiki/Cat_(animal)', 'www.example.org']
    """
    if "://" not in text and "www." not in text.lower():
        return []
    return [_closed(found) for found in _URL.findall(text) if not found.endswith("…")]


def _closed(link: str) -> str:
    """Without the punctuation of the sentence around it; a closing bracket stays where the link opened it."""
    end, unopened = len(link), link.count(")") - link.count("(")
    while end and (link[end - 1] in _AFTER or (link[end - 1] == ")" and unopened > 0)):
        unopened -= link[end - 1] == ")"
        end -= 1
    return link[:end]


def retweeted(text: str) -> tuple[str, str] | None:
    """Handle and words of a retweet written as ``RT @handle: words``; None for anything else.

    Example:
        >>> retweeted("RT @amy: good morning")
        ('amy', 'good morning')
        >>> retweeted("please RT @amy: it helps") is None
        True
    """
    found = _RETWEET.match(text)
    return (found[1], text[found.end() :]) if found else None


# The key of identical words ------------------------------------------------------------------------------------------

_PREFIX = re.compile(r"(?:\W{0,3}rt\s+@\w{1,30}\s?:\s*)+")
_NAMED = re.compile(r"@[a-z0-9_]+(?:@[\w.-]+)?")
_GONE = re.compile(rf"(?:https?://|www\.|pic\.twitter\.com/)[^\s{_UNSPACED}]*")
_STRETCHED = re.compile(r"([^\W\d_])\1\1+")
_THRICE = re.compile(r"(.)\1\1")
"""A rough but four times faster look whether there is anything stretched."""
_NO_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u312f\u31a0-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)

_VARIANTS = str.maketrans(
    {**dict.fromkeys("يىې", "ی"), **dict.fromkeys("كڪ", "ک"), **dict.fromkeys("ةۀەۃہۂ", "ه")}
    | {**dict.fromkeys("أإٱ", "ا"), "ؤ": "و", "ı": "i", "ـ": "", "@": "@"}
)
_DIACRITICS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff]"
)
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Hangul fillers: letters to Unicode, nothing to the eye."""


def _letter(char: str) -> str:
    """What one character is in the key."""
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.digit(char))
    mark = category[0] in "ML" and _DIACRITICS.match(char)
    if category in ("Cf", "Me") or char in _FILLERS or _selector(char) or mark:
        return ""
    return char if category[0] in "LMN" else " "


def _selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


# A table over all code points: one look-up for a whole text costs a third of what `str.translate` takes, which makes an
# object of every character. It is made when the first text comes that is not ASCII.

_ASSIGNED = (range(0x33480), range(0xE0000, 0xE0200))
"""All letters, marks and digits; what lies between and above is unassigned or private."""
_DELETED = "\uffff"
"""No character, and none that comes through: all of its kind become spaces."""

Codes = npt.NDArray[np.uint32]


@cache
def _letters() -> Codes:
    """For each code point what it is in the key."""
    table = np.full(0x110000, ord(" "), np.uint32)
    for some in _ASSIGNED:
        table[some.start : some.stop] = [ord(_VARIANTS.get(c) or _letter(chr(c)) or chr(0)) for c in some]
    table[[0x640, 0]] = 0, ord(" ")
    table[table == 0] = ord(_DELETED)
    return table


def _mapped(words: str, table: Codes) -> str:
    codes = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), np.uint32)
    return table.take(codes).tobytes().decode("utf-32-le", "surrogatepass")


_OFTEN = {c: unicodedata.normalize("NFKC", c) for c in "…\xa0，：！？；（）＃～\u3000"}
"""Replaced first, as most texts are in normal form then, and NFKC takes long where it has something to do."""


def _nfkc(words: str) -> str:
    if unicodedata.is_normalized("NFKC", words):
        return words
    for char, normal in _OFTEN.items():
        words = words.replace(char, normal)
    return unicodedata.normalize("NFKC", words)


_ASCII = {code: chr(code) if chr(code).isalnum() or chr(code) == "@" else " " for code in range(128)}


class _Letters(dict[int, str]):
    """The table of letters for `str.translate`, which looks each character up when it first meets it."""

    def __missing__(self, code: int) -> str:
        self[code] = found = chr(_letters()[code]).replace(_DELETED, "")
        return found


class _Invisible(dict[int, str | int]):
    """A table for `str.translate` that deletes what cannot be seen and keeps the rest."""

    def __missing__(self, code: int) -> str | int:
        char = chr(code)
        hidden = unicodedata.category(char) == "Cf" or char in _FILLERS or _selector(char)
        self[code] = found = "" if hidden else code
        return found


_FEW = _Letters()
_INVISIBLE = _Invisible({0x131: "i", 0x307: ""})


def _plain(words: str) -> str:
    """Letter by letter, for a text that is not ASCII; where most of it is, character by character is quicker."""
    if len(words.encode("utf-8", "surrogatepass")) < 1.5 * len(words):
        return unmix(words.translate(_FEW))
    return unmix(_mapped(words, _letters()).replace(_DELETED, ""))


def normal(text: str) -> str:
    """The words of a text in their plainest form (steps: see the top of this module).

    Example:
        >>> normal("كتاب‌های  ۱۲ me\u200bssage 👍🏽 #Fair_Vote")
        'کتابهای 12 message fair vote'
    """
    words = (text if text.isascii() else _nfkc(text)).casefold()
    if "&" in words:
        words = html.unescape(words)
    named = "@" in words
    if named and (prefix := _PREFIX.match(words)):
        words = words[prefix.end() :]
    if "://" in words or "www." in words or "pic.tw" in words:
        words = _GONE.sub(" ", words)
    if named:
        words = _NAMED.sub(" @ ", words)
    words = words.translate(_ASCII) if words.isascii() else _plain(words)
    # only now, when no emoji and no full stop hides them, do mentions stand at the ends
    words = " ".join(words.split()).strip("@ ")
    return _STRETCHED.sub(r"\1\1", words) if _THRICE.search(words) else words


def key(text: str) -> str | None:
    """The normalised words by which posts are compared, or None when they are too few to be evidence.

    At least 30 characters and 5 words; texts that are half or more in a script without spaces (Chinese, Japanese, Thai,
    Khmer, Lao, Burmese) need the characters only.

    Example:
        >>> key("Good morning!") is None
        True
        >>> key("VOTE on Sunday, because every single voice counts! https://t.co/1")
        'vote on sunday because every single voice counts'
    """
    words = normal(text)
    if len(words) < CHARACTERS:
        return None
    enough = words.count(" ") + 1 >= WORDS or 2 * sum(map(len, _NO_SPACES.findall(words))) >= len(words)
    return words if enough else None


def digest(key: str) -> str:
    """A short name of a key: 32 hexadecimal digits (BLAKE2b, 16 bytes), the same on every machine.

    Example:
        >>> digest("vote on sunday")
        '1ef94f463f886b2e3b89a65de8c03e7b'
    """
    return blake2b(key.encode("utf-8", "replace"), digest_size=16).hexdigest()
