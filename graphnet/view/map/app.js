/** @file Puts the parts together. The only file that acts when it is loaded, and only on the page. */
(function (gn) {
  "use strict";

  const find = (id) => document.getElementById(id);

  gn.App = class {
    /** @param {object} model @param {object} evidence see `gn.known` */
    constructor(model, evidence) {
      Object.assign(this, { model, evidence });
      this.panel = find("panel");
      this.legend = find("communities");
      this.legendNote = find("communities-note");
      this.filters = find("filters");
      this.search = find("q");
      this.report = document.querySelector("a[data-report]")?.getAttribute("href") ?? "";
      this.state = gn.decoded(location.hash, model);
      this.left = gn.filtered(model, this.state);
      this.view = new gn.View(find("map"), model, {
        click: (account, tie) => this.clicked(account, tie),
        hover: (account, x, y) => this.hovered(account, x, y),
        lasso: (accounts) => this.lassoed(accounts),
        rest: () => this.rested(),
        ready: () => this.ready(),
      });
      this.timeline = new gn.Timeline(this, find("time"));
      this.restore();
      gn.searching(this, this.search, find("hits"));
      gn.keys(this);
      this.buttons();
    }

    get dark() {
      return this.state.theme ? this.state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    }

    /** Show the state as it stands, the camera included. */
    restore() {
      const { camera } = this.state;
      if (camera) this.view.camera = { x: camera.x, y: camera.y, k: camera.zoom * this.view.whole };
      this.paint();
      gn.showFilters(this);
      gn.showPanel(this);
    }

    /** Colours, legend, map and bars. */
    paint() {
      document.documentElement.dataset.theme = this.dark ? "dark" : "light";
      this.style = gn.styled(this.model, this.state, this.left, this.dark);
      this.view.restyle(this.style);
      gn.showLegend(this);
      this.timeline.draw();
      this.tell();
    }

    /** Only what a selection changes. */
    highlight() {
      this.style = gn.styled(this.model, this.state, this.left, this.dark);
      this.view.restyle(this.style);
      this.timeline.draw();
    }

    /** After a filter was set; a slider sends many of them, one a frame is worked on. */
    refilter() {
      this.waiting ||= requestAnimationFrame(() => {
        this.waiting = 0;
        this.left = gn.filtered(this.model, this.state);
        this.highlight();
        this.tell();
        this.save();
      });
    }

    /** @param {Set} off @param {any} key @param {boolean} on */
    toggle(off, key, on) {
      if (on) off.delete(key);
      else off.add(key);
      this.refilter();
    }

    /** Select something, or nothing. @param {object} selection @param {boolean} [fly] bring it into sight */
    select(selection, fly = false) {
      this.state.selection = selection;
      this.walk = null;
      this.highlight();
      gn.showPanel(this);
      this.say(this.spoken(selection));
      if (fly) this.bring(selection);
      this.save();
    }

    /** Bring a selection into sight. */
    bring({ kind, index }) {
      const { model, view } = this;
      if (kind === "community") {
        const { x, y, radius } = model.communities[index];
        return view.show([x - radius, y - radius, x + radius, y + radius]);
      }
      if (kind === "tie") {
        const [xs, ys] = [model.x, model.y].map((v) => [v[model.source[index]], v[model.target[index]]]);
        const room = 6 * model.marks[1];
        return view.show([
          Math.min(...xs) - room,
          Math.min(...ys) - room,
          Math.max(...xs) + room,
          Math.max(...ys) + room,
        ]);
      }
      const [px, py] = gn.toScreen(view.camera, view.screen, model.x[index], model.y[index]);
      const near =
        view.camera.k >= 0.25 && px > 40 && py > 40 && px < view.screen.width - 40 && py < view.screen.height - 40;
      if (!near)
        view.fly({
          x: model.x[index],
          y: model.y[index],
          k: Math.max(view.camera.k, Math.min(0.5, view.whole * gn.ZOOM[1])),
        });
    }

    spoken({ kind, index, accounts }) {
      const { model } = this;
      const ties = (i) => gn.counted(gn.tiesOf(model, i, this.left.ties).length, "tie");
      if (kind === "account")
        return `${model.labels[index]}, community ${model.communities[model.community[index]].name}, ${ties(index)}`;
      if (kind === "tie")
        return `${model.labels[model.source[index]]} and ${model.labels[model.target[index]]}: ${gn.tieWords(this, index)}`;
      if (kind === "community")
        return `${model.communities[index].name}, ${model.communities[index].words}, ${gn.counted(model.communities[index].size, "account")}`;
      return kind === "several" ? `${gn.counted(accounts.length, "account")} selected` : "Nothing selected";
    }

    clicked(account, tie) {
      if (account >= 0) this.select({ kind: "account", index: account, accounts: [] });
      else if (tie >= 0) this.select({ kind: "tie", index: tie, accounts: [] });
      else this.select(gn.NOTHING);
    }

    hovered(account, x, y) {
      if (account === this.over) return;
      this.over = account;
      const tip = find("tip");
      tip.hidden = account < 0;
      this.view.box.style.cursor = account < 0 ? "grab" : "pointer";
      if (account < 0) return;
      const group = this.model.communities[this.model.community[account]];
      tip.replaceChildren(gn.name(this.model.labels[account]), gn.el("br"), `${group.name} ${gn.standing(group)}`);
      tip.style.left = `${Math.min(x + 14, this.view.screen.width - 180)}px`;
      tip.style.top = `${Math.min(y + 14, this.view.screen.height - 50)}px`;
    }

    /** Say it to those who do not see the map. @param {string} text */
    say(text) {
      find("status").textContent = text;
    }

    /** How much is shown, and whether ties are left out for want of room. */
    tell() {
      const { model, left, view } = this;
      const { inSight, drawn } = view.edges.counts;
      const cut =
        view.edges.finished && drawn < inSight
          ? `; drawn: the ${gn.count(drawn)} heaviest of ${gn.count(inSight)} in sight`
          : "";
      find("counts").textContent =
        `${gn.count(left.accountCount)} of ${gn.counted(model.n, "account")}, ${gn.count(left.tieCount)} of ${gn.counted(model.m, "tie")}${cut}`;
    }

    rested() {
      const { camera, whole, atHome } = this.view;
      this.state.camera = atHome ? null : { x: camera.x, y: camera.y, zoom: camera.k / whole };
      this.tell();
      this.save();
    }

    ready() {
      this.tell();
      document.documentElement.dataset.ready = "yes";
    }

    /** Keep the state in the address. */
    save() {
      const hash = gn.encoded(this.state, this.model);
      if (hash === location.hash.slice(1)) return;
      try {
        history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
      } catch {
        // some viewers forbid it (mail programs, frames without an origin): no link then, and all else works
      }
    }

    buttons() {
      const bind = (id, action) => find(id).addEventListener("click", action);
      bind("home", () => this.view.fly(this.view.home()));
      bind("lasso", () => this.lassoing(!this.view.lassoing));
      bind("csv", () =>
        gn.save("accounts.csv", new Blob(["\ufeff", gn.csv(this.model, gn.taken(this))], { type: "text/csv" })),
      );
      bind("copy", () => this.copy());
      bind("svg", () => gn.save("map.svg", new Blob([gn.svg(this)], { type: "image/svg+xml" })));
      bind("png", async () => gn.save("map.png", await gn.png(this)));
      bind("print", () => print());
      bind("theme", () => this.themed(this.dark ? "light" : "dark"));
      addEventListener("hashchange", () => this.reread());
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
      addEventListener("beforeprint", () => this.printing(true));
      addEventListener("afterprint", () => this.printing(false));
    }

    /** Each selected account's id, one a line, into the clipboard. */
    async copy() {
      const taken = gn.taken(this);
      try {
        await navigator.clipboard.writeText(taken.map((i) => this.model.ids[i]).join("\n"));
        this.say(`${gn.counted(taken.length, "id")} copied`);
      } catch {
        this.say("The browser does not let this page copy; use CSV");
      }
    }

    /** @param {number[]} accounts */
    lassoed(accounts) {
      this.lassoing(false);
      this.select(accounts.length ? { kind: "several", index: -1, accounts } : gn.NOTHING);
    }

    /** Whether dragging draws a lasso without Shift; once, then it moves the map again. @param {boolean} on */
    lassoing(on) {
      this.view.lassoing = on;
      find("lasso").setAttribute("aria-pressed", String(on));
      this.say(on ? "Drag round the accounts" : "");
    }

    themed(theme) {
      this.state.theme = theme;
      this.paint();
      this.save();
    }

    /** Somebody changed the address, or followed a link to this page. */
    reread() {
      this.state = gn.decoded(location.hash, this.model);
      this.left = gn.filtered(this.model, this.state);
      if (!this.state.camera) this.view.camera = this.view.home();
      this.restore();
    }

    /** Paper is white, and gets a still picture: the live one may change its size meanwhile. @param {boolean} on */
    printing(on) {
      find("printed")?.remove();
      if (on) this.before = this.state.theme;
      this.state.theme = on ? "light" : this.before;
      this.paint();
      if (!on) return;
      this.view.finish();
      this.view.box.before(Object.assign(gn.picture(this), { id: "printed" }));
    }
  };

  /**
   * The evidence by position.
   * @param {object} raw @returns {{communities: object[], accounts: Map<number, object>, pairs: Map<number, object[]>}}
   */
  gn.known = (raw) => ({
    communities: raw.communities,
    accounts: new Map(raw.accounts.of.map((i, k) => [i, raw.accounts.panels[k]])),
    pairs: new Map(raw.pairs.of.map((e, k) => [e, raw.pairs.matches[k]])),
  });

  async function start() {
    try {
      const data = JSON.parse(find("data").textContent);
      const [model, raw] = await Promise.all([gn.model(data), gn.evidence(data.evidence)]);
      gn.app = new gn.App(model, gn.known(raw));
    } catch (error) {
      // browsers from before 2023 cannot inflate; a file cut short by a mail program has no whole data
      find("panel").textContent =
        `The map cannot be shown (${error.message}). Try a newer browser, or get the file anew; the report needs neither.`;
    }
  }

  if (typeof document !== "undefined") start();
})((globalThis.gn ??= Object.create(null)));
