/**
 * @file From the page's data block to typed arrays.
 *
 * Columns come deflated and in base64: figures little-endian, each text with a line feed behind it. Accounts and ties are known
 * by their position everywhere; ids from the data are never keys.
 */
(function (gn) {
  "use strict";

  const TYPES = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array, f4: Float32Array };

  /** Inflate base64 of a zlib stream. @param {string} base64 @returns {Promise<Uint8Array>} */
  gn.inflate = async function (base64) {
    const text = atob(base64);
    const packed = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };

  /** One column. @param {{type: string, data: string}} column @returns {Promise<any>} a typed array, or texts */
  gn.column = async function (column) {
    const bytes = await gn.inflate(column.data);
    if (column.type !== "text") return new TYPES[column.type](bytes.buffer);
    return new TextDecoder().decode(bytes).split("\n").slice(0, -1);
  };

  /** The findings, posts and matches, which come as one deflated JSON text. @param {string} base64 */
  gn.evidence = async (base64) => JSON.parse(new TextDecoder().decode(await gn.inflate(base64)));

  /**
   * Everything the page draws.
   *
   * @typedef {object} Model
   * @property {number} n accounts
   * @property {number} m ties
   * @property {Float32Array} x @property {Float32Array} y positions; y grows downwards
   * @property {Float32Array} size radius of the mark at zoom 1
   * @property {Float32Array} strength
   * @property {ArrayLike<number>} community position in `communities`
   * @property {ArrayLike<number>} language position in `languages`
   * @property {Uint32Array} early @property {Uint32Array} late one bit for each slot of time with an action
   * @property {string[]} labels @property {string[]} ids
   * @property {Uint32Array} source @property {Uint32Array} target
   * @property {Float32Array} weight @property {ArrayLike<number>} shared
   * @property {Int32Array} quickest seconds; -1: unknown
   * @property {ArrayLike<number>} set position in `sets`
   * @property {Uint32Array} start @property {Uint32Array} ties ties of account i: ties[start[i]] to ties[start[i + 1]]
   * @property {Uint32Array} order accounts, the strongest first
   * @property {object[]} communities @property {object[]} layers @property {number[][]} sets
   * @property {string[]} languages @property {{start: number, length: number, count: number}} slots
   * @property {[number, number, number, number]} box left, top, right, bottom
   * @property {number} heaviest largest weight
   * @property {object} about
   */

  /** @param {object} data the page's data block @returns {Promise<Model>} */
  gn.model = async function (data) {
    const names = Object.keys(data.columns);
    const values = await Promise.all(names.map((name) => gn.column(data.columns[name])));
    const model = { ...data };
    delete model.columns;
    names.forEach((name, i) => (model[name] = values[i]));
    model.n = model.labels.length;
    model.m = model.target.length;
    place(model);
    marks(model);
    model.source = summed(model.step);
    adjacency(model);
    return model;
  };

  /** Positions from sixteenths of a bit of the box. @param {Model} model */
  function place(model) {
    const [left, top, right, bottom] = model.box;
    model.x = Float32Array.from(model.x, (v) => left + (v / 65535) * (right - left));
    model.y = Float32Array.from(model.y, (v) => top + (v / 65535) * (bottom - top));
  }

  /** Sizes of marks and the order by strength. @param {Model} model */
  function marks(model) {
    const [smallest, largest] = model.marks;
    const most = model.strength.reduce((a, b) => Math.max(a, b), 0) || 1;
    model.size = model.strength.map((s) => smallest + (largest - smallest) * Math.sqrt(Math.max(0, s) / most));
    model.order = Uint32Array.from({ length: model.n }, (_, i) => i);
    model.order.sort((a, b) => model.strength[b] - model.strength[a] || a - b);
    model.heaviest = model.weight.reduce((a, b) => Math.max(a, b), 0);
  }

  /** Running sums. @param {ArrayLike<number>} steps */
  function summed(steps) {
    const sums = new Uint32Array(steps.length);
    for (let i = 0, at = 0; i < steps.length; i++) sums[i] = at += steps[i];
    return sums;
  }

  /** The ties of each account, as one array with a start for each. @param {Model} model */
  function adjacency(model) {
    const start = new Uint32Array(model.n + 1);
    for (let e = 0; e < model.m; e++) {
      start[model.source[e] + 1]++;
      start[model.target[e] + 1]++;
    }
    for (let i = 0; i < model.n; i++) start[i + 1] += start[i];
    const next = start.slice();
    const ties = new Uint32Array(2 * model.m);
    for (let e = 0; e < model.m; e++) {
      ties[next[model.source[e]]++] = e;
      ties[next[model.target[e]]++] = e;
    }
    Object.assign(model, { start, ties });
  }

  /** The other end of a tie. @param {Model} model @param {number} tie @param {number} account */
  gn.other = (model, tie, account) => (model.source[tie] === account ? model.target[tie] : model.source[tie]);

  /**
   * The shown ties of an account, the heaviest first.
   * @param {Model} model @param {number} account @param {Uint8Array} shown a flag for each tie
   * @returns {number[]}
   */
  gn.tiesOf = function (model, account, shown) {
    const found = Array.from(model.ties.subarray(model.start[account], model.start[account + 1]));
    return found.filter((e) => shown[e]).sort((a, b) => model.weight[b] - model.weight[a] || a - b);
  };

  /** Members of a community, the strongest first. @param {Model} model @param {number} community position */
  gn.membersOf = (model, community) => Array.from(model.order.filter((i) => model.community[i] === community));
})((globalThis.gn ??= Object.create(null)));
