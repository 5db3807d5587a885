/**
 * @file From state to looks: which ink and shape every account and tie has, what is faint, named or highlighted.
 *
 * Suspected communities have full colours, candidates softened ones, groups that are no more than a shared audience a
 * calm grey. Colour is never alone: names stand on the map, shapes on the marks.
 */
(function (gn) {
  "use strict";

  const CALM = { light: "#b3bbc6", dark: "#545d69" };
  /** How much of its colour a candidate keeps. */
  const SOFT = { light: 0.5, dark: 0.65 };
  const THEMES = {
    light: { paper: "#ffffff", ink: "#171a20", hot: "#b3261e", faint: "#dfe3e8", tie: "#8a93a0", lit: "#5f6875" },
    dark: { paper: "#14171c", ink: "#e8eaee", hot: "#ffb26b", faint: "#2b313a", tie: "#717b88", lit: "#a3adba" },
  };
  /** Places of the first inks; those of communities follow. */
  const [FAINT, TIE, LIT] = [0, 1, 2];
  /** Ties between communities are many, long, and say least: they must not cover what is below. */
  const STRENGTH = [0.6, 0.4];

  /** @param {boolean} dark @returns {Object<string, string>} `paper`, `ink`, `hot`, `faint`, `tie`, `lit` */
  gn.theme = (dark) => THEMES[dark ? "dark" : "light"];

  /** Colour of a community's marks, as `rgb(…)` channels. @param {object} community @param {boolean} dark */
  gn.inkOf = function (community, dark) {
    const theme = dark ? "dark" : "light";
    if (community.tone === "calm") return gn.channels(CALM[theme]);
    // black cannot be seen on dark paper
    const colour = dark && community.colour === "#000000" ? "#f5f6f8" : community.colour;
    return gn.mixed(colour, THEMES[theme].paper, community.tone === "soft" ? SOFT[theme] : 1);
  };

  /** @param {[number, number, number]} channels @returns {string} */
  gn.css = (channels) => `rgb(${channels.join(",")})`;

  /**
   * Everything a view needs to draw.
   * @param {object} model @param {object} state @param {object} left see `gn.filtered` @param {boolean} dark
   */
  gn.styled = function (model, state, left, dark) {
    const colours = gn.theme(dark);
    const inks = [colours.faint, colours.tie, colours.lit].map(gn.channels);
    const inkOfCommunity = model.communities.map((c) => ink(inks, gn.inkOf(c, dark)));
    const chosen = gn.highlighted(model, state.selection, left);
    const { community, source, target } = model;
    // a calm grey would not stand out against what is faint
    const litInk = (c) => (chosen.lit !== null && model.communities[c].tone === "calm" ? LIT : inkOfCommunity[c]);
    const faint = (i) => chosen.lit !== null && !chosen.lit[i];
    const tieInk = (e) => {
      const [a, b] = [source[e], target[e]];
      if (chosen.lit !== null && !(chosen.inner && chosen.lit[a] && chosen.lit[b])) return FAINT;
      return community[a] === community[b] ? litInk(community[a]) : TIE;
    };
    const on = new Uint8Array(model.communities.length);
    for (let i = 0; i < model.n; i++) if (left.accounts[i]) on[community[i]] = 1;
    return {
      colours,
      inks,
      shown: left.accounts,
      ties: Uint32Array.from(positions(left.ties)),
      tieStrength: (ink) => STRENGTH[ink] ?? 1,
      tieInk,
      inkOf: (i) => (faint(i) ? FAINT : litInk(community[i])),
      shapeOf: (i) => model.communities[community[i]].shape,
      faint,
      communityShown: on,
      rimOf: (c) => gn.css(inks[inkOfCommunity[c]]),
      order: gn.namingOrder(model.communities),
      ...chosen,
    };
  };

  /** The place of an ink, added if it is new. */
  function ink(inks, wanted) {
    const place = inks.findIndex((have, at) => at > LIT && have.every((v, k) => v === wanted[k]));
    return place >= 0 ? place : inks.push(wanted) - 1;
  }

  function positions(flags) {
    const found = new Uint32Array(flags.length);
    let count = 0;
    for (let e = 0; e < flags.length; e++) if (flags[e]) found[count++] = e;
    return found.subarray(0, count);
  }

  /**
   * What a selection lights up.
   * @returns {{lit: Uint8Array|null, inner: boolean, chosen: number[], named: number[], hot: number[]}} `lit`: flags of
   *   accounts, null: nothing is selected; `inner`: ties among lit accounts keep their ink; `hot`: ties drawn on top
   */
  gn.highlighted = function (model, selection, left) {
    const { kind, index } = selection;
    if (kind === "none") return { lit: null, inner: false, chosen: [], named: [], hot: [] };
    const lit = new Uint8Array(model.n);
    if (kind === "account") {
      const hot = gn.tiesOf(model, index, left.ties);
      const named = [index, ...hot.map((e) => gn.other(model, e, index))];
      for (const i of named) lit[i] = 1;
      return { lit, inner: false, chosen: [index], named, hot: hot.slice(0, 3000) };
    }
    if (kind === "tie") {
      const named = [model.source[index], model.target[index]];
      for (const i of named) lit[i] = 1;
      return { lit, inner: false, chosen: named, named, hot: [index] };
    }
    const accounts = kind === "several" ? selection.accounts : gn.membersOf(model, index);
    for (const i of accounts) lit[i] = 1;
    return { lit, inner: true, chosen: [], named: [], hot: [] };
  };
})((globalThis.gn ??= Object.create(null)));
