// The comparison as a whole: its sets, what is alike, figures, items, and the list of conflicts.

function comparisonShowOverview(root, state) {
  const { data } = comparisonNow;
  const parts = [
    h("h1", null, "Comparison"),
    h("p", { class: "comparison-lead" },
      data.sets.flatMap((set, index) => [
        index ? (index === data.sets.length - 1 ? " and " : ", ") : "",
        h("strong", null, comparisonData(set)),
      ]),
      ` are ${data.sets.length > 2 ? "" : "two "}sets of annotations of the same texts. Here stands what they say alike, where they differ, `,
      "what was decided, and how far they agree. That they agree does not make them right."),
    data.reason && h("p", { class: "warning" }, `Nothing is compared: ${data.reason}.`),
    ...data.notes.map((note) => h("p", { class: "warning", dir: "auto" }, note)),
    comparisonSets(data),
  ];
  root.append(...parts.filter(Boolean));
  if (data.reason) {
    root.append(comparisonAgreement(data));
    return;
  }
  root.append(comparisonCounts(data), comparisonAgreement(data), comparisonItems(data), comparisonList());
  comparisonFillList(state);
  const asked = ["layer", "kind", "in", "says", "take"].some((each) => state[each]);
  if (asked) comparisonToList();
}

function comparisonToList() {
  const heading = document.getElementById("comparison-conflicts");
  if (!heading) return;
  heading.scrollIntoView({ block: "start" });
  heading.focus({ preventScroll: true });
}

function comparisonTable(caption, head, rows, props = {}) {
  return scrolling("comparison-scroll", caption,
    h("table", { class: `comparison-table ${props.class || ""}` },
      h("caption", null, h("span", null, caption)),
      h("thead", null, h("tr", null, head.map((each) => (each instanceof Node ? each : h("th", { scope: "col" }, each))))),
      rows));
}

function comparisonSets(data) {
  const rows = data.sets.map((id) => {
    const set = setOf(id);
    const verified = !set ? "–" : set.verified ? `${number(set.verified)} of ${number(set.records)}` : "none";
    const by = set && annotators(set);
    const more = set && [set.created, set.guidelines_version && `guidelines ${set.guidelines_version}`].filter(Boolean);
    return h("tr", null,
      h("th", { scope: "row" }, comparisonData(id)),
      h("td", { dir: "auto" }, by || "–", more ? h("span", { class: "small dim comparison-producer" }, more.join(", ")) : null),
      h("td", { class: "n" }, number(set?.records)),
      h("td", null, verified));
  });
  const notes = data.report.notes || [];
  return h("section", null,
    h("h2", null, "The sets"),
    comparisonTable("The sets that are compared, and who made them",
      ["Set", "Annotated by", comparisonNumberHead("Records"), "Verified by a person"],
      h("tbody", null, rows)),
    notes.map((note) => h("p", { class: "comparison-note", dir: "auto" }, note)));
}

function comparisonNumberHead(text) {
  return h("th", { scope: "col", class: "n" }, text);
}

function comparisonLayersIn(data) {
  const order = [...LAYERS, "link"];
  const present = new Set(data.conflicts.map((each) => each.layer));
  for (const layers of Object.values(data.counts)) {
    for (const [layer, counts] of Object.entries(layers)) {
      if (counts.alike || counts.aside) present.add(layer);
    }
  }
  return [...order.filter((each) => present.has(each)), ...[...present].filter((each) => !order.includes(each))];
}

