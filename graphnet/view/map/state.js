/**
 * @file What the reader has set: filters, selection, camera, theme. It goes into the address after `#`, so that a link
 * shows the same view again. Whatever stands there is parsed with bounds; what makes no sense is passed over.
 *
 * @typedef {{kind: "none"|"account"|"tie"|"community"|"several", index: number, accounts: number[]}} Selection
 * @typedef {object} State
 * @property {{x: number, y: number, zoom: number}|null} camera zoom relative to the whole picture; null: all of it
 * @property {number} least smallest weight of a tie
 * @property {Set<number>} layersOff @property {Set<number>} communitiesOff @property {Set<string>} levelsOff
 * @property {number} language position; -1: all
 * @property {number} from @property {number} to slots of time
 * @property {Selection} selection
 * @property {""|"light"|"dark"} theme empty: as the system has it
 * @property {string} sort of lists of accounts
 */
(function (gn) {
  "use strict";

  gn.SORTS = ["strength", "ties", "name", "community"];
  gn.LEVELS = ["L3", "L2", "L1", "L0", gn.NO_LEVEL];
  /** Longest selection of single accounts that fits into an address. */
  gn.MOST_IN_LINK = 300;
  const KINDS = { a: "account", e: "tie", c: "community", m: "several" };

  /** @param {object} model @returns {State} */
  gn.initial = (model) => ({
    camera: null,
    least: 0,
    layersOff: new Set(),
    communitiesOff: new Set(),
    levelsOff: new Set(),
    language: -1,
    from: 0,
    to: Math.max(0, model.slots.count - 1),
    selection: gn.NOTHING,
    theme: "",
    sort: "strength",
  });

  gn.NOTHING = Object.freeze({ kind: "none", index: -1, accounts: [] });

  /** The address for a state, without `#`. @param {State} state @param {object} model */
  gn.encoded = function (state, model) {
    const parts = new Map();
    const short = (value) => String(Number(value.toPrecision(8)));
    if (state.camera) for (const name of ["x", "y", "zoom"]) parts.set(name, short(state.camera[name]));
    if (state.least > 0) parts.set("weight", String(state.least));
    for (const [name, off] of Object.entries({ layers: state.layersOff, groups: state.communitiesOff }))
      if (off.size) parts.set(name, [...off].sort((a, b) => a - b).join("."));
    if (state.levelsOff.size) parts.set("levels", gn.LEVELS.filter((level) => state.levelsOff.has(level)).join("."));
    if (state.language >= 0) parts.set("language", String(state.language));
    if (gn.brushed(model, state)) parts.set("time", `${state.from}-${state.to}`);
    const chosen = selectionText(state.selection);
    if (chosen) parts.set("show", chosen);
    if (state.theme) parts.set("theme", state.theme);
    if (state.sort !== "strength") parts.set("sort", state.sort);
    return [...parts].map(([name, value]) => `${name}=${value}`).join("&");
  };

  function selectionText({ kind, index, accounts }) {
    const letter = Object.keys(KINDS).find((key) => KINDS[key] === kind);
    if (kind !== "several") return letter ? letter + index : "";
    return accounts.length <= gn.MOST_IN_LINK ? letter + accounts.join(".") : "";
  }

  /** The state that an address asks for. @param {string} hash with or without `#` @param {object} model @returns {State} */
  gn.decoded = function (hash, model) {
    const asked = new URLSearchParams(String(hash).slice(0, 20000).replace(/^#/, ""));
    const state = gn.initial(model);
    const [left, top, right, bottom] = model.box;
    if (["x", "y", "zoom"].every((name) => number(asked, name) !== null))
      state.camera = {
        x: gn.clamp(number(asked, "x"), left, right),
        y: gn.clamp(number(asked, "y"), top, bottom),
        zoom: gn.clamp(number(asked, "zoom"), ...gn.ZOOM),
      };
    state.least = gn.clamp(number(asked, "weight") ?? 0, 0, model.heaviest);
    state.layersOff = positions(asked.get("layers"), model.layers.length);
    state.communitiesOff = positions(asked.get("groups"), model.communities.length);
    state.levelsOff = new Set((asked.get("levels") ?? "").split(".").filter((level) => gn.LEVELS.includes(level)));
    state.language = [...positions(asked.get("language"), model.languages.length)][0] ?? -1;
    Object.assign(state, period(asked.get("time"), state));
    state.selection = selection(asked.get("show") ?? "", model);
    if (["light", "dark"].includes(asked.get("theme"))) state.theme = asked.get("theme");
    if (gn.SORTS.includes(asked.get("sort"))) state.sort = asked.get("sort");
    return state;
  };

  /** A finite number, or null. */
  function number(asked, name) {
    const text = asked.get(name) ?? "";
    return /^-?\d{1,12}(\.\d{1,20})?(e[+-]?\d{1,2})?$/i.test(text) ? Number(text) : null;
  }

  /** Whole numbers joined by points, those below `limit`. */
  function positions(text, limit) {
    const found = (text ?? "").split(".").filter((part) => /^\d{1,7}$/.test(part));
    return new Set(found.map(Number).filter((position) => position < limit));
  }

  function period(text, { from, to }) {
    const found = /^(\d{1,2})-(\d{1,2})$/.exec(text ?? "");
    if (!found) return { from, to };
    const ends = [found[1], found[2]].map((end) => gn.clamp(Number(end), from, to));
    return { from: Math.min(...ends), to: Math.max(...ends) };
  }

  function selection(text, model) {
    const kind = Object.hasOwn(KINDS, text.charAt(0)) ? KINDS[text.charAt(0)] : "none";
    const limits = { account: model.n, tie: model.m, community: model.communities.length, several: model.n, none: 0 };
    const found = [...positions(text.slice(1), limits[kind])].slice(0, gn.MOST_IN_LINK);
    if (!found.length) return gn.NOTHING;
    return kind === "several" ? { kind, index: -1, accounts: found } : { kind, index: found[0], accounts: [] };
  }
})((globalThis.gn ??= Object.create(null)));
