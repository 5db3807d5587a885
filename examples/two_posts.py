"""From a tie down to the two posts behind it.

Run: python examples/two_posts.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import graphnet as gn

WEEKEND = Path(__file__).parents[1] / "data" / "weekend"


def main(folder: Path = Path("demo")) -> gn.Explanation:
    """Find the pair that posted the same words most often, and show the posts."""
    study = gn.read([next(WEEKEND.glob("posts*")), WEEKEND / "profiles.csv.gz"], folder / "posts")
    gn.project(study, gn.layers.SameText(min_shared=3))
    strongest = study.pairs.nlargest(1, "shared").iloc[0]
    ids = study.accounts.set_index("account")["id"]
    told = gn.explain(study, ids[strongest["source"]], ids[strongest["target"]], limit=2)
    print(told)
    return told


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
