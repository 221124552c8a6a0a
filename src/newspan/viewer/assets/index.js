// The first screen: who annotated, and the list of items.

const INDEX_PAGE = 100; // items on a page of the list, when there are more than twice as many

views.items = {
  title: "Items",
  show: indexShow,
  change: indexChange,
};

const indexNow = { folded: null, copied: null, draw: null };

function indexShow(root, state, { signal }) {
  indexWelcome();
  if (!HEAD.items.length) {
    root.append(h("p", null, "This page has no items."));
    return;
  }
  const chosen = { ...state };
  const set = state.set || HEAD.primary;
  const said = h("p", { class: "dim small", id: "items-said", role: "status" });
  const body = h("tbody", { role: "rowgroup" });
  const pages = h("nav", { class: "index-pages", "aria-label": "Pages of the list" });
  const head = h("tr", { role: "row" });
  const layers = (setOf(set)?.layers || []).filter((layer) => LAYERS.includes(layer));
  const columns = indexColumns(set, layers);

  const change = (changes) => {
    Object.assign(chosen, changes);
    go({ ...changes }, { replace: true, quiet: true });
    draw();
  };
  const filter = h("input", { type: "search", id: "items-filter", value: state.filter,
    autocomplete: "off", spellcheck: "false", dir: "auto", placeholder: "Title, outlet, id" });
  let waiting = 0;
  filter.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => change({ filter: filter.value || null, page: null }), 120);
  });
  signal.addEventListener("abort", () => clearTimeout(waiting));

  const draw = () => {
    const found = indexSorted(indexFiltered(chosen.filter || ""), columns, chosen.sort);
    const paged = found.length > 2 * INDEX_PAGE;
    const last = paged ? Math.ceil(found.length / INDEX_PAGE) : 1;
    const page = Math.min(Math.max(Math.trunc(Number(chosen.page)) || 1, 1), last);
    const shown = paged ? found.slice((page - 1) * INDEX_PAGE, page * INDEX_PAGE) : found;
    head.replaceChildren(...columns.map((column) => indexHeading(column, chosen.sort, change)));
    body.replaceChildren(...shown.map((item) => indexRow(item, columns, state.set)));
    said.textContent = indexSays(found.length, page, last, shown.length);
    indexPages(pages, page, last, change);
    sort.value = chosen.sort || "";
  };
  const sort = indexSort(columns, change);
  root.append(
    h("h2", { class: "index-title", id: "items-title" }, "Items"),
    h("div", { class: "controls" },
      h("label", null, h("span", null, "Find"), filter),
      indexSets(set),
      h("label", { class: "index-sort" }, h("span", null, "Sort by"), sort),
      said),
    h("table", { class: "index", role: "table", "aria-labelledby": "items-title" },
      h("thead", { role: "rowgroup" }, head), body),
    indexNote(set, layers, columns) || "",
    pages,
  );
  draw();
  indexNow.draw = (next) => {
    for (const key of Object.keys(chosen)) delete chosen[key];
    Object.assign(chosen, next);
    if (filter.value !== (next.filter || "")) filter.value = next.filter || "";
    draw();
  };
  if (!indexNow.copied && HEAD.reuse && HEAD.parts === "inline") indexCopies(signal);
}

function indexChange(state, before) {
  if (state.set !== before.set || !indexNow.draw) return false;
  indexNow.draw(state);
}

// ---- what stands above the list

function indexWelcome() {
  document.getElementById("description").textContent = HEAD.corpus.description || "";
  document.getElementById("made").replaceChildren(
    whoAnnotated(HEAD.sets), " ", h("a", { href: "#about" }, "More about them"));
}

