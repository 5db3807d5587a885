"""Every table and column in one place: name, type, unit, meaning.

Three *raw* shapes are what readers hand over (ids are the platform's own, as text); the *study* tables are what
every later step works on (ids are small integers, dense from 0, in the order of the text ids, so that they do not
depend on the order of rows). Times are seconds since 1970-01-01 UTC (int64), fractions cut off.

Direction: the source acts, the target receives. A retweets B: A -> B. A follows B: A -> B. Undirected pairs have
source < target.

Example:
    >>> from graphnet import schema
    >>> schema.PAIRS.names[:3]
    ['layer', 'source', 'target']
    >>> schema.PAIRS.column("quickest").unit
    's'
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from graphnet.errors import InputError

__all__ = [
    "ACCOUNTS",
    "ACTIONS",
    "AUDITS",
    "BENIGN",
    "CALIBRATION",
    "CLUSTERS",
    "COMMUNITIES",
    "COPIES",
    "FINDINGS",
    "HANDLES",
    "KINDS",
    "LEVELS",
    "MEMBERS",
    "MERGED",
    "OBFUSCATIONS",
    "OBJECTS",
    "PAIRS",
    "POSTS",
    "RAW_ACCOUNTS",
    "RAW_EDGES",
    "RAW_POSTS",
    "REJECTED",
    "REVIEWS",
    "STAGED",
    "STUDY",
    "TEXTS_TABLE",
    "TIES",
    "Column",
    "Table",
    "check",
]

TEXT, INT, REAL, FLAG = pa.string(), pa.int64(), pa.float64(), pa.bool_()
BYTES = pa.binary()
TEXTS = pa.list_(TEXT)

KINDS = (
    "retweet",
    "quote",
    "reply",
    "mention",
    "follow",
    "like",
    "hashtag",
    "hashtags",
    "link",
    "domain",
    "media",
    "text",
    "share",
)
"""Kinds of action. ``hashtags`` is a post's whole ordered hashtag sequence, ``text`` its normalised words, ``share`` a
share of an object whose kind the input does not name. An edge list may bring kinds of its own beside these."""


@dataclass(frozen=True)
class Column:
    """One column: its Arrow type, its meaning, and its unit where it has one."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """One table: its name and columns."""

    name: str
    columns: tuple[Column, ...]

    @cached_property
    def arrow(self) -> pa.Schema:
        """The Arrow schema."""
        return pa.schema([(c.name, c.type) for c in self.columns])

    @property
    def names(self) -> list[str]:
        """The column names, in order."""
        return [c.name for c in self.columns]

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(c for c in self.columns if c.name == name)

    def empty(self) -> pa.Table:
        """A table without rows."""
        return self.arrow.empty_table()


def check(table: Table, data: pa.Table | pa.RecordBatch) -> None:
    """Refuse data whose columns or types are not the table's.

    Raises:
        InputError: Names what is missing, what is too much and what has another type.
    """
    if data.schema.equals(table.arrow):
        return
    have = {f.name: f.type for f in data.schema}
    missing = [c.name for c in table.columns if c.name not in have]
    extra = sorted(set(have) - set(table.names))
    wrong = [f"{c.name} is {have[c.name]}, not {c.type}" for c in table.columns if have.get(c.name, c.type) != c.type]
    faults = [f"missing: {', '.join(missing)}"] * bool(missing) + [f"unknown: {', '.join(extra)}"] * bool(extra) + wrong
    raise InputError(f"the rows do not fit table {table.name!r}: {'; '.join(faults) or 'columns in another order'}")


# What readers hand over ----------------------------------------------------------------------------------------------

RAW_POSTS = Table(
    "raw_posts",
    (
        Column("id", TEXT, "the platform's id of the post"),
        Column("account", TEXT, "the author's id; where only the handle is known: null, and `name` is set"),
        Column("name", TEXT, "the author's handle, without @"),
        Column("time", INT, "when it was posted", "s"),
        Column("text", TEXT, "the words as written, in full where the platform gives them in full"),
        Column("lang", TEXT, "language code as the platform says"),
        Column("client", TEXT, "the program it was posted with"),
        Column("retweet_of", TEXT, "id of the post it repeats"),
        Column("retweet_account", TEXT, "id of that post's author"),
        Column("retweet_name", TEXT, "handle of that post's author"),
        Column("retweet_time", INT, "when that post was made", "s"),
        Column("quote_of", TEXT, "id of the post it quotes"),
        Column("quote_account", TEXT, "id of that post's author"),
        Column("quote_name", TEXT, "handle of that post's author"),
        Column("quote_time", INT, "when that post was made", "s"),
        Column("reply_to", TEXT, "id of the post it answers"),
        Column("reply_account", TEXT, "id of that post's author"),
        Column("reply_name", TEXT, "handle of that post's author"),
        Column("hashtags", TEXTS, "hashtags in the order of the text, without #; null: take them from the text"),
        Column("mentions", TEXTS, "ids of mentioned accounts, aligned with mention_names, null where unknown"),
        Column("mention_names", TEXTS, "handles of mentioned accounts; both null: take them from the text"),
        Column("links", TEXTS, "links, unshortened where the platform does so; null: take them from the text"),
        Column("media", TEXTS, "ids or hashes of images and videos"),
    ),
)

RAW_EDGES = Table(
    "raw_edges",
    (
        Column("source", TEXT, "id of the account that acts"),
        Column("kind", TEXT, "what it does: retweet, follow, mention, link, … (see KINDS)"),
        Column("target", TEXT, "id of the account it is done to, if any"),
        Column("object", TEXT, "id of the thing shared (post, link, tag, image hash), if any"),
        Column("time", INT, "when", "s"),
        Column("post", TEXT, "id of the post by which it was done, if any"),
        Column("weight", REAL, "how often, where the input counts already; null: once"),
    ),
)

RAW_ACCOUNTS = Table(
    "raw_accounts",
    (
        Column("id", TEXT, "the platform's id"),
        Column("name", TEXT, "handle, without @"),
        Column("created", INT, "when the account was made", "s"),
        Column("followers", INT, "number of followers"),
        Column("following", INT, "number of accounts it follows"),
        Column("posts", INT, "number of posts so far, as the platform says"),
        Column("verified", FLAG, "verified by the platform"),
        Column("default_image", FLAG, "has the platform's default picture"),
        Column("description", TEXT, "what the account says of itself"),
        Column("status", TEXT, "active, suspended, deleted, protected …"),
    ),
)

# The study -----------------------------------------------------------------------------------------------------------

ACCOUNTS = Table(
    "accounts",
    (Column("account", INT, "our number of the account"), *RAW_ACCOUNTS.columns),
)
POSTS = Table(
    "posts",
    (
        Column("post", INT, "our number of the post"),
        Column("id", TEXT, "the platform's id of the post"),
        Column("account", INT, "the author"),
        Column("time", INT, "when it was posted", "s"),
        Column("text", TEXT, "the words as written"),
        Column("lang", TEXT, "language code"),
        Column("client", TEXT, "the program it was posted with"),
        Column("repost", FLAG, "the post repeats another one (retweet): its words are not the account's own"),
    ),
)
OBJECTS = Table(
    "objects",
    (
        Column("object", INT, "our number of the thing shared"),
        Column("kind", TEXT, "post, hashtag, hashtags, link, domain, media, text, share …"),
        Column("id", TEXT, "the platform's id, the tag, the canonical link, …"),
        Column("author", INT, "the account that made it, where known"),
        Column("created", INT, "when it was made, where known", "s"),
    ),
)
ACTIONS = Table(
    "actions",
    (
        Column("account", INT, "who acts"),
        Column("kind", TEXT, "what is done (see KINDS)"),
        Column("object", INT, "the thing acted upon; null for mention and follow, whose object is the target"),
        Column("target", INT, "the account acted upon, where there is one"),
        Column("time", INT, "when; null where the input has no times", "s"),
        Column("post", INT, "the post by which it was done"),
        Column("weight", REAL, "how often (1 unless the input counted already)"),
    ),
)
HANDLES = Table(
    "handles",
    (
        Column("account", INT, "the account"),
        Column("name", TEXT, "a handle it was seen with, as written"),
        Column("first", INT, "first time seen with it", "s"),
        Column("last", INT, "last time seen with it", "s"),
    ),
)
REJECTED = Table(
    "rejected",
    (
        Column("file", TEXT, "the file as it was named"),
        Column("line", INT, "line in it, from 1; for formats without lines the number of the record"),
        Column("reason", TEXT, "why the row was left out"),
    ),
)
PAIRS = Table(
    "pairs",
    (
        Column("layer", TEXT, "name of the layer"),
        Column("source", INT, "an account"),
        Column("target", INT, "another account; undirected layers have source < target"),
        Column("shared", INT, "distinct objects shared (or what the layer's `count` says); direct layers: actions"),
        Column("quickest", INT, "smallest gap between the two on one object; null without times", "s"),
        Column("weight", REAL, "the layer's weight: shared, Jaccard or TF-IDF cosine"),
        Column("expected", REAL, "shared objects expected under the null model; null: not validated"),
        Column("p", REAL, "p-value under the null model"),
        Column("q", REAL, "false discovery rate at which the pair is kept"),
    ),
)
TIES = Table(
    "ties",
    (
        Column("layer", TEXT, "name of the layer"),
        Column("source", INT, "an account"),
        Column("target", INT, "another account; source < target"),
        Column("shared", INT, "distinct objects shared, whatever the time between; only those that can be judged"),
        Column("expected", REAL, "shared objects expected under the strictest null that applies; null: none does"),
        Column("sessions", INT, "sessions in which the two came within seconds of each other; null: not applicable"),
        Column("expected_sessions", REAL, "such sessions expected: how things spread, how quick each usually is"),
        Column("p_popularity", REAL, "p under the null of activity and popularity (a screen); null: not applicable"),
        Column("p_interest", REAL, "p under the null of interest and availability; null: not applicable"),
        Column("p_diffusion", REAL, "p under the null of diffusion and habit; null: not applicable"),
        Column("p", REAL, "p of the pair: what it shares and when it shares it, taken together"),
        Column("q", REAL, "false discovery rate at which the pair is kept, among all pairs of active accounts"),
        Column("kept", FLAG, "whether q is low enough"),
    ),
)
MERGED = Table(
    "merged",
    (
        Column("source", INT, "an account"),
        Column("target", INT, "another account; source < target"),
        Column("layers", INT, "layers that keep the pair by themselves"),
        Column("strongest", TEXT, "the layer with the smallest p"),
        Column("p", REAL, "Cauchy combination of the p of all layers tested"),
        Column("q", REAL, "false discovery rate at which the pair is kept, among all pairs of accounts active in any"),
        Column("kept", FLAG, "whether q is low enough"),
    ),
)
MEMBERS = Table(
    "members",
    (
        Column("account", INT, "the account"),
        Column("community", INT, "number of its community, from 1, the largest first"),
        Column("strength", REAL, "sum of the weights of its ties inside the community"),
        Column(
            "stability",
            REAL,
            "mean share of resamplings of the shared things in which it is with another member; null: found among "
            "plain pairs, not among ties beyond chance",
        ),
    ),
)
COMMUNITIES = Table(
    "communities",
    (
        Column("community", INT, "number, from 1; shown as C1, C2, …"),
        Column("size", INT, "members"),
        Column("ties", INT, "pairs tied inside"),
        Column("density", REAL, "ties / possible ties"),
        Column("reciprocity", REAL, "share of directed ties that are returned; null without directed layers"),
        Column("reciprocity_expected", REAL, "the same in a random directed graph of that density"),
        Column("conductance", REAL, "share of the members' summed tie weight that goes to others (0: closed group)"),
        Column("clustering", REAL, "mean local clustering coefficient inside"),
        Column("triangles", REAL, "triangles inside per member"),
        Column("core", INT, "largest k such that some members are each tied to k others of them (k-core)"),
        Column("half_tied", REAL, "share of members tied to at least half of the others"),
    ),
)
LEVELS = Table(
    "levels",
    (
        Column("community", INT, "number of the community"),
        Column("level", TEXT, "L0 shared audience, L1 candidate, L2 suspected, L3 suspected and reviewed"),
        Column("reason", TEXT, "one sentence a reader can check"),
        Column("basis", TEXT, "ties: found among ties beyond chance; pairs: found among plain pairs"),
        Column("layers_beyond_chance", TEXT, "layers in which it acts together beyond chance, joined by +"),
        Column("independent", INT, "ways of acting together that these layers amount to (families of different acts)"),
        Column("held_out", TEXT, "families in which other days confirm it, joined by +; null: none, or not applicable"),
        Column("held_out_pairs", INT, "unexplained pairs inside on the other half of the days, where p is smallest"),
        Column("held_out_p", REAL, "share of groups of like accounts with as many; null: not applicable"),
        Column("held_out_q", REAL, "false discovery rate at which it is confirmed, among all groups and families"),
        Column("held_out_note", TEXT, "why there is no confirmation, or what it was compared with"),
        Column("capped_by", TEXT, "what keeps the level down: missing information; null: nothing"),
    ),
)
REVIEWS = Table(
    "reviews",
    (
        Column("digest", TEXT, "SHA-256 of the members' ids, sorted: a note holds for exactly these accounts"),
        Column("community", INT, "the community's number when the note was written"),
        Column("size", INT, "its members"),
        Column("level", TEXT, "its level when the note was written"),
        Column("reviewer", TEXT, "who looked at it"),
        Column("note", TEXT, "what they say"),
        Column("time", INT, "when the note was written", "s"),
    ),
)
CALIBRATION = Table(
    "calibration",
    (
        Column("method", TEXT, "rewired: who shared which of an author's things is new; shifted: days are moved"),
        Column("round", INT, "number of the shuffle, from 1"),
        Column("kept", INT, "pairs of accounts kept in any layer, or by all together"),
        Column("groups", INT, "groups found among them"),
        Column("communities", INT, "groups found in all, those among plain pairs included"),
        Column("candidates", INT, "groups at level L1 or above"),
        Column("suspected", INT, "groups at level L2"),
        Column("suspected_accounts", INT, "accounts in these"),
        Column("moved", REAL, "share of the actions that the shuffle changed"),
    ),
)
FINDINGS = Table(
    "findings",
    (
        Column("scope", TEXT, "community or account"),
        Column("subject", INT, "number of the community or account"),
        Column("code", TEXT, "which signal, e.g. shared_targets"),
        Column("value", REAL, "the figure; null: insufficient data or not applicable (the reason says which)"),
        Column("unit", TEXT, "what the value counts: share, posts, days, …"),
        Column("control", REAL, "share of random control groups with a smaller value, 0 to 1; null: no controls"),
        Column("reason", TEXT, "one sentence a reader can check"),
        Column("evidence", TEXT, "JSON: the rows behind the figure, strongest first, cut to a readable number"),
    ),
)

BENIGN = Table(
    "benign",
    (
        Column("community", INT, "number of the community"),
        Column("code", TEXT, "which benign explanation, e.g. newsroom"),
        Column("support", REAL, "from -1 (the data speak against it) to 1 (for it); null: cannot be told"),
        Column("verdict", TEXT, "that in a word: for, both (as much against as for), against, unknown"),
        Column("reason", TEXT, "one sentence: the strongest that speaks for it and against it"),
        Column("evidence", TEXT, "JSON: every clue with what it says, its role and its figures in words"),
    ),
)

AUDITS = Table(
    "audits",
    (
        Column("audit", TEXT, "which audit, e.g. followers"),
        Column("code", TEXT, "what was asked, e.g. created_last_40_days"),
        Column("subject", TEXT, "about whom or what: a community (C1), a hashtag, an account's id, a file"),
        Column("value", REAL, "the figure; null: insufficient data or not applicable (the reason says which)"),
        Column("unit", TEXT, "what the value counts: share, accounts a day, …"),
        Column("low", REAL, "lower end of the 95 % interval; null: none"),
        Column("high", REAL, "upper end of the 95 % interval; null: none"),
        Column("reference", REAL, "what it is compared with: baseline, expectation, comparison set; null: nothing"),
        Column("compared_with", TEXT, "what the reference is"),
        Column("p", REAL, "share of chance outcomes as extreme, under the null that the reason names; null: no test"),
        Column("q", REAL, "the same, corrected for how many were tested; null: no test"),
        Column("reason", TEXT, "one sentence a reader can check"),
        Column("evidence", TEXT, "JSON: the rows behind the figure, strongest first, cut to a readable number"),
    ),
)

TEXTS_TABLE = Table(
    "texts",
    (
        Column("text", INT, "our number of the words, from 0, in the order of the keys"),
        Column("key", TEXT, "the normalised words by which posts are compared (`graphnet.kernels.text.key`)"),
        Column("length", INT, "characters of the key"),
        Column("words", INT, "words of the key"),
        Column("posts", INT, "own posts with exactly these words; reposts are left out"),
        Column("accounts", INT, "accounts that wrote them"),
        Column("signature", BYTES, "MinHash: 25 bands of 4 bytes each (`graphnet.kernels.minhash`)"),
        Column("cluster", INT, "the cluster it is in; null: in none, or none that two accounts wrote"),
    ),
)
CLUSTERS = Table(
    "clusters",
    (
        Column("cluster", INT, "number, from 1: those of most accounts first, then of most posts"),
        Column("medoid", INT, "the text in the middle: all others are near it"),
        Column("texts", INT, "different texts in it"),
        Column("posts", INT, "own posts in it"),
        Column("accounts", INT, "accounts that wrote them; 2 or more"),
        Column("first", INT, "when the first of them was posted; null: no times", "s"),
        Column("last", INT, "when the last of them was posted", "s"),
        Column("gap", REAL, "median time from one account's first copy to the next account's; null: no times", "s"),
        Column("leader", INT, "the account that posted first; null: no times, or several in the same second"),
        Column("template", TEXT, "why it is no evidence: share_button, app, common, campaign; null: nothing says so"),
        Column("reason", TEXT, "the same as a sentence a reader can check"),
    ),
)
COPIES = Table(
    "copies",
    (
        Column("post", INT, "an own post whose words are in a cluster: another account wrote them, or nearly them"),
        Column("account", INT, "who wrote it"),
        Column("time", INT, "when; null where unknown", "s"),
        Column("text", INT, "number of its words in `texts`"),
        Column("cluster", INT, "number of the cluster"),
        Column("similarity", REAL, "with the medoid: Jaccard of 3-shingles (reworded: of words; semantic: cosine)"),
        Column(
            "how", TEXT, "same: the medoid's words; near: nearly; reworded: as a set of words; semantic: by a model"
        ),
    ),
)

OBFUSCATIONS = Table(
    "obfuscations",
    (
        Column("post", INT, "an own post in which something is hidden; posts in which nothing is have no row"),
        Column("invisible", INT, "zero-width and blank characters where the script does not use them"),
        Column("bidi", INT, "signs that turn the reading direction where nothing is written from right to left"),
        Column("selectors", INT, "variation selectors and tags on what has no variants"),
        Column("soft_hyphens", INT, "soft hyphens where no word is divided"),
        Column("tatweel", INT, "Arabic words stretched by tatweel, where most words of the post are"),
        Column("look_alikes", INT, "letters of another alphabet that look like those of the word they stand in"),
        Column("marks", INT, "accents beyond three on one letter"),
    ),
)

STAGED = {
    t.name: t
    for t in (
        Table(
            "staged_posts",
            (
                *(Column(n, TEXT, "as read") for n in ("id", "account", "text", "lang", "client")),
                Column("text_key", TEXT, "normalised words, of own posts"),
                Column("sequence", TEXT, "the post's hashtags, joined"),
                Column("time", INT, "when it was posted", "s"),
                Column("is_repost", FLAG, "repeats another post"),
                *(Column(f"{p}_of", TEXT, f"id of the post it is a {p} of") for p in ("retweet", "quote", "reply")),
                *(Column(f"{p}_key", TEXT, "key of that post's author") for p in ("retweet", "quote", "reply")),
                *(Column(f"{p}_time", INT, "when that post was made", "s") for p in ("retweet", "quote", "reply")),
                *(Column(n, TEXTS, "in or derived from the post") for n in ("hashtags", "mentions", "links")),
                *(Column(n, TEXTS, "in or derived from the post") for n in ("domains", "media")),
            ),
        ),
        Table("staged_edges", RAW_EDGES.columns),
        Table(
            "staged_names",
            (
                Column("id", TEXT, "id of an account"),
                Column("name", TEXT, "a handle it was seen with"),
                Column("first", INT, "first time", "s"),
                Column("last", INT, "last time", "s"),
            ),
        ),
        Table("staged_profiles", RAW_ACCOUNTS.columns),
        Table(
            "staged_keys",
            (
                Column("key", TEXT, "how inputs name an account: its id, or @handle"),
                Column("id", TEXT, "id of the account that it is"),
            ),
        ),
        Table(
            "staged_signatures",
            (
                Column("key", TEXT, "normalised words of a text that was matched before the study grew"),
                Column("signature", BYTES, "its MinHash, as in `texts`: it is not worked out again"),
            ),
        ),
        Table("staged_pairs", PAIRS.columns),
        Table("staged_moves", (Column("account", INT, "number of each account now, in the order of before"),)),
        Table("staged_actions", ACTIONS.columns),
    )
}
"""Kept where a study is to grow: rows as they were read, with text ids, since appending needs them; and from an append
to the next `project` the pairs of before, the accounts' new numbers, and the actions that came."""

STUDY: dict[str, Table] = STAGED | {
    t.name: t
    for t in (
        ACCOUNTS,
        POSTS,
        OBJECTS,
        ACTIONS,
        HANDLES,
        REJECTED,
        TEXTS_TABLE,
        CLUSTERS,
        COPIES,
        OBFUSCATIONS,
        PAIRS,
        TIES,
        MERGED,
        MEMBERS,
        COMMUNITIES,
        LEVELS,
        REVIEWS,
        CALIBRATION,
        FINDINGS,
        BENIGN,
        AUDITS,
    )
}
