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

/** A label by its attribute too: `document` names a kind of source and a type of cue. */
function detailsLabel(layer, attribute, id) {
  return (HEAD.labels || []).find(
    (each) => each.layer === layer && each.id === id && (!attribute || each.attribute === attribute));
}

function detailsPanel(ctx) {
  const body = h("div", { class: "side-body", id: "side-body", tabindex: -1 });
  const tabs = DETAILS_TABS.filter(([name]) => name !== "provenance" || detailsProvenance()).map(([name, says]) =>
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

function detailsProvenance() {
  return typeof provenancePanel === "function";
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
  side.body.replaceChildren(content);
  side.body.scrollTop = 0;
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
  announce(`Shown in the text: ${itemShort(slice(ctx.item.text, start - ctx.base, end - ctx.base))}`);
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

// ---- one record

function detailsOf(ctx, found) {
  if (!found) return detailsNothing(ctx);
  const { kind, record } = found;
  if (kind === "attribution") return h("div", { class: "detail" }, detailsAttributionHead(ctx, record), detailsChart(ctx, record), detailsMade(ctx, record));
  if (kind === "link") return h("div", { class: "detail" }, h("h2", null, labelTitle("claim", record.type)), detailsLinks(ctx, [record]), detailsMade(ctx, record));
  return detailsSpan(ctx, record);
}

function detailsNothing(ctx) {
  const missing = ctx.state.span;
  return h("div", { class: "detail" },
    missing
      ? h("p", { role: "alert" }, "There is no record ", h("code", null, missing), " of this item in the set ", h("code", null, ctx.set?.id || "none"), ".")
      : null,
    detailsHints());
}

function detailsHints() {
  const keys = [
    ["j", "next span"], ["k", "previous span"], ["Enter", "its details"], ["Escape", "let go"],
    ["n", "names on or off"], ["[ ]", "previous, next item"],
  ];
  return h("div", { class: "small" },
    h("p", null, "Choose words with a line below them. The same words again: the span around them. A line: its own span."),
    h("dl", { class: "keys" }, keys.map(([key, says]) => h("div", null, h("dt", null, h("kbd", null, key)), h("dd", null, says)))));
}

function detailsSpan(ctx, span) {
  const surface = itemSurface(ctx, span);
  const label = detailsLabel(span.layer, null, span.label);
  const facts = [];
  const add = (name, ...says) => facts.push([h("dt", null, name), h("dd", null, says)]);
  if (span.layer === "claim" && span.label === "factual") {
    add("Check-worthy", span.check_worthy ? "yes: readers may want it checked. That says nothing about a result" : "no");
  }
  if (span.layer === "claim") add("Hedged", span.hedged ? "yes: its own words lower its certainty" : "no");
  if (span.target) add("Directed at", h("bdi", null, targetTitle(span.target)));
  if (span.polarity) add("Polarity", h("b", null, words(span.polarity)), " ",
    h("span", { class: "small dim" }, detailsLabel("loaded_language", "polarity", span.polarity)?.definition));
  if (span.voice) {
    add("Whose voice", h("b", null, span.voice), itemSample("ink", ITEM_VOICE_LINES[span.voice] || "solid"),
      h("span", { class: "small dim" }, detailsLabel("loaded_language", "voice", span.voice)?.definition));
  }
  if (span.cluster) {
    add("Passage", span.copy_role ? `${span.copy_role}, ` : null, `${words(span.match)}, `,
      span.scope ? `${span.scope === "within" ? "within one document" : "across documents"}, ` : null,
      `similarity ${span.similarity ?? "–"}`);
  }
  return h("div", { class: "detail" },
    h("p", { class: "detail-layer" }, itemSample(itemColour(span), itemLine(span)), layerTitle(span.layer)),
    h("h2", { dir: "auto" }, label?.title || words(span.label)),
    h("blockquote", { class: "surface", dir: "auto", lang: ctx.item.language }, textQuoted(surface)),
    label?.definition ? h("p", { class: "definition small", dir: "auto" }, label.definition) : null,
    facts.length ? h("dl", { class: "facts" }, facts) : null,
    detailsTies(ctx, span),
    detailsLinks(ctx, ctx.links.filter((each) => each.from_id === span.id || each.to_id === span.id), span),
    detailsNear(ctx, span),
    detailsCopies(ctx, span),
    detailsMade(ctx, span),
    detailsEnds(ctx, span, surface));
}

/** Set, producer, decision, who has verified it, and remarks. */
function detailsMade(ctx, record) {
  const { set } = ctx;
  const facts = [];
  const add = (name, ...says) => facts.push([h("dt", null, name), h("dd", null, says)]);
  add("Set", h("code", null, set.id));
  add("Annotated by", itemBy(set));
  if (record.decision) add("Decision", DETAILS_DECISIONS[record.decision] || words(record.decision));
  add("Verified by a person", record.human_verified ? "yes" : "no");
  if (record.unsure) add("Unsure", "the annotator was not sure");
  if (record.note) add("Note", h("bdi", null, record.note));
  add("Record", h("code", null, record.id));
  return h("section", { class: "detail-part" }, h("h3", null, "How it came about"), h("dl", { class: "facts" }, facts));
}

function detailsEnds(ctx, span, surface) {
  const link = () => new URL(itemHref(ctx, span.id), location.href).href;
  return h("section", { class: "detail-part" },
    h("p", { class: "small dim" },
      `Code points ${number(span.start)}–${number(span.end)} of document ${ctx.item.doc}, ${plural(span.end - span.start, "code point")}. `,
      h("a", { href: address({ view: "item", item: ctx.item.id, set: ctx.set?.id, at: `${span.start}-${span.end}` }) }, "This place")),
    h("div", { class: "detail-copy" },
      detailsCopy("Copy link", link),
      detailsCopy("Copy quotation", () =>
        `“${surface}”\n${ctx.item.title?.value || ctx.item.id}, ${ctx.item.id}, ${span.start}–${span.end}\n${HEAD.corpus.title || HEAD.corpus.name} ${HEAD.corpus.version}, set ${ctx.set?.id}: ${labelTitle(span.layer, span.label)}\n${link()}`)));
}

function detailsCopy(says, text) {
  const button = h("button", { type: "button" }, says);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
      announce("Copied");
    } catch {
      // Pages from files may not write to the clipboard: the text is shown for copying by hand.
      const area = h("textarea", { readonly: true, rows: 4, "aria-label": says });
      area.value = text();
      button.after(area);
      area.select();
    }
    setTimeout(() => (button.textContent = says), 2500);
  });
  return button;
}