/** A sentence on who made the annotations of some sets, and how many a person verified. */
function whoAnnotated(sets) {
  if (!sets.length) return "This page holds no annotations.";
  const says = { "language model": "by a language model", person: "by people",
    rule: "computed by a rule", import: "imported from elsewhere" };
  const kinds = new Set();
  for (const set of sets) {
    for (const by of set.by.length ? set.by : [words(set.producer.kind)]) {
      kinds.add(Object.keys(says).find((kind) => by.startsWith(kind)) || "other");
    }
  }
  const made = [...Object.keys(says), "other"].filter((kind) => kinds.has(kind))
    .map((kind) => says[kind] || "put together by others");
  const verified = sets.reduce((sum, set) => sum + set.verified, 0);
  const records = sets.reduce((sum, set) => sum + set.records, 0);
  const first = `All annotations shown were made ${listed(made, "or")}`;
  if (!verified) {
    return kinds.has("person")
      ? `${first}; none is marked as verified by a second look of a person.`
      : `${first}; no person has verified any of them.`;
  }
  if (verified === records) return `${first}; a person has verified all of them.`;
  return `${first}; a person has verified ${number(verified)} of ${number(records)} records.`;
}

/** A list of the sets, to choose whose annotations are counted and shown. */
function indexSets(set) {
  if (HEAD.sets.length < 2) return null;
  const change = () => go({ set: list.value }, { replace: true });
  const list = h("select", { id: "items-set", on: { change } },
    HEAD.sets.map((each) => h("option", { value: each.id, selected: each.id === set }, each.id)));
  return h("label", null, h("span", null, "Annotations"), list);
}

// ---- columns

function indexColumns(set, layers) {
  const count = (layer) => (item) => item.counts?.[set]?.[layer] ?? null;
  const columns = [
    { id: "id", title: "Item", value: (item) => item.id, cell: (item) => item.id },
    { id: "title", title: "Title", value: itemTitle },
    { id: "outlet", title: "Outlet", value: indexOrigin, cell: indexOutlets },
    { id: "date", title: "Published", value: (item) => item.published || "",
      cell: (item) => indexDate(item.published) },
    { id: "length", title: "Characters", number: true, value: (item) => item.characters },
    ...layers.map((layer) =>
      ({ id: layer, title: layerTitle(layer), number: true, value: count(layer),
        about: `spans of this layer in “${set}”; – where it did not look` })),
  ];
  if (HEAD.reuse && (HEAD.parts === "inline" || HEAD.items.some((item) => "copied" in item))) {
    const about = "share of its characters that also stand elsewhere and are marked as copies";
    const each = { id: "copied", title: "Copied", number: true, about };
    columns.push({ ...each, value: indexCopied, says: percent });
  }
  return columns;
}

/** What the numbers of the list count. */
function indexNote(set, layers, columns) {
  const says = [];
  if (layers.length) {
    says.push(`${listed(layers.map(layerTitle))}: how many spans, that is marked stretches of text, the set ${set} has. `);
  }
  if (columns.some((column) => column.id === "copied")) {
    says.push("Copied: the share of an item’s characters that stand in another place too and are called the copy there, which is a convention and not a judgement of who wrote first.");
  }
  return says.length ? h("p", { class: "index-note small dim" }, says) : null;
}

function indexOrigin(item) {
  return (item.origins.length ? item.origins : item.outlets.slice(0, 1)).map(outletName).join(", ");
}

function indexOutlets(item) {
  if (!item.outlets.length) return h("span", { class: "dim" }, "unknown");
  const first = item.outlets[0];
  const { origins } = item;
  if (!origins.length) return [h("bdi", null, outletName(first)), h("span", { class: "dim" }, " origin unknown")];
  return [
    origins.map((id, n) => [n ? ", " : null, h("bdi", null, outletName(id))]),
    origins.includes(first) ? null
      : h("span", { class: "dim" }, " via ", h("bdi", null, outletName(first))),
  ];
}

/** A day, month or year as it is recorded; an interval as “from to”. */
function indexDate(published) {
  if (!published) return h("span", { class: "dim" }, "unknown");
  const [from, to] = String(published).split("/");
  return to ? [h("span", { class: "date" }, from), " to ", h("span", { class: "date" }, to)]
    : h("span", { class: "date" }, from);
}

function indexCopied(item) {
  const copied = item.copied ?? indexNow.copied?.get(item.id);
  return copied === undefined || copied === null ? null : copied / Math.max(item.characters, 1);
}

