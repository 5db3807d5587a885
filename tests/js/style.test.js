"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const { gn, small } = require("./gn.js");

async function styled(selection, dark = false) {
  const model = await small();
  const state = { ...gn.initial(model), selection };
  const left = gn.filtered(model, state);
  return { model, style: gn.styled(model, state, left, dark) };
}
const chosen = (kind, index, accounts = []) => ({ kind, index, accounts });

test("suspected communities are coloured, shared audiences are calm", async () => {
  const { style } = await styled(gn.NOTHING);
  assert.equal(style.rimOf(0), "rgb(0,114,178)");
  assert.equal(style.rimOf(1), "rgb(179,187,198)");
  assert.notEqual(style.inkOf(0), style.inkOf(3));
  assert.equal(style.tieInk(0), style.inkOf(0));
  assert.notEqual(style.tieInk(3), style.inkOf(0));
});

test("a candidate has a softer ink; black is not drawn on black", () => {
  const soft = gn.inkOf({ tone: "soft", colour: "#0072b2" }, false);
  assert.deepEqual(soft, [128, 185, 217]);
  assert.deepEqual(gn.inkOf({ tone: "full", colour: "#000000" }, true), [245, 246, 248]);
});

test("an account lights up its neighbours and its ties", async () => {
  const { style } = await styled(chosen("account", 2));
  assert.deepEqual(style.hot, [2, 1, 3]);
  assert.deepEqual(style.named, [2, 1, 0, 3]);
  assert.deepEqual([0, 3, 4].map(style.faint), [false, false, true]);
  assert.equal(style.inkOf(4), 0);
});

test("a tie lights up its two ends", async () => {
  const { style } = await styled(chosen("tie", 3));
  assert.deepEqual([style.hot, style.chosen], [[3], [2, 3]]);
  assert.deepEqual([2, 3, 0].map(style.faint), [false, false, true]);
});

test("a community keeps the ink of its ties", async () => {
  const { style } = await styled(chosen("community", 0));
  assert.equal(style.tieInk(0), style.inkOf(0));
  assert.equal(style.tieInk(4), 0);
  assert.deepEqual([0, 5].map(style.faint), [false, true]);
});

test("ties are drawn heaviest first where there are too many", async () => {
  const model = await small();
  const layer = Object.create(gn.EdgeLayer.prototype);
  Object.assign(layer, { model });
  const most = gn.MOST_TIES;
  gn.MOST_TIES = 3;
  try {
    assert.deepEqual([...layer.strongest(Uint32Array.of(0, 1, 2, 3, 4, 5))], [0, 1, 2]);
    model.weight.fill(1);
    assert.deepEqual([...layer.strongest(Uint32Array.of(5, 4, 3, 2, 1))], [5, 4, 3]);
  } finally {
    gn.MOST_TIES = most;
  }
});

test("names on the map: suspected first, then candidates, then the largest", () => {
  const groups = [
    ["L0", 90, "calm"],
    ["L1", 5, "soft"],
    ["L2", 3, "full"],
    ["L0", 95, "calm"],
    ["L3", 4, "full"],
    // a newsroom: suspected, but something harmless fits as well
    ["L2", 8, "soft"],
  ].map(([level, size, tone]) => ({ level, size, tone }));
  assert.deepEqual(gn.namingOrder(groups), [4, 2, 5, 1, 3, 0]);
});

test("marks have the shapes of the legend; what is unknown is a disc", () => {
  assert.equal(gn.corners("square").length, 4);
  assert.equal(gn.corners("star").length, 10);
  assert.equal(gn.corners("dot"), null);
  assert.equal(gn.corners("constructor"), null);
});
