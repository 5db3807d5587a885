/**
 * @file The namespace `gn` and small helpers. Every file of this folder adds to `gn`; map_page.py joins them in order.
 *
 * Nothing here makes markup from text: words from the data reach the page by `textContent` and `fillText` alone.
 */
(function (gn) {
  "use strict";

  /**
   * An element with properties, attributes and children. Text children become text nodes.
   * @param {string} tag
   * @param {Object<string, any>} [props] `class`, `dir`, `role`, `for`, `aria-…` become attributes, others properties
   * @param {...(Node|string)} children
   * @returns {HTMLElement}
   */
  gn.el = function (tag, props = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (["class", "dir", "role", "for"].includes(name) || name.startsWith("aria-")) made.setAttribute(name, value);
      else made[name] = value;
    }
    made.append(...children);
    return made;
  };

  /**
   * A name from the data, kept from turning the direction of the words beside it. It is laid out from the left itself:
   * a sign written out as a code, such as <U+202E>, would else be torn apart among Hebrew or Arabic letters.
   * @param {string} text
   */
  gn.name = (text) => gn.el("bdi", { dir: "ltr", textContent: text });

  /** A button that does something. @param {string|Node} content @param {() => void} action @param {object} [props] */
  gn.button = function (content, action, props = {}) {
    const made = gn.el("button", { type: "button", ...props }, content);
    made.addEventListener("click", action);
    return made;
  };

  /** @param {number} value @param {number} low @param {number} high */
  gn.clamp = (value, low, high) => Math.max(low, Math.min(high, value));

  /** A whole number with commas. @param {number} value */
  gn.count = (value) => Math.round(value).toLocaleString("en");

  /** "1 tie", "2 ties". @param {number} value @param {string} noun */
  gn.counted = (value, noun) => `${gn.count(value)} ${noun}${value === 1 ? "" : "s"}`;

  /** A figure with as many digits as a reader can use. @param {number} value */
  gn.figure = (value) =>
    Number.isInteger(value) || Math.abs(value) >= 1000 ? gn.count(value) : String(Number(value.toPrecision(3)));

  const UNITS = [
    [2 * 86400, 86400, "days"],
    [2 * 3600, 3600, "h"],
    [120, 60, "min"],
    [0, 1, "s"],
  ];

  /** A length of time in the unit a reader would choose. @param {number} seconds */
  gn.span = function (seconds) {
    const [, size, unit] = UNITS.find(([from]) => seconds >= from) ?? UNITS[3];
    return `${(seconds / size).toFixed(1).replace(/\.0$/, "")} ${unit}`;
  };

  /** Day, and minute where `fine`, of a time in UTC. @param {number} seconds since 1970 @param {boolean} [fine] */
  gn.date = function (seconds, fine = false) {
    const when = new Date(seconds * 1000);
    if (Number.isNaN(when.getTime())) return "unknown";
    const text = when.toISOString();
    return fine ? text.slice(0, 16).replace("T", " ") : text.slice(0, 10);
  };

  /**
   * A colour mixed into another one.
   * @param {string} colour `#rrggbb`
   * @param {string} paper `#rrggbb`
   * @param {number} share of the first, 0 to 1
   * @returns {[number, number, number]}
   */
  gn.mixed = function (colour, paper, share) {
    const [a, b] = [gn.channels(colour), gn.channels(paper)];
    return a.map((value, i) => Math.round(value * share + b[i] * (1 - share)));
  };

  /** @param {string} colour `#rrggbb` @returns {[number, number, number]} */
  gn.channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
})((globalThis.gn ??= Object.create(null)));
