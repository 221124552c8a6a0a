// Search through texts, labels and names of sources.

const SEARCH_IN = { text: "Text", label: "Label", source: "Source" };
const SEARCH_HITS = 5; // shown of an item before one asks for more
const SEARCH_ITEMS = 100; // shown before one asks for more

views.search = {
  title: (state) => (state.q ? `Search: ${oneLine(state.q).slice(0, 60)}` : "Search"),
  show: searchShow,
};

// ---- the view

async function searchShow(root, state, { signal }) {
  const kind = Object.hasOwn(SEARCH_IN, state.in || "text") ? state.in || "text" : "text";
  const asked = state.q || "";
  const set = state.set || HEAD.primary;
  const said = h("p", { id: "search-said", class: "dim", role: "status" });
  const bar = h("progress", { id: "search-progress", "aria-label": "Search", value: "0",
    hidden: true });
  const results = h("div", { id: "search-results", class: "search-results" });
  put(root, h("h1", null, "Search"), searchForm(kind, asked, state, set),
    asked ? searchMeaning(kind, asked) : null, said, bar, results);
  if (kind === "label" && !asked) results.append(searchMeanings(state.set));
  if (!asked.trim() && kind !== "source") {
    said.textContent = kind === "text"
      ? "Case and accents don’t matter, unless you ask for the exact characters."
      : "Choose a label to see which items have it, and where.";
    return;
  }
  const query = searchQuery(kind, asked, state.exact === "1", set);
  searchRun(query, { signal, said, bar, results }).catch((fault) => {
    if (signal.aborted) return;
    said.textContent = "";
    results.prepend(h("p", { class: "fault", role: "alert" }, fault.message));
  });
}

function searchForm(kind, asked, state, set) {
  const now = { view: "search", in: kind === "text" ? null : kind, q: asked, set: state.set,
    exact: state.exact };
  const change = (changes) => go({ ...now, ...changes });
  const tabs = Object.entries(SEARCH_IN).map(([id, says]) =>
    h("a", { href: address({ view: "search", in: id === "text" ? null : id, set: state.set }),
      "aria-current": id === kind ? "page" : null }, says));
  const field = kind === "label" ? searchLabels(asked) : h("input", { type: "search",
    id: "search-field", value: asked, autocomplete: "off", spellcheck: "false", dir: "auto",
    "aria-label": kind === "text" ? "Words to find" : "Name of a source" });
  const exact = h("input", { type: "checkbox", id: "search-exact", checked: state.exact === "1",
    on: { change: () => change({ q: field.value, exact: exact.checked ? "1" : null }) } });
  if (kind === "label") field.addEventListener("change", () => change({ q: field.value }));
  const sets = h("select", { id: "search-set", on: { change: () => change({ set: sets.value }) } },
    HEAD.sets.map((each) => h("option", { value: each.id, selected: each.id === set }, each.id)));
  const submit = (event) => {
    event.preventDefault();
    change({ q: field.value });
  };
  return [
    h("nav", { class: "tabs", "aria-label": "What to search" }, tabs),
    h("form", { class: "controls", id: "search-form", on: { submit } },
      field,
      kind === "label" ? null : h("button", { type: "submit" }, "Search"),
      kind === "text" ? h("label", { class: "check" }, exact, " Exact characters") : null,
      HEAD.sets.length > 1 ? h("label", null, h("span", null, "Annotations"), sets) : null),
  ];
}

/** The labels that spans of a layer bear. */
function searchBorne(layer) {
  const bears = ["factuality", "role", "technique", "match"];
  return HEAD.labels.filter((each) => each.layer === layer && bears.includes(each.attribute));
}

/** What the label says that one looks for. */
function searchMeaning(kind, asked) {
  if (kind !== "label") return null;
  const found = LAYERS.flatMap(searchBorne).filter((each) => each.id === asked);
  if (!found.length) return h("p", { dir: "auto" }, `This page has no label “${asked}”.`);
  return found.map((each) => h("p", { class: "search-meaning", dir: "auto" }, each.definition));
}

/** All labels with what they say, to choose one. */
function searchMeanings(set) {
  const goal = (label) => address({ view: "search", in: "label", q: label.id, set });
  return h("div", null, LAYERS.map((layer) => [
    h("h2", null, layerTitle(layer)),
    h("dl", { class: "shell-facts" }, searchBorne(layer).map((each) => h("div", null,
      h("dt", null, h("a", { href: goal(each) }, each.title)),
      h("dd", { dir: "auto" }, each.definition)))),
  ]));
}

