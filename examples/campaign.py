"""The weekend on which a made-up organisation was attacked, told from the posts of the sample world.

Lists what bursts in data/weekend, tells the life of the hashtag that bursts most, and holds beside it one that is busy
for ordinary reasons. data/README.md says what the world holds.

Run: python examples/campaign.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import graphnet as gn
from graphnet.audits import Audited

WEEKEND = Path(__file__).resolve().parents[1] / "data" / "weekend"
ORDINARY = "#larkmoorrovers"


def main(into: Path = Path("demo")) -> tuple[Audited, Audited]:
    """Read the sample world, find what bursts, write two pages.

    Args:
        into: Folder for the study and the pages.

    Returns:
        The life of the hashtag that bursts most, and of an ordinary one.
    """
    into.mkdir(parents=True, exist_ok=True)
    files = [str(WEEKEND / name) for name in ("posts.jsonl.zst", "follows.csv.gz", "profiles.csv.gz")]
    study = gn.read(files, into=into / "campaign_study")
    listed = gn.audit(study, gn.audits.Campaign())
    print("What bursts:")
    for answer in listed.answers[:5]:
        print(f"  {answer.subject}: {answer.reason}")
    top = next(answer.subject for answer in listed.answers if answer.subject.startswith("#"))
    pages = {top: "campaign.html", ORDINARY: "ordinary.html"}
    lives = [gn.audit(study, gn.audits.Campaign(hashtag=tag), into / page) for tag, page in pages.items()]
    for life in lives:
        print(f"\n{life.title}")
        for name, value in life.summary.items():
            print(f"  {name.replace('_', ' ')}: {value}")
    print(f"\nLook at it in a browser: {(into / 'campaign.html').resolve().as_uri()}")
    return lives[0], lives[1]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