/** A way to another record of the same set and item. */
function detailsJump(ctx, span, extra) {
  return h("a", { class: "jump", href: itemHref(ctx, span.id) },
    itemSample(itemColour(span), itemLine(span)),
    h("bdi", { class: "jump-label" }, labelTitle(span.layer, span.label)), " ",
    h("bdi", { class: "jump-surface", lang: ctx.item.language }, itemShort(itemSurface(ctx, span), 90)),
    extra ? h("span", { class: "dim small" }, ` ${extra}`) : null);
}

// ---- attributions

function detailsTies(ctx, span) {
  const own = new Map((ctx.ties.get(span.id) || []).map((each) => [each.attribution.id, each]));
  const parts = [...own.values()].map(({ attribution, role }) =>
    h("section", { class: "detail-part" },
      h("h3", null, h("bdi", null, detailsLabel("attribution", "role", role)?.title || role), " of this attribution"),
      detailsChart(ctx, attribution, span)));
  const around = (span.attribution_ids || []).filter((id) => !own.has(id))
    .map((id) => ctx.records.get(id)?.record).filter(Boolean);
  if (around.length) {
    parts.push(h("section", { class: "detail-part" }, h("h3", null, "Stands in what is ascribed to"),
      h("ul", { class: "plain" }, around.map((each) => h("li", null, h("a", { href: itemHref(ctx, each.id) }, h("bdi", null, itemWho(ctx, each))))))));
  }
  return parts;
}

function detailsAttributionHead(ctx, each) {
  return [
    h("p", { class: "detail-layer" }, layerTitle("attribution")),
    h("h2", { dir: "auto" }, itemWho(ctx, each, 160)),
  ];
}

/** Source, medium, cue and content one below the other, then what they say together. */
function detailsChart(ctx, each, here) {
  const steps = itemParts(each).filter(([, ids]) => ids.length).map(([role, ids]) =>
    h("li", { class: `chart-step chart-${role}`, style: { "--c": `var(--${role})` } },
      h("span", { class: "chart-role", dir: "auto" }, detailsLabel("attribution", "role", role)?.title || role),
      ids.map((id) => {
        const span = ctx.records.get(id)?.record;
        if (!span) return h("span", { class: "dim" }, `record ${id} is not here`);
        const says = h("bdi", { lang: ctx.item.language }, itemShort(itemSurface(ctx, span), 220));
        return here?.id === id
          ? h("b", { class: "chart-here" }, says)
          : h("a", { href: itemHref(ctx, id) }, says);
      })));
  if (!each.cue_id) steps.push(h("li", { class: "chart-step dim" }, "no cue: the quotation stands by itself"));
  if (each.source_kind === "none") steps.unshift(h("li", { class: "chart-step dim" }, "The text gives no source"));
  const facts = [];
  const add = (name, value, attribute) => {
    if (!value) return;
    const label = detailsLabel("attribution", attribute, value);
    facts.push([h("dt", null, name), h("dd", null, h("bdi", { title: label?.definition }, label?.title || words(value)))]);
  };
  if (each.source_name) facts.push([h("dt", null, "Resolved name"), h("dd", null, h("bdi", null, each.source_name))]);
  add("Kind of source", each.source_kind, "source_kind");
  if (each.source_kind !== "none") facts.push([h("dt", null, "Named in the item"), h("dd", null, each.source_named ? "yes" : "no")]);
  add("Mode", each.mode, "mode");
  add("Type of cue", each.cue_type, "cue_type");
  add("Force of cue", each.cue_force, "cue_force");
  if (each.governs) {
    facts.push([h("dt", null, "Open scope"), h("dd", null, `governs to ${number(each.governs[1])}: `,
      h("a", { href: address({ view: "item", item: ctx.item.id, set: ctx.set?.id, span: each.id, at: `${each.governs[0]}-${each.governs[1]}` }) }, "what it governs"))]);
  }
  const parent = ctx.records.get(each.parent_id)?.record;
  const children = ctx.attributions.filter((other) => other.parent_id === each.id);
  if (parent) facts.push([h("dt", null, "Inside"), h("dd", null, h("a", { href: itemHref(ctx, parent.id) }, h("bdi", null, itemWho(ctx, parent))))]);
  if (children.length) {
    const list = children.map((child, index) => [index ? ", " : null, h("a", { href: itemHref(ctx, child.id) }, h("bdi", null, itemWho(ctx, child)))]);
    facts.push([h("dt", null, "Holds"), h("dd", null, children.length > 6
      ? h("details", null, h("summary", null, plural(children.length, "attribution")), list)
      : list)]);
  }
  return h("div", { class: "attribution" },
    h("ol", { class: "chart" }, steps),
    h("dl", { class: "facts" }, facts),
    here
      ? h("p", { class: "small" }, h("a", { href: itemHref(ctx, each.id) }, "This attribution as a whole"))
      : null);
}