function searchLabels(asked) {
  const option = ({ id, title }) => h("option", { value: id, selected: id === asked }, title);
  const groups = LAYERS.map((layer) =>
    h("optgroup", { label: layerTitle(layer) }, searchBorne(layer).map(option)));
  return h("select", { id: "search-field", "aria-label": "Label" },
    h("option", { value: "" }, "Choose a label"), groups);
}

/** What to look for: `find(entry)` returns `{number, lines() -> [Node]}`, or null for none. */
function searchQuery(kind, asked, exact, set) {
  const find = {
    text: (entry) => searchText(entry, asked, exact, set),
    label: (entry) => searchLabel(entry, asked, set),
    source: (entry) => searchSource(entry, asked, set),
  }[kind];
  const named = HEAD.parts === "beside" ? "name" : "attribution";
  const noun = { text: "place", label: "span", source: named }[kind];
  return { kind, set, noun, find };
}

/** The parts to go through: `[{name, entries(payload) -> [entry]}]`. */
function searchParts() {
  if (HEAD.parts === "beside") {
    return HEAD.search.map((name) => ({ name, entries: (found) => found }));
  }
  const entries = (found) => [searchEntry(found)];
  return HEAD.items.map((item) => ({ name: `item-${item.id}`, entries }));
}

/** An item's part as search reads it; the same as the parts `search-N` hold. */
function searchEntry(found) {
  return { item: found.id, text: found.text, start: found.start, part: found };
}

async function searchRun(query, { signal, said, bar, results }) {
  const parts = searchParts();
  const all = { items: 0, number: 0, waiting: [] };
  let rested = performance.now();
  for (const [at, { name, entries }] of parts.entries()) {
    const payload = await part(name);
    if (signal.aborted) return;
    for (const entry of entries(payload)) {
      const found = itemOf(entry.item) && query.find(entry);
      if (!found) continue;
      all.items += 1;
      all.number += found.number;
      const group = () => searchGroup(entry, found, query, all.items <= 12);
      if (all.items <= SEARCH_ITEMS) results.append(group());
      else all.waiting.push(group);
    }
    if (performance.now() - rested > 40) {
      bar.hidden = false;
      bar.value = (at + 1) / parts.length;
      said.textContent = `${searchSays(all, query)} so far…`;
      await new Promise((done) => setTimeout(done));
      if (signal.aborted) return;
      rested = performance.now();
    }
  }
  bar.hidden = true;
  said.textContent = all.items ? `${searchSays(all, query)}.` : searchNone(query);
  searchMore(results, all.waiting);
}

function searchSays(all, query) {
  return `${plural(all.number, query.noun)} in ${plural(all.items, "item")}`;
}

function searchNone({ kind, set }) {
  if (kind === "text") return "Nothing found.";
  return `Nothing found in “${set}”.`;
}

function searchMore(results, waiting) {
  if (!waiting.length) return;
  const more = h("button", { type: "button", on: { click: () => {
    more.remove();
    const next = waiting.splice(0, SEARCH_ITEMS).map((group) => group());
    results.append(...next);
    next[0].querySelector("summary").focus();
    searchMore(results, waiting);
  } } }, `Show more (${plural(waiting.length, "item")} left)`);
  results.append(more);
}

/** An item's results: its title, how many, and the lines once it is open. */
function searchGroup(entry, found, query, open) {
  const item = itemOf(entry.item);
  const lines = h("ul", { class: "search-hits" });
  const fill = async () => {
    if (lines.dataset.filled) return;
    lines.dataset.filled = "1";
    try {
      searchLines(lines, await found.lines(), SEARCH_HITS);
    } catch (fault) {
      lines.append(h("li", { class: "fault" }, fault.message));
    }
  };
  const group = h("details", { class: "search-result", open, on: { toggle: fill } },
    h("summary", null,
      h("bdi", { class: "search-title", lang: item.language || null }, itemTitle(item)), " ",
      h("span", { class: "dim small" }, `${item.id} · `,
        h("bdi", null, indexOrigin(item) || "outlet unknown"),
        ` · ${plural(found.number, query.noun)}`)),
    lines);
  if (open) fill();
  return group;
}

function searchLines(list, lines, limit) {
  list.append(...lines.slice(0, limit).map((line) => h("li", null, line)));
  if (lines.length <= limit) return;
  const more = h("li", null, h("button", { type: "button", on: { click: () => {
    const first = list.children.length - 1;
    more.remove();
    searchLines(list, lines.slice(limit), Infinity);
    list.children[first]?.querySelector("a")?.focus();
  } } }, `Show ${number(lines.length - limit)} more`));
  list.append(more);
}

