/** @file Everything by keyboard. */
(function (gn) {
  "use strict";

  /** Shown in the panel when nothing is selected. */
  gn.KEYS = [
    ["/", "search"],
    ["arrows", "move the map"],
    ["+ −", "zoom in, out"],
    ["0", "show all"],
    ["n N", "next, previous neighbour of the account; without one, the strongest account in sight"],
    ["c C", "next, previous community"],
    ["Esc", "select nothing"],
    ["Shift + drag", "lasso"],
  ];
  const STEP = 70;

  /** Listen for keys. @param {object} app */
  gn.keys = function (app) {
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
      const action = actions(app, document.activeElement === app.view.box)[event.key];
      if (!action) return;
      action();
      event.preventDefault();
    });
  };

  function actions(app, onMap) {
    const everywhere = {
      "/": () => app.search.focus(),
      Escape: () => app.select(gn.NOTHING),
      n: () => neighbour(app, 1),
      N: () => neighbour(app, -1),
      c: () => community(app, 1),
      C: () => community(app, -1),
    };
    const { view } = app;
    const map = {
      ArrowLeft: () => view.pan(STEP, 0),
      ArrowRight: () => view.pan(-STEP, 0),
      ArrowUp: () => view.pan(0, STEP),
      ArrowDown: () => view.pan(0, -STEP),
      "+": () => view.zoom(1.35),
      "=": () => view.zoom(1.35),
      "-": () => view.zoom(1 / 1.35),
      0: () => view.fly(view.home()),
    };
    return onMap ? { ...everywhere, ...map } : everywhere;
  }

  /** The account after this one on a walk round the neighbours of where the walk began. */
  function neighbour(app, step) {
    const { kind, index } = app.state.selection;
    if (kind !== "account") {
      const first = gn.strongestInSight(app);
      if (first >= 0) app.select({ kind: "account", index: first, accounts: [] });
      return;
    }
    if (!app.walk || !app.walk.ring.includes(index)) {
      const ring = gn.tiesOf(app.model, index, app.left.ties).map((e) => gn.other(app.model, e, index));
      app.walk = { ring: [index, ...ring] };
    }
    const { ring } = app.walk;
    const walk = app.walk;
    const next = ring[(ring.indexOf(index) + step + ring.length) % ring.length];
    app.select({ kind: "account", index: next, accounts: [] }, true);
    app.walk = walk;
  }

  /** The strongest shown account on the screen; -1: none. @param {object} app */
  gn.strongestInSight = function ({ model, view, left }) {
    const [l, t, r, b] = gn.sight(view.camera, view.screen);
    const found = model.order.find(
      (i) => left.accounts[i] && model.x[i] > l && model.x[i] < r && model.y[i] > t && model.y[i] < b,
    );
    return found ?? -1;
  };

  function community(app, step) {
    const order = gn.namingOrder(app.model.communities).filter((i) => app.style.communityShown[i]);
    if (!order.length) return;
    const at = app.state.selection.kind === "community" ? order.indexOf(app.state.selection.index) : step > 0 ? -1 : 0;
    app.select({ kind: "community", index: order[(at + step + order.length) % order.length], accounts: [] }, true);
  }
})((globalThis.gn ??= Object.create(null)));
