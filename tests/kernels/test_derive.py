"""`enrich` against a row-by-row oracle, and its rules one by one."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.kernels import derive, links, text
from graphnet.kernels.derive import DERIVED, enrich
from graphnet.schema import RAW_POSTS

LONG = "The mayor opened the new bridge this morning and nobody could quite believe it"


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), RAW_POSTS.arrow)


def one(**row: Any) -> dict[str, Any]:
    return enrich(table({"id": "1", "account": "a", **row})).to_pylist()[0]


def once(items: list[str | None]) -> list[str]:
    return [i for i in dict.fromkeys(items) if i is not None]


def naive(row: dict[str, Any]) -> dict[str, Any]:
    """What `enrich` says of one row, worked out the plain way."""
    words, out = row["text"], dict(row)
    unknown = all(row[f"retweet_{c}"] is None for c in ("of", "account", "name"))
    found = text.retweeted(words) if words is not None else None
    if unknown and found:
        rest = text.normal(found[1])[: derive.START].rstrip() or " ".join(found[1].casefold().split())[: derive.START]
        out["retweet_name"] = found[0]
        out["retweet_of"] = f"rt:@{found[0].lower()}:{rest}" if rest else None
    out["is_repost"] = any(out[f"retweet_{c}"] is not None for c in ("of", "account", "name"))
    if words is not None:
        out["hashtags"] = row["hashtags"] if row["hashtags"] is not None else text.hashtags(words)
        out["links"] = row["links"] if row["links"] is not None else text.links(words)
        if row["mentions"] is None and row["mention_names"] is None:
            out["mention_names"] = text.mentions(found[1] if found else words)
    ids, names = out["mentions"], out["mention_names"]
    out["mentions"] = [None] * len(names) if ids is None and names is not None else ids
    out["mention_names"] = [None] * len(ids) if names is None and ids is not None else names
    if out["hashtags"] is not None:
        out["hashtags"] = [t for t in (text.tag(t) for t in out["hashtags"] if t) if t]
    out["links"] = out["links"] and once([links.canonical(u) for u in out["links"] if u])
    out["domains"] = out["links"] and once([links.domain(u) for u in out["links"]])
    out["sequence"] = " ".join(out["hashtags"]) if out["hashtags"] and len(out["hashtags"]) > 1 else None
    key = text.key(words) if words is not None and not out["is_repost"] else None
    out["text_key"] = key and text.digest(key)
    return out


TEXTS = [
    *(None, "", "plain", LONG, f"@x {LONG} http://a.org", "#one @bob www.b.org"),
    *("RT @Amy: #one #Two http://a.org/x", "RT @amy:", "RT @amy: https://t.co/ab", "RT @amy: 🔥"),
    "see http://a.org/ and https://www.a.org and ftp://x http://[bad",
]
ITEMS = ["#One", "one", "TWO", "http://a.org/", "https://a.org", "bad", "", None]
words = st.sampled_from(TEXTS)
lists = st.none() | st.lists(st.sampled_from(ITEMS), max_size=4)
names = st.none() | st.sampled_from(["amy", "bob"])
rows = st.fixed_dictionaries(
    {
        "text": words,
        "hashtags": lists,
        "links": lists,
        "mentions": lists,
        "mention_names": st.none(),
        "retweet_of": names,
        "retweet_account": names,
        "retweet_name": names,
    }
)


@settings(deadline=None)
@given(st.lists(rows, max_size=12), st.integers(0, 3))
def test_against_the_oracle(given_rows: list[dict[str, Any]], skip: int) -> None:
    whole = table(*({"id": str(i), **row} for i, row in enumerate(given_rows)))
    for posts in (whole, whole.slice(skip), pa.concat_tables([whole.slice(0, skip), whole.slice(skip)])):
        found = enrich(posts)
        assert found.schema == DERIVED
        assert found.to_pylist() == [naive(row) for row in posts.to_pylist()]


def test_pieces_of_many_rows_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [{"id": str(i), "text": f"#tag{i}" if i % 2 else None, "links": ["a.org"] * (i % 3)} for i in range(50)]
    posts = table(*made)
    whole = enrich(posts)
    monkeypatch.setattr(derive, "ROWS", 7)
    assert enrich(posts).to_pylist() == whole.to_pylist()


def test_no_rows() -> None:
    assert enrich(RAW_POSTS.empty()).schema == DERIVED
    assert enrich(RAW_POSTS.empty()).num_rows == 0


def test_cut_retweets_of_one_post_are_one_object() -> None:
    rest = "Breaking: the bridge is open, and the mayor says that everybody will be welcome from Monday on! #bridge"
    whole = one(text=f"RT @Mayor: {rest}")
    cut = one(text=f"RT @mayor: {rest[:90]}… https://t.co/x1")
    other = one(text="RT @mayor: Breaking: the bridge is closed again, and the mayor says that nobody will be welcome")
    assert whole["retweet_of"] == cut["retweet_of"] != other["retweet_of"]
    assert whole["retweet_of"].startswith("rt:@mayor:breaking the bridge is open")
    assert whole["retweet_name"] == "Mayor"


def test_retweets_of_wordless_posts_are_told_apart() -> None:
    assert one(text="RT @a: https://t.co/x1")["retweet_of"] != one(text="RT @a: https://t.co/x2")["retweet_of"]
    nothing = one(text="RT @a:")
    assert (nothing["retweet_of"], nothing["retweet_name"], nothing["is_repost"]) == (None, "a", True)


def test_known_retweets_are_left_alone() -> None:
    known = one(text="RT @a: words", retweet_of="77")
    assert (known["retweet_of"], known["retweet_name"]) == ("77", None)


def test_the_retweeted_author_is_no_mention() -> None:
    assert one(text="RT @a: hello @b and @a")["mention_names"] == ["b", "a"]


def test_reposts_have_no_text_key() -> None:
    assert one(text=LONG)["text_key"] == text.digest(text.normal(LONG))
    assert one(text=LONG, retweet_account="x")["text_key"] is None
    assert one(text="short")["text_key"] is None


def test_empty_lists_are_an_answer() -> None:
    found = one(text="#a @b http://c.org", hashtags=[], links=[], mentions=[], mention_names=[])
    assert [found[c] for c in ("hashtags", "links", "mentions", "mention_names", "domains")] == [[]] * 5


NAMED = st.none() | st.lists(
    st.tuples(st.sampled_from([None, "", "7", "8"]), st.sampled_from([None, "", "Amy", "BOB"]))
)


@given(st.lists(NAMED, max_size=6))
def test_mention_keys_against_a_loop(rows: list[list[tuple[str | None, str | None]] | None]) -> None:
    ids, handles = (
        pa.array([None if row is None else [pair[i] for pair in row] for row in rows], pa.list_(pa.string()))
        for i in (0, 1)
    )
    expected = [once([i or (h and "@" + h.lower()) or None for i, h in row or ()]) for row in rows]
    assert derive.mention_keys(ids, handles).to_pylist() == expected
