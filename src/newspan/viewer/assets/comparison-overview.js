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
      ": what they say alike, where they differ, what was decided, and how far they agree."),
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
  return h("div", { class: "comparison-scroll", role: "region", tabindex: "0", "aria-label": caption },
    h("table", { class: `comparison-table ${props.class || ""}` },
      h("caption", null, caption),
      h("thead", null, h("tr", null, head.map((each) => (each instanceof Node ? each : h("th", { scope: "col" }, each))))),
      rows));
}

function comparisonSets(data) {
  const rows = data.sets.map((id) => {
    const set = setOf(id);
    const verified = !set ? "–" : set.verified ? `${number(set.verified)} of ${number(set.records)}` : "none";
    const by = set?.producer.annotators?.length ? set.producer.annotators.join(", ") : set && comparisonBy(set.producer);
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
    comparisonTable("Alike and in conflict, by layer and kind",
      ["Layer", ...head.map((each) => comparisonNumberHead(each))], h("tbody", null, rows)),
    h("p", { class: "small dim" },
      "Alike: all sets that looked there say the same, with at least four fifths of the extent in common. ",
      "A conflict may be of several kinds. ", comparisonAsideSaid(data)),
    data.decided_in || !data.conflicts.length ? null : h("p", { class: "small" },
      "No adjudication of these sets is recorded here.",
      data.into ? [" Beside each conflict stands what ", comparisonData(data.into), " has at its place."] : null),
    data.amendments.length ? comparisonAmendments(data) : null);
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
        h("a", { href: address({ view: "comparison", item: each.item }) }, comparisonData(comparisonItemTitle(each.item))), ": ",
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

// ---- figures

function comparisonAgreement(data) {
  const report = data.report;
  const root = h("section", { class: "comparison-agreement" }, h("h2", null, `How far they agree: ${report.title}`));
  if (report.reason) root.append(h("p", null, `There are no figures: ${report.reason}.`));
  const layers = report.layers.filter((each) => each.figures.length);
  if (layers.length) root.append(comparisonHeadlines(layers, report));
  for (const layer of report.layers) {
    if (layer.figures.length) root.append(comparisonAllFigures(layer, report));
    else root.append(h("p", { class: "small" }, `${layerTitle(layer.layer)}: no figures, since ${layer.reason}.`));
  }
  return root;
}

function comparisonHeadlines(layers, report) {
  const twice = layers.some((layer) => layer.figures.some((each) => each.copies === "without"));
  const bodies = layers.map((layer) => {
    const rows = COMPARISON_FIGURES.map(([measure, part, title]) => {
      const found = (copies) =>
        layer.figures.find((each) =>
          each.measure === measure && each.label === null && each.copies === copies &&
          each.signature.includes(part) && each.sets.length === report.sets.length);
      const figure = found("with");
      if (!figure) return null;
      return comparisonFigureRow([h("th", { scope: "row" }, title)], figure, found("without"), twice);
    });
    const head = `${layerTitle(layer.layer)}: ${plural(layer.items, "item")}, ${plural(layer.characters, "character")}`;
    return h("tbody", null,
      h("tr", null, h("th", { scope: "rowgroup", colspan: twice ? 5 : 4, class: "comparison-group" }, head)), rows);
  });
  return h("div", null,
    comparisonTable("Agreement by layer, with 95 % bootstrap intervals",
      comparisonFigureHead(["Measure"], twice), bodies, { class: "comparison-figures" }),
    h("dl", { class: "comparison-terms small" },
      COMPARISON_FIGURES.map(([, , title, says]) => [h("dt", null, title), h("dd", null, says)]),
      twice ? [h("dt", null, "without copies"), h("dd", null, "the text that is copied from elsewhere is cut out: it is the same judgement again")] : null));
}

function comparisonFigureHead(first, twice) {
  return [...first, comparisonNumberHead("n"), "All text", ...(twice ? ["Without copies"] : []), "Signature"];
}

function comparisonFigureRow(first, figure, other, twice) {
  return h("tr", null, first,
    h("td", { class: "n" }, figure.counts.map(number).join(" + ")),
    h("td", { class: "comparison-value" }, comparisonFigure(figure)),
    twice ? h("td", { class: "comparison-value" }, other ? comparisonFigure(other) : "–") : null,
    h("td", null, comparisonSignatures([figure, other].filter(Boolean))));
}

function comparisonFigure(figure) {
  if (figure.value === null) return h("span", { class: "dim" }, `none: ${figure.reason}`);
  const shown = figure.value.toFixed(3);
  if (figure.low === null || figure.low === undefined) return shown;
  return [shown, " ", h("span", { class: "dim" }, `[${figure.low.toFixed(3)}, ${figure.high.toFixed(3)}]`)];
}

function comparisonSignatures(figures) {
  return h("details", { class: "comparison-signature" },
    h("summary", null, figures.length > 1 ? "signatures" : "signature"),
    figures.map((each) => [
      h("code", null, each.signature),
      h("button", { type: "button", on: { click: (event) => comparisonCopy(each.signature, event.currentTarget) } }, "Copy"),
    ]));
}

async function comparisonCopy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    announce("Copied");
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  } catch {
    getSelection().selectAllChildren(button.previousElementSibling);
    announce("Selected: copy it with your keyboard");
  }
}

