"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const { gn, small } = require("./gn.js");

test("what is set comes back from the address", async () => {
  const model = await small();
  const state = {
    ...gn.initial(model),
    camera: { x: 12.5, y: 30.25, zoom: 3.5 },
    least: model.weight[5],
    layersOff: new Set([1]),
    communitiesOff: new Set([0, 1]),
    levelsOff: new Set(["L0", "none"]),
    language: 2,
    from: 3,
    to: 9,
    selection: { kind: "tie", index: 4, accounts: [] },
    theme: "dark",
    sort: "name",
  };
  assert.deepEqual(gn.decoded(`#${gn.encoded(state, model)}`, model), state);
});

test("a fresh view has an empty address", async () => {
  const model = await small();
  assert.equal(gn.encoded(gn.initial(model), model), "");
  assert.deepEqual(gn.decoded("", model), gn.initial(model));
});

test("every kind of selection", async () => {
  const model = await small();
  for (const selection of [
    { kind: "account", index: 5, accounts: [] },
    { kind: "community", index: 1, accounts: [] },
    { kind: "several", index: -1, accounts: [0, 3, 5] },
    gn.NOTHING,
  ])
    assert.deepEqual(gn.decoded(gn.encoded({ ...gn.initial(model), selection }, model), model).selection, selection);
});

test("a selection too long for an address is left out", async () => {
  const model = await small();
  const accounts = Array.from({ length: gn.MOST_IN_LINK + 1 }, (_, i) => i);
  assert.equal(gn.encoded({ ...gn.initial(model), selection: { kind: "several", index: -1, accounts } }, model), "");
});

test("nonsense is passed over", async () => {
  const model = await small();
  const bad = [
    "x=NaN&y=Infinity&zoom=1e999",
    "x=1&y=2",
    "weight=-5",
    "weight=abc",
    "layers=9.a.-1.99999999999",
    "groups=__proto__.2",
    "levels=L9.constructor",
    "language=77",
    "time=5",
    "time=a-b",
    "show=a6",
    "show=a-1",
    "show=z1",
    "show=__proto__",
    "show=e",
    "theme=javascript:alert(1)",
    "sort=toString",
    "%E0%A4%A",
    "&&&===#",
    "<script>",
  ];
  for (const hash of [...bad, bad.join("&")]) assert.deepEqual(gn.decoded(hash, model), gn.initial(model), hash);
});

test("figures are kept within bounds", async () => {
  const model = await small();
  const state = gn.decoded("x=-1e9&y=1e9&zoom=1e9&weight=1e9&time=40-50", model);
  assert.deepEqual(state.camera, { x: -10, y: 50, zoom: gn.ZOOM[1] });
  assert.equal(state.least, 8);
  assert.deepEqual([state.from, state.to], [32, 32]);
  assert.deepEqual([gn.decoded("time=9-3", model).from, gn.decoded("time=9-3", model).to], [3, 9]);
});

test("an address of a megabyte is cut", async () => {
  const model = await small();
  assert.deepEqual(gn.decoded(`show=m${"1.".repeat(500000)}`, model).selection.accounts, [1]);
});
