// One record in the panel: what it says, who made it, what it is tied to.

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
    ["n", "label names on or off"], ["[ ]", "previous, next item"],
  ];
  return h("div", { class: "small" },
    h("h2", null, "How to read this"),
    h("p", null, "Each line below the words is one annotation, called a span. Its colour says of what layer it is, its pattern whose voice the words are in or which part of an attribution, and the small name its label."),
    h("p", null, "Choose a line, or the words above it, to read here what it says. Choose the same words again for the span around them."),
    h("dl", { class: "keys" }, keys.map(([key, says]) => h("div", null, h("dt", null, h("kbd", null, key)), h("dd", null, says)))));
}

function detailsSpan(ctx, span) {
  const surface = surfaceOf(ctx.item, span.start, span.end);
  const label = labelOf(span.layer, span.label);
  const facts = [];
  const add = (name, ...says) => facts.push([h("dt", null, name), h("dd", null, says)]);
  if (span.layer === "claim" && span.label === "factual") {
    add("Check-worthy", span.check_worthy ? "yes: readers may want it checked. That says nothing about a result"
      : span.check_worthy === false ? "no" : "not said");
  }
  if (span.layer === "claim") add("Hedged", span.hedged ? "yes: its own words lower its certainty" : "no");
  if (span.target) add("Directed at", h("bdi", null, targetTitle(span.target)));
  if (span.polarity) add("Polarity", h("b", null, words(span.polarity)), " ",
    h("span", { class: "small dim" }, labelOf("loaded_language", span.polarity, "polarity")?.definition));
  if (span.voice) {
    add("Whose voice", h("b", null, span.voice), itemSample("ink", ITEM_VOICE_LINES[span.voice] || "solid"),
      h("span", { class: "small dim" }, labelOf("loaded_language", span.voice, "voice")?.definition));
  }
  if (span.cluster) {
    add("Passage", span.copy_role ? `${span.copy_role}, ` : null, `${words(span.match)}, `,
      span.scope ? `${span.scope === "within" ? "within one document" : "across documents"}, ` : null,
      `similarity ${span.similarity ?? "–"}`);
  }
  return h("div", { class: "detail" },
    h("p", { class: "detail-layer" }, itemSample(itemColour(span), itemLine(span, ctx)), h("bdi", null, itemSingular(span.layer))),
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
  add(`${itemMadeSays(set)} by`, annotators(set));
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
      copyButton("Copy link", link),
      copyButton("Copy quotation", () =>
        `“${surface}”\n${ctx.item.title?.value || ctx.item.id}, ${ctx.item.id}, ${span.start}–${span.end}\n${HEAD.corpus.title || HEAD.corpus.name} ${HEAD.corpus.version}, set ${ctx.set?.id}: ${labelTitle(span.layer, span.label)}\n${link()}`)));
}

/** A way to another record of the same set and item. */
function detailsJump(ctx, span, extra) {
  return h("a", { class: "jump", href: itemHref(ctx, span.id) },
    itemSample(itemColour(span), itemLine(span, ctx)),
    h("bdi", { class: "jump-label" }, labelTitle(span.layer, span.label)), " ",
    h("bdi", { class: "jump-surface", lang: ctx.item.language }, itemShort(surfaceOf(ctx.item, span.start, span.end), 90)),
    extra ? h("span", { class: "dim small" }, ` ${extra}`) : null);
}

// ---- attributions

function detailsTies(ctx, span) {
  const own = new Map((ctx.ties.get(span.id) || []).map((each) => [each.attribution.id, each]));
  const parts = [...own.values()].map(({ attribution, role }) =>
    h("section", { class: "detail-part" },
      h("h3", null, h("bdi", null, labelOf("attribution", role, "role")?.title || role), " of this attribution"),
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
    h("p", { class: "detail-layer" }, "Attribution to"),
    h("h2", { dir: "auto" }, itemWho(ctx, each, 160)),
  ];
}

/** Source, medium, cue and content one below the other, then what they say together. */
function detailsChart(ctx, each, here) {
  const steps = partsOf(each).filter(([, ids]) => ids.length).map(([role, ids]) =>
    h("li", { class: `chart-step chart-${role}`, style: { "--c": `var(--${role})` } },
      h("span", { class: "chart-role", dir: "auto" }, labelOf("attribution", role, "role")?.title || role),
      ids.map((id) => {
        const span = ctx.records.get(id)?.record;
        if (!span) return h("span", { class: "dim" }, `record ${id} is not here`);
        const says = h("bdi", { lang: ctx.item.language }, itemShort(surfaceOf(ctx.item, span.start, span.end), 220));
        return here?.id === id
          ? h("b", { class: "chart-here" }, says)
          : h("a", { href: itemHref(ctx, id) }, says);
      })));
  if (!each.cue_id) steps.push(h("li", { class: "chart-step dim" }, "no cue: the quotation stands by itself"));
  if (each.source_kind === "none") steps.unshift(h("li", { class: "chart-step dim" }, "The text gives no source"));
  const facts = [];
  const add = (name, value, attribute) => {
    if (!value) return;
    const label = labelOf("attribution", value, attribute);
    facts.push([h("dt", null, name), h("dd", null, h("bdi", { title: label?.definition }, label?.title || words(value)))]);
  };
  if (each.source_name) facts.push([h("dt", null, "Resolved name"), h("dd", null, h("bdi", null, each.source_name))]);
  add("Kind of source", each.source_kind, "source_kind");
  if (each.source_kind !== "none") facts.push([h("dt", null, "Named in the item"), h("dd", null, each.source_named ? "yes" : "no")]);
  add("Mode", each.mode, "mode");
  add("Type of cue", each.cue_type, "cue_type");
  add("Force of cue", each.cue_force, "cue_force");
  if (each.governs) {
    facts.push([h("dt", null, "Open scope"), h("dd", null, `what follows is ascribed to it too, up to code point ${number(each.governs[1])}: `,
      h("a", { href: address({ view: "item", item: ctx.item.id, set: ctx.set?.id, span: each.id, at: `${each.governs[0]}-${each.governs[1]}` }) }, "show it"))]);
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
  if (!HEAD.reuse) return null;
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
