"""What of a study goes along when its names are taken out, and in which form.

Ids, handles, texts and links are `graphnet._pseudonymise`'s. Here is everything else that a person, a file or a cell
may have put words into: columns that should hold one of few words, reasons that quote the cell they complain of, and
the manifest. The rule is the same everywhere: what is in a list that stands here stays, all else becomes a code or is
left out. So a name that stands where nobody expects one does not go along.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphnet.schema import KINDS, STAGED

__all__ = ["LEFT_OUT", "cause", "level_reason", "manifest", "word"]

LEFT_OUT = frozenset(("audits", "findings", "benign", *STAGED))
"""Tables that quote names in sentences, or are the names themselves, kept where a study is to grow. Findings and
explanations are made anew in the copy."""

Code = Callable[[str, str, int], str]

_PROGRAM = re.compile(
    r"(twitter|x|mastodon|instagram|facebook|periscope|tweetbot|tweetcaster|ubersocial)"
    r"( for (android|blackberry|ios|ipad|iphone|mac|websites|windows)| (web app|web client|lite|ads|media studio))?"
    r"|android|ios|ipad|iphone|web|mobile( web( \(m[25]\))?)?|tweetdeck( web app)?|hootsuite( inc\.)?|sprout social"
    r"|bluesky|buffer|dlvr\.it|echofon|google|ifttt|linkedin|paper\.li|sendible|snapchat|socialflow|sprinklr|telegram"
    r"|twitterfeed|twitterrific|wordpress\.com|youtube|zapier\.com",
    re.IGNORECASE,
)
"""Programs that many use."""
_STATE = re.compile(
    "active|alive|available|banned|deactivated|deleted|disabled|gone|live|locked|not[ _-]?found|ok|private|protected|"
    "public|removed|restricted|suspended|taken[ _-]down|unknown|withheld",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(
    r"[a-z]{2}([-_][a-z]{2}|[-_]han[st])?|und|zxx|art|ckb|fil|yue|ceb|haw|hmn|q(am|ct|ht|me|st)", re.IGNORECASE
)
_KNOWN: dict[str, Callable[[str], bool]] = {
    "kind": frozenset(KINDS).__contains__,
    "language": lambda text: bool(_LANGUAGE.fullmatch(text)),
    "program": lambda text: bool(_PROGRAM.fullmatch(text)),
    "reviewer": lambda _text: False,
    "status": lambda text: bool(_STATE.fullmatch(text)),
}

_CAUSES = tuple(
    (re.compile(pattern, re.DOTALL), told)
    for pattern, told in (
        ("the time .* can be read day first or month first", "the time can be read day first or month first"),
        ("the time |.* is not a time$", "the time is not understood"),
        ("a spreadsheet rounded the id|the id .* is a decimal number", "the id was rounded: its last digits are lost"),
        ("the weight ", "the weight is not a number above 0"),
        ("column .* is ", "a cell cannot be read"),
        ("the id .* has control characters", "the id has control characters"),
        ("a quotation mark", "a quotation mark opens a cell and is not closed"),
        ("no |the tweet has no |neither a target nor an object", "a cell that is needed is empty"),
        ("broken JSON", "broken JSON"),
        ("the file ends in the middle|the list is not closed", "the file ends in the middle"),
        ("stands above the header", "stands above the header"),
        (r"\d+ (cells?|columns?|fields?)\b", "too many or too few cells"),
        ("not |neither |a field is missing|a .* stands where|the attributes ", "the record is of another form"),
    )
)
OTHER = "the row cannot be used"


def word(what: str, text: str, code: Code) -> str:
    """A text of a column that should hold one of few words; any other is a code, so that it can still be counted.

    Args:
        what: ``kind``, ``program``, ``language``, ``status`` or ``reviewer``.
        text: What stands there.
        code: Keyed hash of what and text, with so many digits.

    Example:
        >>> word("program", "Twitter for iPhone", lambda *_: "0a"), word("program", "Ann's bot", lambda *_: "0a")
        ('Twitter for iPhone', 'program-0a')
    """
    return text if _KNOWN[what](text) else f"{what}-{code(what, text, 8)}"


def cause(reason: str) -> str:
    """Why a row was left out, without the cell that the reason quotes.

    Example:
        >>> cause('the time "Ann of Elm Street" is not understood'), cause("whatever a reader may say of Ann")
        ('the time is not understood', 'the row cannot be used')
    """
    return next((told for pattern, told in _CAUSES if pattern.match(reason)), OTHER)


def level_reason(reason: str) -> str:
    """Why a community has its level, without the name of whoever reviewed it.

    Example:
        >>> level_reason("3 layers beyond chance; reviewed by Ann")
        '3 layers beyond chance; reviewed'
    """
    return re.sub("; reviewed by .*", "; reviewed", reason, flags=re.DOTALL)


# The manifest --------------------------------------------------------------------------------------------------------

_RECORD = ("number", "verb", "when", "seconds", "seconds_of", "rows", "engine", "versions")
_INPUT = ("reader", "rows", "rejected", "bytes")
_READ = ("duplicate_posts", "inputs", "rows", "rejected", "accounts", "posts", "first", "last")
_OPTIONS = ("dates", "header", "split")
_MODELS = (None, "wordllama")
_KIND = re.compile("(?<=[:,]kind=)[^,]+")


def manifest(told: Mapping[str, Any], code: Code) -> dict[str, Any]:
    """What ``manifest.json`` of the copy says; see `graphnet.study` for what it says in the study.

    Inputs are numbered and lose their SHA-256, by which a guessed input could be tried. Of ``read`` the file names,
    column names, notes and kinds of the user's own go, of ``match`` the texts and models of the user's own, of
    ``project`` the folder, of ``review`` who wrote it.
    """
    inputs = [
        {"name": f"input {number}"} | {key: entry[key] for key in _INPUT if key in entry}
        for number, entry in enumerate(told["inputs"], 1)
    ]
    names = [entry["name"] for entry in inputs]
    return {
        "format": told["format"],
        "tables": {table: parts for table, parts in told["tables"].items() if table not in LEFT_OUT},
        "inputs": inputs,
        "steps": [_step(step, names, code) for step in told["steps"] if step["verb"] != "audit"],
    }


def _step(step: Mapping[str, Any], names: Sequence[str], code: Code) -> dict[str, Any]:
    parameters, summary = dict(step["parameters"]), dict(step["summary"])
    match step["verb"]:
        case "read":
            parameters, summary = _read(parameters, names), _what_was_read(summary, code)
        case "match":
            model = parameters.get("semantic")
            parameters |= {"allow": [], "semantic": model if model in _MODELS else "a model of the user's own"}
        case "project" if "skipped" in summary:
            # the command to run next names the folder of the study
            summary["skipped"] = {layer: why.partition("; run: ")[0] for layer, why in summary["skipped"].items()}
        case "score":
            parameters["signals"] = [
                _KIND.sub(lambda kind: word("kind", kind[0], code), s) for s in parameters["signals"]
            ]
        case "review":
            parameters.pop("by", None)
    return {key: step[key] for key in _RECORD if key in step} | {"parameters": parameters, "summary": summary}


def _read(given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    kept = {key: given[key] for key in ("repost_content", "format") if key in given}
    options = {key: value for key, value in given.get("options", {}).items() if key in _OPTIONS}
    return kept | {"grow": False, "inputs": list(names), "columns": {}, "options": options, "appended": []}


def _what_was_read(told: Mapping[str, Any], code: Code) -> dict[str, Any]:
    kinds = {word("kind", kind, code): n for kind, n in told.get("actions", {}).items()}
    because: Counter[str] = Counter()
    for reason, n in told.get("rejected_because", {}).items():
        because[cause(reason)] += n
    return {key: told[key] for key in _READ if key in told} | {"actions": kinds, "rejected_because": dict(because)}
