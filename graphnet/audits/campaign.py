"""The life of a hashtag, link, domain, account or text: when it burst, who began, who carried it, whom it hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from graphnet.audits import Audit, Audited, _campaign, _campaign_list
from graphnet.audits._uses import Subject, find, grid
from graphnet.errors import InputError

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["Campaign"]


@dataclass(frozen=True)
class Campaign(Audit):
    """The life of one hashtag, link, domain, account or text; without any, what there is to ask about.

    A *window* of burst is found against the usual rate of the subject; everything else is asked of the posts in its
    strongest window (of the whole life, if there is none) and compared with things of the same kind and of like size.

    Args:
        hashtag: A hashtag, with or without ``#``.
        link: A link; tracking parameters do not matter.
        domain: A registrable domain, such as ``bbc.co.uk``.
        target: Handle or id of an account that is mentioned, answered or quoted.
        text: Words that posts hold, in capitals or not.
        cluster: Number of a cluster of near-identical texts (``graphnet match``).
        fresh: Days before the window in which an account counts as newly created.
    """

    name: ClassVar[str] = "campaign"
    title: ClassVar[str] = "the life of a hashtag, link, account or text"
    hashtag: str | None = None
    link: str | None = None
    domain: str | None = None
    target: str | None = None
    text: str | None = None
    cluster: int | None = None
    fresh: int = 30

    def missing(self, study: Study | None) -> str | None:
        """See `Audit.missing`."""
        if study is None:
            return "it asks about posts of a study. Make one: graphnet read FILES --into study/"
        if not study.has("actions"):
            return f"the study has no actions. Run: graphnet read FILES --into {study.path}"
        if grid(study) is None:
            return "nothing in the study has a time, and a campaign is what happens when"
        return None

    def look(self, study: Study | None) -> Audited:
        """See `Audit.look`.

        Raises:
            InputError: Nothing in the study is called that, or two subjects are named.
        """
        if study is None:
            raise InputError(f"audit {self.name} cannot be done: {self.missing(None)}")
        subject = self._subject(study)
        return _campaign_list.look(study) if subject is None else _campaign.look(study, subject, self.fresh)

    def _subject(self, study: Study) -> Subject | None:
        kinds = ("hashtag", "link", "domain", "target", "text", "cluster")
        named = [(kind, str(value)) for kind in kinds if (value := getattr(self, kind)) is not None]
        if len(named) > 1:
            raise InputError(f"one subject at a time; these are {len(named)}: {', '.join(k for k, _ in named)}")
        return find(study, *named[0]) if named else None