/** All figures of a layer; the table is made when it is opened. */
function comparisonAllFigures(layer, report) {
  const rowsOf = () => {
    const without = new Map(
      layer.figures.filter((each) => each.copies === "without").map((each) => [comparisonFigureKey(each), each]));
    return layer.figures
      .filter((each) => each.copies === "with")
      .map((each) => {
        const pair = each.sets.length === report.sets.length ? "" : ` ${each.sets.join(" and ")}`;
        const first = [
          h("th", { scope: "row" }, comparisonFigureName(each), pair),
          h("td", { dir: "auto" }, each.label === null ? "all" : labelTitle(layer.layer, each.label)),
        ];
        return comparisonFigureRow(first, each, without.get(comparisonFigureKey(each)), without.size > 0);
      });
  };
  const twice = layer.figures.some((each) => each.copies === "without");
  const title = layerTitle(layer.layer);
  const details = h("details", { class: "comparison-more" },
    h("summary", null, `All figures: ${title} (${number(layer.figures.filter((each) => each.copies === "with").length)})`));
  details.addEventListener("toggle", () => {
    if (details.childElementCount > 1) return;
    details.append(
      comparisonTable(`All figures of the layer ${title}`,
        comparisonFigureHead(["Measure", "Label"], twice), h("tbody", null, rowsOf()), { class: "comparison-figures" }));
  });
  return details;
}

function comparisonFigureParts(figure) {
  return new Map(figure.signature.split("|").slice(1).map((each) => each.split(/:(.*)/s)));
}

/** What a figure has in common with its counterpart without copies. */
function comparisonFigureKey(figure) {
  const parts = comparisonFigureParts(figure);
  const own = ["attribute", "of", "unit", "unaligned", "labels", "match", "mean"].map((each) => parts.get(each));
  return JSON.stringify([figure.measure, figure.label, figure.sets, own]);
}

function comparisonFigureName(figure) {
  const parts = comparisonFigureParts(figure);
  const told = ["attribute", "of", "unit", "unaligned"]
    .map((each) => parts.get(each))
    .filter((each) => each && each !== "counted")
    .map(words);
  if (parts.get("labels") === "any") told.push("any label");
  return [words(figure.measure), ...told].join(", ");
}

// ---- items

