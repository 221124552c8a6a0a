// A text with what is alike and what is not.

function comparisonLine(set) {
  const at = comparisonNow.data.sets.indexOf(set);
  return COMPARISON_LINES[at % COMPARISON_LINES.length];
}

function comparisonColour(layer, span) {
  return layer === "link" ? "copy" : itemColour(span);
}

function comparisonMark(key, span, layer, more) {
  return {
    key, start: span.start, end: span.end, layer: layer === "link" ? "claim" : layer, label: span.label,
    colour: comparisonColour(layer, span), tag: "", ...more,
  };
}

function comparisonConflictMarks(conflict, item) {
  const said = `${comparisonLayer(conflict.layer)}, conflict (${conflict.kinds.map(comparisonKind).join(", ")})`;
  const marks = [];
  for (const set of Object.keys(conflict.records)) {
    for (const unit of comparisonUnits(item, conflict, set)) {
      for (const [nth, span] of unit.parts.entries()) {
        if (span.start < item.start || span.end > item.end) continue;
        marks.push(comparisonMark(`x ${conflict.id} ${set} ${unit.record.id} ${nth}`, span, conflict.layer, {
          line: comparisonLine(set), tag: words(comparisonShort(set)), className: "comparison-conflict",
          href: address({ ...comparisonKept(), view: "comparison", item: item.id, conflict: conflict.id }),
          says: `${said}: ${set} says ${comparisonSpanSaid(conflict.layer, span, unit)}`,
        }));
      }
    }
  }
  return marks;
}

function comparisonSpanSaid(layer, span, unit) {
  if (layer === "link") return words(unit.record.type);
  return labelTitle(span.layer, span.label);
}

function comparisonAlikeMarks(each, index, item) {
  const sets = Object.keys(each.records);
  const says = `${comparisonLayer(each.layer)}, alike in ${listed(sets)}: `;
  const more = { line: "solid", className: "comparison-alike" };
  if (each.layer !== "attribution" && each.layer !== "link") {
    const label = labelTitle(each.layer, each.label);
    return [comparisonMark(`a ${index}`, each, each.layer, { ...more, says: says + label })];
  }
  const unit = comparisonUnit(item, sets[0], each.records[sets[0]]);
  if (!unit || each.layer === "link") return [];
  return unit.parts.map((span, part) =>
    comparisonMark(`a ${index} ${part}`, span, each.layer, { ...more, says: says + labelTitle("attribution", span.role) }));
}

function comparisonAsideMarks(each, index, item) {
  const unit = comparisonUnit(item, each.set, each.record);
  if (!unit || each.layer === "link") return [];
  const why = each.reason === "copy" ? "in copied text" : each.reason === "uncompared" ? "only one set looked" : "part of no attribution";
  return unit.parts.map((span, part) =>
    comparisonMark(`s ${index} ${part}`, span, each.layer, {
      line: "dotted", className: "comparison-aside", says: `${comparisonLayer(each.layer)} of ${each.set}, not compared: ${why}`,
    }));
}

/** What the colours of the lines stand for: [colour, words]. */
function comparisonColours(data) {
  const layers = comparisonLayersIn(data).filter((each) => each !== "attribution" && each !== "link");
  const roles = comparisonLayersIn(data).includes("attribution") ? ROLES : [];
  return [
    ...layers.map((layer) => [itemColour({ layer }), comparisonLayer(layer)]),
    ...roles.map((role) => [itemColour({ layer: "attribution", label: role }), `${comparisonRole(role)} of an attribution`]),
  ];
}

function comparisonLegend(sets, alike, aside, colours = []) {
  const sample = (line, says) =>
    h("li", null, h("span", { class: `comparison-sample comparison-${line}`, "aria-hidden": "true" }, "abc"), " ", says);
  return h("ul", { class: "comparison-legend small", "aria-label": "Lines" },
    alike ? sample("solid", "alike in all sets that looked") : null,
    sets.map((set) => sample(comparisonLine(set), alike ? [comparisonData(set), ", in conflict"] : comparisonData(set))),
    aside ? sample("dotted", "not compared") : null,
    colours.map(([colour, says]) => h("li", null, itemSample(colour, "solid"), " ", says)));
}

// ---- an item's text

