"""Twitter API v1.1: tweets and users as JSON Lines, arrays, search and user pages, streams.

What is taken where the payload says a thing twice:

* Words, hashtags, mentions, links and media of a retweet are those of the retweeted tweet, which are whole, after
  ``RT @handle: ``; of a long tweet those of ``extended_tweet`` or ``full_text``. The retweeted author is no mention.
* A retweet of a quote (or of a reply) is a retweet only: it was the retweeted author who quoted.
* Retweeted and quoted tweets are not posts of the collection, but their authors' profiles are read.
* A link to the tweet itself, or to the tweet that is quoted, is not a shared link.
* Ids come from ``id_str``; older payloads have only ``id``, an integer, which is exact too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from graphnet.readers import Reader, Source
from graphnet.readers._json import describe, first
from graphnet.readers._records import Raw, Row, Rows, gather, ident, number, unescaped, unix

__all__ = ["TwitterV1"]

WRAPPERS = ("statuses", "results", "users")
NOTICES = frozenset(
    (
        *("delete", "limit", "scrub_geo", "status_withheld", "user_withheld", "disconnect", "warning", "friends"),
        *("event", "direct_message"),
    )
)
"""What a stream says beside tweets."""
_CLIENT = re.compile(r"<[^>]*>")
_QUOTED = re.compile(r"//(?:\w+\.)?(?:twitter|x)\.com/(\w+)/status/")
_STATUS = re.compile(r"//(?:\w+\.)?(?:twitter|x)\.com/(?:\w+|i/web)/status/(\d+)")

Tweet = dict[str, Any]


@dataclass(frozen=True)
class TwitterV1(Reader):
    """Tweets and users as Twitter's API v1.1 (and its streams and premium search) delivered them."""

    name: ClassVar[str] = "twitter_v1"
    title: ClassVar[str] = "Twitter API v1.1 JSON (tweets, users, search pages, streams)"

    def sniff(self, source: Source) -> float:
        """Sure when one of the first values is a tweet with its user, or a user with a screen name."""
        records = [r for value in first(source.head) for r in _records(value)]
        return max((_likeness(r) for r in records), default=0.0)

    def read(self, source: Source) -> Raw:
        """Yield posts and accounts.

        Raises:
            InputError: The file is empty, or there is no tweet and no user in it.
        """
        return gather(source, _records, _take, "tweets or users of Twitter API v1.1")


def _likeness(record: Any) -> float:
    if not isinstance(record, dict):
        return 0.0
    user = record.get("user")
    if isinstance(user, dict) and "id" in record and ("text" in record or "full_text" in record):
        return 0.95 if "screen_name" in user else 0.0
    if "screen_name" in record and ("followers_count" in record or "statuses_count" in record):
        return 0.9
    # a tweet without its user is still this format; so is a page of ids or a stream's notice: read says what is wrong
    return 0.3 if {"id_str", "next_cursor_str", *NOTICES} & record.keys() else 0.0


def _records(value: Any) -> Iterable[Any]:
    if not isinstance(value, dict):
        return (value,)
    if NOTICES & value.keys() and not {"text", "full_text", "screen_name"} & value.keys():
        return ()
    wrapped = next((value[w] for w in WRAPPERS if isinstance(value.get(w), list)), None)
    return (value,) if wrapped is None or "text" in value else wrapped


def _take(record: Any, rows: Rows) -> None:
    """Add one tweet or user to the rows."""
    if not isinstance(record, dict) or not (_is_tweet(record) or "screen_name" in record):
        raise ValueError(f"neither a tweet nor a user but {describe(record)}")
    if not _is_tweet(record):
        rows.account(_account(record))
        return
    if not isinstance(record.get("user"), dict):
        raise ValueError("the tweet has no author (user)")
    rows.posts.append(_post(record))
    retweet = record.get("retweeted_status")
    for tweet in (record, retweet, record.get("quoted_status"), retweet and retweet.get("quoted_status")):
        if tweet and tweet.get("user"):
            rows.account(_account(tweet["user"]))


