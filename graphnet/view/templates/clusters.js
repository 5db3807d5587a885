"use strict";
// The cluster page. Data comes from the inert JSON blocks and enters the page as text only (textContent), never as HTML.
(() => {
  /** @param {string} id @returns {HTMLElement} */
  const $ = (id) => document.getElementById(id);
  const data = (id) => JSON.parse($("data-" + id).textContent);
  /** Size of names, in the picture's own units. */
  const LETTERS = 14;
  const nodeList = data("nodes"), edgeList = data("edges"), options = data("options"), info = data("info");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  /** An element with text; text from data sets its own reading direction. */
  function make(tag, text, attributes = {}) {
    const element = document.createElement(tag);
    if (text !== undefined) { element.textContent = text; element.dir = "auto"; }
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  /** A tooltip of plain lines. */
  function tip(lines) {
    const box = document.createElement("div");
    for (const line of String(lines || "").split("\n")) box.append(make("p", line));
    return box;
  }

  // Drawing -----------------------------------------------------------------------------------------------------------

  const position = new Map(nodeList.map((n, i) => [n.id, i]));
  const neighbours = new Map(nodeList.map((n) => [n.id, []]));
  edgeList.forEach((e, i) => {
    neighbours.get(e.from)?.push({ other: e.to, edge: i, out: true });
    neighbours.get(e.to)?.push({ other: e.from, edge: i, out: false });
  });
  const heavier = (a, b) => weight(b.edge) - weight(a.edge) || a.other - b.other;
  const weight = (edge) => (info.edges[edge] ? info.edges[edge][3] : 0);
  for (const list of neighbours.values()) list.sort(heavier);

  const nodes = new vis.DataSet(nodeList.map((n) => ({ ...n, title: tip(n.title) })));
  const edges = new vis.DataSet(edgeList.map((e, i) => ({ ...e, id: i, title: tip(e.title) })));
  const network = new vis.Network($("map"), { nodes, edges }, options);
  const many = nodeList.length > 300, dense = edgeList.length > 1500;
  let selected = null;

  /** Colours that depend on the paper: label, its halo, and the border that keeps black marks visible on black. */
  function ink() {
    return dark.matches
      ? { text: "#e8eaee", halo: "#14171c", border: "#e8eaee", disc: "#1b1f26", lighten: true }
      : { text: "#16191f", halo: "#ffffff", border: "#16191f", disc: "#f3f5f8", lighten: false };
  }

  /** Lines are drawn dark on paper; on dark paper the same line needs a lighter colour to be seen. */
  function lineColour(hex) {
    if (!ink().lighten) return hex;
    const part = (at) => Math.round(255 - (255 - parseInt(hex.slice(at, at + 2), 16)) * 0.45).toString(16).padStart(2, "0");
    return "#" + part(1) + part(3) + part(5);
  }

  const ruler = document.createElement("canvas").getContext("2d");

  /** Those of the accounts, the first ones first, whose names do not cover one another. A name stands below its mark. */
  function fitting(wanted) {
    const taken = [], kept = new Set();
    ruler.font = LETTERS + "px system-ui, sans-serif";
    for (const id of wanted) {
      const { x, y, size, label: name } = nodeList[position.get(id)];
      const half = ruler.measureText(name).width / 2 + 3, top = y + size;
      if (taken.every((b) => Math.abs(b.x - x) > b.half + half || Math.abs(b.top - top) > 1.3 * LETTERS)) {
        taken.push({ x, top, half });
        kept.add(id);
      }
    }
    return kept;
  }

  /** Draw the kept accounts in full and fade the others; null keeps all. Names go to the kept ones (of many to `named`) as far as there is room. */
  function paint(keep, named) {
    const c = ink(), names = fitting(!keep ? labelled : keep.size > 40 && named ? named : keep);
    nodes.update(nodeList.map((n) => {
      const on = !keep || keep.has(n.id);
      return {
        id: n.id,
        color: { background: n.color, border: c.border },
        opacity: on ? 1 : 0.1,
        borderWidth: n.id === selected ? 4 : many ? 0.5 : 1.5,
        // all names at once are a grey mass
        font: { color: c.text, strokeColor: c.halo, size: names.has(n.id) ? LETTERS : 0 },
      };
    }));
    edges.update(edgeList.map((e, i) => {
      const on = !keep || (selected === null ? keep.has(e.from) && keep.has(e.to) : e.from === selected || e.to === selected);
      const colour = (e.color && e.color.color) || "#5b6470";
      return { id: i, color: { color: lineColour(colour), opacity: on ? (keep ? 0.8 : dense ? 0.18 : 0.35) : 0.02, inherit: false } };
    }));
  }

  const labelled = new Set([...nodeList].sort((a, b) => b.size - a.size || a.id - b.id).slice(0, 40).map((n) => n.id));

  network.on("beforeDrawing", (canvas) => {
    // each community is named on the map, so that nobody depends on colours
    const c = ink();
    canvas.textAlign = "center";
    canvas.direction = "ltr";
    for (const g of info.communities) {
      canvas.fillStyle = c.disc;
      canvas.beginPath();
      canvas.arc(g.x, g.y, g.radius + 16, 0, 2 * Math.PI);
      canvas.fill();
    }
    for (const g of info.communities) {
      canvas.font = "600 " + Math.max(30, g.radius / 4) + "px system-ui, sans-serif";
      canvas.fillStyle = c.text;
      canvas.globalAlpha = 0.55;
      canvas.fillText(g.name, g.x, g.y - g.radius - 30);
      canvas.globalAlpha = 1;
    }
  });

  // Panel -------------------------------------------------------------------------------------------------------------

  const label = (id) => about(id).label || nodeList[position.get(id)].label;
  const about = (id) => info.nodes[position.get(id)] || {};

  function facts(pairs) {
    const list = document.createElement("dl");
    for (const [term, value] of pairs) list.append(make("dt", term), make("dd", value));
    return list;
  }

  function findings(found) {
    const list = make("ul", undefined, { class: "findings" });
    for (const { title, reason, known } of found || []) {
      const item = make("li", undefined, { class: known ? "known" : "unknown" });
      item.append(make("b", title), make("p", reason));
      list.append(item);
    }
    return list.children.length ? [make("h3", "Findings"), list] : [];
  }

  function texts(list) {
    const shown = [];
    for (const { text, dir, note } of list || []) {
      const quote = make("blockquote", text);
      quote.dir = dir;
      shown.push(quote);
      if (note) shown.push(make("p", note, { class: "hint" }));
    }
    return shown.length ? [make("h3", "Texts behind the findings"), ...shown] : [];
  }

  function ties(id) {
    const list = neighbours.get(id).slice(0, 25).map(({ other, edge, out }) => {
      const [layers, shared, gap] = info.edges[edge] || ["", 0, null];
      const row = make("li", undefined, { class: "row" });
      const go = make("button", label(other), { type: "button", dir: "ltr" });
      go.addEventListener("click", () => select(other, true));
      const arrow = options.edges.arrows.to.enabled ? (out ? "to, " : "from, ") : "";
      row.append(go, make("span", shared + " shared"));
      row.append(make("p", arrow + layers + (gap === null ? "" : ", quickest gap " + gap), { class: "hint" }));
      return row;
    });
    const box = document.createElement("ul");
    box.append(...list);
    const all = neighbours.get(id).length;
    return [make("h3", "Strongest ties (" + list.length + " of " + all + ")"), box];
  }

  function showAccount(id) {
    const a = about(id);
    const group = info.communities.find((g) => g.community === a.community);
    const where = "C" + a.community + (group?.standing ? ", " + group.standing : "");
    const head = [["id", String(a.id ?? id)], ["community", where], ["strength", a.strength.toLocaleString("en")]];
    $("panel").replaceChildren(
      make("h2", label(id), { dir: "ltr" }), facts([...head, ...(a.facts || [])]),
      ...findings(a.findings), ...texts(a.texts), ...ties(id),
    );
  }

  function showCommunity(g) {
    $("panel").replaceChildren(
      make("h2", g.name + ", a candidate community of " + g.size.toLocaleString("en") + " accounts"),
      ...(g.standing ? [make("p", g.standing)] : []), facts(g.facts || []), ...findings(g.findings), ...texts(g.texts),
    );
  }

  function showNothing() {
    if (info.communities.length === 1) { showCommunity(info.communities[0]); return; }
    $("panel").replaceChildren(make("h2", "Nothing selected"), make("p", "Click a mark to see the evidence about the account, or a community in the legend.", { class: "hint" }));
  }

  // Selecting ---------------------------------------------------------------------------------------------------------

  function say(text) { $("status").textContent = text; }

  /** @param {number|null} id @param {boolean} move bring it into view */
  function select(id, move) {
    selected = id;
    if (id === null) {
      network.unselectAll(); paint(null); showNothing(); say("Selection cleared");
      return;
    }
    network.selectNodes([id]);
    const tied = neighbours.get(id).map((n) => n.other);
    paint(new Set([id, ...tied]), new Set([id, ...tied.slice(0, 25)]));
    showAccount(id);
    if (move) network.focus(id, { scale: Math.max(network.getScale(), 0.9), animation: still.matches ? false : { duration: 250 } });
    say(label(id) + ", community C" + about(id).community + ", " + neighbours.get(id).length + " ties");
  }

  function selectCommunity(g) {
    selected = null;
    network.unselectAll();
    const members = nodeList.filter((n, i) => info.nodes[i] && info.nodes[i].community === g.community).sort((a, b) => b.size - a.size);
    paint(new Set(members.map((n) => n.id)), new Set(members.slice(0, 25).map((n) => n.id)));
    showCommunity(g);
    say("Community " + g.name);
  }

  network.on("click", ({ nodes: hit }) => select(hit.length ? hit[0] : null, false));

  // Legend ------------------------------------------------------------------------------------------------------------

  function mark(text, colour) {
    const sign = make("span", text, { "aria-hidden": "true" });
    sign.style.color = colour;
    sign.style.textShadow = "0 0 1px var(--ink)";
    return sign;
  }

  function line(style) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg"), path = document.createElementNS(space, "path");
    for (const [k, v] of Object.entries({ width: 44, height: 10, "aria-hidden": "true" })) svg.setAttribute(k, v);
    const look = { d: "M0 5H44", stroke: lineColour(style.colour), "stroke-width": 2.5, "stroke-dasharray": style.dash.join(" ") };
    for (const [k, v] of Object.entries(look)) path.setAttribute(k, v);
    svg.append(path);
    return svg;
  }

  function legend() {
    $("communities").replaceChildren(...info.communities.map((g) => {
      const item = document.createElement("li"), button = make("button", undefined, { type: "button" });
      button.append(mark(g.mark, g.colour), make("span", g.name + ": " + g.size.toLocaleString("en") + " accounts"));
      if (g.standing) button.append(make("small", g.standing, { class: "hint" }));
      button.addEventListener("click", () => selectCommunity(g));
      item.append(button);
      return item;
    }));
    $("styles").replaceChildren(...info.styles.map((s) => {
      const item = document.createElement("li");
      item.append(line(s), make("span", s.text));
      return item;
    }));
  }

  // Searching and keys ------------------------------------------------------------------------------------------------

  function matches(text) {
    const wanted = text.trim().toLowerCase().replace(/^@/, "");
    if (!wanted) return [];
    const named = (n) => label(n.id).toLowerCase().includes(wanted) || String(about(n.id).id ?? "").toLowerCase().includes(wanted);
    return nodeList.filter(named).sort((a, b) => b.size - a.size || a.id - b.id);
  }

  function closeHits() { $("hits").classList.remove("open"); $("hits").replaceChildren(); }

  function take(node) { closeHits(); $("q").value = ""; $("map").focus(); select(node.id, true); }

  $("q").addEventListener("input", () => {
    const found = matches($("q").value);
    $("hits").classList.toggle("open", $("q").value.trim() !== "");
    const rows = found.slice(0, 8).map((n) => {
      const row = make("button", label(n.id) + "  (" + (about(n.id).id ?? n.id) + ")", { type: "button" });
      row.addEventListener("click", () => take(n));
      return row;
    });
    const rest = found.length > 8 ? found.length - 8 + " more: type on" : found.length ? "" : "No account of this picture";
    $("hits").replaceChildren(...rows, ...(rest ? [make("p", rest)] : []));
  });
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const found = matches($("q").value);
    if (found.length) take(found[0]);
  });
  $("search").addEventListener("keydown", (event) => {
    if (event.key === "Escape") { closeHits(); $("q").value = ""; $("map").focus(); event.stopPropagation(); }
  });

  let walker = { from: null, at: -1 };
  /** Walk round the ties of the account that was selected first; without one, through all accounts by size. */
  function step(by) {
    if (selected === null || walker.last !== selected) walker = { from: selected, at: -1 };
    const ring = walker.from === null ? [...labelled] : neighbours.get(walker.from).map((n) => n.other);
    if (!ring.length) return;
    walker.at = (walker.at + by + ring.length + (walker.at < 0 && by < 0 ? 1 : 0)) % ring.length;
    walker.last = ring[walker.at];
    select(walker.last, true);
  }

  /** All accounts in view, with room for the discs and their names. */
  function whole() {
    const side = (axis, sign) => sign * Math.max(...info.communities.map((g) => sign * g[axis] + g.radius));
    if (!info.communities.length) { network.fit(); return; }
    const [left, right, top, bottom] = [side("x", -1), side("x", 1), side("y", -1), side("y", 1)];
    // room for the names above the discs and for the labels that stick out
    const room = 0.12 * Math.max(right - left, bottom - top) + 60;
    const scale = Math.min($("map").clientWidth / (right - left + room), $("map").clientHeight / (bottom - top + 1.5 * room));
    network.moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 - room / 4 }, scale: Math.min(scale, 1.5) });
  }

  function zoom(factor) { network.moveTo({ scale: Math.min(8, Math.max(0.02, network.getScale() * factor)) }); }

  function move(dx, dy) {
    const at = network.getViewPosition(), reach = 80 / network.getScale();
    network.moveTo({ position: { x: at.x + dx * reach, y: at.y + dy * reach } });
  }

  const keys = new Map([
    ["ArrowLeft", () => move(-1, 0)], ["ArrowRight", () => move(1, 0)], ["ArrowUp", () => move(0, -1)], ["ArrowDown", () => move(0, 1)],
    ["+", () => zoom(1.25)], ["=", () => zoom(1.25)], ["-", () => zoom(0.8)], ["0", whole],
    ["n", () => step(1)], ["N", () => step(-1)], ["Escape", () => select(null, false)],
  ]);
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement;
    if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
    if (event.key === "/") { event.preventDefault(); $("q").focus(); return; }
    // arrows scroll the panel when it has the focus, and move the picture when that has it
    if (event.key.startsWith("Arrow") && document.activeElement !== $("map")) return;
    const action = keys.get(event.key);
    if (action) { event.preventDefault(); action(); }
  });
  $("in").addEventListener("click", () => zoom(1.25));
  $("out").addEventListener("click", () => zoom(0.8));
  $("reset").addEventListener("click", whole);

  // Start -------------------------------------------------------------------------------------------------------------

  dark.addEventListener("change", () => { legend(); select(selected, false); });
  addEventListener("beforeprint", whole);
  legend();
  paint(null);
  showNothing();
  network.once("afterDrawing", () => { whole(); document.documentElement.dataset.ready = "yes"; });
  // for the tests, and for whoever wants to work on from the console
  globalThis.graphnetView = { network, select };
})();