async function comparisonShowItem(root, state) {
  const { data } = comparisonNow;
  const [item, own] = await Promise.all([part(`item-${state.item}`), comparisonOfItem(state.item)]);
  if (comparisonNow.state !== state || !root.isConnected) return;
  Object.assign(comparisonNow, { item, own, chosen: null });
  const { alike, aside } = own;
  const conflicts = data.conflictsIn.get(item.id) || [];
  const marks = [
    ...alike.flatMap((each, index) => comparisonAlikeMarks(each, index, item)),
    ...conflicts.flatMap((each) => comparisonConflictMarks(each, item)),
    ...aside.flatMap((each, index) => comparisonAsideMarks(each, index, item)),
  ];
  const drawn = drawText(item, marks, {
    tags: true, onSelect: comparisonOnSelect,
  });
  comparisonNow.drawn = drawn;
  comparisonNow.panel = h("aside", { class: "comparison-panel", "aria-label": "Conflicts and figures of this item" });
  root.append(
    h("p", { class: "comparison-back" }, h("a", { href: address({ view: "comparison" }) }, "Comparison")),
    h("h1", { dir: "auto" }, titleOf(item.id)),
    h("p", { class: "small" },
      `${plural(alike.length, "annotation")} alike, ${plural(conflicts.length, "conflict")} between `,
      listed(data.sets), ". ",
      h("a", { href: address({ view: "item", item: item.id }) }, "The item itself")),
    comparisonTextFilters(data, item, state, aside.length),
    comparisonLegend(data.sets, true, aside.length > 0, comparisonColours(data)),
    h("div", { class: "comparison-columns" },
      h("div", { class: "comparison-text" }, drawn.root),
      comparisonNow.panel));
  comparisonFilterText(state);
  await comparisonFillPanel(state);
  comparisonSelect(state, Boolean(state.conflict));
}

function comparisonTextFilters(data, item, state, aside) {
  const shown = state.show || "all";
  const layers = comparisonLayersIn(data).filter((each) => each !== "link");
  const radio = ([value, says]) =>
    h("label", null, h("input", { type: "radio", name: "comparison-show", value, checked: shown === value,
      on: { change: () => go({ show: value === "all" ? null : value }, { replace: true }) } }), " ", says);
  return h("form", { class: "comparison-filters", on: { submit: (event) => event.preventDefault() } },
    h("fieldset", null, h("legend", null, "Show"), COMPARISON_SHOWS.map(radio),
      aside ? h("label", null, h("input", { type: "checkbox", checked: state.aside === "1",
        on: { change: (event) => go({ aside: event.target.checked ? "1" : null }, { replace: true }) } }),
        ` also what is not compared (${number(aside)})`) : null),
    h("label", null, h("span", null, "Layer"),
      h("select", { on: { change: (event) => go({ layer: event.target.value || null }, { replace: true }) } },
        h("option", { value: "" }, "any"),
        layers.map((each) => h("option", { value: each, selected: state.layer === each }, comparisonLayer(each))))));
}

function comparisonFilterText(state) {
  const shown = state.show || "all";
  comparisonNow.drawn.show((mark) => {
    if (state.layer && mark.layer !== state.layer) return false;
    if (mark.key.startsWith("s ")) return state.aside === "1";
    if (mark.key.startsWith("a ")) return shown !== "conflicts";
    return shown !== "alike";
  });
}

/** Goes from span to span of those shown. */
function comparisonWalk(by) {
  const { drawn, state } = comparisonNow;
  if (!state?.item || !drawn) return;
  const keys = drawn.keys();
  const at = keys.indexOf(comparisonNow.chosen);
  const key = keys[at < 0 ? (by > 0 ? 0 : keys.length - 1) : at + by];
  if (!key) {
    announce(keys.length ? `No ${by > 0 ? "further" : "earlier"} spans` : "No spans are shown");
    return;
  }
  comparisonOnSelect(key);
  drawn.scrollTo(key);
}

function comparisonLetGo() {
  const { drawn, state } = comparisonNow;
  if (!state?.item || !drawn) return;
  comparisonNow.chosen = null;
  if (state.conflict) go({ conflict: null }, { replace: true });
  else {
    drawn.select(null);
    comparisonFillPanel(state);
  }
}

function comparisonOnSelect(key) {
  if (!key) return;
  comparisonNow.chosen = key;
  const [kind, id] = key.split(" ");
  if (kind === "x") go({ conflict: id }, { replace: Boolean(comparisonNow.state.conflict) });
  else comparisonShowAlike(kind, Number(id), key);
}

/** What of the address stays from conflict to conflict within a text. */
function comparisonKept() {
  const { item, show, layer, aside } = comparisonNow.state;
  return item ? { show, layer, aside } : {};
}

