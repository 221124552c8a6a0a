// One item: its text with the spans of one set, what each colour and line means, and the details.

const ITEM_ROLES = ["source", "medium", "cue", "content"];

const ITEM_VOICE_LINES = {
  author: "solid", quoted: "double", indirect: "dashed", framed: "dashdot", scare: "wavy",
};

const ITEM_VOICES = {
  author: "the author’s",
  quoted: "quoted",
  indirect: "indirect",
  framed: "framed by an open scope",
  scare: "scare quotes",
};

const ITEM_LINES = {
  source: "solid", medium: "dashdot", cue: "dotted", content: "solid",
  exact: "solid", near: "dashed", translation_parallel: "dotted",
};

const ITEM_COLOURS = { claim: "claim", loaded_language: "loaded", duplicate_block: "copy" };

// Names short enough to stand above a line.
const ITEM_SHORT = {
  "Loaded_Language": "loaded",
  "Name_Calling-Labeling": "name-calling",
  "Exaggeration-Minimisation": "exaggeration",
  "Conversation_Killer": "conv. killer",
  "translation_parallel": "parallel?",
};

const ITEM_SINGULAR = {
  claim: "claim", attribution: "attribution", loaded_language: "loaded language", duplicate_block: "copied passage",
};

// `back` puts the text where it stood after it was drawn anew.
const itemNow = { ctx: null, back: null };

views.item = {
  title: (state) => itemOf(state.item)?.title || state.item,
  show: itemShow,
  change: itemChange,
  keys: [
    { key: "j", says: "next span", run: () => itemStep(1) },
    { key: "k", says: "previous span", run: () => itemStep(-1) },
    { key: "Enter", says: "details of the chosen span", run: () => itemOpen() },
    { key: "Escape", says: "let go of the chosen span", run: () => itemChoose(null) },
    { key: "]", says: "next item", run: () => itemTurn(1) },
    { key: "[", says: "previous item", run: () => itemTurn(-1) },
    { key: "n", says: "names at the spans on or off", run: () => itemNow.ctx?.switches.names() },
    { key: "v", says: "unseen characters on or off", run: () => itemNow.ctx?.switches.unseen() },
  ],
};

async function itemShow(root, state, { signal } = {}) {
  itemNow.ctx = null;
  if (!itemOf(state.item)) {
    const gone = (HEAD.withdrawn || []).find((each) => each.item === state.item);
    throw new Error(
      gone
        ? `The item ${state.item} was withdrawn on ${gone.date}: ${gone.reason}`
        : `There is no item “${state.item}” on this page.`);
  }
  const item = await part(`item-${state.item}`);
  if (signal?.aborted) return;
  const ctx = itemContext(item, state);
  itemNow.ctx = ctx;
  ctx.root = root;
  root.append(
    itemHead(ctx),
    h("div", { class: "item-body" },
      h("div", { class: "item-main" }, itemTools(ctx), (ctx.place = h("div", { class: "item-text" }))),
      h("div", { class: "item-aside" }, itemLegend(ctx), detailsPanel(ctx))),
  );
  itemDraw(ctx);
  itemNow.back?.(ctx);
  itemNow.back = null;
  itemReflect(ctx, { arrive: true });
  if (globalThis.ResizeObserver) {
    const watch = new ResizeObserver(() => itemArcs(ctx));
    watch.observe(ctx.place);
    signal?.addEventListener("abort", () => watch.disconnect());
  }
}

function itemChange(state, before) {
  const { ctx } = itemNow;
  if (!ctx || state.set !== before.set || state.at !== before.at) {
    if (ctx && state.set !== before.set) itemNow.back = itemAnchor(ctx);
    return false;
  }
  ctx.state = state;
  itemReflect(ctx);
  return true;
}

