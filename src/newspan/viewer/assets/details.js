// The panel beside a text: the chosen record in words, a list of all spans, where the item comes
// from, and the item itself.

const DETAILS_TABS = [
  ["details", "Details"],
  ["spans", "Spans"],
  ["provenance", "Provenance"],
  ["item", "Item"],
];

const DETAILS_DECISIONS = {
  unanimous: "unanimous: the passes said the same",
  adjudicated: "adjudicated: the passes differed, and one reading was decided on",
  projected: "projected: carried over from the canonical copy of the passage",
};

const DETAILS_PAGE = 250; // rows of the list at once

function detailsPanel(ctx) {
  const body = h("div", { class: "side-body", id: "side-body", tabindex: -1 });
  const tabs = DETAILS_TABS.map(([name, says]) =>
    h("button", { type: "button", class: "side-tab", "data-tab": name, "aria-pressed": "false",
      on: { click: () => detailsOpen(ctx, name) } }, says));
  const close = h("button", { type: "button", class: "side-close", "aria-label": "Close the panel",
    on: { click: () => detailsClose(ctx) } }, "×");
  const side = h("aside", { class: "side", "aria-label": "About the text" },
    h("div", { class: "side-head" }, h("div", { class: "side-tabs", role: "group", "aria-label": "What the panel shows" }, tabs), close),
    body);
  ctx.side = { element: side, body, tab: null, tabs, found: null };
  side.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !side.classList.contains("open")) return;
    detailsClose(ctx);
  });
  return side;
}

function detailsOpen(ctx, tab, { focus = false, quiet = false } = {}) {
  if (!ctx) return;
  const { side } = ctx;
  side.tab = tab;
  for (const each of side.tabs) each.setAttribute("aria-pressed", String(each.dataset.tab === tab));
  const content = {
    details: () => detailsOf(ctx, side.found),
    spans: () => detailsList(ctx),
    provenance: () => provenancePanel(ctx.item, { onEvidence: (start, end) => detailsEvidence(ctx, start, end) }),
    item: () => detailsItem(ctx),
  }[tab]();
  // Scrolling lays the whole page out, which a panel that was empty does not need.
  const scrolls = side.body.hasChildNodes();
  side.body.replaceChildren(content);
  if (scrolls) side.body.scrollTop = 0;
  if (!quiet) side.element.classList.add("open");
  if (focus) side.body.focus();
}

function detailsClose(ctx) {
  ctx.side.element.classList.remove("open");
  const id = ctx.state.span;
  if (id) ctx.drawn.focus(id);
}

/** Evidence of the provenance, shown in the text. */
function detailsEvidence(ctx, start, end) {
  if (matchMedia("(max-width: 60rem)").matches) ctx.side.element.classList.remove("open");
  ctx.drawn.flash(start, end);
  announce(`Shown in the text: ${itemShort(surfaceOf(ctx.item, start, end))}`);
}

/** What was chosen, found in the records; undefined if nothing was. */
function detailsShow(ctx, found) {
  const { side } = ctx;
  side.found = found;
  if (ctx.state.span) detailsOpen(ctx, "details");
  else if (side.tab === null || side.tab === "details") {
    detailsOpen(ctx, "details", { quiet: true });
    side.element.classList.remove("open");
  } else if (side.tab === "spans") detailsOpen(ctx, "spans", { quiet: true });
}

/** The list follows what is shown in the text. */
function detailsFilter(ctx) {
  if (ctx.side?.tab === "spans") detailsOpen(ctx, "spans", { quiet: true });
}

// ---- all spans

