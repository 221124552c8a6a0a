// How all views name things and say numbers, and how they find the record of an id.

const wordsNumbers = new Intl.NumberFormat("en");
const wordsPercents = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const WORDS_PLURALS = { copy: "copies", body: "bodies", entry: "entries", is: "are", has: "have" };

function number(n) {
  return typeof n === "number" && Number.isFinite(n) ? wordsNumbers.format(n) : "–";
}

/** A share from 0 to 1 as a percentage. */
function percent(x) {
  return typeof x === "number" && Number.isFinite(x) ? wordsPercents.format(x) : "–";
}

function plural(n, noun, nouns) {
  return `${number(n)} ${n === 1 ? noun : nouns || WORDS_PLURALS[noun] || `${noun}s`}`;
}

function words(identifier) {
  return String(identifier).replace(/_/g, " ");
}

function layerTitle(layer) {
  return Object.hasOwn(LAYER_TITLES, layer) ? LAYER_TITLES[layer] : words(layer);
}

// Of two attributes that share a name, the one that stands first in the vocabulary.
const wordsLabels = new Map(
  (HEAD.labels || []).map((each) => [`${each.layer} ${each.id}`, each]).reverse(),
);

/**
 * The record of a label: {id, layer, attribute, title, definition}; undefined if none. Some names
 * need their attribute too: `document` is a kind of source and a type of cue.
 */
function labelOf(layer, label, attribute) {
  if (!attribute) return wordsLabels.get(`${layer} ${label}`);
  return HEAD.labels.find((each) =>
    each.layer === layer && each.attribute === attribute && each.id === label);
}

function labelTitle(layer, label) {
  const found = labelOf(layer, label);
  return found ? found.title : words(label);
}

const wordsSets = new Map((HEAD.sets || []).map((each) => [each.id, each]));
const wordsItems = new Map((HEAD.items || []).map((each) => [each.id, each]));

function setOf(id) {
  return wordsSets.get(id);
}

function itemOf(id) {
  return wordsItems.get(id);
}

/** A language by its English name; the tag itself where the browser knows none. */
function languageName(tag) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag) || tag;
  } catch {
    return tag;
  }
}

/** What to call an item, and its opening words in quotes where its title is unknown. */
function itemTitle(item) {
  if (item.title) return item.title;
  if (!item.opening) return `Untitled (${item.id})`;
  return `Untitled: “${item.opening.replace(/\s\S*$/, "")} …”`;
}

/** The title of an item of which only the id is at hand. */
function titleOf(id) {
  const item = itemOf(id);
  return item ? oneLine(itemTitle(item)) : String(id);
}

function outletOf(id) {
  const outlets = HEAD.outlets || {};
  return Object.hasOwn(outlets, id) ? outlets[id] : undefined;
}

function outletName(id) {
  return outletOf(id)?.name || String(id);
}

function targetTitle(id) {
  const targets = HEAD.targets || {};
  return (Object.hasOwn(targets, id) && targets[id].title) || words(id);
}

/** A stretch of text on one line, without what could change the order or look of others. */
function oneLine(text) {
  return text
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ");
}

/** An EDTF date or interval as it is recorded: its length is its precision. */
function dateWords(value) {
  return String(value).replace("/", " to ");
}

/** Names in a row: “a, b and c”. */
function listed(names, last = "and") {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`;
}

/** Who annotated a set: persons and models, else what produced it. */
function annotators(set) {
  const by = (set.by || []).length ? set.by : [`${words(set.producer?.kind || "")} ${set.producer?.name || ""}`];
  return by.map((each, index) => [index ? ", " : null, h("bdi", null, each)]);
}

const ROLES = ["source", "medium", "cue", "content"];

/** The parts of an attribution: [[role, span ids]], in the order source, medium, cue, content. */
function partsOf(each) {
  return [
    ["source", each.source_ids || []],
    ["medium", each.medium_ids || []],
    ["cue", each.cue_id ? [each.cue_id] : []],
    ["content", each.content_ids || []],
  ];
}
