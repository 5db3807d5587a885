/**
 * @file Draws ties on a canvas of their own, in slices while the view rests. While it moves, the last picture is moved
 * along by a CSS transform: at any number of ties a frame then costs nothing, and no WebGL is needed.
 */
(function (gn) {
  "use strict";

  /** Most ties drawn at once: more make a grey blot and seconds of work. The status line says when this cuts. */
  gn.MOST_TIES = 60_000;
  const SLICE = 9;
  /** Segments in one path: long paths make the rasteriser sort, short ones call it often. */
  const SEGMENTS = 50;

  gn.EdgeLayer = class {
    /** @param {object} model @param {HTMLCanvasElement} canvas */
    constructor(model, canvas) {
      this.model = model;
      this.canvas = canvas;
      this.pen = canvas.getContext("2d");
      this.ties = new Uint32Array(0);
      this.camera = null;
      this.queue = new Uint32Array(0);
      this.done = 0;
      /** @type {{inSight: number, drawn: number}} */
      this.counts = { inSight: 0, drawn: 0 };
    }

    /**
     * What to draw from now on.
     * @param {Uint32Array} ties
     * @param {(tie: number) => number} inkOf which of the inks
     * @param {[number, number, number][]} inks
     * @param {(ink: number) => number} strengthOf 0 to 1, of the lines of an ink
     */
    set(ties, inkOf, inks, strengthOf) {
      Object.assign(this, { ties, inkOf, inks, strengthOf });
      this.restart();
    }

    /** Draw anew at the next step. */
    restart() {
      this.camera = null;
    }

    get finished() {
      return this.camera !== null && this.done >= this.queue.length;
    }

    /** Move the last picture to where the camera is now. @param {object} camera @param {object} screen */
    carry(camera, screen) {
      const old = this.camera;
      if (!old) return;
      const scale = camera.k / old.k;
      const [x, y] = gn.toScreen(camera, screen, ...gn.toScene(old, screen, 0, 0));
      this.canvas.style.transform = `matrix(${scale},0,0,${scale},${x},${y})`;
    }

    /** Draw for some milliseconds. @param {object} camera @param {object} screen @param {number} dots device pixels each */
    step(camera, screen, dots) {
      if (!this.camera) this.begin(camera, screen, dots);
      const end = performance.now() + SLICE;
      while (this.done < this.queue.length && performance.now() < end) this.stroke(screen);
    }

    begin(camera, screen, dots) {
      this.camera = { ...camera };
      this.canvas.style.transform = "none";
      this.pen.setTransform(1, 0, 0, 1, 0, 0);
      this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
      this.pen.setTransform(dots, 0, 0, dots, 0, 0);
      this.pen.lineWidth = 0.8;
      this.queue = this.sorted(this.strongest(this.inSight(camera, screen)));
      this.counts.drawn = this.queue.length;
      this.done = 0;
    }

    /** How opaque the lines of an ink are: the more there are, the fainter. @param {number} ink */
    alphaOf(ink) {
      const crowd = Math.pow(1500 / Math.max(1, this.queue.length), 0.55);
      return (this.strengthOf(ink) * gn.clamp(0.5 * crowd, 0.06, 0.5)).toFixed(3);
    }

    /** Ties whose box meets the screen. */
    inSight(camera, screen) {
      const [left, top, right, bottom] = gn.sight(camera, screen);
      const { x, y, source, target } = this.model;
      let count = 0;
      const found = new Uint32Array(this.ties.length);
      for (const e of this.ties) {
        const [a, b] = [source[e], target[e]];
        if ((x[a] < left && x[b] < left) || (x[a] > right && x[b] > right)) continue;
        if ((y[a] < top && y[b] < top) || (y[a] > bottom && y[b] > bottom)) continue;
        found[count++] = e;
      }
      this.counts.inSight = count;
      return found.subarray(0, count);
    }

    /** Cut to the heaviest ones. */
    strongest(ties) {
      if (ties.length <= gn.MOST_TIES) return ties;
      const { weight } = this.model;
      const least = Float32Array.from(ties, (e) => weight[e]).sort()[ties.length - gn.MOST_TIES];
      // of those as heavy as the lightest drawn, which are many where weights are counts, the first few
      let room = gn.MOST_TIES - ties.reduce((n, e) => n + (weight[e] > least ? 1 : 0), 0);
      return ties.filter((e) => weight[e] > least || (weight[e] === least && room-- > 0));
    }

    /** Grouped by ink, so that one path has one colour. */
    sorted(ties) {
      const heaps = this.inks.map(() => []);
      for (const e of ties) heaps[this.inkOf(e)].push(e);
      const all = new Uint32Array(ties.length);
      let at = 0;
      for (const heap of heaps) {
        all.set(heap, at);
        at += heap.length;
      }
      return all;
    }

    /** One path of ties with the same ink. */
    stroke(screen) {
      const { x, y, source, target } = this.model;
      const { k, x: cx, y: cy } = this.camera;
      const [dx, dy] = [screen.width / 2 - cx * k, screen.height / 2 - cy * k];
      const ink = this.inkOf(this.queue[this.done]);
      const end = Math.min(this.queue.length, this.done + SEGMENTS);
      this.pen.strokeStyle = `rgba(${this.inks[ink].join(",")},${this.alphaOf(ink)})`;
      this.pen.beginPath();
      for (; this.done < end && this.inkOf(this.queue[this.done]) === ink; this.done++) {
        const [a, b] = [source[this.queue[this.done]], target[this.queue[this.done]]];
        this.pen.moveTo(x[a] * k + dx, y[a] * k + dy);
        this.pen.lineTo(x[b] * k + dx, y[b] * k + dy);
      }
      this.pen.stroke();
    }
  };
})((globalThis.gn ??= Object.create(null)));