function detailsList(ctx) {
  const shown = ctx.spans.filter((each) => itemShows(ctx, each));
  const list = h("ol", { class: "plain span-list" });
  const status = h("p", { class: "small dim", role: "status" });
  const more = h("button", { type: "button" }, "Show more");
  const filter = h("input", { type: "search", id: "side-filter", autocomplete: "off", spellcheck: "false" });
  let found = [];
  let drawn = 0;
  const draw = () => {
    const rows = found.slice(drawn, drawn + DETAILS_PAGE);
    list.append(...rows.map((each) => h("li", { class: each.id === ctx.state.span ? "here" : null }, detailsJump(ctx, each, each.voice && each.voice !== "author" ? each.voice : null))));
    drawn += rows.length;
    more.hidden = drawn >= found.length;
  };
  const search = () => {
    const asked = filter.value.trim().toLowerCase();
    found = asked
      ? shown.filter((each) => `${layerTitle(each.layer)} ${labelTitle(each.layer, each.label)} ${each.voice || ""} ${each.id} ${surfaceOf(ctx.item, each.start, each.end)}`.toLowerCase().includes(asked))
      : shown;
    list.replaceChildren();
    drawn = 0;
    const hidden = ctx.spans.length - shown.length;
    status.textContent = `${plural(found.length, "span")}${asked ? ` of ${number(shown.length)}` : ""}${hidden ? `; ${number(hidden)} hidden by the legend` : ""}`;
    draw();
  };
  filter.addEventListener("input", search);
  more.addEventListener("click", draw);
  search();
  return h("div", { class: "detail" },
    h("h2", null, "Spans in text order"),
    h("p", null, h("label", { for: "side-filter" }, "Filter by words, label or voice "), filter),
    status, list, more);
}

// ---- the item

function detailsItem(ctx) {
  const { item } = ctx;
  const zones = new Map();
  for (const zone of item.zones || []) {
    if (!zones.has(zone.kind)) zones.set(zone.kind, []);
    zones.get(zone.kind).push(zone);
  }
  return h("div", { class: "detail" },
    h("h2", null, "Item ", h("code", null, item.id)),
    h("dl", { class: "facts" },
      detailsAssertion(ctx, "Title", item.title),
      (item.authors || []).map((each) => detailsAssertion(ctx, "Author", each)),
      detailsAssertion(ctx, "Published", item.published),
      h("dt", null, "Document"), h("dd", null, h("code", null, item.doc), `, code points ${number(item.start)}–${number(item.end)}`),
      h("dt", null, "Language"), h("dd", null, item.language),
      item.note ? [h("dt", null, "Note"), h("dd", { dir: "auto" }, item.note)] : null),
    h("h3", null, "Zones"),
    h("p", { class: "small dim" }, "Stretches of the item by what they do, as the corpus gives them."),
    [...zones].map(([kind, each]) =>
      h("details", { class: "zones" }, h("summary", null, `${words(kind)} `, h("span", { class: "dim" }, number(each.length))),
        h("ul", { class: "plain" }, each.map((zone) => h("li", null,
          h("a", { href: address({ view: "item", item: item.id, set: ctx.state.set, at: `${zone.start}-${zone.end}` }) },
            h("bdi", { lang: item.language }, itemShort(surfaceOf(item, zone.start, zone.end), 70))),
          zone.note ? [" ", h("bdi", { class: "small dim" }, zone.note)] : null))))));
}

/** A value with what it rests on. */
function detailsAssertion(ctx, name, assertion) {
  if (!assertion) return null;
  const places = (assertion.evidence || []).filter((each) => typeof each.start === "number");
  const classes = [...new Set((assertion.evidence || []).map((each) => words(each.class)))];
  return [
    h("dt", null, name),
    h("dd", null, h("bdi", null, assertion.value ?? "unknown"),
      h("span", { class: "small dim" }, ` ${[...classes, assertion.confidence ? `confidence ${assertion.confidence}` : null].filter(Boolean).join("; ")} `),
      places.map((each) =>
        h("button", { type: "button", class: "quiet small", on: { click: () => detailsEvidence(ctx, each.start, each.end) } }, "show")),
      assertion.note ? [" ", h("bdi", { class: "small dim" }, assertion.note)] : null),
  ];
}
