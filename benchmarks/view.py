"""How large a picture may be: building, opening, moving and zooming the map page, beside other renderers.

Made-up worlds of 1,000, 10,000 and 100,000 accounts with five ties each are drawn by graphnet's map, at 1,000 accounts
also by its pyvis view and, where they are installed, by stock pyvis and ipysigma. Chromium draws without a graphics
card. Run it with ``python benchmarks/view.py [1000 10000 100000]``; it prints a table and writes nothing elsewhere.

A frame is the time between two callbacks of ``requestAnimationFrame`` while the mouse drags or the wheel turns.
"""

from __future__ import annotations

import importlib.util
import json
import math
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import graphnet as gn
from graphnet import schema
from graphnet.study import Study
from graphnet.view.scene import scene

START, DAYS = 1_700_000_000, 90
MOVING = ("open", "pan median", "pan p95", "zoom median", "zoom p95")
PEERS = ("pyvis view", "stock pyvis", "ipysigma")
WATCH = """() => {
    window.__frames = [];
    let last = performance.now();
    const tick = (now) => {
        if (!window.__frames) return;
        window.__frames.push(now - last);
        last = now;
        requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
}"""


def world(folder: Path, accounts: int, seed: int = 1) -> Any:
    """A study of that many accounts in communities of heavy-tailed size, with five ties an account, four inside."""
    random = np.random.default_rng(seed)
    group = _groups(random, accounts)
    source, target = _pairs(random, group, 5 * accounts)
    study = Study.create(folder)
    numbers = np.arange(accounts)
    with study.step("read", {}) as step:
        step.summary |= {"rows": accounts, "rejected": 0, "posts": 0, "actions": {}, "first": START, "last": START}
        named = pa.array([f"user_{i:06d}" if i % 17 else f"کاربر_{i}" for i in range(accounts)])
        ids = pa.array(10**18 + 7919 * numbers).cast(pa.string())
        step.write("accounts", _table(schema.ACCOUNTS, account=numbers, id=ids, name=named))
        times = START + random.integers(0, DAYS * 86_400, 4 * accounts)
        acts = {"account": np.repeat(numbers, 4), "kind": pa.array(["retweet"] * 4 * accounts), "time": times}
        step.write("actions", _table(schema.ACTIONS, **acts))
        for name in ("posts", "objects", "rejected"):
            step.write(name, schema.STUDY[name].empty())
    with study.step("project", {"layers": ["co_retweet:window=60"]}) as step:
        shared = 2 + random.geometric(0.3, len(source))
        columns = {"layer": pa.array(["co_retweet"] * len(source)), "source": source, "target": target}
        more = {"shared": shared, "quickest": random.integers(0, 60, len(source)), "weight": shared.astype(float)}
        step.write("pairs", _table(schema.PAIRS, **columns, **more), part="co_retweet")
    with study.step("detect", {"layers": ["co_retweet"]}) as step:
        step.write(
            "members", _table(schema.MEMBERS, account=numbers, community=group, strength=random.pareto(2, accounts))
        )
        sizes = np.bincount(group)[1:]
        step.write("communities", _table(schema.COMMUNITIES, community=np.arange(1, len(sizes) + 1), size=sizes))
    with study.step("confirm", {}) as step:
        level = pa.array([{3: "L2", 5: "L1"}.get(i % 10, "L0") for i in range(len(sizes))])
        step.write("levels", _table(schema.LEVELS, community=np.arange(1, len(sizes) + 1), level=level))
    return study


def _groups(random: np.random.Generator, accounts: int) -> Any:
    """Community of each account, from 1, the largest first."""
    size = random.lognormal(0, 1.1, max(accounts // 250, 6))
    owner = random.choice(len(size), accounts, p=size / size.sum())
    _, owner = np.unique(owner, return_inverse=True)
    rank = np.argsort(np.argsort(-np.bincount(owner), kind="stable"))
    return rank[owner] + 1


def _pairs(random: np.random.Generator, group: Any, ties: int) -> tuple[Any, Any]:
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], group)
    size = np.bincount(group)[group]
    a = random.integers(0, len(group), int(ties * 1.3))
    inside = order[first[a] + (random.random(len(a)) * size[a]).astype(int)]
    b = np.where(random.random(len(a)) < 0.8, inside, random.integers(0, len(group), len(a)))
    low, high = np.minimum(a, b), np.maximum(a, b)
    keys = np.unique((low * len(group) + high)[low != high])
    keys = np.sort(random.choice(keys, min(ties, len(keys)), replace=False))
    return keys // len(group), keys % len(group)


def _table(table: Any, **columns: Any) -> pa.Table:
    n = len(next(iter(columns.values())))
    fields = table.arrow
    return pa.table(
        [pa.array(columns[f.name]).cast(f.type) if f.name in columns else pa.nulls(n, f.type) for f in fields],
        schema=fields,
    )


# Pages ---------------------------------------------------------------------------------------------------------------


