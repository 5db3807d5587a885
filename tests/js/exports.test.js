"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const { gn, small } = require("./gn.js");

test("cells that a spreadsheet would take for a formula become text", async () => {
  for (const text of ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "|x", "%x", "＝1"])
    assert.ok(gn.cell(text).replace(/^"/, "").startsWith("'"), text);
  for (const text of ["a=1", "12", "سلام"]) assert.equal(gn.cell(text), text);
  assert.equal(gn.cell('a "b", c'), '"a ""b"", c"');
});

test("a table of accounts", async () => {
  const model = await small();
  const lines = gn.csv(model, [3, 5]).split("\r\n");
  assert.deepEqual(lines, [
    "id,account,community,level,benign,strength,ties",
    "constructor,__proto__,C2,L0,fits as well: fans,5,2",
    `,"'=1+1",C2,L0,fits as well: fans,0,1`,
    "",
  ]);
});

test("what an export takes", async () => {
  const model = await small();
  const state = gn.initial(model);
  const app = (selection) => ({ model, state: { ...state, selection }, left: gn.filtered(model, state) });
  assert.deepEqual(gn.taken(app(gn.NOTHING)), [1, 3, 4, 0, 2, 5]);
  assert.deepEqual(gn.taken(app({ kind: "account", index: 5, accounts: [] })), [5, 4]);
  assert.deepEqual(gn.taken(app({ kind: "tie", index: 3, accounts: [] })), [2, 3]);
  assert.deepEqual(gn.taken(app({ kind: "community", index: 0, accounts: [] })), [1, 0, 2]);
  assert.deepEqual(gn.taken(app({ kind: "several", index: -1, accounts: [4, 0] })), [4, 0]);
});

test("text in SVG is escaped", () => {
  assert.equal(gn.escaped(`</title><script>"a"&'b'`), "&lt;/title&gt;&lt;script&gt;&quot;a&quot;&amp;&#39;b&#39;");
});
