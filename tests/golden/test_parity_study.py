"""Numbers of other tools, reproduced end to end: files in, study, counts out."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphnet as gn

pytestmark = pytest.mark.real


def test_handle_reuse_of_osome(real_data: Path, tmp_path: Path) -> None:
    """Accounts tied by the handles they shared: weights and components as in the published example."""
    files = sorted((real_data / "osome_coordination" / "raw" / "CS1").glob("*.json"))
    study = gn.read(files, tmp_path / "study")
    gn.project(study, gn.layers.SameHandle(min_shared=1))
    ids = dict(zip(study.accounts["account"], study.accounts["id"], strict=True))
    found = {
        frozenset((ids[s], ids[t])): n
        for s, t, n in study.pairs[["source", "target", "shared"]].itertuples(index=False)
    }
    assert found == {
        frozenset(("222222", "3333333")): 2,
        frozenset(("222222", "5555555")): 1,
        frozenset(("222222", "6666666")): 1,
        frozenset(("5555555", "6666666")): 1,
        frozenset(("4444445", "7777777")): 1,
    }
    gn.detect(study, gn.detectors.Components(), min_size=2, core=0)
    assert sorted(study.communities["size"]) == [2, 4]


@pytest.mark.parametrize(("mentions", "nodes", "edges"), [(False, 484, 391), (True, 698, 692)])
def test_user_graph_of_twarc_network(real_data: Path, tmp_path: Path, mentions: bool, nodes: int, edges: int) -> None:
    """twarc-network's graph, replies to oneself included.

    With mentions twarc-network counts 656 nodes and 618 edges, since it sees only the mentions in the first 140
    characters of a retweet; a study has the whole words. Its own figures are in tests/readers/test_twitter_v2.py.
    """
    files = sorted((real_data / "payload_fixtures" / "twarc_network").rglob("*.jsonl"))
    study = gn.read(files, tmp_path / "study", repost_content=True)
    wanted = ["retweet", "quote", "reply", *["mention"] * mentions]
    rows = study.actions[study.actions["kind"].isin(wanted) & study.actions["target"].notna()]
    # of a reply to a post that is gone only the account is known; twarc-network leaves these out
    rows = rows[rows["object"].notna() | (rows["kind"] == "mention")]
    pairs = {(int(a), int(b)) for a, b in rows[["account", "target"]].itertuples(index=False)}
    assert (len({n for pair in pairs for n in pair}), len(pairs)) == (nodes, edges)