/** Notes which zone stands at the top of the window; what it returns brings it back there. */
function itemAnchor(ctx) {
  const zones = (drawn) => [...drawn.root.querySelectorAll(".zone")];
  const index = zones(ctx.drawn).findIndex((zone) => zone.getBoundingClientRect().bottom > 100);
  const top = zones(ctx.drawn)[index]?.getBoundingClientRect().top;
  return (later) => {
    const zone = index > 0 && zones(later.drawn)[index];
    if (zone) scrollBy({ top: zone.getBoundingClientRect().top - top, behavior: "instant" });
  };
}

/** What an item's view works with: its records by id, of the set that is looked at. */
function itemContext(item, state) {
  const sets = HEAD.sets || [];
  const set = setOf(state.set) || setOf(HEAD.primary) || sets[0];
  const said = (set && item.sets?.[set.id]) || null;
  const ctx = {
    item, state, set, said,
    base: item.start,
    off: new Set(remembered("item.off", [])),
    named: remembered("item.names", true),
    unseen: remembered("item.unseen", false),
    records: new Map(), ties: new Map(), switches: {},
  };
  ctx.spans = said?.spans || [];
  ctx.attributions = said?.attributions || [];
  ctx.links = said?.links || [];
  for (const span of ctx.spans) ctx.records.set(span.id, { kind: "span", record: span });
  for (const link of ctx.links) ctx.records.set(link.id, { kind: "link", record: link });
  for (const each of ctx.attributions) {
    ctx.records.set(each.id, { kind: "attribution", record: each });
    for (const [role, ids] of itemParts(each)) {
      for (const id of ids) {
        if (!ctx.ties.has(id)) ctx.ties.set(id, []);
        ctx.ties.get(id).push({ attribution: each, role });
      }
    }
  }
  return ctx;
}

/** The parts of an attribution: [[role, span ids]], in the order source, medium, cue, content. */
function itemParts(each) {
  return [
    ["source", each.source_ids || []],
    ["medium", each.medium_ids || []],
    ["cue", each.cue_id ? [each.cue_id] : []],
    ["content", each.content_ids || []],
  ];
}

function itemSurface(ctx, span) {
  return slice(ctx.item.text, span.start - ctx.base, span.end - ctx.base);
}

/** Text for labels and announcements: without what would turn or control what stands beside it. */
function itemPlain(text) {
  return text.replace(TEXT_ACTING, " ").replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
}

function itemShort(text, length = 60) {
  const points = [...itemPlain(text).replace(/\s+/g, " ").trim()];
  return points.length > length ? `${points.slice(0, length - 1).join("")}…` : points.join("");
}

function itemHref(ctx, id) {
  return address({ view: "item", item: ctx.item.id, set: ctx.set?.id, span: id });
}

// ---- marks

function itemColour(span) {
  if (span.layer === "attribution") return ITEM_ROLES.includes(span.label) ? span.label : "content";
  return ITEM_COLOURS[span.layer] || "copy";
}

function itemLine(span) {
  if (span.layer === "attribution" || span.layer === "duplicate_block") return ITEM_LINES[span.label] || "solid";
  return ITEM_VOICE_LINES[span.voice] || "solid";
}

function itemTag(span) {
  if (span.layer === "duplicate_block" && span.label !== "translation_parallel") return span.copy_role || span.label;
  return ITEM_SHORT[span.label] || words(span.label).toLowerCase().slice(0, 16);
}

/** A span in words, for those who hear the page. */
function itemSays(ctx, span) {
  const layer = ITEM_SINGULAR[span.layer] || words(span.layer);
  const voice = span.voice ? `, voice ${span.voice}` : "";
  return itemPlain(`${layer}, ${labelTitle(span.layer, span.label)}${voice}: `) + itemShort(itemSurface(ctx, span));
}

