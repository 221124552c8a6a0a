// Texts with their spans.
//
// A text is cut at every border of a span. Each piece is one <span class="seg"> that carries, as
// backgrounds below its letters, a line for every span that it is part of: no element per span,
// none per word. In a paragraph every span has a lane of its own, so spans that nest, cross or
// share both ends never run into one line. What a piece looks like is a class, made once for all
// pieces that look alike. Nothing here reads the layout before a click.

const TEXT_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const TEXT_STRONG = /[\p{L}\p{Nl}]/u;
const TEXT_JOINS = /^[\p{M}\u200c\u200d\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]/u;

const TEXT_ZONES = {
  title: ["h2", "title"],
  byline: ["p", "byline"],
  heading: ["h3", "heading"],
  paragraph: ["p", ""],
  caption: ["p", "caption"],
  teaser: ["p", "teaser"],
  boilerplate: ["p", "boilerplate"],
  outside: ["p", "no zone"],
};

// Which layer gets the lanes next to the letters.
const TEXT_RANKS = { loaded_language: 0, attribution: 1, claim: 2, duplicate_block: 3 };

// Heights in rem: without and with names above the lines.
const TEXT_LANE = { bare: 0.4375, named: 0.875 };

// With more spans than this, blocks far from the window are laid out when they come near.
const TEXT_LONG = 1500;

/**
 * Draws an item's text with marks and returns what to do with it.
 *
 * marks: [{key, start, end, layer, label, voice?, tag, says, href?, className?, line?, colour,
 * tint?}], offsets in code points of the document. options: {evidence: [[start,end]],
 * governs: [{start,end,key,says,href?}], onSelect(key, event), tags, unseen}.
 */
function drawText(item, marks, options = {}) {
  const base = item.start;
  const text = item.text;
  const units = unitsOf(text);
  const clamp = (place) => Math.max(0, Math.min(units.length, place - base));
  const unit = (place) => units.unit(clamp(place));
  const plans = textPlans(marks, unit);
  const byKey = new Map(plans.map((plan) => [plan.key, plan]));
  const blocks = textBlocks(item, text, unit);
  const evidence = (options.evidence || [])
    .map(([start, end]) => [unit(start), unit(end)])
    .filter(([from, to]) => from < to);
  const view = {
    text, plans, byKey, blocks,
    root: document.createElement("div"),
    options,
    named: Boolean(options.tags),
    wanted: null,
    strong: new Map(),
    right: TEXT_RIGHT.test(text),
    shown: options.unseen ? TEXT_UNSEEN : TEXT_ACTING,
    last: null,
  };
  view.long = plans.length > TEXT_LONG;
  view.special = text.search(view.shown) >= 0;
  view.root.className = "text";
  if (item.language) view.root.lang = item.language;
  textBuild(view, evidence);
  textGoverns(view, options.governs || [], unit);
  for (const block of blocks) textPaint(view, block);
  if (view.named) for (const plan of plans) textTag(view, plan);
  textSettle();
  view.root.classList.toggle("named", view.named);
  view.root.classList.toggle("long", view.long);
  view.root.addEventListener("click", (event) => textClick(view, event));
  return textHandle(view, unit);
}

/** Marks with their UTF-16 places, in text order, outer before inner. */
function textPlans(marks, unit) {
  const plans = [];
  for (const mark of marks) {
    const from = unit(mark.start);
    const to = unit(mark.end);
    if (from >= to) continue;
    plans.push({
      key: mark.key, mark, from, to, rank: TEXT_RANKS[mark.layer] ?? 4,
      line: mark.line || "solid", thin: mark.layer === "claim" ? "T" : "", tag: String(mark.tag || "").replace(/[^\x20-\x7e]/g, "?"),
      segments: [], lane: 0, link: null,
    });
  }
  plans.sort((one, two) => one.from - two.from || two.to - one.to || two.rank - one.rank);
  plans.forEach((plan, index) => (plan.index = index));
  return plans;
}