def build(contestant: str, folder: Path, page: Path) -> dict[str, float]:
    """Write a contestant's page in a process of its own; seconds and peak memory in MiB."""
    made = subprocess.run(
        [sys.executable, __file__, "--build", contestant, str(folder), str(page)],
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise RuntimeError(made.stderr[-2000:])
    return json.loads(made.stdout.splitlines()[-1])


def _build(contestant: str, folder: Path, page: Path) -> None:
    study = gn.Study.open(folder)
    start = time.perf_counter()
    if contestant == "map":
        gn.map(study, page)
    elif contestant == "pyvis view":
        gn.draw(study, page, top=10**6)
    else:
        _peer(contestant, study, page)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": time.perf_counter() - start, "peak": peak}))


def _peer(contestant: str, study: Any, page: Path) -> None:
    drawn = scene(study)
    if contestant == "stock pyvis":
        from pyvis.network import Network  # noqa: PLC0415  (only for this contestant)

        network = Network(height="860px", cdn_resources="in_line")
        network.toggle_physics(False)
        network.add_nodes(
            [n["index"] for n in drawn["nodes"]],
            **{k: [n[k] for n in drawn["nodes"]] for k in ("x", "y", "label", "size")},
        )
        network.add_edges([(e["source"], e["target"]) for e in drawn["edges"]])
        page.write_text(network.generate_html(), encoding="utf-8")
        return
    import networkx as nx  # noqa: PLC0415
    from ipysigma import Sigma  # noqa: PLC0415

    graph = nx.Graph()
    for n in drawn["nodes"]:
        graph.add_node(n["index"], label=n["label"], x=n["x"], y=-n["y"], community=n["community"])
    graph.add_edges_from((e["source"], e["target"]) for e in drawn["edges"])
    Sigma.write_html(graph, str(page), fullscreen=True, node_color="community", start_layout=False)


# Measuring -----------------------------------------------------------------------------------------------------------


def measure(tab: Any, page: Path, contestant: str) -> dict[str, float]:
    """Seconds until the first full picture, then frames in milliseconds while moving and zooming, and megabytes."""
    requests: list[str] = []
    tab.route(
        "**/*", lambda r: r.continue_() if r.request.url.startswith("file:") else (requests.append(""), r.abort())
    )
    start = time.perf_counter()
    tab.goto(page.as_uri(), timeout=300_000)
    selector = {"map": "html[data-ready=yes]", "pyvis view": "html[data-ready=yes]"}.get(contestant, "canvas")
    try:
        tab.wait_for_selector(selector, timeout=60_000, state="attached")
    except Exception:  # playwright has a timeout of its own
        return dict.fromkeys(MOVING, math.nan) | {"MB": page.stat().st_size / 1e6, "requests": len(requests)}
    tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found: dict[str, float] = {"open": time.perf_counter() - start, "MB": page.stat().st_size / 1e6}
    box = tab.locator("canvas").first.bounding_box() or {"x": 0, "y": 0, "width": 800, "height": 600}
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.wait_for_timeout(500)
    found |= _frames(tab, "pan", lambda: _drag(tab, x, y))
    tab.wait_for_timeout(500)
    found |= _frames(tab, "zoom", lambda: _zoom(tab, x, y))
    return found | {"requests": len(requests)}


def _frames(tab: Any, name: str, act: Any) -> dict[str, float]:
    tab.evaluate(WATCH)
    act()
    frames = tab.evaluate("() => { const f = window.__frames; window.__frames = null; return f.slice(2); }")
    return {f"{name} median": float(np.median(frames)), f"{name} p95": float(np.quantile(frames, 0.95))}


def _drag(tab: Any, x: float, y: float) -> None:
    # between the marks, so that no renderer takes it for dragging an account
    tab.mouse.move(x + 3, y + 3)
    tab.mouse.down()
    for i in range(60):
        tab.mouse.move(x + 3 + 120 * np.sin(i / 8), y + 3 + 80 * np.sin(i / 5))
        tab.wait_for_timeout(8)
    tab.mouse.up()


def _zoom(tab: Any, x: float, y: float) -> None:
    tab.mouse.move(x, y)
    for i in range(40):
        tab.mouse.wheel(0, -120 if i < 20 else 120)
        tab.wait_for_timeout(16)


def _contestants(accounts: int) -> list[str]:
    if accounts > 1_500:
        return ["map"]
    here = {"pyvis view": True, "stock pyvis": True, "ipysigma": importlib.util.find_spec("ipysigma") is not None}
    return ["map", *(p for p in PEERS if here[p])]


def main(sizes: list[int]) -> None:
    """Build, open and move every page; print a table in Markdown."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (not needed to build)

    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    names = ("seconds", "peak", "MB", *MOVING, "requests")
    print("| accounts | page | " + " | ".join(names) + " |\n" + "| --- " * (len(names) + 2) + "|")
    with tempfile.TemporaryDirectory() as place, sync_playwright() as running:
        for accounts in sizes:
            folder = Path(place) / f"study{accounts}"
            world(folder, accounts)
            for contestant in _contestants(accounts):
                page = Path(place) / f"{contestant.replace(' ', '-')}{accounts}.html"
                figures = build(contestant, folder, page)
                browser = running.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
                tab = browser.new_page(viewport={"width": 1400, "height": 900})
                figures |= measure(tab, page, contestant)
                browser.close()
                print(
                    f"| {accounts:,} | {contestant} | " + " | ".join(f"{figures[n]:,.1f}" for n in names) + " |",
                    flush=True,
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--build"]:
        _build(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main([int(a.replace(",", "")) for a in sys.argv[1:]] or [1_000, 10_000, 100_000])