/** What is alike, or not compared, in the panel. */
function comparisonShowAlike(kind, index, key) {
  const { own, item, panel, drawn, state } = comparisonNow;
  const found = (kind === "a" ? own.alike : own.aside)[index];
  if (!found) return;
  if (state.conflict) go({ conflict: null }, { replace: true, quiet: true });
  comparisonNow.state = { ...state, conflict: undefined };
  const records = found.records || { [found.set]: found.record };
  const sets = Object.keys(records);
  const unit = comparisonUnit(item, sets[0], records[sets[0]]);
  drawn.select(key);
  comparisonPut(
    panel,
    h("p", { class: "comparison-back" }, h("button", { type: "button", on: { click: () => {
      drawn.select(null);
      comparisonFillPanel(comparisonNow.state);
    } } }, "This item in numbers")),
    h("h2", { tabindex: "-1", class: "comparison-heading" }, kind === "a" ? `Alike in ${listed(sets)}` : `Not compared: ${found.set}`),
    kind === "a" ? null : h("p", { class: "small" }, { copy: "It stands in copied text, which follows the passage that it is copied from.",
      uncompared: "Only this set looked here.", "orphan-role": "A part that belongs to no attribution." }[found.reason] || words(found.reason)),
    h("p", { class: "small dim" }, comparisonLayer(found.layer)),
    unit ? h("dl", { class: "comparison-facts" }, comparisonLines(unit, item).map(([name, line]) => [
      h("dt", null, name), h("dd", { dir: "auto", lang: line.words ? item.language : null }, comparisonShown(line.text))])) : null,
    h("p", null, sets.map((set) => {
      const own = comparisonUnit(item, set, records[set]);
      return own ? [comparisonLink(own, item), " "] : null;
    })));
  announce(`${kind === "a" ? "Alike" : "Not compared"}: ${comparisonLayer(found.layer)}`);
}

async function comparisonFillPanel(state, stepped) {
  const { data, item, panel } = comparisonNow;
  const conflict = state.conflict ? data.byId.get(state.conflict) : null;
  if (!state.conflict) {
    comparisonPut(panel, ...comparisonItemNumbers(state));
    return;
  }
  if (conflict && conflict.item !== item.id) {
    comparisonPut(panel,
      h("h2", null, "In another item"),
      h("p", null, "This conflict stands in ",
        h("a", { href: address({ ...state, item: conflict.item }) }, comparisonData(titleOf(conflict.item))), "."));
    return;
  }
  if (!conflict) {
    comparisonPut(panel, comparisonUnknown(state));
    return;
  }
  comparisonPut(
    panel,
    h("p", { class: "comparison-back" }, h("a", { href: address({ ...state, conflict: null }) }, "This item in numbers")),
    comparisonStepper(conflict, state),
    comparisonCard(conflict, item, "h2"),
    comparisonReadings(conflict, item),
    comparisonDecision(conflict, item));
  panel.scrollTop = 0;
  if (stepped) comparisonArrive(conflict);
}

function comparisonItemNumbers(state) {
  const { data, item } = comparisonNow;
  const layers = comparisonLayersIn(data);
  const counts = ownOf(data.counts, item.id) || {};
  const rows = layers.map((layer) => {
    const own = (data.conflictsIn.get(item.id) || []).filter((each) => each.layer === layer);
    const figure = comparisonNow.own.figures[layer];
    return h("tr", null,
      h("th", { scope: "row" }, comparisonLayer(layer)),
      h("td", { class: "n" }, number(counts[layer]?.alike || 0)),
      h("td", { class: "n" }, number(own.length)),
      h("td", { class: "n" }, number(own.filter((each) => each.decision).length)),
      h("td", { class: "n" }, comparisonItemFigure(counts[layer])),
      h("td", null, figure ? comparisonSignatures([figure]) : null));
  });
  const found = comparisonFiltered({ item: item.id, layer: state.layer });
  const list = h("div", null);
  comparisonFillEntries(list, found, (each) => address({ ...state, conflict: each.id }));
  return [
    h("h2", null, "This item in numbers"),
    comparisonTable("Alike and in conflict in this item; F1 (IoU 0.5, same label, all text)",
      ["Layer", ...["Alike", "Conflicts", "Decided", "F1"].map(comparisonNumberHead), h("th", { scope: "col" }, h("span", { class: "unseen" }, "Signature"))],
      h("tbody", null, rows)),
    h("h2", null, plural(found.length, "conflict")),
    found.length ? h("p", { class: "small dim" }, h("kbd", null, "n"), " next, ", h("kbd", null, "p"), " previous") : null,
    list,
  ];
}

/** Shows in the text which conflict is meant. */
function comparisonSelect(state, scroll) {
  const { data, item, drawn } = comparisonNow;
  const conflict = state.conflict ? data.byId.get(state.conflict) : null;
  if (!conflict || conflict.item !== item.id) {
    drawn.select(null);
    return;
  }
  const keys = comparisonConflictMarks(conflict, item).map((each) => each.key);
  if (!keys.length) return;
  const key = keys.includes(comparisonNow.chosen) ? comparisonNow.chosen : keys[0];
  comparisonNow.chosen = key;
  drawn.select(key, keys.map((each) => [each, "chosen"]));
  if (scroll) drawn.scrollTo(key);
}
