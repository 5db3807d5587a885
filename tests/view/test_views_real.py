"""Views of public data: what real names, sizes and ties do to the pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import graphnet as gn
from graphnet import layers
from graphnet._detect import detect
from graphnet._draw import draw
from graphnet._project import project
from graphnet._report import report
from graphnet._score import score

pytestmark = pytest.mark.real


def test_russian_tweets_to_pages(real_data: Path, tmp_path: Path) -> None:
    study = gn.read(real_data / "coortweet" / "russian_coord_tweets.csv", tmp_path / "study")
    project(study, layers.CoShare(window=60, min_shared=1))
    detect(study, min_size=4)
    score(study)
    network = draw(study, tmp_path / "clusters.html")
    page = report(study, tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(network.nodes) == sum(c["size"] for c in network.info["communities"])
    assert 'href="clusters.html"' in page
    assert not re.search(r"https?://(?!www\.w3\.org/)", page)
    facts = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert facts["read"]["rows"] == 35_125
    assert len(facts["communities"]) == len(study.communities)
