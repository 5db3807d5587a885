"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const { gn } = require("./gn.js");

const screen = { width: 800, height: 400 };
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("a box fits with room around", () => {
  const camera = gn.fitted([0, 0, 100, 100], screen, 0.5);
  assert.deepEqual(camera, { x: 50, y: 50, k: 2 });
  assert.deepEqual(gn.toScreen(camera, screen, 0, 0), [300, 100]);
});

test("a box of no size can be looked at", () => {
  assert.ok(Number.isFinite(gn.fitted([3, 3, 3, 3], screen).k));
});

test("screen and scene are each other's inverse", () => {
  const camera = { x: -3, y: 17, k: 2.5 };
  const [x, y] = gn.toScene(camera, screen, ...gn.toScreen(camera, screen, 12.5, -4));
  near(x, 12.5);
  near(y, -4);
});

test("zooming holds the point under the pointer, within bounds", () => {
  const camera = { x: 10, y: 20, k: 1 };
  const before = gn.toScene(camera, screen, 700, 50);
  const after = gn.toScene(gn.zoomed(camera, screen, 700, 50, 3, 1), screen, 700, 50);
  near(before[0], after[0]);
  near(before[1], after[1]);
  assert.equal(gn.zoomed(camera, screen, 0, 0, 1e9, 1).k, gn.ZOOM[1]);
  assert.equal(gn.zoomed(camera, screen, 0, 0, 1e-9, 1).k, gn.ZOOM[0]);
});

test("panning moves by pixels, flights end where they should", () => {
  assert.deepEqual(gn.panned({ x: 0, y: 0, k: 2 }, 10, -4), { x: -5, y: 2, k: 2 });
  const [a, b] = [
    { x: 0, y: 0, k: 1 },
    { x: 10, y: 20, k: 100 },
  ];
  assert.deepEqual(gn.between(a, b, 0), a);
  assert.deepEqual(gn.between(a, b, 1), b);
  near(gn.between(a, b, 0.5).k, 10);
});

test("sight is what the screen shows", () => {
  assert.deepEqual(gn.sight({ x: 0, y: 0, k: 2 }, screen), [-200, -100, 200, 100]);
});
