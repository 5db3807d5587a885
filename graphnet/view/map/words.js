/** @file Two posts side by side: the words that one has and the other has not. */
(function (gn) {
  "use strict";

  /** Longest text compared, in words: the table of the comparison grows with the square. */
  const MOST = 160;

  /**
   * The words of two texts, each with whether the other text has it in the same order.
   * @param {string} a @param {string} b
   * @returns {[{word: string, same: boolean}[], {word: string, same: boolean}[]]}
   */
  gn.compared = function (a, b) {
    const [x, y] = [a, b].map((text) =>
      text
        .split(/(\s+)/)
        .filter(Boolean)
        .slice(0, 2 * MOST),
    );
    const longest = lengths(x, y);
    const [left, right] = [x, y].map((words) => words.map((word) => ({ word, same: /^\s+$/.test(word) })));
    for (let i = 0, j = 0; i < x.length && j < y.length;) {
      if (x[i] === y[j]) left[i++].same = right[j++].same = true;
      else if (longest[i + 1][j] >= longest[i][j + 1]) i++;
      else j++;
    }
    return [left, right];
  };

  /** Length of the longest common run of words of each two endings. */
  function lengths(x, y) {
    const table = Array.from({ length: x.length + 1 }, () => new Uint16Array(y.length + 1));
    for (let i = x.length - 1; i >= 0; i--)
      for (let j = y.length - 1; j >= 0; j--)
        table[i][j] = x[i] === y[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    return table;
  }

  /** A post as a quotation. @param {{text: string, dir: string}} post @param {{word: string, same: boolean}[]} [words] */
  gn.quoted = function (post, words) {
    const quote = gn.el("blockquote", { dir: post.dir || "auto" });
    if (!words) quote.textContent = post.text;
    else quote.append(...words.map(({ word, same }) => (same ? word : gn.el("mark", {}, word))));
    return quote;
  };

  /** An id that is safe to paste into a shell: plain signs, no option. @param {string} id */
  gn.plainId = (id) => /^[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,79}$/.test(id);

  /** The study's folder as a shell can read it. @param {string} study */
  gn.folder = (study) => `${gn.plainId(study) ? study : "study"}/`;

  /**
   * The command that shows what this page does not carry; empty where an id has signs that a shell would read.
   * @param {string} study @param {string[]} ids
   */
  gn.command = (study, ids) => (ids.every(gn.plainId) ? `graphnet explain ${gn.folder(study)} ${ids.join(" ")}` : "");
})((globalThis.gn ??= Object.create(null)));
