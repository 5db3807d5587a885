"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const { gn, small } = require("./gn.js");

const differing = (words) => words.filter((w) => !w.same).map((w) => w.word);
const whole = (words) => words.map((w) => w.word).join("");

test("the words that only one text has", () => {
  const [a, b] = gn.compared("Share this now, before it is gone", "Share this today, before it is gone!");
  assert.deepEqual(differing(a), ["now,", "gone"]);
  assert.deepEqual(differing(b), ["today,", "gone!"]);
  assert.equal(whole(a), "Share this now, before it is gone");
});

test("equal, empty and right-to-left texts", () => {
  assert.deepEqual(differing(gn.compared("a b", "a b")[0]), []);
  assert.deepEqual(gn.compared("", ""), [[], []]);
  assert.deepEqual(differing(gn.compared("", "سلام دنیا")[1]), ["سلام", "دنیا"]);
});

test("very long texts are cut, not refused", () => {
  assert.ok(gn.compared("a ".repeat(50000), "b ".repeat(50000))[0].length <= 320);
});

test("commands name plain ids only", () => {
  assert.equal(gn.command("study", ["12", "acct:9@x.org"]), "graphnet explain study/ 12 acct:9@x.org");
  for (const id of ["$(reboot)", "a b", "-rf", "", "a;b", "`x`", "x".repeat(81), "a\nb", "‮1"])
    assert.equal(gn.command("study", ["12", id]), "", id);
  assert.equal(gn.command("my study; rm", ["1"]), "graphnet explain study/ 1");
});

test("lengths of time as Python writes them", () => {
  const seen = [0, 1, 4, 119, 120, 150, 7199, 7200, 86400, 172800, 259200].map(gn.span);
  assert.deepEqual(seen, [
    "0 s",
    "1 s",
    "4 s",
    "119 s",
    "2 min",
    "2.5 min",
    "120 min",
    "2 h",
    "24 h",
    "2 days",
    "3 days",
  ]);
});

test("figures and dates", () => {
  assert.deepEqual(
    [gn.figure(3), gn.figure(0.123456), gn.figure(1234.5), gn.count(1e6)],
    ["3", "0.123", "1,235", "1,000,000"],
  );
  assert.equal(gn.date(1700000000), "2023-11-14");
  assert.equal(gn.date(1700000000, true), "2023-11-14 22:13");
  assert.equal(gn.date(1e20), "unknown");
  assert.equal(gn.counted(1, "tie"), "1 tie");
});

test("search: handles that start with it first, ids whole, no account called __proto__ by accident", async () => {
  const model = await small();
  assert.deepEqual(gn.matching(model, "ANN"), { found: [0, 4], more: 0 });
  assert.deepEqual(gn.matching(model, "@bob").found, [1]);
  assert.deepEqual(gn.matching(model, "12").found, [2]);
  assert.deepEqual(gn.matching(model, "__proto__").found, [3]);
  assert.deepEqual(gn.matching(model, "  "), { found: [], more: 0 });
});

test("lists can be sorted in every way", async () => {
  const model = await small();
  const all = [0, 1, 2, 3, 4, 5];
  assert.deepEqual(gn.sorted(model, all, "strength"), [1, 3, 4, 0, 2, 5]);
  assert.deepEqual(gn.sorted(model, all, "ties"), [2, 0, 1, 3, 4, 5]);
  assert.deepEqual(gn.sorted(model, all, "community"), [1, 0, 2, 3, 4, 5]);
  assert.deepEqual(gn.sorted(model, [1, 4, 0], "name"), [0, 4, 1]);
});
