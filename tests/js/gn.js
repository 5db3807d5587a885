// Loads the page's scripts in their order, without a page: what touches no document can be tested by node alone.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const folder = path.join(__dirname, "..", "..", "graphnet", "view", "map");
const order = fs.readFileSync(path.join(folder, "..", "map_page.py"), "utf-8").match(/SCRIPTS = \(([^)]*)\)/)[1];
for (const [, name] of order.matchAll(/"(\w+)"/g)) require(path.join(folder, `${name}.js`));

const gn = globalThis.gn;

/** A column as the page gets it. */
async function packed(type, values) {
  const kinds = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array, f4: Float32Array };
  const bytes =
    type === "text" ? Buffer.from(values.map((v) => `${v}\n`).join("")) : Buffer.from(kinds[type].from(values).buffer);
  return { type, data: require("node:zlib").deflateSync(bytes).toString("base64") };
}

/** A model of six accounts in two communities: 0-1-2 tied all round, 3-4-5 in a row, and a bridge from 2 to 3. */
async function small(more = {}) {
  const columns = {
    x: ["u2", [0, 10000, 20000, 40000, 50000, 65535]],
    y: ["u2", [0, 65535, 0, 0, 65535, 0]],
    community: ["u1", [0, 0, 0, 1, 1, 1]],
    language: ["u1", [0, 0, 1, 1, 2, 2]],
    strength: ["f4", [3, 9, 1, 5, 4, 0]],
    early: ["u4", [1, 3, 2, 4, 6, 0]],
    late: ["u4", [0, 0, 0, 0, 0, 1]],
    step: ["u1", [0, 0, 1, 1, 1, 1]],
    target: ["u1", [1, 2, 2, 3, 4, 5]],
    weight: ["f4", [5, 3, 8, 1, 2, 2.5]],
    shared: ["u1", [5, 3, 8, 1, 2, 2]],
    quickest: ["i4", [4, -1, 0, 7200, 60, 90]],
    set: ["u1", [0, 1, 2, 0, 0, 1]],
    labels: ["text", ["ann", "Bob", "کاربر", "__proto__", "ann_2", "=1+1"]],
    ids: ["text", ["10", "11", "12", "constructor", "14", ""]],
  };
  const made = {};
  for (const [name, [type, values]] of Object.entries({ ...columns, ...more })) made[name] = await packed(type, values);
  return gn.model({
    about: { title: "Map of a study", study: "study", captions: ["Gaps are not evidence."] },
    box: [-10, 0, 90, 50],
    marks: [7, 26],
    communities: [
      {
        name: "C1",
        size: 3,
        level: "L2",
        words: "suspected coordination",
        fits: "",
        tone: "full",
        colour: "#0072b2",
        shape: "dot",
        x: 0,
        y: 0,
        radius: 20,
      },
      {
        name: "C2",
        size: 3,
        level: "L0",
        words: "shared audience",
        fits: "fits as well: fans",
        tone: "calm",
        colour: "#767b84",
        shape: "square",
        x: 60,
        y: 0,
        radius: 20,
      },
    ],
    layers: [
      { name: "co_link", title: "" },
      { name: "co_retweet", title: "" },
    ],
    sets: [[0], [1], [0, 1]],
    languages: ["fa", "en", "unknown"],
    slots: { start: 0, length: 86400, count: 33 },
    columns: made,
  });
}

module.exports = { gn, small };