function comparisonItems(data) {
  const layers = comparisonLayersIn(data).filter((each) => each !== "link");
  const ids = (HEAD.items || []).map((each) => each.id).filter((id) => data.counts[id]);
  const row = (id) => {
    const own = data.conflictsIn.get(id) || [];
    return h("tr", null,
      h("th", { scope: "row" }, h("a", { href: address({ view: "comparison", item: id }) }, comparisonData(comparisonItemTitle(id)))),
      h("td", { class: "n" }, number(comparisonCount("alike", id, null))),
      h("td", { class: "n" }, own.length
        ? h("a", { href: address({ view: "comparison", in: id }) }, number(own.length)) : h("span", { class: "dim" }, "0")),
      h("td", { class: "n" }, number(own.filter((each) => each.decision).length)),
      layers.map((layer) => h("td", { class: "n" }, comparisonItemFigure(data.counts[id][layer]))));
  };
  const body = h("tbody", null, ids.slice(0, COMPARISON_MOST).map(row));
  const rest = ids.length - COMPARISON_MOST;
  const more = rest > 0 && h("button", { type: "button", on: { click: () => {
    coreAppend(body, ids.slice(COMPARISON_MOST).map(row));
    more.remove();
    body.children[COMPARISON_MOST].querySelector("a").focus();
  } } }, `Show ${number(rest)} more`);
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

// ---- the list of conflicts

function comparisonFiltered(state) {
  const { data } = comparisonNow;
  const where = state.item || state.in;
  return data.conflicts.filter((each) =>
    (!where || each.item === where) &&
    (!state.layer || each.layer === state.layer) &&
    (!state.kind || each.kinds.includes(state.kind)) &&
    (!state.says || (each.records[state.says] || []).length > 0) &&
    (!state.take || comparisonTakeKey(each) === state.take));
}

function comparisonFilters(state) {
  const { layer, kind, says, take } = state;
  return { layer, kind, says, take, in: state.in };
}

function comparisonList() {
  const { data, state } = comparisonNow;
  const items = (HEAD.items || []).filter((each) => data.conflictsIn.has(each.id));
  const chosen = (name, title, pairs) =>
    h("label", null, h("span", null, title),
      h("select", { "data-filter": name, on: { change: (event) => comparisonFilter(name, event.target.value) } },
        h("option", { value: "" }, "any"),
        pairs.map(([value, says]) => h("option", { value, selected: state[name] === value }, says))));
  const takes = new Map(data.conflicts.map((each) => [comparisonTakeKey(each), each]));
  const takeSays = (key) =>
    key === "open" ? comparisonOpen() : key === "own" ? "records of its own" : key === "none" ? "no reading"
      : key === "several" ? "several readings" : `reading of ${key.slice(4)}`;
  return h("section", { class: "comparison-list" },
    h("h2", { id: "comparison-conflicts", tabindex: "-1" }, "Conflicts"),
    h("div", { class: "comparison-filters", role: "group", "aria-label": "Which conflicts" },
      chosen("layer", "Layer", comparisonLayersIn(data).filter((layer) => data.conflicts.some((each) => each.layer === layer)).map((each) => [each, comparisonLayer(each)])),
      chosen("kind", "Kind", comparisonKindsIn(data).map((each) => [each, comparisonKind(each)])),
      chosen("in", "Item", items.map((each) => [each.id, comparisonItemTitle(each.id)])),
      chosen("says", "Annotated by", data.sets.map((each) => [each, each])),
      chosen("take", "Taken", [...takes.keys()].sort().map((each) => [each, takeSays(each)]))),
    h("p", { class: "comparison-count", id: "comparison-count" }),
    h("div", { id: "comparison-found" }));
}

function comparisonFilter(name, value) {
  go({ [name]: value || null }, { replace: true });
}

function comparisonFillList(state) {
  const list = document.getElementById("comparison-found");
  const count = document.getElementById("comparison-count");
  if (!list) return;
  for (const select of document.querySelectorAll(".comparison-filters select")) {
    select.value = state[select.dataset.filter] || "";
  }
  const found = comparisonFiltered(state);
  const filters = comparisonFilters(state);
  const all = comparisonNow.data.conflicts.length;
  const said = found.length === all ? plural(all, "conflict") : `${number(found.length)} of ${plural(all, "conflict")}`;
  const open = found.filter((each) => !each.decision).length;
  count.replaceChildren(said, open && comparisonNow.data.decided_in ? `, ${number(open)} not decided. ` : ". ");
  if (found.length) {
    count.append(
      h("a", { href: address({ view: "comparison", ...filters, conflict: found[0].id }) }, "Step through them"),
      " (", h("kbd", null, "n"), " next, ", h("kbd", null, "p"), " previous)");
  }
  comparisonFillEntries(list, found, (each) => address({ view: "comparison", ...filters, conflict: each.id }));
  if (Object.values(filters).some(Boolean)) announce(said);
}

/** Fills a list, by item: a heading for each, and its conflicts, numbered throughout. */
function comparisonFillEntries(list, found, href, most = COMPARISON_MOST) {
  const parts = [];
  let item = null;
  found.slice(0, most).forEach((each, index) => {
    if (each.item !== item) {
      item = each.item;
      if (!comparisonNow.state.item) {
        parts.push(h("h3", null, h("a", { href: address({ view: "comparison", item }) }, comparisonData(comparisonItemTitle(item)))));
      }
      parts.push(h("ol", { class: "comparison-conflicts", start: index + 1 }));
    }
    parts.at(-1).append(h("li", null, comparisonEntry(each, href(each))));
  });
  if (found.length > most) {
    const all = () => {
      comparisonFillEntries(list, found, href, found.length);
      list.querySelectorAll("li")[most]?.querySelector("a")?.focus();
    };
    parts.push(h("p", null, h("button", { type: "button", on: { click: all } }, `Show ${number(found.length - most)} more`)));
  }
  list.replaceChildren(...parts);
}

function comparisonEntry(conflict, href) {
  return [
    h("a", { href, dir: "auto" }, oneLine(conflict.words) || conflict.id),
    h("span", { class: "small dim comparison-entry" },
      `${comparisonLayer(conflict.layer)}: ${comparisonKindsSaid(conflict)} · `,
      conflict.decision ? `taken: ${comparisonTaken(conflict)}` : h("strong", null, comparisonOpen())),
  ];
}
