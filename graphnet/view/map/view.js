/**
 * @file The picture: canvases, camera, frames, and what a pointer does on them.
 *
 * Two canvases lie on each other: ties (drawn when the view rests) and marks with words (drawn each frame). A view
 * that nothing moves draws nothing.
 */
(function (gn) {
  "use strict";

  const REST = 130;

  gn.View = class {
    /**
     * @param {HTMLElement} box
     * @param {object} model
     * @param {object} on `click(account, tie)`, `hover(account, x, y)`, `lasso(accounts)`, `rest()`, `ready()`
     */
    constructor(box, model, on) {
      Object.assign(this, { box, model, on });
      const canvas = () => box.appendChild(gn.el("canvas", { "aria-hidden": "true" }));
      this.grid = new gn.Grid(model.x, model.y, model.box);
      this.edges = new gn.EdgeLayer(model, canvas());
      this.marks = new gn.MarkLayer(model, canvas(), this.grid);
      this.pen = this.marks.pen;
      /** @type {[number, number][]|null} corners of the lasso, in the scene */
      this.lasso = null;
      this.lassoing = false;
      this.style = null;
      this.measure();
      this.camera = this.home();
      gn.pointing(this);
      new ResizeObserver(() => this.resized()).observe(box);
    }

    /** The camera that shows everything. */
    home() {
      return gn.fitted(this.model.box, this.screen);
    }

    get whole() {
      return this.home().k;
    }

    measure() {
      const { width, height } = this.box.getBoundingClientRect();
      this.screen = { width: Math.max(1, Math.floor(width)), height: Math.max(1, Math.floor(height)) };
      this.dots = gn.clamp(globalThis.devicePixelRatio || 1, 1, 2);
      for (const canvas of [this.edges.canvas, this.marks.canvas]) {
        canvas.width = this.screen.width * this.dots;
        canvas.height = this.screen.height * this.dots;
        canvas.style.width = `${this.screen.width}px`;
        canvas.style.height = `${this.screen.height}px`;
      }
    }

    resized() {
      // on paper the live picture is not shown and has no size
      if (!this.box.clientWidth) return;
      const before = this.screen;
      const wasHome = this.atHome;
      this.measure();
      if (before.width === this.screen.width && before.height === this.screen.height) return this.redraw();
      if (wasHome) this.camera = this.home();
      this.redraw();
    }

    get atHome() {
      const { x, y, k } = this.home();
      return this.camera.x === x && this.camera.y === y && this.camera.k === k;
    }

    /** Draw with another style; see `gn.styled`. */
    restyle(style) {
      this.style = style;
      this.edges.set(style.ties, style.tieInk, style.inks, style.tieStrength);
      this.redraw();
    }

    /** Draw everything anew. */
    redraw() {
      this.edges.restart();
      this.dirty = true;
      this.ask();
    }

    /** Draw marks and words anew; ties as they are. */
    refresh() {
      this.dirty = true;
      this.ask();
    }

    ask() {
      this.asked ||= requestAnimationFrame(() => this.frame());
    }

    frame() {
      this.asked = 0;
      if (!this.style) return;
      if (this.moving) this.edges.carry(this.camera, this.screen);
      else if (!this.edges.finished) this.edges.step(this.camera, this.screen, this.dots);
      if (this.dirty) this.paint();
      if (this.moving) return;
      if (!this.edges.finished) this.ask();
      else if (!this.started) {
        this.started = true;
        this.on.ready();
      } else if (this.resting) {
        this.resting = false;
        this.on.rest();
      }
    }

    /** Draw all of it now, however long it takes. */
    finish() {
      this.moving = false;
      while (!this.edges.finished) this.edges.step(this.camera, this.screen, this.dots);
      this.paint();
    }

    /** Marks, what is highlighted, words. */
    paint() {
      this.dirty = false;
      const { camera, screen, style, pen } = this;
      this.marks.draw(camera, screen, this.dots, style);
      this.rings();
      this.highlights();
      gn.drawWords(pen, this, style, this.moving && this.model.n > 3000);
      this.drawLasso();
    }

    /** A circle round each community that is not drawn calmly. */
    rings() {
      const { camera, screen, style, pen } = this;
      pen.lineWidth = 1.2;
      this.model.communities.forEach((group, i) => {
        const radius = group.radius * camera.k;
        if (radius < 5 || !style.communityShown[i]) return;
        const [x, y] = gn.toScreen(camera, screen, group.x, group.y);
        if (x + radius < 0 || y + radius < 0 || x - radius > screen.width || y - radius > screen.height) return;
        pen.strokeStyle = style.rimOf(i);
        pen.beginPath();
        pen.arc(x, y, radius + 4, 0, 2 * Math.PI);
        pen.stroke();
      });
    }

    highlights() {
      const { camera, screen, style, pen, model } = this;
      if (!style.hot.length && !style.named.length) return;
      pen.strokeStyle = style.colours.hot;
      pen.lineCap = "round";
      for (const e of style.hot) {
        pen.lineWidth = 1 + 2 * Math.sqrt(model.weight[e] / (model.heaviest || 1));
        pen.beginPath();
        pen.moveTo(...gn.toScreen(camera, screen, model.x[model.source[e]], model.y[model.source[e]]));
        pen.lineTo(...gn.toScreen(camera, screen, model.x[model.target[e]], model.y[model.target[e]]));
        pen.stroke();
      }
      this.marks.again(style.named, camera, screen, style);
      pen.strokeStyle = style.colours.ink;
      pen.lineWidth = 2.5;
      for (const i of style.chosen) {
        pen.beginPath();
        const [x, y] = gn.toScreen(camera, screen, model.x[i], model.y[i]);
        pen.arc(x, y, gn.radius(model.size[i], camera.k) + 4, 0, 2 * Math.PI);
        pen.stroke();
      }
    }

    drawLasso() {
      if (!this.lasso || this.lasso.length < 2) return;
      const { pen, style } = this;
      pen.beginPath();
      for (const [x, y] of this.lasso) pen.lineTo(...gn.toScreen(this.camera, this.screen, x, y));
      pen.closePath();
      pen.fillStyle = style.colours.hot + "22";
      pen.fill();
      pen.strokeStyle = style.colours.hot;
      pen.setLineDash([5, 4]);
      pen.lineWidth = 1.5;
      pen.stroke();
      pen.setLineDash([]);
    }

    /** Look from elsewhere, for now: more moves are expected. @param {object} camera */
    look(camera) {
      this.camera = camera;
      this.moving = this.dirty = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.settle(), REST);
      this.ask();
    }

    settle() {
      clearTimeout(this.timer);
      this.moving = false;
      this.resting = true;
      this.redraw();
    }

    /** Go to a camera in a quarter of a second, or at once for readers who asked for less motion. */
    fly(camera) {
      const [from, start] = [this.camera, performance.now()];
      const length = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 260;
      const flight = (this.flight = {});
      const step = (now) => {
        if (this.flight !== flight) return;
        const share = length ? gn.clamp((now - start) / length, 0, 1) : 1;
        this.look(gn.between(from, camera, share * share * (3 - 2 * share)));
        if (share < 1) requestAnimationFrame(step);
        else this.look({ ...camera });
      };
      requestAnimationFrame(step);
    }

    /** Show a box of the scene. @param {[number, number, number, number]} box @param {number} [share] */
    show(box, share = 0.7) {
      const to = gn.fitted(box, this.screen, share);
      this.fly({
        ...to,
        k: gn.clamp(to.k, this.whole * gn.ZOOM[0], Math.max(this.whole, Math.min(this.whole * gn.ZOOM[1], 3))),
      });
    }

    /** @param {number} factor @param {number} [px] @param {number} [py] */
    zoom(factor, px = this.screen.width / 2, py = this.screen.height / 2) {
      this.flight = null;
      this.look(gn.zoomed(this.camera, this.screen, px, py, factor, this.whole));
    }

    /** @param {number} dx @param {number} dy pixels */
    pan(dx, dy) {
      this.flight = null;
      this.look(gn.panned(this.camera, dx, dy));
    }

    /** The account at a point of the screen; -1: none. */
    accountAt(px, py) {
      const [x, y] = gn.toScene(this.camera, this.screen, px, py);
      const { size } = this.model;
      const reach = (i) => (this.style.shown[i] ? (gn.radius(size[i], this.camera.k) + 4) / this.camera.k : -1);
      return this.grid.nearest(x, y, 26 / this.camera.k, reach);
    }

    /** The tie at a point: a highlighted one, or any where few enough are in sight to tell them apart; -1: none. */
    tieAt(px, py) {
      const [x, y] = gn.toScene(this.camera, this.screen, px, py);
      const few = this.edges.finished && this.edges.counts.inSight <= 1500 ? this.edges.queue : [];
      let [best, least] = [-1, 6 / this.camera.k];
      const { x: xs, y: ys, source, target } = this.model;
      for (const e of this.style.hot.length ? this.style.hot : few) {
        const gap = gn.offLine(x, y, xs[source[e]], ys[source[e]], xs[target[e]], ys[target[e]]);
        if (gap < least) [best, least] = [e, gap];
      }
      return best;
    }
  };
})((globalThis.gn ??= Object.create(null)));
