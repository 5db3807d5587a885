"""Twitter API v2: pages as twarc2 and academictwitteR keep them, flattened tweets, single responses, streams.

A tweet of this API refers to others by id; who wrote them and their words stand in ``includes`` of the same page, for
academictwitteR's ``data_*.json`` in ``users_*.json`` beside it, in flattened files inside the tweet. Where that context
is missing the fields are null and the tweet is read nonetheless. As in `twitter_v1`: words, hashtags, mentions, links
and media of a retweet are those of the retweeted tweet (after ``RT @handle: ``); the retweeted author is no mention;
included tweets are not posts of the collection, but the profiles of all included users are read; a link to the tweet's
own media, to itself or to the quoted tweet is not a shared link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar

from graphnet.readers import Reader, Source
from graphnet.readers._json import describe, first, values
from graphnet.readers._records import Raw, Row, Rows, gather, ident, number, unescaped, unix

__all__ = ["TwitterV2"]

Tweet = dict[str, Any]
NONE4 = (None,) * 4
_STATUS = re.compile(r"//(?:\w+\.)?(?:twitter|x)\.com/(?:\w+|i/web)/status/(\d+)")


@dataclass(frozen=True)
class TwitterV2(Reader):
    """Tweets and users as Twitter's API v2 delivered them."""

    name: ClassVar[str] = "twitter_v2"
    title: ClassVar[str] = "Twitter API v2 JSON (twarc2 pages, flattened tweets, academictwitteR data_/users_ files)"

    def sniff(self, source: Source) -> float:
        """Sure when one of the first values is a page of tweets or users, or a flattened tweet."""
        return max((_likeness(value) for value in first(source.head)), default=0.0)

    def read(self, source: Source) -> Raw:
        """Yield posts and accounts.

        Raises:
            InputError: The file is empty, or there is no tweet and no user in it.
        """
        beside = _context(source)
        errors = 0

        def records(value: Any) -> Iterable[_Record]:
            nonlocal errors
            if isinstance(value, dict):
                errors += len(value.get("errors") or ())
            return _records(value, beside)

        yield from gather(source, records, _take, "tweets or users of Twitter API v2")
        source.note("referenced tweets, users and media that the platform could not deliver", errors)


@dataclass(frozen=True)
class _Context:
    """Users and tweets that tweets refer to, by id."""

    users: Mapping[str, Tweet] = field(default_factory=dict)
    tweets: Mapping[str, Tweet] = field(default_factory=dict)

    @cached_property
    def ids(self) -> dict[str, str]:
        """Ids of the users by handle: older mentions have the handle only."""
        return {user["username"].lower(): user["id"] for user in self.users.values()}


@dataclass(frozen=True)
class _Record:
    """A tweet or user, and what it may refer to."""

    value: Any
    context: _Context


# What is in a file ---------------------------------------------------------------------------------------------------


def _is_tweet(record: Any) -> bool:
    return isinstance(record, dict) and "id" in record and "text" in record and "user" not in record


def _is_user(record: Any) -> bool:
    return isinstance(record, dict) and "id" in record and "username" in record


def _likeness(value: Any) -> float:
    if not isinstance(value, dict):
        return 0.0
    inside = [r for r in _inside(value) if isinstance(r, dict)]
    if any(_is_user(r) or (_is_tweet(r) and ("author_id" in r or "edit_history_tweet_ids" in r)) for r in inside):
        return 0.95
    # a page of counts, lists or nothing: read says so
    return 0.3 if "__twarc" in value or ("meta" in value and "data" in value) else 0.0


