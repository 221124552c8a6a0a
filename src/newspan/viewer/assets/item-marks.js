// What each span of an item looks like, and the arcs of the chosen attribution.

function itemColour(span) {
  if (span.layer === "attribution") return ROLES.includes(span.label) ? span.label : "content";
  return ITEM_COLOURS[span.layer] || "copy";
}

/** The pattern of a span's line; its voice is unknown where nobody looked for attributions. */
function itemLine(span, ctx) {
  if (span.layer === "attribution" || span.layer === "duplicate_block") return ITEM_LINES[span.label] || "solid";
  return ITEM_VOICE_LINES[span.voice] || (ctx?.voiced ? "dotted" : "solid");
}

function itemVoiceless(span) {
  return !span.voice && (span.layer === "claim" || span.layer === "loaded_language");
}

function itemTag(span) {
  if (span.layer === "duplicate_block" && span.label !== "translation_parallel") return span.copy_role || span.label;
  return ownOf(ITEM_SHORT, span.label) || words(span.label).toLowerCase().slice(0, 16);
}

/** What one span of a layer is called, as a heading. */
function itemSingular(layer) {
  const name = ITEM_SINGULAR[layer] || words(layer);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A span in words, for those who hear the page. */
function itemSays(ctx, span) {
  const layer = ITEM_SINGULAR[span.layer] || words(span.layer);
  const voice = span.voice ? `, voice ${span.voice}` : "";
  return oneLine(`${layer}, ${labelTitle(span.layer, span.label)}${voice}: `) + itemShort(surfaceOf(ctx.item, span.start, span.end));
}

function itemMark(ctx, span) {
  return {
    key: span.id, start: span.start, end: span.end, layer: span.layer, label: span.label, voice: span.voice,
    tag: itemTag(span), says: itemSays(ctx, span), href: itemHref(ctx, span.id),
    line: itemLine(span, ctx), colour: itemColour(span),
    tint: span.layer === "loaded_language" ? "loaded-tint" : undefined,
  };
}

function itemShows(ctx, each) {
  return !ctx.off.has(each.layer) && !ctx.off.has(`${each.layer}:${each.label}`);
}

function itemDraw(ctx) {
  const { item, state } = ctx;
  const at = itemAt(state.at, item);
  ctx.drawn = drawText(item, ctx.spans.map((span) => itemMark(ctx, span)), {
    tags: ctx.named,
    unseen: ctx.unseen,
    evidence: at ? [at] : [],
    governs: ctx.attributions.filter((each) => each.governs).map((each) => itemGoverns(ctx, each)),
    onSelect: (key) => itemChoose(key),
  });
  ctx.drawn.root.classList.add("choosable");
  ctx.arcs = svg("svg", { class: "arcs", "aria-hidden": "true" });
  ctx.place.replaceChildren(ctx.drawn.root, ctx.arcs);
  itemFilter(ctx);
}

function itemAt(at, item) {
  const found = /^(\d{1,12})-(\d{1,12})$/.exec(at || "");
  if (!found) return null;
  const start = Math.max(Number(found[1]), item.start);
  const end = Math.min(Number(found[2]), item.end);
  return start < end ? [start, end] : null;
}

function itemGoverns(ctx, each) {
  return {
    key: each.id, start: each.governs[0], end: each.governs[1], href: itemHref(ctx, each.id),
    says: `open scope: ${itemWho(ctx, each)} governs to ${number(each.governs[1])}`,
  };
}

/** Who an attribution gives as its source, in the text's words. */
function itemWho(ctx, each, length = 40) {
  const source = ctx.records.get(each.source_ids?.[0])?.record;
  return each.source_name || (source ? itemShort(surfaceOf(ctx.item, source.start, source.end), length) : "no source given");
}

function itemFilter(ctx) {
  if (ctx.off.size) ctx.drawn.show((mark) => itemShows(ctx, mark));
  else ctx.drawn.show(null);
  detailsFilter(ctx);
}

// ---- arcs from a cue to what it ties together

function itemArcs(ctx) {
  if (!ctx.arcs) return;
  const lines = [];
  if ((ctx.chosen || []).length) {
    const frame = ctx.place.getBoundingClientRect();
    for (const each of ctx.chosen) lines.push(...itemArcsOf(ctx, each, frame));
  }
  ctx.arcs.replaceChildren(...lines);
}

function itemArcsOf(ctx, each, frame) {
  const parts = partsOf(each).flatMap(([role, ids]) => ids.map((id) => ({ role, id })));
  const boxes = new Map();
  for (const { id } of parts) {
    const element = ctx.drawn.segmentsOf(id).find((segment) => segment.getClientRects().length);
    const box = element?.getClientRects()[0];
    if (box) boxes.set(id, { x: box.left - frame.left, y: box.top - frame.top, width: box.width });
  }
  const hub = boxes.get(each.cue_id) || boxes.get(each.source_ids?.[0]) || boxes.get(each.content_ids?.[0]);
  if (!hub) return [];
  const zone = ctx.drawn.segmentsOf(parts[0].id)[0].closest(".zone");
  const margin = zone
    ? zone.getBoundingClientRect().left + parseFloat(getComputedStyle(zone).paddingLeft) - frame.left - 6
    : 0;
  return parts
    .filter(({ id }) => boxes.has(id) && boxes.get(id) !== hub)
    .map(({ role, id }) =>
      svg("path", { class: `arc arc-${role}`, d: itemPath(hub, boxes.get(id), margin), style: { stroke: `var(--${role})` } }));
}

/** From above one word to above another: an arc in a line, else by way of the margin. */
function itemPath(from, to, margin) {
  const x1 = from.x + Math.min(from.width / 2, 16);
  const x2 = to.x + Math.min(to.width / 2, 10);
  if (Math.abs(from.y - to.y) < 6) {
    const up = Math.min(14, 5 + Math.abs(x1 - x2) / 30);
    return `M${x1} ${from.y + 1}C${x1} ${from.y - up} ${x2} ${to.y - up} ${x2} ${to.y + 1}`;
  }
  const r = 4;
  const down = to.y > from.y ? 1 : -1;
  const y1 = from.y - 3;
  const y2 = to.y - 3;
  return (
    `M${x1} ${from.y + 1}V${y1 + r}Q${x1} ${y1} ${x1 - r} ${y1}H${margin + r}` +
    `Q${margin} ${y1} ${margin} ${y1 + r * down}V${y2 - r * down}Q${margin} ${y2} ${margin + r} ${y2}` +
    `H${x2 - r}Q${x2} ${y2} ${x2} ${y2 + r}V${to.y + 1}`
  );
}
