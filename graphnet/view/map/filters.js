/** @file Which accounts and ties the filters leave: plain flags, worked out anew whenever a filter changes. */
(function (gn) {
  "use strict";

  /** Level of a community that has none. */
  gn.NO_LEVEL = "none";

  /** @param {object} community */
  gn.levelOf = (community) => community.level || gn.NO_LEVEL;

  /**
   * Bits of the slots from `from` to `to`, as two words of 32.
   * @param {number} from @param {number} to @returns {[number, number]}
   */
  gn.slotBits = function (from, to) {
    const words = [0, 0];
    for (let slot = from; slot <= to; slot++) words[slot >> 5] |= 1 << (slot & 31);
    return [words[0] >>> 0, words[1] >>> 0];
  };

  /** Whether the brush leaves out a part of the time. @param {object} model @param {object} state */
  gn.brushed = (model, state) => state.from > 0 || state.to < model.slots.count - 1;

  /**
   * What is left.
   * @param {object} model @param {object} state
   * @returns {{accounts: Uint8Array, ties: Uint8Array, accountCount: number, tieCount: number}}
   */
  gn.filtered = function (model, state) {
    const accounts = accountsLeft(model, state);
    const ties = tiesLeft(model, state, accounts);
    // a filter of ties also puts away the accounts that it leaves without one
    if (state.least > 0 || state.layersOff.size) onlyTied(model, accounts, ties);
    return { accounts, ties, accountCount: sum(accounts), tieCount: sum(ties) };
  };

  function accountsLeft(model, state) {
    const on = model.communities.map((c, i) => !state.communitiesOff.has(i) && !state.levelsOff.has(gn.levelOf(c)));
    const brush = gn.brushed(model, state) ? gn.slotBits(state.from, state.to) : null;
    const left = new Uint8Array(model.n);
    for (let i = 0; i < model.n; i++) {
      if (!on[model.community[i]]) continue;
      if (state.language >= 0 && model.language[i] !== state.language) continue;
      if (brush && !(model.early[i] & brush[0] || model.late[i] & brush[1])) continue;
      left[i] = 1;
    }
    return left;
  }

  function tiesLeft(model, state, accounts) {
    const on = model.sets.map((layers) => layers.some((layer) => !state.layersOff.has(layer)));
    const brush = gn.brushed(model, state) ? gn.slotBits(state.from, state.to) : null;
    const { source, target, early, late } = model;
    const left = new Uint8Array(model.m);
    for (let e = 0; e < model.m; e++) {
      const [a, b] = [source[e], target[e]];
      if (!accounts[a] || !accounts[b] || model.weight[e] < state.least || !on[model.set[e]]) continue;
      // both have to have acted in one slot: of the tie itself the page knows no times
      if (brush && !(early[a] & early[b] & brush[0] || late[a] & late[b] & brush[1])) continue;
      left[e] = 1;
    }
    return left;
  }

  function onlyTied(model, accounts, ties) {
    const tied = new Uint8Array(model.n);
    for (let e = 0; e < model.m; e++) if (ties[e]) tied[model.source[e]] = tied[model.target[e]] = 1;
    for (let i = 0; i < model.n; i++) accounts[i] &= tied[i];
  }

  const sum = (flags) => flags.reduce((a, b) => a + b, 0);

  /**
   * Weights at which a slider can stand: 0 (all), then every distinct hundredth of the sorted weights.
   * @param {Float32Array} weights
   * @returns {number[]}
   */
  gn.thresholds = function (weights) {
    const sorted = Float32Array.from(weights).sort();
    const steps = Array.from({ length: 100 }, (_, i) => sorted[Math.floor((i / 100) * sorted.length)]);
    const distinct = [...new Set([...steps, sorted.at(-1)])].filter((w) => w > (sorted[0] ?? 0));
    return [0, ...distinct];
  };

  /**
   * How many of the accounts acted in each slot of time.
   * @param {object} model @param {(i: number) => boolean} counts
   * @returns {Uint32Array}
   */
  gn.activity = function (model, counts) {
    const bars = new Uint32Array(model.slots.count);
    for (let i = 0; i < model.n; i++) {
      if (!counts(i)) continue;
      for (let slot = 0; slot < bars.length; slot++) {
        bars[slot] += ((slot < 32 ? model.early[i] : model.late[i]) >>> (slot & 31)) & 1;
      }
    }
    return bars;
  };
})((globalThis.gn ??= Object.create(null)));
