"""From a DataFrame of edges to communities in a file that Gephi opens.

Run: python examples/edges_to_gephi.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import graphnet as gn


def edges() -> pd.DataFrame:
    """Who retweeted which post when: ten accounts that repeat fifteen posts within seconds, forty that do not."""
    together = [(f"relay{i}", f"post{p}", 86_400 * p + 5 * i) for p in range(15) for i in range(10)]
    apart = [(f"reader{i}", f"post{(7 * i + 3 * k) % 60}", 50_000 * k + 977 * i) for i in range(40) for k in range(12)]
    return pd.DataFrame(together + apart, columns=["source", "object", "time"])


def main(folder: Path = Path("demo")) -> Path:
    """Read, project, detect, export; returns the GEXF file."""
    study = gn.read(edges(), folder / "edges", kind="retweet")
    gn.project(study, gn.layers.CoRetweet(window=60, min_shared=5))
    gn.detect(study, gn.detectors.Leiden(seed=7))
    accounts = study.accounts.set_index("account")["id"]
    for community, members in study.members.groupby("community"):
        print(f"C{community}: {', '.join(accounts[members['account']])}")
    (path,) = gn.export(study, folder / "communities.gexf")
    print(f"wrote {path}: open it in Gephi")
    return path


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