/** Reads from the part `reuse`, when there is time, how much of each item is copied. */
function indexCopies(signal) {
  const read = async () => {
    if (signal.aborted) return;
    try {
      const { items } = await part("reuse");
      indexNow.copied = new Map(items.map((each) => [each.id, each.copied]));
    } catch {
      return; // The view that needs it will say so.
    }
    if (!signal.aborted) indexNow.draw(parseAddress(location.hash));
  };
  if ("requestIdleCallback" in window) requestIdleCallback(read, { timeout: 2000 });
  else setTimeout(read, 300);
}

// ---- rows

function indexHeading(column, sort, change) {
  const down = sort === `-${column.id}`;
  const up = sort === column.id;
  // Numbers go down first: the most is what one looks for.
  const next = (column.number ? !down : up) ? `-${column.id}` : column.id;
  return h("th", { role: "columnheader", scope: "col", class: column.number ? "n" : null,
    "aria-sort": up ? "ascending" : down ? "descending" : null },
  h("button", { type: "button", class: "index-by", title: column.about || null,
    on: { click: (event) => {
      change({ sort: next, page: null });
      document.getElementById(`items-by-${column.id}`)?.focus();
      event.stopPropagation();
    } }, id: `items-by-${column.id}` },
  column.title,
  h("span", { class: "arrow", "aria-hidden": "true" }, up ? "▲" : down ? "▼" : "")));
}

function indexRow(item, columns, set) {
  return h("tr", { role: "row", "data-item": item.id }, columns.map((column) => {
    const kind = column.number ? "n" : `index-${column.id}`;
    const props = { role: "cell", class: kind, "data-says": column.title };
    if (column.id === "title") {
      const href = address({ view: "item", item: item.id, set });
      return h("td", props,
        h("a", { href, dir: "auto", lang: item.language || null }, itemTitle(item)));
    }
    if (column.cell) return h("td", props, column.cell(item));
    const value = column.value(item);
    return h("td", props, (column.says || number)(value));
  }));
}

function indexSort(columns, change) {
  const list = h("select", { id: "items-sort",
    on: { change: () => change({ sort: list.value || null, page: null }) } },
  h("option", { value: "" }, "Order of the corpus"),
  columns.flatMap(({ id, title, number: counted }) => [
    h("option", { value: id }, `${title}, ${counted ? "least first" : "ascending"}`),
    h("option", { value: `-${id}` }, `${title}, ${counted ? "most first" : "descending"}`),
  ]));
  return list;
}

function indexFiltered(asked) {
  const wanted = foldPlain(asked).split(/\s+/).filter(Boolean);
  if (!wanted.length) return HEAD.items;
  indexNow.folded ||= HEAD.items.map((item) => {
    const outlets = item.outlets.flatMap((id) => [id, outletName(id)]);
    return foldPlain([item.id, item.doc, item.title, item.opening, ...outlets].join("\n"));
  });
  const { folded } = indexNow;
  return HEAD.items.filter((_, at) => wanted.every((word) => folded[at].includes(word)));
}

function indexSorted(items, columns, sort) {
  const column = columns.find((each) => sort === each.id || sort === `-${each.id}`);
  if (!column) return items;
  const sign = sort.startsWith("-") ? -1 : 1;
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const keyed = items.map((item) => [column.value(item), item]);
  const unknown = (value) => value === null || value === "";
  keyed.sort(([a], [b]) => {
    if (unknown(a) || unknown(b)) return unknown(a) - unknown(b); // last, either way
    return sign * (column.number ? a - b : order.compare(a, b));
  });
  return keyed.map(([, item]) => item);
}

function indexSays(found, page, last, shown) {
  const all = HEAD.items.length;
  const says = found === all ? plural(all, "item") : `${number(found)} of ${plural(all, "item")}`;
  if (last === 1) return says;
  const from = (page - 1) * INDEX_PAGE + 1;
  return `${says}; ${number(from)} to ${number(from + shown - 1)} shown`;
}

function indexPages(pages, page, last, change) {
  pages.hidden = last === 1;
  const to = (target, says) => h("button", { type: "button", disabled: target < 1 || target > last,
    on: { click: () => {
      change({ page: target === 1 ? null : String(target) });
      document.getElementById("items-title").scrollIntoView();
    } } }, says);
  pages.replaceChildren(to(page - 1, "Previous"),
    h("span", null, `Page ${number(page)} of ${number(last)}`), to(page + 1, "Next"));
}