def _inside(value: Tweet) -> list[Any]:
    """The records of one page, users included with it among them."""
    if "data" not in value:
        return (
            [value] if _is_tweet(value) or _is_user(value) else [*_list(value.get("users")), *_list(value.get("data"))]
        )
    includes = value.get("includes")
    return [*_list(value["data"]), *_list(includes.get("users") if isinstance(includes, dict) else None)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _records(value: Any, beside: _Context) -> Iterable[_Record]:
    """Tweets and users of one value of the file, each with its context."""
    if not isinstance(value, dict):
        return [_Record(value, beside)]
    page = bool({"data", "includes", "meta", "errors", "users", "tweets"} & value.keys()) and not _is_tweet(value)
    if not page:
        return [_Record(value, beside)]
    includes = value.get("includes") or value
    found = _index(_list(includes.get("users")), [*_list(includes.get("tweets")), *_list(value.get("data"))])
    context = replace(found, users={**beside.users, **found.users}) if beside.users else found
    return [_Record(record, context) for record in _inside(value)]


def _index(users: list[Tweet], tweets: list[Tweet]) -> _Context:
    return _Context({u["id"]: u for u in users if _is_user(u)}, {t["id"]: t for t in tweets if _is_tweet(t)})


def _context(source: Source) -> _Context:
    """What academictwitteR put beside ``data_1.json``: ``users_1.json`` with users and referenced tweets."""
    if source.path is None or not source.path.name.startswith("data_"):
        return _Context()
    path = source.path.with_name("users_" + source.path.name.removeprefix("data_"))
    if not path.is_file():
        return _Context()
    pages = [value for _, value in values(Source(str(path), path)) if isinstance(value, dict)]
    return _index([u for p in pages for u in _list(p.get("users"))], [t for p in pages for t in _list(p.get("tweets"))])


# One record ----------------------------------------------------------------------------------------------------------


def _take(record: _Record, rows: Rows) -> None:
    """Add one tweet or user to the rows."""
    value = record.value
    if _is_user(value):
        rows.account(_account(value))
    elif _is_tweet(value):
        rows.posts.append(_post(value, record.context))
        inline = [value, *(value.get("referenced_tweets") or ())]
        for user in [t.get("author") for t in inline] + [value.get("in_reply_to_user")]:
            if _is_user(user):
                rows.account(_account(user))
    else:
        raise ValueError(f"neither a tweet nor a user but {describe(value)}")


def _post(tweet: Tweet, context: _Context) -> Row:
    """One row of `RAW_POSTS`."""
    account, name = _author(tweet, context)
    if account is None:
        raise ValueError("the tweet has no author_id (a field that has to be asked of the API: tweet.fields=author_id)")
    referenced = {r["type"]: _whole(r, context) for r in tweet.get("referenced_tweets") or ()}
    retweet, quote = referenced.get("retweeted"), referenced.get("quoted")
    whole = retweet if retweet and "text" in retweet else tweet
    inner = next((r for r in whole.get("referenced_tweets") or () if r["type"] == "quoted"), None)
    own, prefixed = {whole["id"], inner and inner["id"]}, retweet is not None and whole is tweet
    content = _content(whole, context, own, prefixed=prefixed)
    shared = _retweet(tweet, retweet, context) if retweet else NONE4
    text = f"RT @{shared[2]}: {content[0]}" if whole is retweet and shared[2] else content[0]
    return (
        ident(tweet["id"]),
        account,
        name,
        unix(tweet.get("created_at")),
        text,
        tweet.get("lang"),
        tweet.get("source"),
        *shared,
        *(_reference(quote, context) if quote and not retweet else NONE4),
        *(_reply(tweet, referenced.get("replied_to"), context) if not retweet else NONE4[:3]),
        *content[1:],
    )


def _whole(reference: Tweet, context: _Context) -> Tweet:
    """The referenced tweet with its fields where they are known, else the bare reference."""
    return reference if "text" in reference else context.tweets.get(reference["id"], reference)


def _author(tweet: Tweet, context: _Context) -> tuple[str | None, str | None]:
    inline = tweet.get("author") or {}
    account = ident(tweet.get("author_id") or inline.get("id"))
    name = inline.get("username") or context.users.get(account or "", {}).get("username")
    return account, name


def _reference(tweet: Tweet, context: _Context) -> Row:
    """Id, author's id, author's handle and time of a referenced tweet."""
    return ident(tweet["id"]), *_author(tweet, context), unix(tweet.get("created_at"))


def _retweet(tweet: Tweet, retweet: Tweet, context: _Context) -> Row:
    of, account, name, time = _reference(retweet, context)
    prefix = _prefix(tweet)
    if prefix and (
        account is None or account == prefix.get("id")
    ):  # an original that is gone still has its author here
        account, name = account or ident(prefix.get("id")), name or prefix.get("username")
    return of, account, name, time


def _prefix(tweet: Tweet) -> Tweet | None:
    """The mention in ``RT @handle:``, which starts at the fourth character."""
    mentions: list[Tweet] = (tweet.get("entities") or {}).get("mentions") or []
    return next((m for m in mentions if m.get("start") == 3), None)


def _reply(tweet: Tweet, parent: Tweet | None, context: _Context) -> Row:
    account, name = _author(parent, context) if parent else (None, None)
    account = account or ident(tweet.get("in_reply_to_user_id"))
    name = name or context.users.get(account or "", {}).get("username") or _mentioned(tweet, account)
    return ident(parent["id"]) if parent else None, account, name


def _mentioned(tweet: Tweet, account: str | None) -> str | None:
    """The handle of an account that the tweet mentions."""
    mentions = (tweet.get("entities") or {}).get("mentions") or ()
    return next((m.get("username") for m in mentions if account and m.get("id") == account), None)


def _content(tweet: Tweet, context: _Context, own: set[str | None], *, prefixed: bool) -> Row:
    """Words, hashtags, mentioned ids, mentioned handles, links and media.

    Args:
        tweet: The tweet.
        context: What it may refer to.
        own: Ids of tweets a link to which is no shared link.
        prefixed: The words begin with ``RT @handle:``, whose handle is no mention.
    """
    long = tweet.get("note_tweet") or {}  # a post of more than 280 characters, whose `text` is cut
    # without the field `entities` a tweet has none, but only where the field was asked for: else ask the text
    entities = long.get("entities") or tweet.get("entities") or {}
    lists = entities or None
    mentions = [m for m in entities.get("mentions") or () if not (prefixed and m.get("start") == 3)]
    media = (tweet.get("attachments") or {}).get("media_keys") or ()
    return (
        unescaped(long.get("text") or tweet["text"]),
        lists and [h["tag"] for h in entities.get("hashtags") or ()],
        lists and [ident(m.get("id") or context.ids.get(m["username"].lower())) for m in mentions],
        lists and [m.get("username") for m in mentions],
        lists and [link for u in entities.get("urls") or () if (link := _link(u, own))],
        [key.rpartition("_")[2] for key in media],  # 3_1408684390142652416: kind and the id that API v1.1 gives too
    )


def _link(url: Tweet, own: set[str | None]) -> str | None:
    if "media_key" in url or (url.get("display_url") or "").startswith("pic.twitter.com/"):
        return None
    unwound = url.get("unwound_url") if url.get("status", 200) == 200 else None
    link: str | None = unwound or url.get("expanded_url") or url.get("url")
    status = _STATUS.search(link) if link else None
    return None if status and status[1] in own else link


def _account(user: Tweet) -> Row:
    """One row of `RAW_ACCOUNTS`."""
    try:
        created = unix(user.get("created_at"))
    except ValueError:  # no reason to lose the tweet
        created = None
    counts, image = user.get("public_metrics") or {}, user.get("profile_image_url")
    return (
        ident(user["id"]),
        user.get("username"),
        created,
        number(counts.get("followers_count")),
        number(counts.get("following_count")),
        number(counts.get("tweet_count")),
        user.get("verified"),
        image and "/default_profile_images/" in image,
        user.get("description"),
        None if user.get("protected") is None else "protected" if user["protected"] else "active",
    )
