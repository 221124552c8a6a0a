// Texts with their spans.
//
// A text is cut at every border of a span. Each piece is one <span class="seg"> that carries, as
// backgrounds below its letters, a line for every span that it is part of: no element per span,
// none per word. In a paragraph every span has a lane of its own, so spans that nest, cross or
// share both ends never run into one line. What a piece looks like is a class, made once for all
// pieces that look alike. Nothing here reads the layout before a click.

const TEXT_CONTROLS =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(" ");

const TEXT_NAMES = new Map([
  ...TEXT_CONTROLS.map((name, code) => [code, name]),
  [0x7f, "DEL"], [0x85, "NEL"], [0xa0, "NBSP"], [0xad, "SHY"], [0x34f, "CGJ"], [0x61c, "ALM"],
  [0x180e, "MVS"], [0x200b, "ZWSP"], [0x200c, "ZWNJ"], [0x200d, "ZWJ"], [0x200e, "LRM"],
  [0x200f, "RLM"], [0x2028, "LS"], [0x2029, "PS"], [0x202a, "LRE"], [0x202b, "RLE"],
  [0x202c, "PDF"], [0x202d, "LRO"], [0x202e, "RLO"], [0x202f, "NNBSP"], [0x2060, "WJ"],
  [0x2066, "LRI"], [0x2067, "RLI"], [0x2068, "FSI"], [0x2069, "PDI"], [0xfeff, "BOM"],
]);

// Characters that would act on the page, or that nobody could see: always shown by name.
const TEXT_ACTING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202d\u202e]/g;
const TEXT_UNSEEN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff]/g;

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
 * tint?}], offsets in code points of the document. options: {base, zones, evidence: [[start,end]],
 * governs: [{start,end,key,says,href?}], onSelect(key, event), tags, unseen, language}.
 */
