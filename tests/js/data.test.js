"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const { gn, small } = require("./gn.js");

test("columns become positions, texts and neighbours", async () => {
  const model = await small();
  assert.equal(model.n, 6);
  assert.equal(model.m, 6);
  assert.deepEqual([model.x[0], model.x[5]], [-10, 90]);
  assert.deepEqual([model.y[0], model.y[1]], [0, 50]);
  assert.deepEqual([...model.source], [0, 0, 1, 2, 3, 4]);
  assert.deepEqual(model.labels.slice(2, 4), ["کاربر", "__proto__"]);
  assert.deepEqual([...model.order], [1, 3, 4, 0, 2, 5]);
  assert.equal(model.heaviest, 8);
});

test("marks go from the smallest to the largest by the root of strength", async () => {
  const { size } = await small();
  assert.equal(size[5], 7);
  assert.equal(size[1], 26);
  assert.ok(Math.abs(size[2] - (7 + 19 / 3)) < 1e-5);
});

test("ties of an account come heaviest first, and only those shown", async () => {
  const model = await small();
  const all = new Uint8Array(6).fill(1);
  assert.deepEqual(gn.tiesOf(model, 2, all), [2, 1, 3]);
  assert.deepEqual(gn.tiesOf(model, 2, Uint8Array.of(1, 0, 1, 1, 1, 1)), [2, 3]);
  assert.equal(gn.other(model, 3, 2), 3);
  assert.equal(gn.other(model, 3, 3), 2);
});

test("members, the strongest first", async () => {
  const model = await small();
  assert.deepEqual(gn.membersOf(model, 1), [3, 4, 5]);
});

test("no accounts at all", async () => {
  const none = Object.fromEntries(
    Object.entries({
      x: "u2",
      y: "u2",
      community: "u1",
      language: "u1",
      strength: "f4",
      early: "u4",
      late: "u4",
      step: "u1",
      target: "u1",
      weight: "f4",
      shared: "u1",
      quickest: "i4",
      set: "u1",
      labels: "text",
      ids: "text",
    }).map(([k, t]) => [k, [t, []]]),
  );
  const model = await small(none);
  assert.equal(model.n, 0);
  assert.deepEqual(gn.thresholds(model.weight), [0]);
  assert.equal(gn.filtered(model, gn.initial(model)).accountCount, 0);
});

test("evidence is keyed by position, whatever the texts are", () => {
  const known = gn.known({
    communities: [],
    accounts: { of: [3], panels: [{ facts: [["__proto__", "x"]] }] },
    pairs: { of: [0], matches: [[]] },
  });
  assert.deepEqual(known.accounts.get(3).facts, [["__proto__", "x"]]);
  assert.equal(known.accounts.get("__proto__"), undefined);
  assert.ok(known.pairs.has(0));
});
