"""The verb: what it writes, what it says of layers it cannot test, and that p are those of the nulls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import null_worlds as worlds
import numpy as np
import pyarrow as pa
import pytest
from small_study import table

import graphnet as gn
from graphnet import nulls
from graphnet._validate import validate
from graphnet.errors import InputError, MissingTable, UnknownName
from graphnet.nulls import Shares, cauchy, q_values
from graphnet.nulls.assess import assess
from graphnet.schema import ACTIONS, OBJECTS, TIES
from graphnet.study import Study

AUTHOR = 1000
"""Authors are accounts from this number on."""


def planted(seed: int = 2, size: int = 12) -> Shares:
    random = np.random.default_rng(seed)
    return worlds.plant(worlds.spreading(random, posts=500), random, size, times=30, window=60)


def study_of(folder: Path, shares: Shares, *, twice: bool = False, seed: int | None = None) -> Study:
    """A study in which the shares are retweets (and once more quotes), in an order of chance."""
    n = len(shares)
    order = np.arange(n) if seed is None else np.random.default_rng(seed).permutation(n)
    columns: dict[str, Any] = {
        "account": shares.account[order].astype(np.int64),
        "object": shares.object[order].astype(np.int64),
        "time": shares.time[order],
        "weight": np.ones(n),
    }
    kinds = ["retweet", "quote"] if twice else ["retweet"]
    parts = [
        pa.table([pa.array([kind] * n) if c == "kind" else pa.array(columns[c]) if c in columns else pa.nulls(n, t)
                  for c, t in zip(ACTIONS.names, ACTIONS.arrow.types, strict=True)], schema=ACTIONS.arrow)
        for kind in kinds
    ]  # fmt: skip
    things: dict[str, Any] = {
        "object": np.arange(shares.objects),
        "kind": ["post"] * shares.objects,
        "id": [f"p{i}" for i in range(shares.objects)],
        "author": shares.author.astype(np.int64) + AUTHOR,
        "created": shares.created,
    }
    study = Study.create(folder)
    with study.step("read", {}) as step:
        step.write("accounts", table("accounts", [{"account": i, "id": f"a{i}"} for i in range(shares.accounts)]))
        step.write("objects", pa.table([pa.array(things[c]) for c in OBJECTS.names], schema=OBJECTS.arrow))
        step.write("actions", pa.concat_tables(parts))
    layers = [gn.layers.CoRetweet(min_shared=1), gn.layers.CoQuote(min_shared=1)][: len(kinds)]
    gn.project(study, *layers)
    return study


@pytest.fixture(scope="module")
def shares() -> Shares:
    return planted()


def test_ties_are_those_of_the_nulls(shares: Shares, tmp_path: Path) -> None:
    study = study_of(tmp_path / "study", shares)
    before = study.pairs
    summary = validate(study)["layers"]["co_retweet"]
    found = assess(shares, [nulls.Popularity(), nulls.Interest(), nulls.Diffusion()])
    ties = study.frame("select * from ties order by source, target")
    assert ties.columns.tolist() == TIES.names
    assert list(zip(ties.source, ties.target, strict=True)) == list(
        zip(found.pairs.source.tolist(), found.pairs.target.tolist(), strict=True)
    )
    assert ties.p.tolist() == found.p.tolist()
    assert ties.q.tolist() == found.q.tolist()
    assert ties.shared.tolist() == found.pairs.shared.tolist()
    assert ties.expected.tolist() == found.tested["interest"].expected.tolist()
    assert ties.sessions.tolist() == found.tested["diffusion"].seen.tolist()
    for name, tested in found.tested.items():
        assert ties[f"p_{name}"].tolist() == tested.p.tolist()
    assert summary["kept"] == ties.kept.sum() == (ties.q <= 0.01).sum() > 40
    assert {k: summary[k] for k in found.summary} == found.summary
    assert summary["things"] == "posts"
    assert study.pairs.equals(before)


def test_the_planted_group_and_nobody_else_is_kept(shares: Shares, tmp_path: Path) -> None:
    study = study_of(tmp_path / "study", shares)
    validate(study)
    kept = study.frame("select source, target from ties where kept")
    assert set(kept.source) | set(kept.target) == set(range(12))


def test_the_order_of_rows_changes_nothing(shares: Shares, tmp_path: Path) -> None:
    ties = []
    for name, seed in (("one", None), ("two", 5)):
        study = study_of(tmp_path / name, shares, seed=seed)
        validate(study, threads=1 if seed else None)
        ties.append(study.rows("select * from ties order by source, target"))
    assert ties[0].equals(ties[1])


def test_layers_are_merged(shares: Shares, tmp_path: Path) -> None:
    study = study_of(tmp_path / "study", shares, twice=True)
    summary = validate(study)
    ties = study.frame("select * from ties where layer = 'co_retweet' order by source, target")
    merged = study.frame("select * from merged order by source, target")
    # both layers are the same here: together they say what each says
    assert merged.p.tolist() == pytest.approx(ties.p.tolist())
    assert merged.layers.tolist() == (2 * ties.kept.astype(int)).tolist()
    assert merged.q.tolist() == pytest.approx(q_values(merged.p.to_numpy(), summary["merged"]["tests"]).tolist())
    assert summary["merged"]["kept"] == merged.kept.sum() == (merged.q <= 0.01).sum()
    assert set(merged.strongest) <= {"co_retweet", "co_quote"}


def test_a_pair_in_one_of_two_layers_pays_for_the_other(shares: Shares, tmp_path: Path) -> None:
    study = study_of(tmp_path / "study", shares, twice=True)
    validate(study, layers=["co_retweet"])
    alone = study.frame("select * from ties order by source, target")
    assert set(alone.layer) == {"co_retweet"}
    assert len(study.frame("select * from merged")) == 0
    assert cauchy(np.array([[1e-6, 1.0]]))[0] == pytest.approx(2e-6)
    # the other one comes on top, and stays
    validate(study, layers=["co_quote"])
    assert set(study.frame("select distinct layer from ties").layer) == {"co_retweet", "co_quote"}


def test_a_layer_that_only_a_screen_has_seen_is_not_merged(tmp_path: Path) -> None:
    account, thing = np.repeat(np.arange(30), 6), np.arange(180)
    thing[6:12] = thing[:6]
    known = {"author": thing * 0, "created": 10**9 + 7919 * np.arange(180)}
    study = study_of(tmp_path / "study", Shares.of(account, thing, 10**9 + 7919 * thing, **known), twice=True)
    summary = validate(study, nulls.Popularity())
    assert {layer["cap"] for layer in summary["layers"].values()} == {"L0"}
    assert min(layer["kept"] for layer in summary["layers"].values()) > 0
    assert summary["merged"] == {"layers": 0, "tests": 0, "kept": 0}
    assert len(study.frame("select * from merged")) == 0


def test_stricter_is_stricter(shares: Shares, tmp_path: Path) -> None:
    study = study_of(tmp_path / "study", shares)
    kept = [validate(study, **how)["layers"]["co_retweet"]["kept"] for how in ({}, {"fdr": 1e-6}, {"method": "by"})]
    assert kept[0] >= kept[1] > 0
    assert kept[0] >= kept[2] > 0
    assert (
        validate(study, floor=45)["layers"]["co_retweet"]["tests"] < study.last("validate")["parameters"]["floor"] ** 4
    )


def test_nulls_can_be_chosen(shares: Shares, tmp_path: Path) -> None:
    study = study_of(tmp_path / "study", shares)
    only = validate(study, nulls.Popularity())["layers"]["co_retweet"]
    assert only["cap"] == "L0"
    assert study.frame("select p_interest, p_diffusion from ties").isna().all(axis=None)
    validate(study, nulls.Interest())
    texts = study.last("validate")["parameters"]["nulls"]
    assert [t.partition(":")[0] for t in texts] == ["interest", "popularity"]
    when = validate(study, nulls.Diffusion(quick=5))["layers"]["co_retweet"]
    assert when["cap"] is None
    assert study.frame("select expected from ties").isna().all(axis=None)


def test_the_manifest_says_how(shares: Shares, tmp_path: Path) -> None:
    study = study_of(tmp_path / "study", shares)
    returned = validate(study, fdr=0.05)
    step = json.loads((study.path / "manifest.json").read_text())["steps"][-1]
    assert step["verb"] == "validate"
    assert step["parameters"]["fdr"] == 0.05
    assert step["parameters"]["layers"] == ["co_retweet"]
    assert json.loads(json.dumps(returned)) == step["summary"]
    # a new projection outdates it
    gn.project(study, gn.layers.CoRetweet())
    assert not study.has("ties")


def test_layers_that_cannot_be_tested_are_named(tmp_path: Path) -> None:
    rows = [(a, f"x{o}", kind) for a in range(9) for o in range(6) for kind in ("follow", "mention")]
    data = [{"source": f"u{a}", "target": t, "kind": kind} for a, t, kind in rows]
    pd = pytest.importorskip("pandas")
    study = gn.read(pd.DataFrame(data), into=tmp_path / "study")
    gn.project(study)
    done = validate(study)
    assert set(done["skipped"]) >= {"follow", "mention", "co_follower"}
    assert "no beginning" in done["layers"]["co_follow"]["not_applicable"]["diffusion"]
    with pytest.raises(InputError, match="co_follower cannot be validated: to be followed is no act"):
        validate(study, layers=["co_follower"])
    with pytest.raises(
        InputError, match=r"co_link cannot be validated: it is not in the study, which has: .*co_follow"
    ):
        validate(study, layers=["co_link"])


def test_an_untested_study_says_what_to_run(tmp_path: Path) -> None:
    study = Study.create(tmp_path / "study")
    with pytest.raises(MissingTable, match="Run: graphnet project"):
        validate(study)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"fdr": 0}, "fdr is 0, it has to be above 0"),
        ({"fdr": 1.5}, "fdr is 1.5"),
        ({"method": "bonferroni"}, "method is 'bonferroni', it has to be one of: bh, by"),
        ({"floor": 1}, "floor is 1, it has to be 2 or more"),
    ],
)
def test_wrong_parameters_are_named(shares: Shares, tmp_path: Path, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        validate(study_of(tmp_path / "study", shares), **wrong)


@pytest.mark.parametrize(
    ("null", "wrong"),
    [
        ("popularity", "cut=0"),
        ("popularity", "cut=2"),
        ("popularity", "budget=0"),
        ("interest", "entries=0"),
        ("diffusion", "quick=0"),
        ("diffusion", "quick=90"),
        ("diffusion", "slow=241"),
    ],
)
def test_wrong_parameters_of_nulls_are_named(null: str, wrong: str) -> None:
    with pytest.raises(InputError, match=f"{null}: "):
        gn.registry.make("nulls", f"{null}:{wrong}")


def test_the_same_null_twice_is_an_error(shares: Shares, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="null diffusion is named more than once"):
        validate(study_of(tmp_path / "study", shares), nulls.Diffusion(), nulls.Diffusion(quick=5))
    with pytest.raises(UnknownName, match="no null is called 'luck'"):
        gn.registry.make("nulls", "luck")


def test_a_study_without_ties_has_empty_tables(tmp_path: Path) -> None:
    shares = worlds.spreading(np.random.default_rng(3), accounts=60, posts=80)
    study = study_of(tmp_path / "study", shares)
    assert validate(study)["layers"]["co_retweet"]["kept"] == 0
    assert study.has("merged")
    assert len(study.frame("select * from merged")) == 0