function drawText(item, marks, options = {}) {
  const base = options.base ?? item.start ?? 0;
  const text = item.text;
  const units = unitsOf(text);
  const clamp = (place) => Math.max(0, Math.min(units.length, place - base));
  const unit = (place) => units.unit(clamp(place));
  const plans = textPlans(marks, unit);
  const byKey = new Map(plans.map((plan) => [plan.key, plan]));
  const blocks = textBlocks(item, text, unit, options.zones !== false);
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
  if (options.language || item.language) view.root.lang = options.language || item.language;
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
function textBlocks(item, text, unit, zoned) {
  const zones = zoned ? [...(item.zones || [])].sort((one, two) => one.start - two.start) : [];
  const blocks = [];
  const add = (from, to, kind, note) => {
    if (from < to) blocks.push({ from, to, kind, note, plans: [], segments: [] });
  };
  const between = (from, to) => {
    if (!zones.length) {
      add(from, to, zoned ? "outside" : "paragraph");
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
    if (view.special) textFill(view, row, string, to);
    else row.append(string);
    return;
  }
  const element = document.createElement("span");
  if (view.special) textFill(view, element, string, to);
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

/** A text for other places of a page, its acting characters by name. */
function textQuoted(string) {
  const fragment = document.createDocumentFragment();
  textFill({ text: "", shown: TEXT_ACTING }, fragment, string, 0);
  return fragment;
}

/** Text whose acting or unseen characters stand in the page by name, themselves without effect. */
function textFill(view, parent, string, end) {
  let at = 0;
  for (const found of string.matchAll(view.shown)) {
    const place = found.index;
    parent.append(string.slice(at, place));
    at = place + 1;
    const code = string.charCodeAt(place);
    const following = place + 1 < string.length ? string[place + 1] : view.text[end];
    const kept = document.createElement("span");
    kept.className = "kept";
    kept.textContent = string[place];
    const chip = document.createElement("span");
    // A CR before a LF is the end of a line like others.
    const quiet = code === 13 && following === "\n" && view.shown === TEXT_ACTING;
    chip.className = quiet ? "char quiet" : code === 13 && following !== "\n" ? "char breaks" : "char";
    chip.dataset.char =
      TEXT_NAMES.get(code) || `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
    chip.append(kept);
    parent.append(chip);
    if (code === 9) parent.append(document.createElement("wbr"));
  }
  parent.append(string.slice(at));
}

// ---- lanes

/** What is chosen is shown, whatever is off. */
function textShows(view, plan) {
  return !view.wanted || view.wanted(plan.mark) || view.strong.has(plan.key);
}

/** Gives each shown span of a block the first lane that is free along all of it. */
function textLanes(view, block) {
  const shown = block.plans.filter((plan) => textShows(view, plan));
  shown.sort((one, two) =>
    one.rank - two.rank || one.to - one.from - (two.to - two.from) || one.index - two.index);
  const lanes = []; // per lane: [from, to] in order
  for (const plan of shown) {
    const from = Math.max(plan.from, block.from);
    // A name needs room of its own: about six tenths of a letter for each of its letters.
    const room = view.named && plan.from >= block.from ? Math.ceil(plan.tag.length * 0.66) + 2 : 0;
    const to = Math.max(Math.min(plan.to, block.to), from + room);
    let lane = 0;
    while (lane < lanes.length && !textFits(lanes[lane], from, to)) lane++;
    if (lane === lanes.length) lanes.push([]);
    textTake(lanes[lane], from, to);
    plan.lane = lane;
  }
  return lanes.length;
}

function textAfter(lane, from) {
  let low = 0;
  let high = lane.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lane[middle][0] < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function textFits(lane, from, to) {
  const at = textAfter(lane, from);
  return (at === lane.length || lane[at][0] >= to) && (at === 0 || lane[at - 1][1] <= from);
}

function textTake(lane, from, to) {
  lane.splice(textAfter(lane, from), 0, [from, to]);
}

/** Gives every piece of a block its class. */
function textPaint(view, block) {
  const count = textLanes(view, block);
  if (block.count !== count && block.kind !== "gap") {
    block.count = count;
    block.element.style.setProperty("--lanes", count);
    if (view.long) block.element.style.setProperty("--guess", textGuess(view, block));
  }
  for (const segment of block.segments) {
    let look = "";
    let tint = "";
    let others = segment.proof ? " evidence" : "";
    for (const plan of segment.plans) {
      const { mark } = plan;
      if (!textShows(view, plan)) continue;
      const strong = view.strong.get(plan.key);
      const begins = plan.from === segment.from ? "s" : "";
      const ends = plan.to === segment.to ? "e" : "";
      look += `|${plan.lane} ${mark.colour} ${plan.line} ${begins}${ends}${strong ? "S" : plan.thin}`;
      if (strong === "chosen") tint = "mark";
      else if (strong && tint !== "mark") tint = `${mark.colour}-tint`;
      else tint ||= mark.tint || "";
      if (mark.className) others += ` ${mark.className}`;
      if (strong) others += ` on ${strong === true ? "" : strong}`;
    }
    if (look) {
      const height = view.named ? TEXT_LANE.named : TEXT_LANE.bare;
      look = ` ${textLook(`${height}|${segment.right ? "right left" : "left right"}|${tint}${look}`)}`;
    }
    segment.element.className = `seg${look}${others}`;
  }
  if (view.named || view.current) {
    for (const plan of block.plans) if (plan.link && plan.home === block) textTagPlace(view, plan);
  }
}

/** About how high a block will be: what a scroll bar shows until it is laid out. */
function textGuess(view, block) {
  const lines = Math.ceil((block.to - block.from) / 88);
  const lane = view.named ? TEXT_LANE.named : TEXT_LANE.bare;
  return `${(lines * (1.7 + block.count * lane) + 0.9).toFixed(2)}rem`;
}

// ---- looks: one class for all pieces that look alike

// Values stand in the rules themselves: custom properties on thousands of elements cost more.
const textLooks = new Map();
let textFresh = [];
let textSheet = null;

function textLook(look) {
  return textRule(look, () => textBackgrounds(look));
}

/** The class with these declarations, made the first time. */
function textRule(look, declarations, part = "") {
  let name = textLooks.get(look);
  if (!name) {
    name = `k${textLooks.size.toString(36)}`;
    textLooks.set(look, name);
    textFresh.push(`.${name}${part}{${declarations()}}`);
  }
  return name;
}

/** Puts the looks made since the last time into the page. */
function textSettle() {
  if (!textFresh.length) return;
  if (textSheet && textFresh.length < 200) {
    for (const rule of textFresh) textSheet.insertRule(rule, textSheet.cssRules.length);
  } else {
    textSheet = new CSSStyleSheet();
    textSheet.replaceSync(textFresh.join("\n"));
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, textSheet];
  }
  textFresh = [];
}

/** The lines of a piece, and its tint behind the letters. */
function textBackgrounds(look) {
  const [height, sides, tint, ...lines] = look.split("|");
  const [starts, stops] = sides.split(" ");
  const parts = lines.map((each) => each.split(" "));
  const depth = Math.max(...parts.map(([lane]) => Number(lane))) + 1;
  const layers = [];
  for (const [lane, colour, line, flags] of parts) {
    const ink = `var(--${colour})`;
    const up = `${(depth - 1 - lane) * height}rem`;
    const strong = flags.includes("S");
    const thick = strong ? 3 : flags.includes("T") ? 1 : 2;
    const size = `${thick}px ${strong ? 8 : 6}px`;
    layers.push(textLine(ink, line, up, thick));
    if (flags.includes("s")) layers.push(`linear-gradient(${ink} 0 0) ${starts} bottom ${up}/${size} no-repeat`);
    if (flags.includes("e")) layers.push(`linear-gradient(${ink} 0 0) ${stops} bottom ${up}/${size} no-repeat`);
  }
  const below = `${depth * height}rem`;
  if (tint) layers.push(`linear-gradient(var(--${tint}) 0 0) 0 0/100% calc(100% - ${below}) no-repeat`);
  return `padding-bottom:${below};background:${layers.join(",")}`;
}

/** One line as a background: its pattern tells what its colour also tells, or whose voice it is. */
function textLine(ink, line, up, thick) {
  const place = `left bottom ${up}`;
  const across = (stops, period) =>
    `linear-gradient(90deg,${stops}) ${place}/${period}px ${thick}px repeat-x`;
  switch (line) {
    case "double":
      return `linear-gradient(${ink} 34%,transparent 34% 66%,${ink} 66%) ${place}/100% ${thick + 2}px no-repeat`;
    case "dashed":
      return across(`${ink} 60%,transparent 60%`, 10);
    case "dotted":
      return across(`${ink} 50%,transparent 50%`, 4);
    case "dashdot":
      return across(`${ink} 50%,transparent 50% 70%,${ink} 70% 83%,transparent 83%`, 12);
    case "wavy": {
      const bow = `radial-gradient(circle at 50% 0,transparent ${thick}px,${ink} ${thick}px ${thick + 1.25}px,transparent ${thick + 1.25}px)`;
      return `${bow} ${place}/${2 * thick + 3}px ${thick + 2}px repeat-x`;
    }
    default:
      return `linear-gradient(${ink} 0 0) ${place}/100% ${thick}px no-repeat`;
  }
}

// ---- names

/** The name of a span at its beginning: a link without text, so the text stays as it is. */
function textTag(view, plan) {
  if (plan.link) return plan.link;
  const first = plan.segments.find((each) => each.textSegment.block.kind !== "gap") || plan.segments[0];
  if (!first) return null;
  const { mark } = plan;
  plan.home = first.textSegment.block;
  const link = document.createElement(mark.href ? "a" : "button");
  if (mark.href) link.setAttribute("href", mark.href);
  else link.type = "button";
  // A border inside one visible character must not push its parts asunder.
  plan.tagClass = TEXT_JOINS.test(view.text.slice(first.textSegment.from, first.textSegment.from + 2))
    ? "tag inside" : "tag";
  // The name takes no room: its letters are all of one width, which is taken back.
  const { length } = plan.tag;
  plan.tagClass += ` ${textRule(`ink ${mark.colour}`, () => `color:var(--${mark.colour})`)}`;
  plan.tagClass += ` ${textRule(`name ${length}`, () => `margin-inline-end:calc(${-length}ch - 4px)`, "::before")}`;
  link.tabIndex = -1;
  link.dataset.tag = plan.tag;
  link.dataset.key = plan.key;
  link.setAttribute("aria-label", mark.says || plan.tag);
  plan.link = link;
  textTagPlace(view, plan);
  // Outer spans begin before inner ones that begin at the same place.
  first.before(link);
  return link;
}

function textTagPlace(view, plan) {
  const height = view.named ? TEXT_LANE.named : TEXT_LANE.bare;
  const at = textRule(`at ${height} ${plan.lane}`,
    () => `vertical-align:calc(-0.22em - ${plan.lane * height + 0.6}rem)`);
  plan.link.className =
    `${plan.tagClass} ${at}${view.strong.has(plan.key) ? " current" : ""}`;
  plan.link.hidden = !textShows(view, plan);
}

// ---- open scopes, in the margin

function textGoverns(view, governs, unit) {
  const ends = []; // of the last bar in each lane of the margin
  const sorted = governs
    .map((each) => ({ ...each, from: unit(each.start), to: unit(each.end) }))
    .sort((one, two) => one.from - two.from);
  view.bars = new Map();
  for (const scope of sorted) {
    let lane = ends.findIndex((end) => end <= scope.from);
    if (lane < 0) lane = ends.length;
    ends[lane] = scope.to;
    const bars = [];
    const over = view.blocks.filter(
      (block) => block.kind !== "gap" && block.from < scope.to && block.to > scope.from);
    over.forEach((block, index) => {
      const first = index === 0;
      const bar = document.createElement(first && scope.href ? "a" : "span");
      bar.className = "scope";
      if (first) bar.classList.add("scope-first");
      if (index === over.length - 1) bar.classList.add("scope-last");
      if (first && scope.href) {
        bar.setAttribute("href", scope.href);
        bar.setAttribute("aria-label", scope.says);
        bar.title = scope.says;
      }
      bar.style.setProperty("--bar", lane);
      bar.dataset.key = scope.key;
      block.element.append(bar);
      bars.push(bar);
    });
    view.bars.set(scope.key, bars);
  }
  if (sorted.length) view.root.style.setProperty("--bars", ends.length);
}

// ---- choosing

/** The shown spans of a piece, innermost first. */
function textAt(view, segment) {
  return segment.plans.filter((plan) => textShows(view, plan)).map((plan) => plan.key);
}

function textClick(view, event) {
  const { onSelect } = view.options;
  if (!onSelect || event.defaultPrevented || event.button) return;
  const tag = event.target.closest(".tag");
  if (tag) {
    // A link goes where it leads; where the reader already is, it opens what is there.
    const here = tag.dataset.key === view.current;
    if (here) event.preventDefault();
    if (here || tag.localName === "button") onSelect(tag.dataset.key, event);
    return;
  }
  if (event.target.closest("a")) return;
  const chosen = getSelection();
  if (chosen && !chosen.isCollapsed) return; // the reader marks text
  const element = event.target.closest(".seg");
  if (!element || !element.textSegment) {
    view.last = null;
    onSelect(null, event);
    return;
  }
  const segment = element.textSegment;
  const keys = textAt(view, segment);
  if (!keys.length) return;
  const line = textLineAt(view, segment, event.clientY, event.clientX);
  if (line) {
    view.last = null;
    onSelect(line, event);
    return;
  }
  const again = view.last === element && keys.includes(view.current);
  const key = again ? keys[(keys.indexOf(view.current) + 1) % keys.length] : keys[0];
  view.last = element;
  onSelect(key, event);
}

/** The span whose very line was hit, or null. */
function textLineAt(view, segment, y, x) {
  const box = [...segment.element.getClientRects()].find(
    (each) => each.top <= y && y < each.bottom && each.left <= x && x <= each.right);
  if (!box) return null;
  const below = parseFloat(getComputedStyle(segment.element).paddingBottom) || 0;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const depth = y - (box.bottom - below);
  if (depth < 0) return null;
  textLanes(view, segment.block);
  const lane = Math.floor(depth / (rem * (view.named ? TEXT_LANE.named : TEXT_LANE.bare)));
  const plan = segment.plans.find((each) => each.lane === lane && textShows(view, each));
  return plan ? plan.key : null;
}

/** Emphasises spans: a Map of key to true or a class name. */
function textStrong(view, strong) {
  const touched = new Set();
  for (const key of [...view.strong.keys(), ...strong.keys()]) {
    for (const element of view.byKey.get(key)?.segments || []) touched.add(element.textSegment.block);
  }
  view.strong = strong;
  for (const block of touched) textPaint(view, block);
  textSettle();
}

function textHandle(view, unit) {
  const plan = (key) => view.byKey.get(key);
  const handle = {
    root: view.root,
    /** Keys of the shown spans in text order. */
    keys: () =>
      view.plans.filter((each) => !view.wanted || view.wanted(each.mark)).map((each) => each.key),
    has: (key) => view.byKey.has(key),
    marksAt(element) {
      const segment = element?.closest?.(".seg")?.textSegment;
      return segment ? textAt(view, segment) : [];
    },
    segmentsOf: (key) => (plan(key)?.segments || []).slice(),
    /** Marks one span as chosen; `others` maps further keys to class names. */
    select(key, others = []) {
      view.current = key;
      const strong = new Map(others);
      if (key && plan(key)) strong.set(key, "chosen");
      textStrong(view, strong);
      for (const link of view.root.querySelectorAll('.tag[tabindex="0"]')) link.tabIndex = -1;
      for (const each of strong.keys()) if (plan(each)) textTag(view, plan(each));
      textSettle();
      const own = plan(key)?.link;
      if (own) own.tabIndex = 0;
      else handle.roving();
    },
    /** The scope whose bar stands out. */
    govern(key) {
      for (const [each, bars] of view.bars) {
        for (const bar of bars) bar.classList.toggle("on", each === key);
      }
    },
    show(predicate) {
      view.wanted = predicate || null;
      for (const block of view.blocks) textPaint(view, block);
      textSettle();
      handle.roving();
    },
    tags(on) {
      view.named = Boolean(on);
      for (const block of view.blocks) textPaint(view, block);
      if (view.named) for (const each of view.plans) textTag(view, each);
      textSettle();
      view.root.classList.toggle("named", view.named);
      handle.roving();
    },
    /** One name can be reached by Tab: the chosen one, else the first. */
    roving() {
      if (!view.named || view.root.querySelector('.tag[tabindex="0"]:not([hidden])')) return;
      const first = view.root.querySelector(".tag:not([hidden])");
      if (first) first.tabIndex = 0;
    },
    focus(key) {
      const link = plan(key) && textTag(view, plan(key));
      if (!link) return;
      textSettle();
      link.classList.add("current");
      link.tabIndex = 0;
      link.focus({ preventScroll: true });
    },
    scrollTo(key) {
      const segments = plan(key)?.segments || [];
      const first = segments.find((each) => each.textSegment.block.kind !== "gap") || segments[0];
      if (first) textReach(first);
    },
    /** Shows a place for a moment and scrolls to it. */
    flash(start, end) {
      const range = textRange(view, unit(start), unit(end));
      if (!range) return;
      textFlash(range);
      textReach(range);
    },
  };
  handle.roving();
  return handle;
}

/** Scrolls to an element or range unless it can be seen. */
function textReach(place) {
  const block = (place.startContainer ? place.startContainer.parentElement : place).closest(".zone");
  let box = place.getBoundingClientRect();
  if (!box.height && !box.width && block) box = block.getBoundingClientRect();
  const top = 96;
  const bottom = innerHeight - (innerWidth < 960 ? innerHeight * 0.5 : 64);
  if (box.top >= top && box.top + Math.min(box.height, 120) <= bottom) return;
  scrollTo({ top: Math.max(0, scrollY + box.top - innerHeight * 0.3), behavior: "instant" });
}

/** A range over the text between two UTF-16 places. */
function textRange(view, from, to) {
  const walker = document.createTreeWalker(view.root, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let at = 0;
  let begun = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const end = at + node.length;
    if (!begun && from < end) {
      range.setStart(node, from - at);
      begun = true;
    }
    if (begun && to <= end) {
      range.setEnd(node, to - at);
      return range;
    }
    at = end;
  }
  return null;
}

let textFlashes = 0;

function textFlash(range) {
  if (!globalThis.Highlight || !CSS.highlights) {
    const chosen = getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
    return;
  }
  const turn = ++textFlashes;
  CSS.highlights.set("flash", new Highlight(range));
  setTimeout(() => {
    if (turn === textFlashes) CSS.highlights.delete("flash");
  }, 4000);
}
