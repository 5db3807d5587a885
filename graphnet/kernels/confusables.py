"""Letters of another alphabet that look like those of the word they stand in: ``pаypаl`` with Cyrillic а.

Only words that mix Latin letters with Cyrillic or Greek ones are touched. A mixed word whose Cyrillic (Greek) letters
all have a Latin twin is Latin in disguise; one with a letter that has none, such as ж, is Cyrillic (Greek) in disguise.
The twins are the lower-case ones that share a shape, after Unicode Technical Standard 39.
"""

from __future__ import annotations

import re

__all__ = ["unmix"]

_CYRILLIC = dict(zip("аеорсухіјѕһԁԛԝӏкмтвнг", "aeopcyxijshdqwlkmtbhr", strict=True))
_GREEK = dict(zip("ανορτυικχεηγ", "avoptuikxeny", strict=True))
_BACK = ({v: k for k, v in _CYRILLIC.items()}, {v: k for k, v in _GREEK.items()})
_OTHER, _LATIN = re.compile("[\u0370-\u052f]"), re.compile("[a-z]")
_MIXED = re.compile("[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z]")
_WORD = re.compile(r"[^\W\d_]+")


def unmix(words: str) -> str:
    """The words with look-alike letters folded into the alphabet of the word; input in lower case.

    Example:
        >>> unmix("p\u0430yp\u0430l") == "paypal", unmix("россия") == "россия", unmix("жyк") == "жук"
        (True, True, True)
    """
    # in the order of what each question costs; nearly every text ends at the first two
    if not (_OTHER.search(words) and _LATIN.search(words) and _MIXED.search(words)):
        return words
    return _WORD.sub(lambda found: _unmixed(found[0]), words)


def _unmixed(word: str) -> str:
    if not _MIXED.search(word):
        return word
    twins, back = (_GREEK, _BACK[1]) if any("\u0370" <= c <= "\u03ff" for c in word) else (_CYRILLIC, _BACK[0])
    disguised = all(c in twins for c in word if "\u0370" <= c <= "\u052f")
    return "".join((twins if disguised else back).get(c, c) for c in word)
