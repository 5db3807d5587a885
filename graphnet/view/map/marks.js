/** @file The marks of accounts: as single pixels where there are many, as shapes where there is room to see them. */
(function (gn) {
  "use strict";

  /** More accounts in sight than this are written into the image point by point: 100,000 take 10 ms, as paths 300. */
  const MOST_SHAPES = 2500;
  /** Below this radius in pixels shapes cannot be told apart. */
  const SHAPED = 3.2;
  const CORNERS = {
    square: polygon(4, 45, 1.3),
    triangle: polygon(3, -90, 1.35),
    triangleDown: polygon(3, 90, 1.35),
    diamond: polygon(4, 0, 1.35),
    hexagon: polygon(6, 0, 1.15),
    star: Array.from({ length: 10 }, (_, i) => corner(-90 + 36 * i, i % 2 ? 0.6 : 1.4)),
  };

  function corner(degrees, radius) {
    const angle = (degrees * Math.PI) / 180;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  }

  function polygon(n, first, radius) {
    return Array.from({ length: n }, (_, i) => corner(first + (360 * i) / n, radius));
  }

  /**
   * Corners of a mark of radius 1; null: a disc. As in the report, so that a legend fits both.
   * @param {string} shape @returns {[number, number][]|null}
   */
  gn.corners = (shape) => (Object.hasOwn(CORNERS, shape) ? CORNERS[shape] : null);

  /** Add one mark to the path of a pen. @param {CanvasRenderingContext2D} pen */
  gn.trace = function (pen, shape, x, y, radius) {
    const corners = gn.corners(shape);
    if (!corners) {
      pen.moveTo(x + radius, y);
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      return;
    }
    corners.forEach(([dx, dy], i) => pen[i ? "lineTo" : "moveTo"](x + dx * radius, y + dy * radius));
    pen.closePath();
  };

  gn.MarkLayer = class {
    /** @param {object} model @param {HTMLCanvasElement} canvas @param {object} grid */
    constructor(model, canvas, grid) {
      Object.assign(this, { model, canvas, grid });
      this.pen = canvas.getContext("2d");
      this.found = new Uint32Array(model.n);
      this.image = null;
    }

    /**
     * Draw all shown accounts in sight.
     * @param {object} camera @param {object} screen @param {number} dots device pixels each
     * @param {object} style `shown` flags, `inkOf` account -> ink, `inks`, `shapeOf` account -> shape
     */
    draw(camera, screen, dots, style) {
      const seen = this.inSight(camera, screen, style.shown);
      this.pen.setTransform(1, 0, 0, 1, 0, 0);
      if (seen.length > MOST_SHAPES) this.points(seen, camera, screen, dots, style);
      else {
        this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
        this.pen.setTransform(dots, 0, 0, dots, 0, 0);
        this.shapes(seen, camera, screen, style);
      }
      this.pen.setTransform(dots, 0, 0, dots, 0, 0);
    }

    inSight(camera, screen, shown) {
      let count = 0;
      this.grid.within(gn.sight(camera, screen, 25), (i) => {
        if (shown[i]) this.found[count++] = i;
      });
      // in one order, whatever the cells: what lies on top must not change while zooming
      return this.found.subarray(0, count).sort();
    }

    /** Discs as runs of pixels, with shades of no ink in between. */
    points(seen, camera, screen, dots, style) {
      const { width, height } = this.canvas;
      if (!this.image || this.image.width !== width || this.image.height !== height)
        this.image = this.pen.createImageData(width, height);
      const pixels = new Uint32Array(this.image.data.buffer);
      pixels.fill(0);
      const values = style.inks.map(([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
      const k = camera.k * dots;
      const [dx, dy] = [width / 2 - camera.x * k, height / 2 - camera.y * k];
      const { x, y, size } = this.model;
      for (const i of seen) {
        const radius = gn.radius(size[i], camera.k) * dots;
        disc(pixels, width, height, x[i] * k + dx, y[i] * k + dy, radius, values[style.inkOf(i)]);
      }
      this.pen.putImageData(this.image, 0, 0);
    }

    /** Marks as shapes, grouped by ink. */
    shapes(seen, camera, screen, style) {
      const heaps = style.inks.map(() => []);
      for (const i of seen) heaps[style.inkOf(i)].push(i);
      // a rim of paper, or marks drown in ties of their own colour
      this.pen.strokeStyle = style.colours.paper;
      this.pen.lineWidth = 0.8;
      heaps.forEach((heap, ink) => {
        if (!heap.length) return;
        this.pen.fillStyle = `rgb(${style.inks[ink].join(",")})`;
        this.pen.beginPath();
        for (const i of heap) this.trace(i, camera, screen, style);
        this.pen.fill();
        this.pen.stroke();
      });
    }

    trace(i, camera, screen, style) {
      const [px, py] = gn.toScreen(camera, screen, this.model.x[i], this.model.y[i]);
      const radius = gn.radius(this.model.size[i], camera.k);
      gn.trace(this.pen, radius < SHAPED ? "dot" : style.shapeOf(i), px, py, radius);
    }

    /** Draw some accounts once more, above all others. */
    again(some, camera, screen, style) {
      this.shapes(some, camera, screen, style);
    }
  };

  /** Fill a disc of pixels, row by row. */
  function disc(pixels, width, height, cx, cy, radius, value) {
    const top = Math.max(0, Math.ceil(cy - radius));
    const bottom = Math.min(height - 1, Math.floor(cy + radius));
    if (radius < 1.2) {
      // one to four pixels: too small for a circle to be seen
      const [left, high] = [Math.round(cx - radius), Math.round(cy - radius)];
      const side = radius < 0.9 ? 1 : 2;
      for (let row = high; row < high + side; row++)
        for (let column = left; column < left + side; column++)
          if (row >= 0 && row < height && column >= 0 && column < width) pixels[row * width + column] = value;
      return;
    }
    for (let row = top; row <= bottom; row++) {
      const half = Math.sqrt(radius * radius - (row - cy) * (row - cy));
      const left = Math.max(0, Math.ceil(cx - half));
      const right = Math.min(width - 1, Math.floor(cx + half));
      if (left <= right) pixels.fill(value, row * width + left, row * width + right + 1);
    }
  }
})((globalThis.gn ??= Object.create(null)));
