/**
 * @file The details on the right: of the whole, an account, a tie, a community or several accounts. Whatever comes from
 * the data is set as text, with its own reading direction.
 */
(function (gn) {
  "use strict";

  const { el } = gn;
  const MOST_TIES = 25;

  /** Fill the panel for the current selection. @param {object} app */
  gn.showPanel = function (app) {
    const { kind, index, accounts } = app.state.selection;
    const parts = {
      none: () => overview(app),
      account: () => account(app, index),
      tie: () => tie(app, index),
      community: () => community(app, index),
      several: () => several(app, accounts),
    };
    const inside = app.panel.contains(document.activeElement);
    app.panel.replaceChildren(...parts[kind]().filter(Boolean));
    // the button that had the focus is gone; without this a keyboard would start again at the top of the page
    if (inside) app.panel.querySelector("h2").focus();
    app.panel.parentElement.scrollTop = 0;
  };

  const heading = (text, ...more) => el("h2", { tabIndex: -1, id: "chosen" }, gn.name(text), ...more);
  const hint = (text) => el("p", { class: "hint" }, text);
  const section = (title, ...parts) => (parts.length ? el("section", {}, el("h3", {}, title), ...parts) : null);

  function terms(facts) {
    if (!facts?.length) return null;
    const rows = facts.flatMap(([term, value]) => [el("dt", {}, term), el("dd", { dir: "auto" }, value)]);
    return el("dl", {}, ...rows);
  }

  function overview(app) {
    const { about } = app.model;
    return [
      heading("Nothing selected"),
      el("p", {}, "Click an account, a tie or the name of a community, or search with ", el("kbd", {}, "/"), "."),
      section("How to read this map", el("ul", { class: "plain" }, ...about.captions.map((c) => el("li", {}, c)))),
      section(
        "Keys",
        el(
          "dl",
          { class: "keys" },
          ...gn.KEYS.flatMap(([key, does]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, does)]),
        ),
      ),
    ];
  }

  /** A level never stands without the harmless explanation that fits as well. @param {object} group */
  const standing = (group) =>
    el(
      "p",
      {},
      el("b", {}, group.level ? `${group.level} ` : ""),
      group.words,
      group.fits ? el("span", { class: "hint" }, ` (${group.fits})`) : "",
    );

  // Accounts -----------------------------------------------------------------------------------------------------------

  function account(app, index) {
    const { model, evidence } = app;
    const known = evidence.accounts.get(index);
    const where = model.community[index];
    const command = gn.command(model.about.study, [model.ids[index]]);
    return [
      heading(model.labels[index]),
      el("p", {}, "id ", gn.name(model.ids[index]), ", in ", gn.communityButton(app, where)),
      standing(model.communities[where]),
      evidence.communities[where]?.benign?.length
        ? section(
            `What else could explain ${model.communities[where].name}`,
            ...evidence.communities[where].benign.map(benign),
          )
        : null,
      terms(known?.facts),
      findings(known),
      texts(known),
      known
        ? null
        : hint(
            command
              ? `This page carries the evidence of the strongest accounts. For this one: ${command}`
              : "This page carries the evidence of the strongest accounts only.",
          ),
      ties(app, index),
    ];
  }

  function ties(app, index) {
    const all = gn.tiesOf(app.model, index, app.left.ties);
    const rows = all.slice(0, MOST_TIES).map((e) =>
      el(
        "li",
        {},
        gn.accountButton(app, gn.other(app.model, e, index)),
        gn.button(gn.tieWords(app, e), () => app.select({ kind: "tie", index: e, accounts: [] }, true), {
          class: "link",
        }),
      ),
    );
    const title = `Strongest ties (${gn.count(rows.length)} of ${gn.count(all.length)})`;
    return section(
      title,
      hint("A name opens the account, the words beside it the tie. “posts”: this page carries its posts."),
      el("ul", { class: "rows" }, ...rows),
      hint("Ties that the filters leave."),
    );
  }

  /** "12 shared, quickest gap 4 s · posts". @param {object} app @param {number} tie */
  gn.tieWords = function ({ model, evidence }, tie) {
    const quickest = model.quickest[tie] < 0 ? "" : `, quickest gap ${gn.span(model.quickest[tie])}`;
    return `${gn.count(model.shared[tie])} shared${quickest}${evidence.pairs.has(tie) ? " · posts" : ""}`;
  };

  gn.accountButton = (app, index) =>
    gn.button(gn.name(app.model.labels[index]), () => app.select({ kind: "account", index, accounts: [] }, true), {
      class: "link",
    });

  gn.communityButton = (app, index) =>
    gn.button(app.model.communities[index].name, () => app.select({ kind: "community", index, accounts: [] }, true), {
      class: "link",
    });

  // Ties ---------------------------------------------------------------------------------------------------------------

  function tie(app, index) {
    const { model, evidence } = app;
    const ends = [model.source[index], model.target[index]];
    const matches = evidence.pairs.get(index);
    const layers = model.sets[model.set[index]].map((l) => model.layers[l]);
    return [
      el("h2", { tabIndex: -1, id: "chosen" }, gn.accountButton(app, ends[0]), " and ", gn.accountButton(app, ends[1])),
      el("p", {}, `${gn.tieWords(app, index).replace(" · posts", "")}, weight ${gn.figure(model.weight[index])}`),
      section("Tied in", el("ul", { class: "plain" }, ...layers.map((l) => el("li", {}, `${l.name}: ${l.title}`)))),
      matches
        ? section("Matched posts, the closest first", ...matches.map((m) => match(app, m)))
        : elsewhere(app, ends),
    ];
  }

  function elsewhere(app, ends) {
    const command = gn.command(
      app.model.about.study,
      ends.map((i) => app.model.ids[i]),
    );
    const why = `This page carries the posts of ${gn.counted(app.evidence.pairs.size, "tie")}, the strongest of each community. `;
    if (!command)
      return section("Matched posts", hint(`${why}For others ask graphnet explain with the ids of the two accounts.`));
    return section("Matched posts", hint(`${why}For this one run:`), el("pre", {}, el("code", {}, command)));
  }

  function match(app, { layer, what, gap, posts }) {
    const told = gap === null ? "" : `, ${gn.span(gap)} apart`;
    const [first, second] = posts;
    const words = first?.text && second?.text ? gn.compared(first.text, second.text) : [];
    const quotes = posts.map((post, k) =>
      el(
        "div",
        { class: "post" },
        el("p", { class: "hint" }, gn.accountButton(app, post.who), ` ${post.time}`),
        post.text ? gn.quoted(post, words[k]) : "",
      ),
    );
    return el(
      "div",
      { class: "match" },
      el("p", {}, el("b", {}, layer), told, what ? ": " : "", what ? gn.name(what) : ""),
      ...quotes,
    );
  }

  // Communities --------------------------------------------------------------------------------------------------------

  function community(app, index) {
    const { model, evidence } = app;
    const group = model.communities[index];
    const known = evidence.communities[index] ?? {};
    const link =
      app.report && group.detailed ? el("a", { href: `${app.report}#${group.name}` }, "In the report") : null;
    return [
      heading(`${group.name}, ${gn.counted(group.size, "account")}`),
      standing(group),
      link,
      known.level ? el("p", { dir: "auto" }, known.level) : null,
      known.carried
        ? null
        : hint(
            `This page carries the evidence of other communities. For this one: graphnet explain ${gn.folder(model.about.study)} --community ${group.community}`,
          ),
      terms(known.facts),
      known.benign?.length ? section("What else could explain it", ...known.benign.map(benign)) : null,
      findings(known),
      texts(known),
      section("Members", ...gn.accountList(app, gn.membersOf(model, index))),
    ];
  }

  const benign = ({ title, words, clue }) =>
    el("p", {}, el("b", {}, `${title}: `), words, clue ? el("span", { class: "hint", dir: "auto" }, ` ${clue}`) : "");

  function several(app, accounts) {
    const by = new Map();
    for (const i of accounts) by.set(app.model.community[i], (by.get(app.model.community[i]) ?? 0) + 1);
    const parts = [...by].sort((a, b) => b[1] - a[1]).slice(0, 12);
    return [
      heading(`${gn.counted(accounts.length, "account")} selected`),
      el("p", {}, ...parts.flatMap(([c, n]) => [gn.communityButton(app, c), `: ${gn.count(n)} `])),
      section("Accounts", ...gn.accountList(app, accounts)),
    ];
  }

  // What is known ------------------------------------------------------------------------------------------------------

  function findings(known) {
    const items = (known?.findings ?? []).map((f) =>
      el(
        "li",
        { class: f.known ? "" : "unknown" },
        el("b", {}, f.title),
        f.known && f.figure ? `: ${f.figure}` : "",
        f.compared ? el("span", { class: "hint" }, ` (${f.compared})`) : "",
        el("p", { dir: "auto" }, f.reason),
        f.table ? table(f.table, f.title) : "",
      ),
    );
    return items.length ? section("Findings", el("ul", { class: "findings" }, ...items)) : null;
  }

  function table({ columns, rows }, title) {
    const head = el("tr", {}, ...columns.map((c) => el("th", { scope: "col" }, c)));
    const body = rows.map((row) => el("tr", {}, ...row.map((text) => el("td", { dir: "auto" }, text))));
    const made = el("table", {}, el("thead", {}, head), el("tbody", {}, ...body));
    return el(
      "details",
      {},
      el("summary", {}, "Evidence"),
      el("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": `Evidence: ${title}` }, made),
    );
  }

  function texts(known) {
    const quotes = (known?.texts ?? []).flatMap((t) => [gn.quoted(t), el("p", { class: "hint", dir: "auto" }, t.note)]);
    return quotes.length ? section("Texts behind the findings", ...quotes) : null;
  }
})((globalThis.gn ??= Object.create(null)));