function itemMark(ctx, span) {
  return {
    key: span.id, start: span.start, end: span.end, layer: span.layer, label: span.label, voice: span.voice,
    tag: itemTag(span), says: itemSays(ctx, span), href: itemHref(ctx, span.id),
    line: itemLine(span), colour: itemColour(span),
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
    base: ctx.base,
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
  return each.source_name || (source ? itemShort(itemSurface(ctx, source), length) : "no source given");
}

function itemFilter(ctx) {
  if (ctx.off.size) ctx.drawn.show((mark) => itemShows(ctx, mark));
  else ctx.drawn.show(null);
  detailsFilter(ctx);
}

// ---- above the text

function itemHead(ctx) {
  const { item } = ctx;
  const [before, after] = itemNeighbours(item.id);
  const known = itemOf(item.id);
  const outlets = (known?.outlets || []).slice(0, 1).map(outletName);
  const origins = (known?.origins || []).filter((id) => id !== known.outlets[0]).map(outletName);
  const facts = [
    outlets.length ? h("bdi", null, outlets[0]) : null,
    origins.length ? h("span", null, "from ", origins.map((name, n) => [n ? " and " : null, h("bdi", null, name)]), ", as far as known") : null,
    item.published?.value ? itemDates(item.published.value) : null,
    item.language,
    plural(item.end - item.start, "character"),
    h("span", null, `item ${item.id}`),
  ].filter(Boolean);
  return h("header", { class: "item-head" },
    h("nav", { class: "item-turn", "aria-label": "Items" },
      before ? h("a", { href: address({ view: "item", item: before.id, set: ctx.state.set }), rel: "prev" }, "← ", h("span", null, before.id)) : h("span"),
      after ? h("a", { href: address({ view: "item", item: after.id, set: ctx.state.set }), rel: "next" }, h("span", null, after.id), " →") : null),
    h("h1", { dir: "auto", lang: item.language }, item.title?.value || `Item ${item.id}`),
    h("p", { class: "item-facts dim" }, facts.map((each, index) => [index ? " · " : null, each])));
}

function itemDates(value) {
  return value.replace("/", " – ");
}

function itemNeighbours(id) {
  const items = HEAD.items || [];
  const at = items.findIndex((each) => each.id === id);
  return [items[at - 1], items[at + 1]];
}

function itemTools(ctx) {
  const tools = h("div", { class: "item-tools" });
  const options = (HEAD.sets || []).map((each) =>
    h("option", { value: each.id, selected: each === ctx.set }, itemSetName(ctx, each)));
  const select = h("select", { id: "item-set", on: { change: () => go({ set: select.value, span: null }) } }, options);
  const switches = [
    itemSwitch(ctx, "names", "Names", "A short name at the beginning of every span", () => ctx.drawn.tags(ctx.named), "named"),
    itemSwitch(ctx, "unseen", "Unseen characters", "Shows no-break and zero-width spaces, tabs and the like by name", () => {
      itemDraw(ctx);
      itemReflect(ctx);
    }, "unseen"),
  ];
  tools.append(
    h("div", { class: "item-choices" },
      h("label", { for: "item-set" }, "Set ", select),
      switches),
    h("p", { class: "item-set-says small dim" }, itemSetSays(ctx)));
  return tools;
}

function itemSwitch(ctx, name, says, title, run, field) {
  const button = h("button", { type: "button", title, "aria-pressed": String(ctx[field]) }, says);
  const turn = () => {
    ctx[field] = !ctx[field];
    remember(`item.${name}`, ctx[field]);
    button.setAttribute("aria-pressed", String(ctx[field]));
    const back = itemAnchor(ctx);
    run();
    back(ctx);
    itemArcs(ctx);
    announce(`${says} ${ctx[field] ? "on" : "off"}`);
  };
  button.addEventListener("click", turn);
  ctx.switches[name] = turn;
  return button;
}

function itemSetName(ctx, set) {
  const n = (ctx.item.sets?.[set.id]?.spans || []).length;
  const primary = set.id === HEAD.primary ? ", shown first" : "";
  return `${set.id} (${plural(n, "span")} here${primary})`;
}

function itemBy(set) {
  const by = (set.by || []).length ? set.by : [`${words(set.producer?.kind || "")} ${set.producer?.name || ""}`];
  return by.map((each, index) => [index ? ", " : null, h("bdi", null, each)]);
}

/** Whose set it is, and what of this item it looked at. */
function itemSetSays(ctx) {
  const { set, said } = ctx;
  if (!set) return "This page holds no annotation set.";
  if (ctx.state.set && ctx.state.set !== set.id) {
    return h("span", { role: "alert" }, "This page has no set ", h("code", null, ctx.state.set), `; ${set.id} is shown.`);
  }
  const says = [itemBy(set), `, ${set.created}. `];
  const covered = said?.covered || {};
  const kinds = [...new Set((ctx.item.zones || []).map((each) => each.kind))];
  const missed = new Map();
  for (const [layer, zones] of Object.entries(covered)) {
    const out = kinds.filter((kind) => !zones.includes(kind));
    if (out.length) missed.set(out.join(", "), [...(missed.get(out.join(", ")) || []), layer]);
  }
  if (!said) says.push("This set did not look at this item.");
  for (const [zones, layers] of missed) {
    says.push(`Not looked at${layers.length < Object.keys(covered).length ? ` for ${layers.map(layerTitle).join(", ").toLowerCase()}` : ""}: ${zones}. `);
  }
  const verified = ctx.spans.filter((each) => each.human_verified).length;
  if (said) says.push(verified ? `${plural(verified, "span")} here verified by a person.` : "No span here has been verified by a person.");
  return says;
}

// ---- what colours and lines mean

function itemLegend(ctx) {
  const layers = LAYERS.filter((layer) => (ctx.set?.layers || []).includes(layer) || ctx.said?.covered?.[layer]);
  const voiced = ctx.spans.some((each) => each.voice);
  const wide = matchMedia("(min-width: 60.01rem)").matches;
  const kept = wide ? "item.legend" : "item.legend.narrow";
  const legend = h("details", { class: "legend", open: remembered(kept, wide) },
    h("summary", null, "What is shown"),
    layers.length ? layers.map((layer) => itemLegendRow(ctx, layer)) : h("p", { class: "dim" }, "No annotation."),
    voiced ? itemVoices(ctx) : null);
  legend.addEventListener("toggle", () => remember(kept, legend.open));
  return legend;
}

function itemLegendRow(ctx, layer) {
  const spans = ctx.spans.filter((each) => each.layer === layer);
  const looked = ctx.said?.covered?.[layer] || spans.length || layer === "duplicate_block";
  if (!looked) {
    return h("div", { class: "legend-row" },
      h("p", { class: "legend-layer" }, layerTitle(layer)),
      h("p", { class: "dim small" }, "not looked at in this item"));
  }
  const counts = new Map();
  for (const span of spans) counts.set(span.label, (counts.get(span.label) || 0) + 1);
  const order = (HEAD.labels || []).filter((each) => each.layer === layer).map((each) => each.id);
  const labels = [...counts.keys()].sort((one, two) => order.indexOf(one) - order.indexOf(two));
  const chips = labels.map((label) => {
    const example = { layer, label, voice: "author" };
    return itemChip(ctx, `${layer}:${label}`, labelTitle(layer, label), counts.get(label), {
      colour: itemColour(example), line: itemLine(example),
      title: detailsLabel(layer, null, label)?.definition,
    });
  });
  const all = itemChip(ctx, layer, layerTitle(layer), spans.length, { layer: true, title: `All of ${layerTitle(layer).toLowerCase()}` });
  return h("div", { class: "legend-row", "data-layer": layer },
    all, h("div", { class: "legend-labels" }, spans.length ? chips : h("span", { class: "dim small" }, "looked for, none found")));
}

function itemChip(ctx, key, says, count, { colour, line, layer, title }) {
  const chip = h("button", {
    type: "button", class: layer ? "chip chip-layer" : "chip", "aria-pressed": String(!ctx.off.has(key)), title,
  },
  h("bdi", { class: "chip-says" }, says), " ", h("span", { class: "chip-count" }, number(count)),
  colour ? itemSample(colour, line) : null);
  chip.addEventListener("click", () => {
    if (ctx.off.has(key)) ctx.off.delete(key);
    else ctx.off.add(key);
    remember("item.off", [...ctx.off]);
    chip.setAttribute("aria-pressed", String(!ctx.off.has(key)));
    const back = itemAnchor(ctx);
    itemFilter(ctx);
    back(ctx);
    itemArcs(ctx);
    announce(`${itemPlain(says)} ${ctx.off.has(key) ? "hidden" : "shown"}`);
  });
  return chip;
}

/** A short piece of a line as it stands below the text. */
function itemSample(colour, line) {
  return h("span", { class: `sample line-${line}`, "aria-hidden": "true", style: { "--c": `var(--${colour})` } });
}

function itemVoices(ctx) {
  const there = Object.keys(ITEM_VOICES).filter((voice) => ctx.spans.some((each) => each.voice === voice));
  return h("div", { class: "legend-row legend-voices" },
    h("p", { class: "legend-layer" }, "Whose voice"),
    h("div", { class: "legend-labels" }, there.map((voice) =>
      h("span", { class: "voice", title: detailsLabel("loaded_language", "voice", voice)?.definition },
        ITEM_VOICES[voice],
        itemSample("ink", ITEM_VOICE_LINES[voice])))));
}

// ---- choosing

function itemChoose(id) {
  const { ctx } = itemNow;
  if (!ctx) return;
  if ((ctx.state.span || null) === (id || null)) {
    if (id) itemOpen();
    return;
  }
  go({ span: id }, { replace: true });
}

function itemOpen() {
  detailsOpen(itemNow.ctx, "details", { focus: true });
}

function itemStep(by) {
  const { ctx } = itemNow;
  const keys = ctx?.drawn.keys() || [];
  if (!keys.length) return;
  const at = keys.indexOf(ctx.state.span);
  const next = at < 0 ? (by > 0 ? 0 : keys.length - 1) : at + by;
  if (next < 0 || next >= keys.length) {
    announce(by > 0 ? "That was the last span." : "That was the first span.");
    return;
  }
  itemChoose(keys[next]);
  ctx.drawn.focus(keys[next]);
}

function itemTurn(by) {
  const { ctx } = itemNow;
  const other = ctx && itemNeighbours(ctx.item.id)[by > 0 ? 1 : 0];
  if (other) go({ item: other.id });
  else announce(by > 0 ? "That was the last item." : "That was the first item.");
}

/** Brings text, margin, arcs and panel to what the address says. */
function itemReflect(ctx, { arrive = false } = {}) {
  const found = ctx.records.get(ctx.state.span);
  const attributions = itemChosen(ctx, found);
  const others = [];
  for (const each of attributions) {
    for (const [role, ids] of itemParts(each)) {
      for (const id of ids) others.push([id, `part part-${role}`]);
    }
  }
  if (found?.kind === "link") others.push([found.record.from_id, "part"], [found.record.to_id, "part"]);
  const key = found?.kind === "span" ? found.record.id : null;
  ctx.chosen = attributions;
  ctx.drawn.select(key, others);
  ctx.drawn.govern(attributions.find((each) => each.governs)?.id);
  detailsShow(ctx, found);
  const first = key || others[0]?.[0];
  if (first) ctx.drawn.scrollTo(first);
  if (arrive && ctx.state.at) {
    const at = itemAt(ctx.state.at, ctx.item);
    if (at) ctx.drawn.flash(...at);
  } else if (arrive && found?.kind === "span") ctx.drawn.flash(found.record.start, found.record.end);
  itemArcs(ctx);
  if (found) announce(key ? itemSays(ctx, found.record) : `${found.kind} ${ctx.state.span}`);
  else if (ctx.state.span) announce(`There is no record ${ctx.state.span} in this set.`);
}

/** The attributions that stand out: the chosen one, or those that the chosen span is a part of. */
function itemChosen(ctx, found) {
  if (found?.kind === "attribution") return [found.record];
  if (found?.kind !== "span") return [];
  return [...new Set((ctx.ties.get(found.record.id) || []).map((each) => each.attribution))];
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
  const parts = itemParts(each).flatMap(([role, ids]) => ids.map((id) => ({ role, id })));
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