def _is_tweet(record: Tweet) -> bool:
    return (
        ("text" in record or "full_text" in record)
        and ("id" in record or "id_str" in record)
        and "sender" not in record
    )


def _id(record: Tweet, name: str = "id") -> str | None:
    return ident(record.get(name + "_str") or record.get(name))


def _post(tweet: Tweet) -> Row:
    """One row of `RAW_POSTS`."""
    user, retweet = tweet["user"], tweet.get("retweeted_status")
    whole = retweet or tweet
    quote = (None,) * 4 if retweet else _quote(tweet)
    content = _content(whole, {_id(whole), quote[0] or _id(whole, "quoted_status_id")})
    shared = _reference(retweet) if retweet else (None,) * 4
    text = f"RT @{shared[2]}: {content[0]}" if shared[2] else content[0]
    return (
        _id(tweet),
        _id(user),
        user.get("screen_name"),
        unix(tweet.get("created_at")),
        text,
        tweet.get("lang"),
        _CLIENT.sub("", tweet.get("source") or "") or None,
        *shared,
        *quote,
        *((None,) * 3 if retweet else _reply(tweet)),
        *content[1:],
    )


def _reference(tweet: Tweet) -> Row:
    """Id, author's id, author's handle and time of a tweet inside a tweet."""
    user = tweet.get("user") or {}
    return _id(tweet), _id(user), user.get("screen_name"), unix(tweet.get("created_at"))


def _quote(tweet: Tweet) -> Row:
    quoted = tweet.get("quoted_status")
    if quoted:
        return _reference(quoted)
    link = (tweet.get("quoted_status_permalink") or {}).get("expanded") or ""
    handle = _QUOTED.search(link)
    return _id(tweet, "quoted_status_id"), None, handle and handle[1], None


def _reply(tweet: Tweet) -> Row:
    account = _id(tweet, "in_reply_to_user_id")
    return _id(tweet, "in_reply_to_status_id"), account, tweet.get("in_reply_to_screen_name")


def _content(tweet: Tweet, own: set[str | None]) -> Row:
    """Words, hashtags, mentioned ids, mentioned handles, links and media; lists are null where there are no entities.

    Args:
        tweet: The tweet.
        own: Ids of tweets a link to which is no shared link.
    """
    full = tweet.get("extended_tweet") or tweet
    text = full.get("full_text") or tweet.get("full_text") or tweet.get("text") or ""
    entities = full.get("entities") or tweet.get("entities")
    if entities is None:
        return unescaped(text), None, None, None, None, None
    media = (full.get("extended_entities") or entities).get("media") or ()
    mentions = entities.get("user_mentions") or ()
    return (
        unescaped(text),
        [h["text"] for h in entities.get("hashtags") or ()],
        [_id(m) for m in mentions],
        [m.get("screen_name") for m in mentions],
        [link for u in entities.get("urls") or () if (link := _link(u, own))],
        [_id(m) for m in media],
    )


def _link(url: Tweet, own: set[str | None]) -> str | None:
    link = (url.get("unwound") or {}).get("url") or url.get("expanded_url") or url.get("url")
    status = _STATUS.search(link) if link else None
    return None if status and status[1] in own else link


def _account(user: Tweet) -> Row:
    """One row of `RAW_ACCOUNTS`."""
    try:
        created = unix(user.get("created_at"))
    except ValueError:  # no reason to lose the tweet
        created = None
    return (
        _id(user),
        user.get("screen_name"),
        created,
        number(user.get("followers_count")),
        number(user.get("friends_count")),
        number(user.get("statuses_count")),
        user.get("verified"),
        user.get("default_profile_image"),
        user.get("description"),
        None if user.get("protected") is None else "protected" if user["protected"] else "active",
    )
