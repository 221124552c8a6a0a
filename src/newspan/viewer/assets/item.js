// One item: its text with the spans of one set, what each colour and line means, and the details.

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
  title: (state) => (itemOf(state.item) ? itemTitle(itemOf(state.item)) : state.item),
  show: itemShow,
  change: itemChange,
  keys: [
    { key: "j", says: "next span", run: () => itemStep(1) },
    { key: "k", says: "previous span", run: () => itemStep(-1) },
    { key: "Enter", says: "details of the chosen span", run: () => itemOpen() },
    { key: "Escape", says: "let go of the chosen span", run: () => itemChoose(null) },
    { key: "]", says: "next item", run: () => itemTurn(1) },
    { key: "[", says: "previous item", run: () => itemTurn(-1) },
    { key: "n", says: "label names on or off", run: () => itemNow.ctx?.switches.names() },
    { key: "v", says: "unseen characters on or off", run: () => itemNow.ctx?.switches.unseen() },
  ],
};

async function itemShow(root, state, { signal } = {}) {
  const { back } = itemNow;
  Object.assign(itemNow, { ctx: null, back: null });
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
  back?.(ctx);
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
  const said = (set && ownOf(item.sets, set.id)) || null;
  const ctx = {
    item, state, set, said,
    off: new Set(remembered("item.off", [])),
    named: remembered("item.names", true),
    unseen: remembered("item.unseen", false),
    records: new Map(), ties: new Map(), switches: {},
  };
  ctx.spans = said?.spans || [];
  ctx.voiced = ctx.spans.some((each) => each.voice);
  ctx.attributions = said?.attributions || [];
  ctx.links = said?.links || [];
  for (const span of ctx.spans) ctx.records.set(span.id, { kind: "span", record: span });
  for (const link of ctx.links) ctx.records.set(link.id, { kind: "link", record: link });
  for (const each of ctx.attributions) {
    ctx.records.set(each.id, { kind: "attribution", record: each });
    for (const [role, ids] of partsOf(each)) {
      for (const id of ids) {
        if (!ctx.ties.has(id)) ctx.ties.set(id, []);
        ctx.ties.get(id).push({ attribution: each, role });
      }
    }
  }
  return ctx;
}

function itemShort(text, length = 60) {
  const points = [...oneLine(text).trim()];
  return points.length > length ? `${points.slice(0, length - 1).join("")}…` : points.join("");
}

function itemHref(ctx, id) {
  return address({ view: "item", item: ctx.item.id, set: ctx.set?.id, span: id });
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
    for (const [role, ids] of partsOf(each)) {
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
