// Sets compared: how far they agree, what they say alike, each conflict with its decision.
//
// #comparison                    overview, with the list of conflicts (filters: layer, kind, in, says, take)
// #comparison?conflict=ID        one conflict
// #comparison/ITEM?show=alike    an item's text with what is alike and what is not

const COMPARISON_LINES = ["dashed", "wavy", "double"];

const COMPARISON_LAYER_TITLES = { link: "Links" };

/** The kinds in their order; what a kind means where its name alone does not say it. */
const COMPARISON_KIND_ORDER = ["only", "missing", "label", "boundary", "attribute", "structure"];
const COMPARISON_KINDS = {
  only: "one set has it, the others looked and do not",
  missing: "several sets have it, this one looked and does not",
  label: "about the same words with another label",
  boundary: "other borders: less than four fifths in common, or another end of an open scope",
  attribute: "alike, but a detail is said otherwise, such as whether it is hedged or whom it is directed at",
  structure: "one against several, or parts and parents that do not correspond",
};

/** Attributes of a record as a reader meets them, in order: [field, title, value if absent]. */
const COMPARISON_FIELDS = {
  claim: [
    ["factuality", "Label"],
    ["check_worthy", "Check-worthy"],
    ["hedged", "Hedged", false],
  ],
  loaded_language: [
    ["technique", "Label"],
    ["target", "Target"],
    ["polarity", "Polarity"],
  ],
  attribution: [
    ["mode", "Mode"],
    ["source_kind", "Kind of source"],
    ["source_named", "Source is named", false],
    ["source_name", "Name of the source"],
    ["cue_type", "Kind of cue"],
    ["cue_force", "Force of the cue"],
    ["scope", "Scope", "closed"],
  ],
  link: [["type", "Kind of link"]],
};

/** What is said beside a reading, and makes no conflict. */
const COMPARISON_REMARKS = ["Unsure", "Note"];

/** The figures that come first, and how to read them. */
const COMPARISON_FIGURES = [
  ["gamma", "gamma|", "gamma", "places and labels together, beyond chance: 1 is the same, 0 what chance gives"],
  ["f1_iou", "labels:same", "F1 IoU", "spans of the same label that cover each other by half or more; chance is not taken off"],
  ["alpha", "unit:character", "alpha", "characters inside or outside of any span, beyond chance (Krippendorff)"],
];

const COMPARISON_SHOWS = [
  ["all", "All"],
  ["alike", "Only what is alike"],
  ["conflicts", "Only conflicts"],
];

/** How many conflicts a list shows before it asks. */
const COMPARISON_MOST = 200;

const comparisonNow = { data: null, state: null, root: null, item: null, drawn: null, panel: null };

views.comparison = {
  title: (state) => {
    const conflict = comparisonNow.data?.byId.get(state.conflict);
    if (conflict) return `Conflict: ${oneLine(conflict.words).slice(0, 60)}`;
    return state.item ? `Comparison: ${titleOf(state.item)}` : "Comparison";
  },
  show: comparisonShow,
  change: comparisonChange,
  keys: [
    { key: "n", says: "next conflict", run: () => comparisonStep(1) },
    { key: "p", says: "previous conflict", run: () => comparisonStep(-1) },
    { key: "j", says: "next span of a text", run: () => comparisonWalk(1) },
    { key: "k", says: "previous span of a text", run: () => comparisonWalk(-1) },
    { key: "Escape", says: "back to the item in numbers", run: () => comparisonLetGo() },
  ],
};

async function comparisonShow(root, state) {
  const data = comparisonPrepared(await part("comparison"));
  Object.assign(comparisonNow, { data, state, root, item: null, drawn: null, panel: null });
  if (state.item) await comparisonShowItem(root, state);
  else if (state.conflict) await comparisonShowConflict(root, state);
  else comparisonShowOverview(root, state);
}

/** Shows other parameters of the same view and item in place; false: it has to be shown anew. */
async function comparisonChange(state, before) {
  const { data, root, drawn } = comparisonNow;
  if (!data || !root?.isConnected) return false;
  if (state.item) return drawn ? comparisonChangeItem(state, before) : false;
  if (Boolean(state.conflict) !== Boolean(before.conflict)) return false;
  comparisonNow.state = state;
  if (!state.conflict) {
    comparisonFillList(state);
    return true;
  }
  await comparisonFillConflict(state, true);
  const top = root.getBoundingClientRect().top;
  if (top < 0) scrollTo({ top: Math.max(0, scrollY + top - 80), behavior: "instant" });
  return true;
}

async function comparisonChangeItem(state, before) {
  comparisonNow.state = state;
  const stepped = state.conflict !== before.conflict;
  if (["layer", "show", "aside"].some((each) => state[each] !== before[each])) {
    comparisonFilterText(state);
    announce(`${plural(comparisonNow.drawn.keys().length, "span")} shown`);
  }
  await comparisonFillPanel(state, stepped);
  comparisonSelect(state, stepped);
  return true;
}

// ---- words

