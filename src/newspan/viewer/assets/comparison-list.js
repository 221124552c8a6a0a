// The list of conflicts, and which of them are in it.

function comparisonFiltered(state) {
  const { data } = comparisonNow;
  const where = state.item || state.in;
  return data.conflicts.filter((each) =>
    (!where || each.item === where) &&
    (!state.layer || each.layer === state.layer) &&
    (!state.kind || each.kinds.includes(state.kind)) &&
    (!state.says || (ownOf(each.records, state.says) || []).length > 0) &&
    (!state.take || comparisonTakeKey(each) === state.take));
}

function comparisonFilters(state) {
  const { layer, kind, says, take } = state;
  return { layer, kind, says, take, in: state.in };
}

function comparisonList() {
  const { data, state } = comparisonNow;
  const items = (HEAD.items || []).filter((each) => data.conflictsIn.has(each.id));
  const chosen = (name, title, pairs) =>
    h("label", null, h("span", null, title),
      h("select", { "data-filter": name, on: { change: (event) => comparisonFilter(name, event.target.value) } },
        h("option", { value: "" }, "any"),
        pairs.map(([value, says]) => h("option", { value, selected: state[name] === value }, says))));
  const takes = new Map(data.conflicts.map((each) => [comparisonTakeKey(each), each]));
  const takeSays = (key) =>
    key === "open" ? comparisonOpen() : key === "own" ? "records of its own" : key === "none" ? "no reading"
      : key === "several" ? "several readings" : `reading of ${key.slice(4)}`;
  return h("section", { class: "comparison-list" },
    h("h2", { id: "comparison-conflicts", tabindex: "-1" }, "Conflicts"),
    h("div", { class: "comparison-filters", role: "group", "aria-label": "Which conflicts" },
      chosen("layer", "Layer", comparisonLayersIn(data).filter((layer) => data.conflicts.some((each) => each.layer === layer)).map((each) => [each, comparisonLayer(each)])),
      chosen("kind", "Kind", comparisonKindsIn(data).map((each) => [each, comparisonKind(each)])),
      chosen("in", "Item", items.map((each) => [each.id, titleOf(each.id)])),
      chosen("says", "Annotated by", data.sets.map((each) => [each, each])),
      chosen("take", "Taken", [...takes.keys()].sort().map((each) => [each, takeSays(each)]))),
    h("p", { class: "comparison-count", id: "comparison-count" }),
    h("div", { id: "comparison-found" }));
}

function comparisonFilter(name, value) {
  go({ [name]: value || null }, { replace: true });
}

function comparisonFillList(state) {
  const list = document.getElementById("comparison-found");
  const count = document.getElementById("comparison-count");
  if (!list) return;
  for (const select of document.querySelectorAll(".comparison-filters select")) {
    select.value = state[select.dataset.filter] || "";
  }
  const found = comparisonFiltered(state);
  const filters = comparisonFilters(state);
  const all = comparisonNow.data.conflicts.length;
  const said = found.length === all ? plural(all, "conflict") : `${number(found.length)} of ${plural(all, "conflict")}`;
  const open = found.filter((each) => !each.decision).length;
  count.replaceChildren(said, open && comparisonNow.data.decided_in ? `, ${number(open)} not decided. ` : ". ");
  if (found.length) {
    count.append(
      h("a", { href: address({ view: "comparison", ...filters, conflict: found[0].id }) }, "Step through them"),
      " (", h("kbd", null, "n"), " next, ", h("kbd", null, "p"), " previous)");
  }
  comparisonFillEntries(list, found, (each) => address({ view: "comparison", ...filters, conflict: each.id }));
  if (Object.values(filters).some(Boolean)) announce(said);
}

/** Fills a list, by item: a heading for each, and its conflicts, numbered throughout. */
function comparisonFillEntries(list, found, href, most = COMPARISON_MOST) {
  const parts = [];
  let item = null;
  found.slice(0, most).forEach((each, index) => {
    if (each.item !== item) {
      item = each.item;
      if (!comparisonNow.state.item) {
        parts.push(h("h3", null, h("a", { href: address({ view: "comparison", item }) }, comparisonData(titleOf(item)))));
      }
      parts.push(h("ol", { class: "comparison-conflicts", start: index + 1 }));
    }
    parts.at(-1).append(h("li", null, comparisonEntry(each, href(each))));
  });
  if (found.length > most) {
    const all = () => {
      comparisonFillEntries(list, found, href, found.length);
      list.querySelectorAll("li")[most]?.querySelector("a")?.focus();
    };
    parts.push(h("p", null, h("button", { type: "button", on: { click: all } }, `Show ${number(found.length - most)} more`)));
  }
  list.replaceChildren(...parts);
}

function comparisonEntry(conflict, href) {
  return [
    h("a", { href, dir: "auto" }, oneLine(conflict.words) || conflict.id),
    h("span", { class: "small dim comparison-entry" },
      `${comparisonLayer(conflict.layer)}: ${comparisonKindsSaid(conflict)} · `,
      conflict.decision ? `taken: ${comparisonTaken(conflict)}` : h("strong", null, comparisonOpen())),
  ];
}
