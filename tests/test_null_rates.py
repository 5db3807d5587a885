"""How often audits and signals say something alarming of data in which nothing is to be found.

Each test makes many harmless data sets by the same seeds, asks, and counts. The bounds allow for chance: with a true
rate of .05, 100 draws have 11 or more in one of a hundred. Beside each stands a planted case, so that a rule that never
says anything does not pass.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from posted import DAY, START
from scipy.sparse import csr_array
from small_study import small_study, table

import graphnet as gn
from graphnet import _heldout, controls, indicators
from graphnet.audits import _bursts
from graphnet.audits._affinity import Affinity, affinity
from graphnet.audits._blocks import blocks
from graphnet.audits._closeness import Network
from graphnet.audits._creation_profiles import People, handles
from graphnet.audits._follower_overlap import Population, shared
from graphnet.audits._held_out import better, check, gain
from graphnet.audits._life import Figure, _spread, _top, share
from graphnet.audits._peers import Peer, place
from graphnet.controls import exchanged
from graphnet.crowds import Crowds
from graphnet.discovery import benjamini_hochberg
from graphnet.signals.creation import Creation
from graphnet.signals.near_identical import NearIdentical
from graphnet.signals.shared_targets import SharedTargets
from graphnet.signals.shared_texts import SharedTexts
from graphnet.simulate.collection import build
from graphnet.simulate.designs import World

Ints = npt.NDArray[np.int64]
YEAR = 365.25 * DAY
HOURS = 14 * 24


# Creation: dates and handles ------------------------------------------------------------------------------------------


def dated(folder: Path, seed: int, controls: int, planted: int = 0) -> gn.Study:
    """100 accounts in a community and others, made in the same seasons; some of the 100 within two weeks."""
    rng = np.random.default_rng((11, seed))
    made = START - (rng.choice(8, 100 + controls) * YEAR + rng.beta(2, 3, 100 + controls) * YEAR).astype(np.int64)
    made[:planted] = START - 400 * DAY + rng.integers(0, 14 * DAY, planted)
    people = [{"account": i, "created": int(t) - 30 * DAY} for i, t in enumerate(made)]
    acts = [{"account": i, "kind": "retweet", "object": 0, "time": START, "weight": 1.0} for i in range(len(people))]
    return small_study(folder, people, groups={1: range(100)}, actions=acts, objects=[{"object": 0, "kind": "post"}])


@pytest.mark.parametrize("controls", [100, 400])
def test_accounts_made_as_others_were_have_no_dense_window(tmp_path: Path, controls: int) -> None:
    """Against groups of controls alone, 8 of these 20 had p <= .05 where there were as many controls as accounts."""
    low = {"bursts": 0, "densest_window": 0}
    for seed in range(20):
        found = gn.audit(dated(tmp_path / f"s{seed}", seed, controls), gn.audits.Creation(community=1, draws=99))
        for answer in found.answers:
            if answer.code in low and answer.p is not None:
                low[answer.code] += answer.p <= 0.05
    assert max(low.values()) <= 3
    found = gn.audit(dated(tmp_path / "x", 1, controls, 40), gn.audits.Creation(community=1, draws=99))
    assert next(a for a in found.answers if a.code == "densest_window").p == 0.001


@pytest.fixture(scope="module")
def heap() -> list[str]:
    """The handles of an organic world."""
    made = build(World(accounts=1500, days=2, fandoms=4, authors=4, fans=5, storm=10), seed=3)
    return [str(name) for name in made.profiles["name"].to_pylist()]


def named(heap: list[str], seed: int, planted: int = 0) -> People:
    """100 of these accounts, in question at random, and 1,400 controls."""
    names = np.array(heap, dtype=object)[np.random.default_rng(seed).permutation(1500)]
    names[:planted] = [f"patriot{i:05d}" for i in range(planted)]
    unknown, mine, year = np.full(1500, np.nan), np.arange(1500) < 100, np.full(1500, 2015)
    return People("C1", mine, year, names, names, unknown, unknown, unknown, "other accounts")


def test_handles_out_of_one_heap_have_no_pattern(heap: list[str]) -> None:
    """Patterns are picked for being frequent: taken as given, 8 of these 60 lists had one at q <= .05."""
    alarms = sum(handles(named(heap, seed)).summary["handle_patterns"] > 0 for seed in range(60))
    assert alarms <= 5
    assert handles(named(heap, 0, planted=12)).summary["handle_patterns"] > 0


# Lists, followers, expansion ------------------------------------------------------------------------------------------


def near(seed: int, size: int, accounts: int, fans: float = 0.0) -> Affinity:
    """A community of busier accounts than most; who has to do with the list is drawn account by account."""
    rng = np.random.default_rng((13, size, seed))
    totals = np.minimum((rng.pareto(1.1, accounts) + 1) * 3, 300).astype(np.int64)
    weight = np.sqrt(totals)
    members = np.sort(rng.choice(accounts, size, replace=False, p=weight / weight.sum()))
    leaning = rng.beta(0.3, 3, accounts)
    leaning[members] += fans
    hits = csr_array(rng.binomial(totals, np.minimum(leaning, 1))[:, None])
    return affinity(Crowds.of(np.ones(size, np.int64), members), hits, totals, 199, 7)[0]


@pytest.mark.parametrize(("size", "accounts"), [(20, 400), (100, 400)])
def test_busy_communities_have_no_affinity_to_a_list_for_that(size: int, accounts: int) -> None:
    """Against groups of others alone 51 (members) and 26 (contacts) of the 100 communities of 100 had p <= .05."""
    found = [near(seed, size, accounts) for seed in range(100)]
    assert sum(f.members_p <= 0.05 for f in found) <= 12
    assert sum(f.contacts_p <= 0.05 for f in found) <= 12
    assert near(0, size, accounts, fans=0.5).members_p <= 0.01


def followed(seed: int, both: int = 0) -> Population:
    """Two accounts that 2,000 of 20,000 follow each, by how many anybody follows and nothing else."""
    rng = np.random.default_rng((14, seed))
    busy = np.minimum(np.exp(rng.normal(4.5, 1.3, 20_000)), 5000)
    flags = [rng.random(20_000) < np.minimum(0.1 * busy / busy.mean(), 0.9) for _ in range(2)]
    for flag in flags:
        flag[:both] = True
    total = rng.poisson(3 * busy / busy.mean()) + flags[0] + flags[1]
    return Population(np.arange(20_000).astype(str), {"a": flags[0], "b": flags[1]}, total, None, "drawn")


def test_independent_followers_are_not_shared_beyond_chance() -> None:
    """In strata of a factor of four all such lists were: who follows more is followed up in both."""
    assert sum(shared(followed(seed)).summary["pairs_sharing_beyond_chance"] for seed in range(10)) == 0
    assert shared(followed(0, both=2000)).summary["pairs_sharing_beyond_chance"] == 1


def test_a_ranking_from_random_accounts_is_not_called_better() -> None:
    """Quiet accounts stand low by their ties and in the middle by closeness: that alone is no finding."""
    rng = np.random.default_rng(5)
    part, act = rng.integers(0, 8, 400), np.minimum(rng.pareto(1.2, 400) + 0.3, 30)
    chance = np.outer(act, act) / act.mean() ** 2 * np.where(part[:, None] == part, 0.1, 0.01)
    source, target = np.nonzero(np.triu(rng.random((400, 400)) < chance, 1))
    network = Network.of("co_retweet", source, target, np.ones(len(source)), 400)
    tied = np.flatnonzero(network.degree > 0)
    quiet = 1 / network.degree[tied]
    drawn = [np.sort(rng.choice(tied, 20, replace=False, p=quiet / quiet.sum())) for _ in range(60)]
    held = [check([network], seeds, 400, 7) for seeds in drawn]
    assert sum(gain(h, 7)[1] > 0 for h in held) >= 15  # what was asked alone before
    assert sum(better(h, 7) for h in held) <= 5
    friends = np.flatnonzero((part == 2) & (network.degree > 0))
    assert better(check([network], friends, 400, 7), 7)


# Campaigns ------------------------------------------------------------------------------------------------------------


def clumpy(rng: np.random.Generator, mean: npt.NDArray[np.float64]) -> Ints:
    """Posts by hour that come in clumps of three on the mean."""
    return np.array([rng.poisson(2, n).sum() + n for n in rng.poisson(mean / 3)], dtype=np.int64)


def hours(kind: str) -> npt.NDArray[np.float64]:
    clock = np.arange(HOURS) % 24
    by_day = np.clip(np.cos((clock - 20) / 24 * 2 * np.pi), 0, None) + 0.05
    shape = {"day": by_day, "evening": np.where(clock >= 20, 1.0, 0.05), "always": np.ones(HOURS)}[kind]
    return np.asarray(5 * shape / shape.mean())


@pytest.mark.parametrize("kind", ["day", "evening", "always"])
def test_evenings_of_a_hashtag_collected_by_itself_are_no_bursts(kind: str) -> None:
    """Held against an even flow, every such collection had bursts: one each day."""
    nothing, found = np.zeros(HOURS, np.int64), 0
    for seed in range(40):
        counts = clumpy(np.random.default_rng((15, seed)), hours(kind))
        exposed, words = _bursts.exposure(nothing, counts)
        assert "its own calmer days" in words
        found += bool(_bursts.find(counts, exposed).windows)
    assert found <= 7
    counts = clumpy(np.random.default_rng(1), hours(kind) * np.where(np.arange(HOURS) // 24 == 9, 10, 1))
    (window,) = _bursts.find(counts, _bursts.exposure(nothing, counts)[0]).windows
    assert window.end - window.start <= 36
    assert counts[9 * 24 : 10 * 24].sum() <= counts[window.start : window.end].sum() + 5


def figures(rng: np.random.Generator, posts: int) -> dict[str, Figure]:
    weight = 1 / np.arange(1, 2001) ** 0.8
    account = rng.choice(2000, posts, p=weight / weight.sum())
    return {"top_ten_share": _top(account, "posts"), "gini": _spread(account)}


def test_the_smallest_of_its_peers_is_not_called_concentrated() -> None:
    """The fewer posts, the more of them are by the ten busiest: half of these were called beyond all of five peers."""
    for seed in range(30):
        rng = np.random.default_rng((16, seed))
        sizes = (60 * np.exp(rng.uniform(0, np.log(8), 5))).astype(int).tolist()
        peers = [Peer("x", n, 1.0, None, figures(rng, n)) for n in sizes]
        mine = figures(rng, 60)
        assert not any(place(code, mine[code], peers, "hashtags").apart for code in mine)


def test_one_rare_post_is_not_beyond_peers_that_have_none() -> None:
    """An interval above 0 is above all of five peers that have 0 by chance."""
    none = {"created_share": share(np.zeros(60, np.bool_), np.arange(60))}
    peers = [Peer("x", 60, 1.0, None, none)] * 5
    for posts, apart in ((1, False), (2, False), (30, True)):
        assert place("created_share", share(np.arange(60) < posts, np.arange(60)), peers, "hashtags").apart is apart


# Followers in their order ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dates", [True, False])
def test_followers_of_all_ages_have_no_block(dates: bool) -> None:
    """With follow dates or by the running maximum alone, which lags at the beginning."""
    alarms = 0
    for seed in range(40):
        rng = np.random.default_rng((17, seed))
        since = np.sort(rng.uniform(10 * YEAR, 15 * YEAR, 3000))
        made = since - rng.gamma(3, 1.5 * YEAR, 3000)
        alarms += bool(blocks((since if dates else np.maximum.accumulate(made)) - made))
    assert alarms <= 1


# Indicators and near-identical texts ----------------------------------------------------------------------------------


def test_like_accounts_have_indicators_at_the_rate_that_is_said() -> None:
    """Figures with ties, that depend on each other and on activity; 600 controls, 100 asked about."""
    families, p_low, worlds_with = ["a", "a", "a", "b", "b", "c", "d", "e"], [], 0
    for seed in range(40):
        rng = np.random.default_rng((18, seed))
        posts = np.exp(rng.normal(5, 0.8, 700)).astype(np.int64) + 36
        values = rng.normal(size=(700, 8)) + rng.normal(size=(700, 1)) / 2
        values[:, 0] *= np.log(posts)
        values[:, 3], values[:, 5] = np.round(values[:, 3]), values[:, 5] > 1.5
        control = np.arange(700) >= 100
        found = indicators.compare(values, families, [1] * 8, indicators.blocks(posts, control), control)
        p = indicators.conformal(found.score, np.sort(found.score[control]), control)
        p_low.append((p[:100] <= 0.05).mean())
        worlds_with += bool((benjamini_hochberg(p[:100]) <= indicators.FDR).any())
    assert 0.035 < np.mean(p_low) < 0.065
    assert worlds_with <= 6


def test_stray_repeats_do_not_set_random_groups_apart(tmp_path: Path) -> None:
    """A random group stands above 95 % of its control groups about once in twenty, not more."""
    rng = np.random.default_rng(19)
    who, what = rng.integers(0, 600, 6000), rng.zipf(1.5, 6000) % 4000
    rows = [
        {"account": int(a), "kind": "text", "object": int(o), "time": START + i, "post": i, "weight": 1.0}
        for i, (a, o) in enumerate(zip(who, what, strict=True))
    ]
    posts = [{"post": r["post"], "id": f"p{r['post']}", "account": r["account"], "text": "-"} for r in rows]
    objects = [{"object": i, "kind": "text", "id": f"words {i}"} for i in range(4000)]
    chosen = rng.permutation(600)[:300].reshape(30, 10)
    groups = {i + 1: some.tolist() for i, some in enumerate(chosen)}
    study = small_study(tmp_path / "s", 600, groups=groups, actions=rows, posts=posts, objects=objects)
    told = gn.score(study, NearIdentical())
    assert told["signals"]["near_identical"]["communities_above_controls"] <= 5


# Standings of communities ---------------------------------------------------------------------------------------------


def liking(folder: Path, seed: int, accounts: int, groups: int, together: int = 0) -> gn.Study:
    """Accounts with a taste for some of what others retweet, and random groups of a hundred, busy ones rather."""
    rng = np.random.default_rng((20, accounts, seed))
    busy = np.minimum((rng.pareto(1.1, accounts) + 1) * 6, 80)
    who = np.repeat(np.arange(accounts), 1 + rng.poisson(busy))
    taste = 17 * rng.integers(0, 12, accounts)[who] * (rng.random(len(who)) < 0.5)
    what = (rng.zipf(1.5, len(who)) + taste) % accounts
    weight = np.sqrt(busy) / np.sqrt(busy).sum()
    members = rng.choice(accounts, (groups, 100), replace=False, p=weight)
    what[np.isin(who, members[0]) & (rng.random(len(who)) < 0.2)] %= together or accounts
    acts = [
        {"account": a, "kind": "retweet", "target": t, "time": START, "weight": 1.0}
        for a, t in zip(who.tolist(), what.tolist(), strict=True)
    ]
    made = START - rng.beta(2, 3, accounts) * 8 * YEAR
    people = [{"account": i, "created": int(t)} for i, t in enumerate(made)]
    return small_study(folder, people, groups={i: g.tolist() for i, g in enumerate(members, 1)}, actions=acts)


@pytest.mark.parametrize(("accounts", "groups", "seeds"), [(400, 1, 25), (2000, 5, 5)])
def test_random_communities_stand_above_their_controls_once_in_twenty(
    tmp_path: Path, accounts: int, groups: int, seeds: int
) -> None:
    """Against groups of other accounts alone 16 of the 50 figures of communities among 400 accounts did."""
    told = [
        gn.score(liking(tmp_path / f"s{seed}", seed, accounts, groups), SharedTargets(), Creation())
        for seed in range(seeds)
    ]
    assert sum(t["compared"] for t in told) == 2 * groups * seeds
    assert sum(t["above_controls"] for t in told) <= 7
    planted = gn.score(liking(tmp_path / "x", 0, accounts, groups, together=40), SharedTargets())
    assert planted["above_controls"] >= 1


# Control groups of confirm and of the text signals --------------------------------------------------------------------


def busy_world(seed: int, accounts: int, size: int, groups: int, lean: float) -> tuple[Ints, list[Ints]]:
    """Activity of accounts, and random groups of them: the more active are drawn more often by this power."""
    rng = np.random.default_rng((21, seed, accounts, size))
    activity = np.minimum((rng.pareto(1.1, accounts) + 1) * 6, 80).astype(np.int64)
    weight = activity**lean
    return activity, list(np.sort(rng.choice(accounts, (groups, size), replace=False, p=weight / weight.sum())))


def pairs_of(seed: int, activity: Ints, interest: Ints) -> csr_array:
    """Unexplained pairs where the nulls fall short: more of them among busy accounts and within an interest."""
    rng = np.random.default_rng((22, seed))
    chance = 0.02 * np.outer(activity, activity) / activity.mean() ** 2
    chance *= np.where(interest[:, None] == interest, 1, 0.3)
    return csr_array(np.triu(rng.random(chance.shape) < chance, 1).astype(np.float64))


def judged(seed: int, accounts: int, size: int, groups: int, lean: float, planted: float = 0) -> _heldout.Judged:
    """The first of some random groups, judged by another half; ``planted``: share of its pairs that are added."""
    activity, some = busy_world(seed, accounts, size, groups, lean)
    interest = np.random.default_rng((23, seed)).integers(0, 3, accounts)
    table = pairs_of(seed, activity, interest).tolil()
    extra = np.triu(np.random.default_rng((24, seed)).random((size, size)) < planted, 1)
    table[some[0][np.nonzero(extra)[0]], some[0][np.nonzero(extra)[1]]] = 1
    other = _heldout.Half([], {"texts": csr_array(table.tocsr())}, {"texts": activity})
    return next(_heldout._judged(0, some, other, interest, 199, 7))


@pytest.mark.parametrize(
    ("accounts", "size", "groups", "lean"),
    [(400, 20, 1, 0), (400, 20, 1, 1), (400, 100, 1, 0), (400, 100, 1, 0.5), (400, 100, 1, 1), (400, 200, 1, 0.5),
     (600, 100, 3, 0.5)],
)  # fmt: skip
def test_other_days_confirm_a_random_group_once_in_twenty(accounts: int, size: int, groups: int, lean: float) -> None:
    """Against groups of others alone 11 of 60 even and 54 of 60 busy groups of 100 among 400 accounts had p <= .05."""
    found = [judged(seed, accounts, size, groups, lean) for seed in range(40)]
    assert sum(one.p["texts"] <= 0.05 for one in found) <= 6  # 7 or more in one of 300, by Binomial(40, .05)
    assert sum(judged(seed, accounts, size, groups, lean, planted=0.3).p["texts"] == 1 / 200 for seed in range(3)) == 3


def wordy(folder: Path, seed: int, lean: float, planted: int = 0) -> tuple[gn.Study, Crowds, Ints]:
    """400 accounts, of whom 100 are a community, write out of one heap; ``planted``: texts that some members copy."""
    rng = np.random.default_rng((25, seed))
    activity, (members,) = busy_world(seed, 400, 100, 1, lean)
    who = np.repeat(np.arange(400), activity // 2)
    what = rng.zipf(1.6, len(who)) % 5000
    who = np.append(who, rng.choice(members, 30 * planted))
    what = np.append(what, 5000 + np.repeat(np.arange(planted), 30))
    acts = pa.table({"account": who, "object": what}).to_pylist()
    rows = [a | {"kind": "text", "weight": 1.0} for a in acts]
    study = small_study(folder, 400, groups={1: members.tolist()}, actions=rows)
    return study, Crowds.of(np.ones(100, np.int64), members), np.bincount(who, minlength=400)


@pytest.mark.parametrize("lean", [0, 0.5])
def test_common_phrases_do_not_set_random_groups_apart(tmp_path: Path, lean: float) -> None:
    """Judged by all accounts of no community, those of a control group too, up to 9 of 25 stood above their groups."""
    above = {"near_identical": 0, "shared_texts": 0}
    for seed in range(25):
        for name, control in standings(*wordy(tmp_path / f"s{seed}", seed, lean)).items():
            above[name] += control > 0.95
    assert max(above.values()) <= 4  # 5 or more in one of 140, by Binomial(25, .05)
    assert min(standings(*wordy(tmp_path / "x", 0, lean, planted=60)).values()) > 0.95


def standings(study: gn.Study, groups: Crowds, active: Ints) -> dict[str, float]:
    """Where the community stands among its control groups, by signal."""
    outside = groups.places(400) < 0
    crowds = exchanged(groups, active, outside).crowds
    found = {}
    for signal in (NearIdentical(), SharedTexts()):
        data = signal.load(study, outside)
        told = controls.place(float(signal.statistic(data, groups)[0]), signal.statistic(data, crowds))
        found[signal.name] = told[0] if told else np.nan
    return found


# A whole organic world ------------------------------------------------------------------------------------------------

GROUPS, SIZE = 10, 20


@pytest.fixture(scope="module")
def organic(tmp_path_factory: pytest.TempPathFactory) -> gn.Study:
    """Fandoms, a newsroom, news and a small tweetstorm; ten random groups of accounts stand for communities."""
    made = build(World(accounts=500, days=10, fandoms=4, authors=4, fans=5, storm=10), seed=31)
    study = gn.read([made.posts, made.profiles], into=tmp_path_factory.mktemp("organic") / "s")
    gn.match(study)
    active = study.rows("select distinct account from actions order by account")["account"].to_numpy()
    chosen = np.random.default_rng(3).permutation(active)[: GROUPS * SIZE].reshape(GROUPS, SIZE)
    rows = [{"account": int(a), "community": i, "strength": 1.0} for i, g in enumerate(chosen, 1) for a in g]
    with study.step("detect", {}) as step:
        step.write("members", table("members", rows))
        sizes = [{"community": i + 1, "size": SIZE} for i in range(GROUPS)]
        step.write("communities", table("communities", sizes))
    return study


def test_random_groups_of_an_organic_world_are_not_made_together(organic: gn.Study) -> None:
    asked = [gn.audit(organic, gn.audits.Creation(community=c + 1, draws=99)) for c in range(GROUPS)]
    low = [any(a.p is not None and (a.p if a.q is None else a.q) <= 0.05 for a in f.answers) for f in asked]
    assert all(any(a.p is not None for a in f.answers) for f in asked)
    assert sum(low) <= 3


def test_random_groups_of_an_organic_world_have_no_signals_and_no_indicators(organic: gn.Study) -> None:
    told = gn.score(organic)["signals"].values()
    assert sum(s["with_value"] > 0 for s in told) >= 6
    assert sum(s["communities_above_controls"] for s in told) <= 10  # of some eighty
    found = gn.audit(organic, gn.audits.Rhythm()).summary
    assert found["judged"] >= 15
    assert found["indicators"]["some"] + found["indicators"]["several"] <= 1


def test_random_groups_of_an_organic_world_have_no_affinity_to_random_lists(organic: gn.Study, tmp_path: Path) -> None:
    tags = organic.rows("select id from objects where kind = 'domain' order by id")["id"].to_pylist()
    lists = []
    for seed in range(4):
        path = tmp_path / f"d{seed}.txt"
        path.write_text("\n".join(sorted(np.random.default_rng(seed).choice(tags, len(tags) // 3, replace=False))))
        lists.append(f"domains={path}")
    found = gn.audit(organic, gn.audits.Lists(tuple(lists), controls=199)).summary
    assert found["compared"] == 4 * GROUPS
    assert found["beyond_chance"] <= 1