/** A place in a text with what stands around it, as a link. Units of the entry's text. */
function searchContext(entry, [start, end], goal) {
  const { text } = entry;
  const from = Math.max(0, start - 70);
  const until = Math.min(text.length, end + 90);
  const before = oneLine(text.slice(from, start)).replace(from ? /^\S*\s/ : /^/, "");
  const after = oneLine(text.slice(end, until)).replace(until < text.length ? /\s\S*$/ : /$/, "");
  const hit = text.slice(start, Math.min(end, start + 300));
  return searchLink(entry, goal, from ? "… " : "", before,
    h("mark", null, oneLine(hit), hit.length < end - start ? " …" : ""), after,
    until < text.length ? " …" : "");
}

function searchLink(entry, goal, ...children) {
  const lang = itemOf(entry.item).language || null;
  return h("a", { class: "search-hit", href: address(goal), dir: "auto", lang }, children);
}

// ---- text

function searchText(entry, asked, exact, set) {
  const places = foldPlaces(entry.text, asked, exact);
  if (!places.length) return null;
  const lines = () => {
    const { point } = unitsOf(entry.text);
    return places.map(([start, end]) => searchContext(entry, [start, end], {
      view: "item", item: entry.item, set,
      at: `${point(start) + entry.start}-${point(end) + entry.start}`,
    }));
  };
  return { number: places.length, lines };
}

// ---- label

function searchLabel(entry, label, set) {
  const spans = ownOf(entry.part?.sets, set)?.spans.filter((span) => span.label === label);
  const n = entry.part ? spans?.length || 0 : ownOf(ownOf(entry.labels, set), label) || 0;
  if (!n) return null;
  const lines = async () => {
    const found = entry.part || await part(`item-${entry.item}`);
    const { unit } = unitsOf(found.text);
    const there = (ownOf(found.sets, set)?.spans || []).filter((span) => span.label === label);
    const place = ({ start, end }) => [unit(start - found.start), unit(end - found.start)];
    return there.map((span) => searchContext({ ...entry, text: found.text }, place(span),
      { view: "item", item: entry.item, set, span: span.id }));
  };
  return { number: n, lines };
}

// ---- sources

/** The attributions of a set in an item, with the name and words of their sources. */
function searchSaid(found, set) {
  const said = ownOf(found.sets, set);
  if (!said) return [];
  const { unit } = unitsOf(found.text);
  const spans = new Map(said.spans.map((span) => [span.id, span]));
  const surface = (id) => {
    const span = spans.get(id);
    if (!span) return "";
    return found.text.slice(unit(span.start - found.start), unit(span.end - found.start));
  };
  return said.attributions.map((each) => ({
    name: each.source_name || "",
    source: (each.source_ids || []).map(surface).join(" … "),
    cue: each.cue_id ? surface(each.cue_id) : "",
    content: (each.content_ids || []).map(surface).join(" … "),
    span: each.cue_id || each.source_ids?.[0] || each.content_ids?.[0],
  }));
}

function searchSource(entry, asked, set) {
  const wanted = foldPlain(asked).trim();
  const has = (name) => name && foldPlain(name).includes(wanted);
  const said = (found) =>
    searchSaid(found, set).filter(({ name, source }) => has(name) || has(source));
  const lines = async () => {
    const found = entry.part || await part(`item-${entry.item}`);
    const there = said(found);
    return there.map((each) => searchSaying(entry, each, set));
  };
  const n = entry.part ? said(entry.part).length : (ownOf(entry.sources, set) || []).filter(has).length;
  return n ? { number: n, lines } : null;
}

function searchSaying(entry, { name, source, cue, content, span }, set) {
  const bdi = (text, most) => h("bdi", null, searchShort(text, most));
  const known = name && foldPlain(name) !== foldPlain(source);
  return searchLink(entry, { view: "item", item: entry.item, set, span },
    h("strong", null, bdi(name || source, 120)),
    known && source ? h("span", { class: "dim" }, " (", bdi(source, 80), ")") : null,
    " ", h("em", null, bdi(cue, 60)), content ? ": " : "", bdi(content, 160));
}

function searchShort(text, most) {
  if (text.length <= most) return oneLine(text);
  return `${oneLine(text.slice(0, most)).replace(/\s\S*$/, "")} …`;
}
