/** @file Mouse, pen and fingers on the map: drag moves, wheel and pinch zoom, click selects, shift and drag is a lasso. */
(function (gn) {
  "use strict";

  /** Further than this, in pixels, a press is a drag and no click. */
  const DRAG = 4;

  /** Listen on the box of a view. @param {object} view */
  gn.pointing = function (view) {
    const pointers = new Map();
    const at = (event) => {
      const box = view.box.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    view.box.addEventListener("wheel", (event) => wheel(view, event, at(event)), { passive: false });
    view.box.addEventListener("pointerdown", (event) => press(view, pointers, event, at(event)));
    view.box.addEventListener("pointermove", (event) => move(view, pointers, event, at(event)));
    for (const end of ["pointerup", "pointercancel"])
      view.box.addEventListener(end, (event) => release(view, pointers, event, at(event)));
    view.box.addEventListener("pointerleave", () => view.on.hover(-1, 0, 0));
    view.box.addEventListener("dblclick", (event) => view.zoom(2, ...at(event)));
  };

  function wheel(view, event, [px, py]) {
    event.preventDefault();
    // lines and pages are what some mice send instead of pixels
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
    view.zoom(Math.exp(-gn.clamp(pixels, -240, 240) * 0.0016), px, py);
  }

  function press(view, pointers, event, [px, py]) {
    if (event.button !== 0) return;
    view.box.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { px, py, far: 0 });
    view.flight = null;
    if ((event.shiftKey || view.lassoing) && pointers.size === 1)
      view.lasso = [gn.toScene(view.camera, view.screen, px, py)];
  }

  function move(view, pointers, event, [px, py]) {
    const held = pointers.get(event.pointerId);
    if (!held) return view.on.hover(view.accountAt(px, py), px, py);
    const before = { ...held };
    Object.assign(held, { px, py, far: held.far + Math.hypot(px - before.px, py - before.py) });
    if (view.lasso) {
      view.lasso.push(gn.toScene(view.camera, view.screen, px, py));
      return view.refresh();
    }
    if (pointers.size === 2) return pinch(view, [...pointers.values()], held, before);
    if (held.far > DRAG) view.pan(px - before.px, py - before.py);
  }

  function pinch(view, [a, b], held, before) {
    const still = held === a ? b : a;
    const [now, then] = [held, before].map((p) => Math.hypot(p.px - still.px, p.py - still.py));
    if (then > 0) view.zoom(now / then, (a.px + b.px) / 2, (a.py + b.py) / 2);
  }

  function release(view, pointers, event, [px, py]) {
    const held = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    if (!held) return;
    if (view.lasso) {
      const corners = view.lasso;
      view.lasso = null;
      view.refresh();
      if (corners.length > 3) view.on.lasso(view.grid.lassoed(corners, view.style.shown));
    } else if (held.far <= DRAG && event.type === "pointerup") {
      const account = view.accountAt(px, py);
      view.on.click(account, account < 0 ? view.tieAt(px, py) : -1);
    }
  }
})((globalThis.gn ??= Object.create(null)));
