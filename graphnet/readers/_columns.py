"""Which column is which: the names that platforms, tools and people give to columns.

Case, spaces and punctuation do not matter (`Tweet_ID` is `tweetid`). Of several names for one field the earlier in the
list wins, of several columns of one name the leftmost; each column serves one field only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from graphnet.errors import InputError, UnknownName
from graphnet.readers import Source
from graphnet.schema import Table

__all__ = [
    "ACCOUNTS",
    "EDGES",
    "POSTS",
    "Synonyms",
    "choose",
    "fields",
    "known",
    "needed",
    "normal",
    "unknown_column",
    "unknown_field",
]

Synonyms = Mapping[str, Sequence[str]]
"""Our field -> names it goes by, normalised, the surest first."""


def _split(table: Mapping[str, str]) -> Synonyms:
    return {field: tuple(names.split()) for field, names in table.items()}


TIME = """time timestamp timestamputc createdat created datetime date tweettime tweetcreatedat posttime postedat
    publishdate publishedat published publishtime timestampshare utctime createdutc datetweetsent creationtime when"""

EDGES = _split(
    {
        "source": """
            source src from sourceid fromid sourceuser fromuser sourcename retweeter retweeterid follower followerid
            originatingid originator actor actorid mentioner replier quoter liker sender senderid u account accountid
            user userid author authorid screenname userscreenname username handle did
        """,
        "target": """
            target tgt dst destination to targetid toid targetuser touser targetname retweeted retweeteduser
            retweeteduserid retweetuserid retweetedaccount retweetedscreenname followed followedid followee followeeid
            friend friendid receivingid receiver receiverid recipient mentioned mentioneduser mentioneduserid
            mentionedid repliedto inreplytouserid inreplytoscreenname quoteduser quoteduserid likeduser originalauthor
            originalauthorid v
        """,
        "object": """
            object objectid url link item itemid hashtag domain retweetedstatusid retweettweetid retweetid retweetedid
            repostid tweetretweeted
        """,
        "kind": "kind edgetype type relation relationship interaction interactiontype action edgekind",
        "time": TIME,
        "weight": "weight edgeweight count freq frequency times value strength n",
        "post": "post postid tweetid statusid contentid messageid id",
    }
)

PROFILE = _split(
    {
        "created": "usertimestamputc usercreatedat accountcreationdate accountcreatedat authorcreatedat userjoined",
        "followers": "userfollowerscount userfollowers followerscount followercount authorfollowerscount followers",
        "following": """
            userfriendscount userfriends userfollowingcount friendscount followingcount authorfollowingcount following
            friends follows
        """,
        "posts": "userstatusescount usertweets statusescount usertweetcount tweetcount userposts updates",
        "verified": "userverified authorverified verified isverified",
        "default_image": "userdefaultprofileimage defaultprofileimage",
        "description": "userdescription userprofiledescription authordescription userbio",
    }
)
"""What a table of posts may say about their authors."""

POSTS = _split(
    {
        "id": "tweetid postid statusid messageid id idstr tweetidstr uri contentid commentid videoid",
        "account": """
            userid authorid accountid useridstr authoridstr uniqueuserid userdid externalauthorid account user author
            did channelid pageid
        """,
        "name": """
            screenname userscreenname authorusername username userhandle handle authorscreenname authorhandle
            twitterscreenname authorname name
        """,
        "time": TIME,
        "text": """
            text fulltext tweettext posttext messagetext content message postcontent textbody body tweet caption
            originaltext
        """,
        "lang": "lang language tweetlanguage tweetlang postlanguage",
        "client": "client clientname tweetclientname sourcename sourcelabel application via source",
        "retweet_of": """
            retweetof retweettweetid retweetedstatusid retweetedid retweetedtweetid retweetid repostid repostof rtid
            sharedpostid
        """,
        "retweet_account": "retweetaccount retweetuserid retweeteduserid retweetedauthorid repostuserid",
        "retweet_name": """
            retweetname retweetedscreenname retweeteduserscreenname retweetedusername retweeteduser retweetscreenname
        """,
        "retweet_time": "retweettime retweetedstatuscreatedat retweetedtimestamputc retweetedcreatedat",
        "quote_of": "quoteof quotedtweettweetid quotedstatusid quotedid quotedtweetid quoteid",
        "quote_account": "quoteaccount quoteduserid quotedauthorid",
        "quote_name": "quotename quotedscreenname quoteduserscreenname quoteduser quoteduserhandle",
        "quote_time": "quotetime quotedstatuscreatedat quotedtimestamputc quotedcreatedat",
        "reply_to": "replyto inreplytotweetid inreplytostatusid inreplytoid replyid totweetid inreplyto parentid",
        "reply_account": "replyaccount inreplytouserid inreplytoaccountid touserid replyuserid",
        "reply_name": "replyname inreplytoscreenname inreplytousername tousername replyscreenname",
        "hashtags": "hashtags hashtag tags entitieshashtags",
        "mentions": "mentionids mentionedids mentionsids mentioneduserids usermentionsids mentioneduserdids",
        "mention_names": """
            mentionnames mentionednames mentioneduserhandles mentionedhandles mentionsscreenname
            usermentionsscreenname mentions usermentions mentionedusers mentioned
        """,
        "links": "links urls expandedurls entitiesurls urlsexpanded link url",
        "media": "media mediahash phash phashid mediaurls mediaids photos images",
        **{f"author_{field}": " ".join(names) for field, names in PROFILE.items()},
    }
)

ACCOUNTS = _split(
    {
        "id": "userid accountid id idstr authorid did twitteruserid",
        "name": "screenname userscreenname username handle userhandle authorusername login name",
        "created": """
            accountcreationdate timestamputc createdat usercreatedat accountcreatedat created creationdate joined
            joindate
        """,
        "followers": """
            followerscount followercount followers userfollowerscount userfollowers publicmetricsfollowerscount
        """,
        "following": """
            friendscount followingcount userfriendscount userfollowingcount friends follows following
            publicmetricsfollowingcount
        """,
        "posts": """
            statusescount tweetcount tweetscount postcount postscount posts tweets statuses updates userstatusescount
            publicmetricstweetcount
        """,
        "verified": "verified isverified userverified",
        "default_image": "defaultprofileimage defaultimage hasdefaultimage",
        "description": "description bio userprofiledescription userdescription profiledescription about",
        "status": "status accountstatus state",
    }
)

ALL = {name for table in (EDGES, POSTS, ACCOUNTS) for names in table.values() for name in names}


def normal(name: str) -> str:
    """A column name without case, spaces and punctuation.

    Example:
        >>> normal("Tweet ID"), normal("tweet_id")
        ('tweetid', 'tweetid')
    """
    return "".join(c for c in name.casefold() if c.isalnum())


def known(names: Iterable[str]) -> int:
    """How many of the names are names of columns that some reader knows."""
    return sum(normal(n) in ALL for n in names)


def fields(table: Table, only: Iterable[str] | None = None) -> dict[str, str]:
    """What ``--map`` can name for a table, with the meaning."""
    return {c.name: c.meaning for c in table.columns if only is None or c.name in only}


def choose(names: Sequence[str], synonyms: Synonyms, source: Source, *, strict: bool = True) -> dict[str, int]:
    """The position of the column of each field that has one.

    The user's column map comes first; what it says of fields that this table has not is left to other readers, since
    one map serves all files of a call.

    Raises:
        InputError: A column that the map names is not there, and ``strict`` is set.
    """
    wanted = {field: column for field, column in source.columns.items() if field in synonyms}
    places = {field: _mapped(names, column) for field, column in wanted.items()}
    for field, place in places.items():
        if place is None and strict:
            raise unknown_column(wanted[field], names, source)
    chosen = {field: place for field, place in places.items() if place is not None}
    normals = [normal(n) for n in names]
    for field, words in synonyms.items():
        free = [w for w in words if w in normals and normals.index(w) not in chosen.values()]
        if field not in chosen and free:
            chosen[field] = normals.index(free[0])
    return chosen


def needed(names: Sequence[str], synonyms: Synonyms, source: Source, *groups: Sequence[str]) -> dict[str, int]:
    """`choose`, and at least one field of each group has to have a column.

    Raises:
        InputError: None of a group has one.
    """
    chosen = choose(names, synonyms, source)
    missing = [group[0] for group in groups if not set(group) & set(chosen)]
    if len(missing) == 1:
        raise unknown_column(missing[0], names, source, missing[0])
    if missing:
        there, maps = ", ".join(names) or "no columns", " ".join(f"--map {field}=COLUMN" for field in missing)
        raise InputError(
            f"{source.name} has no columns for {' and '.join(missing)} (it has: {there}). Map them: {maps}"
        )
    return chosen


def _mapped(names: Sequence[str], column: str) -> int | None:
    """Position of a column that the user names: by its exact name, its normalised name, or its number from 1."""
    for wanted, there in ((column, list(names)), (normal(column), [normal(n) for n in names])):
        if wanted in there:
            return there.index(wanted)
    return int(column) - 1 if column.isdecimal() and 1 <= int(column) <= len(names) else None


def unknown_field(option: str, field: str, known: Iterable[str], tables: Iterable[Synonyms]) -> InputError:
    """The error for a field to map that no reader has; a name that files give to a field is led to that field.

    Example:
        >>> print(unknown_field("--map", "author", ["account", "text"], [POSTS]))
        no field to map (--map FIELD=COLUMN) is called 'author'. Did you mean 'account'? There are: account, text
    """
    meant = dict.fromkeys(f for table in tables for f, names in table.items() if f in known and normal(field) in names)
    if not meant:
        return UnknownName(f"field to map ({option} FIELD=COLUMN)", field, known)
    words = " or ".join(map(repr, list(meant)[:3]))
    there = ", ".join(sorted(known))
    what = f"no field to map ({option} FIELD=COLUMN) is called {field!r}"
    return InputError(f"{what}. Did you mean {words}? There are: {there}")


def unknown_column(column: str, names: Sequence[str], source: Source, field: str = "") -> InputError:
    """The error for a column that is needed and not there."""
    there = ", ".join(names) or "no columns"
    hint = f"Map it: --map {field}=COLUMN" if field else "Name one of these, or its number from 1"
    return InputError(f"column {column!r} is not in {source.name} (it has: {there}). {hint}")
