/** @file Search by handle or id: `/` goes there, arrows choose, Enter selects. */
(function (gn) {
  "use strict";

  const MOST = 8;

  /**
   * Accounts whose handle or id holds what is typed; those that start with it come first.
   * @param {object} model @param {string} typed
   * @returns {{found: number[], more: number}}
   */
  gn.matching = function (model, typed) {
    const wanted = typed.trim().replace(/^@/, "").toLowerCase();
    if (!wanted) return { found: [], more: 0 };
    model.folded ??= model.labels.map((label) => label.toLowerCase());
    const [first, rest] = [[], []];
    for (let i = 0; i < model.n; i++) {
      if (model.folded[i].startsWith(wanted) || model.ids[i] === wanted) first.push(i);
      else if (model.folded[i].includes(wanted)) rest.push(i);
    }
    const all = [...first, ...rest];
    return { found: all.slice(0, MOST), more: Math.max(0, all.length - MOST) };
  };

  /** Wire up the search box and its list of hits. @param {object} app @param {HTMLInputElement} input @param {HTMLElement} list */
  gn.searching = function (app, input, list) {
    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    };
    const pick = (i) => {
      input.value = "";
      close();
      app.select({ kind: "account", index: i, accounts: [] }, true);
      app.view.box.focus();
    };
    const show = () => {
      const { found, more } = gn.matching(app.model, input.value);
      const hits = found.map((i) => gn.button(gn.name(app.model.labels[i]), () => pick(i)));
      const note = more ? `${gn.count(more)} more: type on` : found.length ? "" : "No account on this map";
      list.replaceChildren(...hits, ...(note ? [gn.el("p", { class: "hint" }, note)] : []));
      list.hidden = !input.value.trim();
      input.setAttribute("aria-expanded", String(!list.hidden));
    };
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") list.querySelector("button")?.click();
      else if (event.key === "ArrowDown") list.querySelector("button")?.focus();
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    list.addEventListener("keydown", (event) => walk(event, input, close));
    document.addEventListener("pointerdown", (event) => {
      if (!list.contains(event.target) && event.target !== input) close();
    });
  };

  function walk(event, input, close) {
    const at = document.activeElement;
    if (event.key === "ArrowDown") (at.nextElementSibling?.tagName === "BUTTON" ? at.nextElementSibling : at).focus();
    else if (event.key === "ArrowUp") (at.previousElementSibling ?? input).focus();
    else if (event.key === "Escape") {
      close();
      input.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
})((globalThis.gn ??= Object.create(null)));