function comparisonKindsIn(data) {
  const kinds = [...new Set(data.conflicts.flatMap((each) => each.kinds))];
  const rank = (kind) => COMPARISON_KIND_ORDER.indexOf(comparisonKindParts(kind)[0]);
  return kinds.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function comparisonCounts(data) {
  const kinds = comparisonKindsIn(data);
  const link = (n, filter) =>
    n ? h("a", { href: address({ view: "comparison", ...filter }) }, number(n)) : h("span", { class: "dim" }, "0");
  const rows = comparisonLayersIn(data).map((layer) => {
    const own = data.conflicts.filter((each) => each.layer === layer);
    const alike = comparisonCount("alike", null, layer);
    const aside = comparisonCount("aside", null, layer);
    const decided = own.filter((each) => each.decision).length;
    return h("tr", null,
      h("th", { scope: "row" }, comparisonLayer(layer)),
      h("td", { class: "n" }, number(alike)),
      h("td", { class: "n" }, link(own.length, { layer })),
      h("td", { class: "n" }, number(decided)),
      h("td", { class: "n" }, number(aside)),
      kinds.map((kind) =>
        h("td", { class: "n" }, link(own.filter((each) => each.kinds.includes(kind)).length, { layer, kind }))));
  });
  const head = ["Alike", "Conflicts", "Decided", "Not compared", ...kinds.map(comparisonKind)];
  return h("section", null,
    h("h2", null, "What is alike, and what is not"),
    comparisonTable("Alike and in conflict, by layer; on the right, the conflicts by kind",
      ["Layer", ...head.map((each) => comparisonNumberHead(each))], h("tbody", null, rows)),
    h("p", { class: "small dim" },
      "Alike: all sets that looked there say the same, with at least four fifths of the extent in common. ",
      "A conflict may be of several kinds. ", comparisonAsideSaid(data)),
    comparisonKindTerms(kinds),
    data.decided_in || !data.conflicts.length ? null : h("p", { class: "small" },
      "No adjudication of these sets is recorded here.",
      data.into ? [" Beside each conflict stands what ", comparisonData(data.into), " has at its place."] : null),
    data.amendments.length ? comparisonAmendments(data) : null);
}

function comparisonKindTerms(kinds) {
  const names = [...new Set(kinds.map((kind) => comparisonKindParts(kind)[0]))].filter((name) => COMPARISON_KINDS[name]);
  if (!names.length) return null;
  return h("dl", { class: "comparison-terms small" }, names.map((name) =>
    [h("dt", null, name === "only" || name === "missing" ? `${name} in` : name), h("dd", null, COMPARISON_KINDS[name])]));
}

function comparisonAsideSaid(data) {
  const count = (reason) => data.left_out[reason] || 0;
  const said = [
    [count("copy"), "in copied text, which follows the passage that it is copied from"],
    [count("uncompared"), "where only one set looked"],
    [count("orphan-role"), "parts of no attribution"],
  ].filter(([n]) => n);
  return said.length ? `Not compared: ${said.map(([n, why]) => `${plural(n, "record")} ${why}`).join("; ")}.` : "";
}

function comparisonAmendments(data) {
  return h("details", { class: "comparison-more" },
    h("summary", null, `${plural(data.amendments.length, "amendment")} to the result, which no conflict covers`),
    h("ul", null, data.amendments.map((each) =>
      h("li", null,
        h("a", { href: address({ view: "comparison", item: each.item }) }, comparisonData(titleOf(each.item))), ": ",
        comparisonAmendmentSaid(each), ". ", comparisonReason(each.reason), " ",
        each.note ? comparisonQuote(each.note) : null,
        h("span", { class: "dim", dir: "auto" }, ` (${comparisonBy(each.by)})`)))));
}

function comparisonAmendmentSaid(each) {
  const done = [];
  if (each.remove) done.push(`${plural(each.remove.length, "record")} taken out`);
  if (each.change) done.push(`${plural(Object.keys(each.change).length, "record")} changed`);
  if (each.add) done.push(`${plural(each.add.length, "record")} added`);
  return done.join(", ");
}

function comparisonReason(reason) {
  const said = comparisonNow.data.reasons[reason] || words(reason);
  return h("span", null, said, " ", h("code", { class: "dim" }, reason));
}

// ---- items

function comparisonItems(data) {
  const layers = comparisonLayersIn(data).filter((each) => each !== "link");
  const ids = (HEAD.items || []).map((each) => each.id).filter((id) => ownOf(data.counts, id));
  const row = (id) => {
    const own = data.conflictsIn.get(id) || [];
    return h("tr", null,
      h("th", { scope: "row" }, h("a", { href: address({ view: "comparison", item: id }) }, comparisonData(titleOf(id)))),
      h("td", { class: "n" }, number(comparisonCount("alike", id, null))),
      h("td", { class: "n" }, own.length
        ? h("a", { href: address({ view: "comparison", in: id }) }, number(own.length)) : h("span", { class: "dim" }, "0")),
      h("td", { class: "n" }, number(own.filter((each) => each.decision).length)),
      layers.map((layer) => h("td", { class: "n" }, comparisonItemFigure(data.counts[id][layer]))));
  };
  const body = h("tbody");
  const more = moreButton(body, ids, row, COMPARISON_MOST);
  return h("section", null,
    h("h2", null, "Item by item"),
    comparisonTable("The items, with F1 (IoU 0.5, same label, all text) of each layer",
      ["Item", ...["Alike", "Conflicts", "Decided", ...layers.map((each) => `F1 ${layerTitle(each)}`)].map(comparisonNumberHead)],
      body, { class: "comparison-items" }),
    more);
}

function comparisonItemFigure(figure) {
  return typeof figure?.f1 === "number" ? figure.f1.toFixed(3) : "–";
}
