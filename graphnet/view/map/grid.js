/** @file Which accounts are where: a grid over the scene, for pointing, drawing what is in sight, and the lasso. */
(function (gn) {
  "use strict";

  gn.Grid = class {
    /** @param {ArrayLike<number>} x @param {ArrayLike<number>} y @param {number[]} box left, top, right, bottom */
    constructor(x, y, box) {
      this.x = x;
      this.y = y;
      this.box = box;
      // two accounts a cell on average; 512 x 512 cells take 1 MB
      this.side = gn.clamp(Math.ceil(Math.sqrt(x.length / 2)), 1, 512);
      this.cell = [(box[2] - box[0]) / this.side || 1, (box[3] - box[1]) / this.side || 1];
      this.fill();
    }

    /** Sort the accounts by cell. */
    fill() {
      const cells = Uint32Array.from({ length: this.x.length }, (_, i) => this.at(this.x[i], this.y[i]));
      this.start = new Uint32Array(this.side * this.side + 1);
      for (const cell of cells) this.start[cell + 1]++;
      for (let i = 0; i < this.side * this.side; i++) this.start[i + 1] += this.start[i];
      const next = this.start.slice();
      this.items = new Uint32Array(this.x.length);
      cells.forEach((cell, i) => (this.items[next[cell]++] = i));
    }

    /** Column and row of a point, kept inside. @param {number} x @param {number} y */
    place(x, y) {
      const inside = (value) => gn.clamp(Math.floor(value) || 0, 0, this.side - 1);
      return [inside((x - this.box[0]) / this.cell[0]), inside((y - this.box[1]) / this.cell[1])];
    }

    /** @param {number} x @param {number} y */
    at(x, y) {
      const [column, row] = this.place(x, y);
      return row * this.side + column;
    }

    /** Call `visit` for all accounts of the cells that a box touches. @param {number[]} box @param {(i: number) => void} visit */
    within([left, top, right, bottom], visit) {
      const [[a, b], [c, d]] = [this.place(left, top), this.place(right, bottom)];
      for (let row = b; row <= d; row++) {
        const [from, to] = [this.start[row * this.side + a], this.start[row * this.side + c + 1]];
        for (let q = from; q < to; q++) visit(this.items[q]);
      }
    }

    /**
     * The account nearest to a point, if `reach` lets it be met; -1: none.
     * @param {number} x @param {number} y
     * @param {number} far largest reach there is
     * @param {(i: number) => number} reach how far from its centre an account is still met; below 0: never
     */
    nearest(x, y, far, reach) {
      let best = -1;
      let least = Infinity;
      this.within([x - far, y - far, x + far, y + far], (i) => {
        const gap = Math.hypot(this.x[i] - x, this.y[i] - y);
        if (gap < least && gap <= reach(i)) [best, least] = [i, gap];
      });
      return best;
    }

    /** The accounts inside a polygon. @param {[number, number][]} corners @param {Uint8Array} shown */
    lassoed(corners, shown) {
      const found = [];
      const [xs, ys] = [corners.map((c) => c[0]), corners.map((c) => c[1])];
      this.within([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)], (i) => {
        if (shown[i] && gn.inside(this.x[i], this.y[i], corners)) found.push(i);
      });
      return found.sort((a, b) => a - b);
    }
  };

  /** Whether a point is inside a polygon: a ray from it crosses the rim an odd number of times. */
  gn.inside = function (x, y, corners) {
    let odd = false;
    for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
      const [[ax, ay], [bx, by]] = [corners[i], corners[j]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
    }
    return odd;
  };

  /** Distance of a point from a line segment. */
  gn.offLine = function (x, y, ax, ay, bx, by) {
    const [dx, dy] = [bx - ax, by - ay];
    const share = gn.clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1), 0, 1);
    return Math.hypot(x - ax - share * dx, y - ay - share * dy);
  };
})((globalThis.gn ??= Object.create(null)));