// ---- around it

function detailsLinks(ctx, links, span) {
  if (!links.length) return null;
  const rows = links.flatMap((link) => {
    const ends = [["from", link.from_id], ["to", link.to_id]].filter(([, id]) => id !== span?.id);
    return ends.map(([way, id]) => {
      const other = ctx.records.get(id)?.record;
      const says = way === "to" ? words(link.type) : `${words(link.type)} this, from`;
      return h("li", null, h("span", { class: "small dim" }, span ? (way === "to" ? `${says} ` : "said again by ") : `${way} `),
        other ? detailsJump(ctx, other) : h("code", null, id));
    });
  });
  return h("section", { class: "detail-part" }, h("h3", null, "Links"), h("ul", { class: "plain" }, rows));
}

function detailsNear(ctx, span) {
  const groups = { "The same words": [], "Around it": [], "Inside it": [], "Crosses it": [] };
  for (const other of ctx.spans) {
    if (other === span || other.end <= span.start || other.start >= span.end) continue;
    const same = other.start === span.start && other.end === span.end;
    if (same) groups["The same words"].push(other);
    else if (other.start <= span.start && other.end >= span.end) groups["Around it"].push(other);
    else if (other.start >= span.start && other.end <= span.end) groups["Inside it"].push(other);
    else groups["Crosses it"].push(other);
  }
  const there = Object.entries(groups).filter(([, spans]) => spans.length);
  if (!there.length) return null;
  return h("section", { class: "detail-part" }, h("h3", null, "Spans at the same place"),
    there.map(([says, spans]) => [
      h("p", { class: "near small dim" }, says),
      h("ul", { class: "plain" }, spans.slice(0, 60).map((each) => h("li", null, detailsJump(ctx, each)))),
      spans.length > 60 ? h("p", { class: "small dim" }, `and ${plural(spans.length - 60, "more", "more")}`) : null,
    ]));
}

/** Where these words stand again, by the reuse set. */
function detailsCopies(ctx, span) {
  if (!HEAD.reuse || typeof copiesAt !== "function") return null;
  const place = h("div");
  copiesAt(ctx.item.id, span.start, span.end).then((copies) => {
    if (!copies.length) return;
    const clusters = new Map(copies.map((each) => [each.cluster, each]));
    place.append(h("section", { class: "detail-part" }, h("h3", null, "Where these words stand again"),
      h("ul", { class: "plain" }, copies.slice(0, 40).map((each) => h("li", null,
        h("a", { href: each.place }, h("bdi", null, itemShort(itemOf(each.item)?.title || each.item, 70))),
        h("span", { class: "small dim" }, ` ${each.item}, ${each.role}${each.whole ? "" : ", in part"} · `),
        h("a", { class: "small", href: each.href }, "side by side")))),
      clusters.size > 1 ? h("p", { class: "small dim" }, `In ${plural(clusters.size, "shared passage")}.`) : null));
  }, (fault) => place.append(h("p", { class: "small dim" }, fault.message)));
  return place;
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
      ? shown.filter((each) => `${layerTitle(each.layer)} ${labelTitle(each.layer, each.label)} ${each.voice || ""} ${each.id} ${itemSurface(ctx, each)}`.toLowerCase().includes(asked))
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
            h("bdi", { lang: item.language }, itemShort(slice(item.text, zone.start - item.start, zone.end - item.start), 70))),
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
