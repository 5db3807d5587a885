/** @file The filters on the left: levels, layers, weight, language. */
(function (gn) {
  "use strict";

  const { el } = gn;

  /** Build the filters that make a choice possible; others are left out. @param {object} app */
  gn.showFilters = function (app) {
    app.filters.replaceChildren(...[levels(app), layers(app), weight(app), language(app)].filter(Boolean));
  };

  function group(title, ...parts) {
    return el("fieldset", {}, el("legend", {}, title), ...parts);
  }

  function ticks(app, off, entries) {
    return entries.map(([key, text, note]) => {
      const box = el("input", { type: "checkbox", checked: !off.has(key) });
      box.addEventListener("change", () => app.toggle(off, key, box.checked));
      return el("label", { class: "tick" }, box, el("span", {}, text, note ? el("small", {}, ` ${note}`) : ""));
    });
  }

  function levels(app) {
    const found = new Map();
    for (const c of app.model.communities)
      found.set(gn.levelOf(c), [c.words, (found.get(gn.levelOf(c))?.[1] ?? 0) + 1]);
    if (found.size < 2) return null;
    const entries = gn.LEVELS.filter((l) => found.has(l)).map((l) => [
      l,
      `${l === gn.NO_LEVEL ? "" : l} ${found.get(l)[0]}`,
      counted(found.get(l)[1]),
    ]);
    return group("Level", ...ticks(app, app.state.levelsOff, entries));
  }

  const counted = (n) => `${gn.count(n)} communit${n === 1 ? "y" : "ies"}`;

  function layers(app) {
    if (app.model.layers.length < 2) return null;
    const entries = app.model.layers.map((l, i) => [i, l.name, l.title]);
    return group("Layer", ...ticks(app, app.state.layersOff, entries));
  }

  function weight(app) {
    const steps = gn.thresholds(app.model.weight);
    if (steps.length < 2) return null;
    const told = el("output", {});
    const tell = () => (told.textContent = app.state.least > 0 ? `${gn.figure(app.state.least)} or more` : "all");
    const place = steps.findIndex((s) => s >= app.state.least);
    const slider = el("input", {
      type: "range",
      min: "0",
      max: String(steps.length - 1),
      value: String(Math.max(0, place)),
      id: "weight",
      "aria-label": "Smallest weight of a tie",
    });
    slider.addEventListener("input", () => {
      app.state.least = steps[Number(slider.value)];
      tell();
      app.refilter();
    });
    tell();
    return group("Weight of ties", slider, told);
  }

  function language(app) {
    const { languages } = app.model;
    if (languages.length < 2) return null;
    const options = languages.map((name, i) =>
      el("option", { value: String(i), selected: i === app.state.language }, name),
    );
    const box = el(
      "select",
      { id: "language", "aria-label": "Main language of the account" },
      el("option", { value: "-1" }, "all"),
      ...options,
    );
    box.value = String(app.state.language);
    box.addEventListener("change", () => {
      app.state.language = Number(box.value);
      app.refilter();
    });
    return group("Main language", box);
  }
})((globalThis.gn ??= Object.create(null)));
