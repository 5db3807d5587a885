"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const { gn } = require("./gn.js");

/** Repeatable figures between 0 and 1. */
function random(seed) {
  let state = seed;
  return () => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32;
}

function scattered(n) {
  const next = random(7);
  return [Float32Array.from({ length: n }, next), Float32Array.from({ length: n }, next)];
}

test("the nearest account is the one that looking at all of them finds", () => {
  const [x, y] = scattered(500);
  const grid = new gn.Grid(x, y, [0, 0, 1, 1]);
  const next = random(3);
  for (let t = 0; t < 200; t++) {
    const [px, py] = [next() * 1.2 - 0.1, next() * 1.2 - 0.1];
    const gaps = Array.from(x, (_, i) => Math.hypot(x[i] - px, y[i] - py));
    const best = gaps.indexOf(Math.min(...gaps));
    assert.equal(
      grid.nearest(px, py, 0.05, () => 0.05),
      gaps[best] <= 0.05 ? best : -1,
    );
  }
});

test("hidden accounts are not met", () => {
  const grid = new gn.Grid(Float32Array.of(0.5), Float32Array.of(0.5), [0, 0, 1, 1]);
  assert.equal(
    grid.nearest(0.5, 0.5, 1, () => 1),
    0,
  );
  assert.equal(
    grid.nearest(0.5, 0.5, 1, () => -1),
    -1,
  );
});

test("all accounts of a box are visited, once each", () => {
  const [x, y] = scattered(300);
  const grid = new gn.Grid(x, y, [0, 0, 1, 1]);
  const seen = [];
  grid.within([-5, -5, 5, 5], (i) => seen.push(i));
  assert.deepEqual(
    seen.sort((a, b) => a - b),
    Array.from({ length: 300 }, (_, i) => i),
  );
});

test("the lasso takes what is inside, and only what is shown", () => {
  const grid = new gn.Grid(Float32Array.of(0, 5, 5, 9), Float32Array.of(0, 5, 6, 9), [0, 0, 9, 9]);
  const square = [
    [4, 4],
    [7, 4],
    [7, 7],
    [4, 7],
  ];
  assert.deepEqual(grid.lassoed(square, new Uint8Array(4).fill(1)), [1, 2]);
  assert.deepEqual(grid.lassoed(square, Uint8Array.of(1, 1, 0, 1)), [1]);
});

test("a polygon that bends inwards", () => {
  const arrow = [
    [0, 0],
    [10, 0],
    [10, 10],
    [5, 3],
    [0, 10],
  ];
  assert.equal(gn.inside(5, 2, arrow), true);
  assert.equal(gn.inside(5, 6, arrow), false);
});

test("distance from a line ends at its ends", () => {
  assert.equal(gn.offLine(0, 3, -5, 0, 5, 0), 3);
  assert.equal(gn.offLine(8, 4, -5, 0, 5, 0), 5);
  assert.equal(gn.offLine(3, 4, 0, 0, 0, 0), 5);
});

test("accounts on one point, one account, none", () => {
  const heap = new gn.Grid(new Float32Array(50), new Float32Array(50), [0, 0, 0, 0]);
  assert.notEqual(
    heap.nearest(0, 0, 1, () => 1),
    -1,
  );
  assert.equal(
    new gn.Grid(new Float32Array(0), new Float32Array(0), [0, 0, 1, 1]).nearest(0, 0, 1, () => 1),
    -1,
  );
});