function comparisonLayer(layer) {
  return COMPARISON_LAYER_TITLES[layer] || layerTitle(layer);
}

/** The name of a set on a line in the text: what tells it from the others, if that is short. */
function comparisonShort(set) {
  if (set.length <= 14) return set;
  const begins = comparisonNow.data.sets.filter((each) => each.startsWith(set.slice(0, 12)));
  return begins.length > 1 ? `..${set.slice(-12)}` : `${set.slice(0, 12)}..`;
}

function comparisonKind(kind) {
  const [name, set] = comparisonKindParts(kind);
  if (name === "only") return `only in ${set}`;
  return name === "missing" ? `missing in ${set}` : name;
}

/** A kind as a sentence's end: “the label differs”. */
function comparisonKindSaid(kind) {
  const said = { label: "the label differs", boundary: "the borders differ", attribute: "an attribute differs", structure: "the structure differs" };
  return said[kind] || comparisonKind(kind);
}

function comparisonKindsSaid(conflict) {
  return conflict.kinds.map(comparisonKindSaid).join(", ");
}

function comparisonKindParts(kind) {
  const at = kind.indexOf(":");
  return at < 0 ? [kind, null] : [kind.slice(0, at), kind.slice(at + 1)];
}

/** Who made or decided something: “language model X”, “person Y”, “rule Z”. */
function comparisonBy(by) {
  return `${words(by.kind)} ${by.name}${by.version ? ` ${by.version}` : ""}`;
}

/** What was decided, in a few words. */
function comparisonTaken(conflict) {
  const decision = conflict.decision;
  if (!decision) return comparisonOpen();
  if (decision.records) return "records of its own";
  if (decision.take === null) {
    const readings = Object.values(conflict.records).filter((each) => each.length).length;
    return readings < 2 ? "nothing" : readings > 2 ? "no reading" : "neither reading";
  }
  const sets = Array.isArray(decision.take) ? decision.take : [decision.take];
  return `${listed(sets)}${decision.change ? ", changed" : ""}`;
}

/** What is said of a conflict without decision: a release, for one, holds no decisions at all. */
function comparisonOpen() {
  return comparisonNow.data.decided_in ? "not decided" : "no decision is recorded";
}

/** The same as a value to filter by. */
function comparisonTakeKey(conflict) {
  const decision = conflict.decision;
  if (!decision) return "open";
  if (decision.records) return "own";
  if (decision.take === null) return "none";
  return Array.isArray(decision.take) ? "several" : `set:${decision.take}`;
}

function comparisonValue(layer, name, value) {
  if (value === undefined || value === null) return "not said";
  if (value === true) return "yes";
  if (value === false) return "no";
  if (name === "target") return targetTitle(value);
  if (name === "source_name") return value;
  return labelOf(layer, value, name)?.title || words(value);
}

/** A name or words from a record: never mixed up with the direction of what stands around it. */
function comparisonData(text) {
  return h("bdi", null, text);
}

/** Words of a text or of a record; characters that would act on the page stand there by name. */
function comparisonShown(text) {
  return h("bdi", null, textQuoted(text));
}

function comparisonQuote(text, item) {
  return h("q", { class: "comparison-quote", dir: "auto", lang: item?.language }, comparisonShown(text));
}

// ---- stepping

function comparisonStep(by) {
  const { data, state } = comparisonNow;
  if (!data || !state) return;
  const found = comparisonFiltered(state);
  if (!found.length) {
    announce("No conflicts here");
    return;
  }
  const at = found.findIndex((each) => each.id === state.conflict);
  const next = at < 0 ? (by > 0 ? 0 : found.length - 1) : at + by;
  if (next < 0 || next >= found.length) {
    announce(by > 0 ? "This is the last conflict" : "This is the first conflict");
    return;
  }
  go({ conflict: found[next].id }, { replace: at >= 0 });
}

function comparisonStepper(conflict, state) {
  const found = comparisonFiltered(state);
  const at = found.findIndex((each) => each.id === conflict.id);
  const to = (index) =>
    address({ ...state, conflict: found[index]?.id });
  const link = (index, says, key) =>
    index >= 0 && index < found.length
      ? h("a", { class: "comparison-button", href: to(index), rel: key === "n" ? "next" : "prev", "data-step": key }, says, " ", h("kbd", { "aria-hidden": "true" }, key))
      : h("span", { class: "comparison-button comparison-off", "aria-disabled": "true" }, says, " ", h("kbd", { "aria-hidden": "true" }, key));
  const filtered = found.length < comparisonNow.data.conflicts.length;
  return h("nav", { class: "comparison-stepper", "aria-label": "Conflicts" },
    link(at < 0 ? -1 : at - 1, "Previous", "p"),
    h("span", { class: "comparison-at" },
      at < 0 ? "not among those chosen" : `${number(at + 1)} of ${number(found.length)}`,
      filtered && at >= 0 ? h("span", { class: "dim" }, state.item ? " in this item" : " filtered") : null),
    link(at < 0 ? 0 : at + 1, "Next", "n"));
}
