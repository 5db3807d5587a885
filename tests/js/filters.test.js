"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const { gn, small } = require("./gn.js");

async function left(changes) {
  const model = await small();
  return gn.filtered(model, { ...gn.initial(model), ...changes });
}
const flags = (values) => [...values].map((v, i) => (v ? i : -1)).filter((i) => i >= 0);

test("without filters everything is left", async () => {
  const all = await left({});
  assert.deepEqual([all.accountCount, all.tieCount], [6, 6]);
});

test("a community or its level put away takes its ties along", async () => {
  const one = await left({ communitiesOff: new Set([1]) });
  assert.deepEqual(
    [flags(one.accounts), flags(one.ties)],
    [
      [0, 1, 2],
      [0, 1, 2],
    ],
  );
  const two = await left({ levelsOff: new Set(["L2"]) });
  assert.deepEqual(
    [flags(two.accounts), flags(two.ties)],
    [
      [3, 4, 5],
      [4, 5],
    ],
  );
});

test("a layer put away leaves ties that another layer carries, and drops the accounts without one", async () => {
  const without = await left({ layersOff: new Set([0]) });
  assert.deepEqual(flags(without.ties), [1, 2, 5]);
  assert.deepEqual(flags(without.accounts), [0, 1, 2, 4, 5]);
});

test("the smallest weight", async () => {
  const heavy = await left({ least: 3 });
  assert.deepEqual(
    [flags(heavy.ties), flags(heavy.accounts)],
    [
      [0, 1, 2],
      [0, 1, 2],
    ],
  );
});

test("a language", async () => {
  const english = await left({ language: 1 });
  assert.deepEqual([flags(english.accounts), flags(english.ties)], [[2, 3], [3]]);
});

test("the brush keeps who acted then, and ties of which both acted in one slot", async () => {
  const first = await left({ from: 0, to: 1 });
  assert.deepEqual(flags(first.accounts), [0, 1, 2, 4]);
  // 0 and 2 both acted, but never in one slot
  assert.deepEqual(flags(first.ties), [0, 2]);
  const last = await left({ from: 32, to: 32 });
  assert.deepEqual(flags(last.accounts), [5]);
});

test("bits of slots on both sides of 32", () => {
  assert.deepEqual(gn.slotBits(0, 0), [1, 0]);
  assert.deepEqual(gn.slotBits(31, 32), [0x80000000, 1]);
  assert.deepEqual(gn.slotBits(0, 63), [0xffffffff, 0xffffffff]);
});

test("thresholds start with all and end with the heaviest", () => {
  assert.deepEqual(gn.thresholds(Float32Array.of(1, 1, 1)), [0]);
  const steps = gn.thresholds(Float32Array.from({ length: 1000 }, (_, i) => i));
  assert.equal(steps[0], 0);
  assert.equal(steps.at(-1), 999);
  assert.ok(steps.length > 90 && steps.length <= 102);
  assert.deepEqual(
    [...steps].sort((a, b) => a - b),
    steps,
  );
});

test("activity counts accounts, each slot once", async () => {
  const model = await small();
  const bars = gn.activity(model, (i) => i !== 4);
  assert.deepEqual([...bars.slice(0, 4)], [2, 2, 1, 0]);
  assert.equal(bars[32], 1);
});