/** What stands below each other: zones, what lies outside them, and white space between. */
function textBlocks(item, text, unit) {
  const zones = [...(item.zones || [])].sort((one, two) => one.start - two.start);
  const blocks = [];
  const add = (from, to, kind, note) => {
    if (from < to) blocks.push({ from, to, kind, note, plans: [], segments: [] });
  };
  const between = (from, to) => {
    if (!zones.length) {
      add(from, to, "outside");
      return;
    }
    const piece = text.slice(from, to);
    const first = piece.search(/\S/);
    if (first < 0) {
      add(from, to, "gap");
      return;
    }
    const last = from + piece.trimEnd().length;
    add(from, from + first, "gap");
    add(from + first, last, "outside");
    add(last, to, "gap");
  };
  let at = 0;
  for (const zone of zones) {
    const from = Math.max(at, unit(zone.start));
    const to = unit(zone.end);
    if (from >= to) continue;
    between(at, from);
    add(from, to, zone.kind, zone.note);
    at = to;
  }
  between(at, text.length);
  return blocks;
}

/** The elements: one sweep over all borders. */
function textBuild(view, evidence) {
  const { plans, blocks, text } = view;
  const places = new Set();
  for (const plan of plans) places.add(plan.from).add(plan.to);
  for (const [from, to] of evidence) places.add(from).add(to);
  const borders = Uint32Array.from(places).sort();
  const fragment = document.createDocumentFragment();
  let next = 0; // the next plan to begin
  let border = 0;
  let active = []; // innermost first
  for (const block of blocks) {
    const row = textBlock(view, block);
    fragment.append(block.element);
    let at = block.from;
    for (const plan of active) if (plan.to > at) block.plans.push(plan);
    while (at < block.to) {
      if (active.length) active = active.filter((plan) => plan.to > at);
      for (; next < plans.length && plans[next].from <= at; next++) {
        if (plans[next].to <= at) continue;
        textInsert(active, plans[next]);
        block.plans.push(plans[next]);
      }
      while (border < borders.length && borders[border] <= at) border++;
      const end = border < borders.length ? Math.min(borders[border], block.to) : block.to;
      const proof = evidence.some(([from, to]) => from <= at && end <= to);
      textPiece(view, block, row, at, end, active, proof);
      at = end;
    }
  }
  view.root.append(fragment);
}

function textInsert(active, plan) {
  const length = plan.to - plan.from;
  let at = 0;
  // Of identical ones, the layer next to the letters counts as the inner one.
  while (at < active.length) {
    const other = active[at].to - active[at].from;
    if (other > length || (other === length && active[at].rank > plan.rank)) break;
    at++;
  }
  active.splice(at, 0, plan);
}

function textBlock(view, block) {
  const [tag, name] = TEXT_ZONES[block.kind] || ["p", words(block.kind)];
  if (block.kind === "gap") {
    block.element = document.createElement("span");
    block.element.className = "gap";
    return block.element;
  }
  block.element = document.createElement(tag);
  block.element.className = `zone zone-${TEXT_ZONES[block.kind] ? block.kind : "other"}`;
  block.element.dir = "auto";
  if (name) block.element.dataset.zone = name;
  block.right = view.right && textRight(view.text.slice(block.from, block.to), false);
  const row = document.createElement("span");
  row.className = "row";
  block.element.append(row);
  return row;
}

/** Whether text runs from right to left, by its first letter. */
function textRight(text, fallback) {
  const found = TEXT_STRONG.exec(text);
  return found ? TEXT_RIGHT.test(String.fromCodePoint(text.codePointAt(found.index))) : fallback;
}

function textPiece(view, block, row, from, to, active, proof) {
  const string = view.text.slice(from, to);
  if (!active.length && !proof) {
    if (view.special) textFill(row, string, view.shown, view.text[to]);
    else row.append(string);
    return;
  }
  const element = document.createElement("span");
  if (view.special) textFill(element, string, view.shown, view.text[to]);
  else element.textContent = string;
  row.append(element);
  if (!active.length) {
    element.className = "evidence";
    return;
  }
  element.marks = active.map((plan) => plan.key);
  const segment = {
    element, plans: active.slice(), from, to, proof,
    right: view.right && textRight(string, block.right),
  };
  element.textSegment = segment;
  segment.block = block;
  block.segments.push(segment);
  for (const plan of active) plan.segments.push(element);
}

