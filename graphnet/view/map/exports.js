/** @file What can be taken along: the selection as CSV, the view as PNG and SVG. */
(function (gn) {
  "use strict";

  /** Communities whose benign explanation an exported picture has room for. */
  const MOST_TOLD = 8;

  // eslint-disable-next-line no-control-regex
  const FORMULA = /^(?:[\s\x00-\x1f\x85\ufeff\u200b-\u200f]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/;

  /** A cell of a CSV file that a spreadsheet takes as text and not as a formula. @param {string} text */
  gn.cell = function (text) {
    const safe = FORMULA.test(text) ? `'${text}` : text;
    return /[",;\r\n\t']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };

  /** Accounts as CSV, ids as text. @param {object} model @param {number[]} accounts */
  gn.csv = function (model, accounts) {
    const lines = accounts.map((i) => {
      const group = model.communities[model.community[i]];
      const figures = [
        group.name,
        group.level ?? "",
        group.fits,
        String(model.strength[i]),
        String(model.start[i + 1] - model.start[i]),
      ];
      return [model.ids[i], model.labels[i], ...figures].map(gn.cell).join(",");
    });
    return ["id,account,community,level,benign,strength,ties", ...lines, ""].join("\r\n");
  };

  /** The accounts that an export takes: the selected ones, else all that are shown. @param {object} app @returns {number[]} */
  gn.taken = function ({ model, state, left }) {
    const { kind, index, accounts } = state.selection;
    if (kind === "several") return accounts;
    if (kind === "community") return gn.membersOf(model, index);
    if (kind === "tie") return [model.source[index], model.target[index]];
    if (kind === "account") return [index, ...gn.tiesOf(model, index, left.ties).map((e) => gn.other(model, e, index))];
    return Array.from(model.order.filter((i) => left.accounts[i]));
  };

  /** Hand a file to the reader. @param {string} name @param {Blob} blob */
  gn.save = function (name, blob) {
    const link = gn.el("a", { download: name, href: URL.createObjectURL(blob) });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  /** Sentences below an exported picture. @param {object} app */
  function footer({ model, left }) {
    const suspected = model.communities.filter((c) => c.level === "L2" || c.level === "L3");
    const fitting = suspected.filter((c) => c.fits).map((c) => `${c.name}: ${c.fits}.`);
    const counts = `${model.about.title}: ${gn.count(left.accountCount)} accounts, ${gn.count(left.tieCount)} ties.`;
    return [counts, ...fitting.slice(0, MOST_TOLD), ...model.about.captions];
  }

  /** The view as it is, with title and captions below. @param {object} app @returns {HTMLCanvasElement} */
  gn.picture = function (app) {
    const { view, style } = app;
    const { width, height } = view.marks.canvas;
    const lines = footer(app);
    const line = 17 * view.dots;
    const canvas = gn.el("canvas", { width, height: height + (lines.length + 1) * line });
    const pen = canvas.getContext("2d");
    pen.fillStyle = style.colours.paper;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(view.edges.canvas, 0, 0);
    pen.drawImage(view.marks.canvas, 0, 0);
    pen.fillStyle = style.colours.ink;
    pen.font = `${12 * view.dots}px system-ui, sans-serif`;
    lines.forEach((text, i) => pen.fillText(text, 10 * view.dots, height + (i + 1) * line, width - 20 * view.dots));
    return canvas;
  };

  /** @param {object} app @returns {Promise<Blob>} */
  gn.png = (app) => new Promise((done) => gn.picture(app).toBlob(done, "image/png"));

  const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  /** @param {string} text */
  gn.escaped = (text) => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign]);

  /** The view as an SVG drawing. @param {object} app @returns {string} */
  gn.svg = function (app) {
    const { view, style, model } = app;
    const { width, height } = view.screen;
    const lines = footer(app);
    const high = height + 17 * lines.length + 10;
    const parts = [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${high}" width="${width}" height="${high}" font-family="sans-serif" font-size="12">`,
      `<title>${gn.escaped(model.about.title)}</title><desc>${gn.escaped(lines.join(" "))}</desc>`,
      `<rect width="${width}" height="${high}" fill="${style.colours.paper}"/>`,
      ...svgTies(app),
      ...svgMarks(app),
      ...svgNames(app),
      ...lines.map(
        (text, i) => `<text x="10" y="${height + 17 * (i + 1)}" fill="${style.colours.ink}">${gn.escaped(text)}</text>`,
      ),
    ];
    return parts.join("\n") + "\n</svg>\n";
  };

  const at = (view, model, i) => gn.toScreen(view.camera, view.screen, model.x[i], model.y[i]).map((v) => v.toFixed(1));

  function svgTies({ view, style, model }) {
    const heaps = style.inks.map(() => []);
    const line = (e) => `M${at(view, model, model.source[e]).join(" ")}L${at(view, model, model.target[e]).join(" ")}`;
    for (const e of view.edges.queue) heaps[style.tieInk(e)].push(line(e));
    const path = (lines, ink) =>
      `<path d="${lines.join("")}" stroke="${gn.css(style.inks[ink])}" stroke-opacity="${view.edges.alphaOf(ink)}" stroke-width="0.8" fill="none"/>`;
    const all = heaps.map((lines, ink) => (lines.length ? path(lines, ink) : "")).filter(Boolean);
    return style.hot.length
      ? [
          ...all,
          `<path d="${style.hot.map(line).join("")}" stroke="${style.colours.hot}" stroke-width="1.5" fill="none"/>`,
        ]
      : all;
  }

  function svgMarks({ view, style, model }) {
    const found = Array.from(view.marks.inSight(view.camera, view.screen, style.shown));
    return found.map((i) => {
      const [x, y] = at(view, model, i);
      const radius = gn.radius(model.size[i], view.camera.k);
      const corners = radius < 3.2 ? null : gn.corners(style.shapeOf(i));
      const fill = gn.css(style.inks[style.inkOf(i)]);
      if (!corners) return `<circle cx="${x}" cy="${y}" r="${radius.toFixed(1)}" fill="${fill}"/>`;
      const points = corners.map(
        ([dx, dy]) => `${(Number(x) + dx * radius).toFixed(1)},${(Number(y) + dy * radius).toFixed(1)}`,
      );
      return `<polygon points="${points.join(" ")}" fill="${fill}"/>`;
    });
  }

  function svgNames({ view, style, model }) {
    const { width, height } = view.screen;
    const text = (label, x, y, more) =>
      `<text x="${x}" y="${y}" fill="${style.colours.ink}" stroke="${style.colours.paper}" stroke-width="3" paint-order="stroke" ${more}>${gn.escaped(label)}</text>`;
    const groups = style.order
      .slice(0, 60)
      .filter((i) => style.communityShown[i])
      .map((i) => {
        const group = model.communities[i];
        const [x, y] = gn.toScreen(view.camera, view.screen, group.x, group.y - group.radius);
        return x < 0 || y < 0 || x > width || y > height
          ? ""
          : text(group.name, x.toFixed(1), y.toFixed(1), 'text-anchor="middle" font-weight="bold"');
      });
    const named = style.named.slice(0, 40).map((i) => text(model.labels[i], ...at(view, model, i), 'dx="8"'));
    return [...groups.filter(Boolean), ...named];
  }
})((globalThis.gn ??= Object.create(null)));
