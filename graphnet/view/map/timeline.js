/** @file The bars below the map: how many of the shown accounts acted when, and a brush that keeps a part of the time. */
(function (gn) {
  "use strict";

  gn.Timeline = class {
    /** @param {object} app @param {HTMLElement} box holds a canvas, two sliders (`from`, `to`) and a line of words */
    constructor(app, box) {
      this.app = app;
      this.canvas = box.querySelector("canvas");
      this.sliders = [...box.querySelectorAll("input")];
      this.words = box.querySelector("output");
      this.count = app.model.slots.count;
      // one slot has nothing to choose from
      box.hidden = this.count < 2;
      if (box.hidden) return;
      const all = () => true;
      this.whole = gn.activity(app.model, all);
      for (const slider of this.sliders) {
        slider.max = String(this.count - 1);
        slider.addEventListener("input", () => this.brush(...this.sliders.map((s) => Number(s.value))));
      }
      this.listen();
      new ResizeObserver(() => this.draw()).observe(this.canvas);
    }

    listen() {
      let start = null;
      const slot = (event) =>
        gn.clamp(Math.floor((event.offsetX / this.canvas.clientWidth) * this.count), 0, this.count - 1);
      this.canvas.addEventListener("pointerdown", (event) => {
        start = slot(event);
        this.canvas.setPointerCapture(event.pointerId);
      });
      this.canvas.addEventListener("pointermove", (event) => start !== null && this.brush(start, slot(event)));
      this.canvas.addEventListener("pointerup", (event) => {
        if (start !== null) this.brush(start, slot(event));
        start = null;
      });
      this.canvas.addEventListener("dblclick", () => this.brush(0, this.count - 1));
    }

    /** Keep the slots between two. @param {number} a @param {number} b */
    brush(a, b) {
      const { state } = this.app;
      [state.from, state.to] = [Math.min(a, b), Math.max(a, b)];
      this.app.refilter();
    }

    /** Bars of all accounts in grey, of those shown (or selected) in front. */
    draw() {
      if (!this.count || this.count < 2) return;
      const { app, canvas } = this;
      const { style } = app;
      const dots = gn.clamp(globalThis.devicePixelRatio || 1, 1, 2);
      const [width, height] = [canvas.clientWidth, canvas.clientHeight];
      Object.assign(canvas, { width: width * dots, height: height * dots });
      const pen = canvas.getContext("2d");
      pen.scale(dots, dots);
      const most = Math.max(1, ...this.whole);
      const wide = width / this.count;
      const bars = (values, colour) => {
        pen.fillStyle = colour;
        values.forEach((v, i) => {
          // one account among thousands is still to be seen
          const high = v ? Math.max(2, (v / most) * (height - 4)) : 0;
          pen.fillRect(i * wide + 0.5, height - high, Math.max(1, wide - 1), high);
        });
      };
      bars(this.whole, style.colours.faint);
      bars(
        gn.activity(app.model, (i) => style.shown[i] && !style.faint(i)),
        app.dark ? "#7cc4f5" : "#00558c",
      );
      pen.strokeStyle = style.colours.ink;
      pen.strokeRect(app.state.from * wide + 0.5, 0.5, (app.state.to - app.state.from + 1) * wide - 1, height - 1);
      this.tell();
    }

    tell() {
      const { from, to } = this.app.state;
      const { start, length } = this.app.model.slots;
      const fine = length < 86400;
      const ends = [gn.date(start + from * length, fine), gn.date(start + (to + 1) * length - 1, fine)];
      this.words.textContent = `${ends[0]} to ${ends[1]} UTC`;
      this.sliders.forEach((slider, i) => {
        slider.value = String([from, to][i]);
        slider.setAttribute("aria-valuetext", ends[i]);
      });
    }
  };
})((globalThis.gn ??= Object.create(null)));
