/** @file Lists of accounts, sorted as the reader likes, and the list of communities that is the legend. */
(function (gn) {
  "use strict";

  const { el } = gn;
  const STEP = 100;
  const names = new Intl.Collator("en");

  /**
   * Accounts in the order of a list.
   * @param {object} model @param {number[]} accounts @param {string} by one of `gn.SORTS`
   * @returns {number[]}
   */
  gn.sorted = function (model, accounts, by) {
    const degree = (i) => model.start[i + 1] - model.start[i];
    const orders = {
      strength: (a, b) => model.strength[b] - model.strength[a],
      ties: (a, b) => degree(b) - degree(a),
      name: (a, b) => names.compare(model.labels[a], model.labels[b]),
      community: (a, b) => model.community[a] - model.community[b] || model.strength[b] - model.strength[a],
    };
    return [...accounts].sort((a, b) => orders[by](a, b) || a - b);
  };

  /** A list with a choice of order; long lists grow on demand. @param {object} app @param {number[]} accounts */
  gn.accountList = function (app, accounts) {
    const list = el("ul", { class: "rows" });
    const more = gn.button("", () => fill(), { class: "more" });
    let sorted = [];
    const fill = () => {
      const from = list.childElementCount;
      list.append(...sorted.slice(from, from + STEP).map((i) => row(app, i)));
      const rest = sorted.length - list.childElementCount;
      more.hidden = rest <= 0;
      more.textContent = `Show ${gn.count(Math.min(rest, STEP))} more of ${gn.count(rest)}`;
    };
    const order = select("Sort by", gn.SORTS, app.state.sort, (value) => {
      app.state.sort = value;
      app.save();
      restart();
    });
    const restart = () => {
      sorted = gn.sorted(app.model, accounts, app.state.sort);
      list.replaceChildren();
      fill();
    };
    restart();
    return [order, list, more];
  };

  function row(app, i) {
    const { model } = app;
    const degree = model.start[i + 1] - model.start[i];
    return el(
      "li",
      {},
      gn.accountButton(app, i),
      el(
        "span",
        { class: "hint" },
        `${model.communities[model.community[i]].name} · ${gn.counted(degree, "tie")} · strength ${gn.figure(model.strength[i])}`,
      ),
    );
  }

  function select(title, options, value, changed) {
    const box = el("select", {}, ...options.map((o) => el("option", { value: o, selected: o === value }, o)));
    box.addEventListener("change", () => changed(box.value));
    return el("label", {}, `${title} `, box);
  }

  /** The level, and what fits as well: "L2, fits as well: a newsroom". @param {object} group */
  gn.standing = ({ level, fits }) => (level ? [level, fits].filter(Boolean).join(", ") : "");

  /** A mark as on the map, drawn small. @param {object} community @param {boolean} dark */
  gn.sign = function (community, dark) {
    const canvas = el("canvas", { width: 28, height: 28, class: "sign", "aria-hidden": "true" });
    const pen = canvas.getContext("2d");
    pen.fillStyle = gn.css(gn.inkOf(community, dark));
    pen.beginPath();
    gn.trace(pen, community.shape, 14, 14, 9);
    pen.fill();
    return canvas;
  };

  /** Communities shown in the legend at once. */
  const MOST = 200;

  /** The legend: every community with its mark, level and size; a tick shows or hides it. @param {object} app */
  gn.showLegend = function (app) {
    const { model } = app;
    const order = gn.namingOrder(model.communities).slice(0, MOST);
    app.legend.replaceChildren(...order.map((i) => entry(app, i)));
    const rest = model.communities.length - order.length;
    app.legendNote.textContent = rest > 0 ? `and ${gn.count(rest)} smaller ones, on the map without a line here` : "";
  };

  function entry(app, i) {
    const group = app.model.communities[i];
    const { name, size, level, words, fits } = group;
    const tick = el("input", {
      type: "checkbox",
      checked: !app.state.communitiesOff.has(i),
      "aria-label": `Show ${name}`,
    });
    tick.addEventListener("change", () => app.toggle(app.state.communitiesOff, i, tick.checked));
    const title = el("span", {}, el("b", {}, name), ` ${gn.standing(group)} `, el("small", {}, gn.count(size)));
    const open = gn.button(title, () => app.select({ kind: "community", index: i, accounts: [] }, true), {
      "aria-label": [name, [level, words].filter(Boolean).join(" "), fits, gn.counted(size, "account")]
        .filter(Boolean)
        .join(", "),
    });
    return el("li", {}, tick, gn.sign(group, app.dark), open);
  }
})((globalThis.gn ??= Object.create(null)));
