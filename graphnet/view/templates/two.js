"use strict";
// An account that is pointed at or chosen is marked in every picture and table. The page says everything without this.
(() => {
  const said = document.getElementById("said");
  /** @type {Map<string, Element[]>} everything that stands for one account */
  const of = new Map();
  for (const element of document.querySelectorAll("[data-i]")) {
    const held = of.get(element.dataset.i);
    if (held) held.push(element); else of.set(element.dataset.i, [element]);
  }
  let shown = "", pinned = "";

  /** @param {string} index the account to mark; "": none */
  function show(index) {
    if (index === shown) return;
    for (const element of of.get(shown) || []) element.classList.remove("on");
    for (const element of of.get(index) || []) element.classList.add("on");
    shown = index;
    const mark = (of.get(index) || []).find((element) => element.querySelector("title"));
    said.textContent = mark ? mark.querySelector("title").textContent : said.dataset.hint;
  }

  const at = (event) => event.target.closest?.("[data-i]")?.dataset.i ?? "";
  document.addEventListener("pointerover", (event) => show(at(event) || pinned));
  document.addEventListener("focusin", (event) => show(at(event) || pinned));
  document.addEventListener("click", (event) => {
    const index = at(event);
    pinned = index === pinned ? "" : index;
    show(pinned);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(pinned = "");
  });
  said.textContent = said.dataset.hint;
  document.documentElement.dataset.ready = "yes";
})();
