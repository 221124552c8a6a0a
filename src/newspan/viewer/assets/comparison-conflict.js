// One conflict: where it stands, the readings side by side, what was decided.

async function comparisonShowConflict(root, state) {
  comparisonNow.panel = h("div", { class: "comparison-one" });
  root.append(comparisonNow.panel);
  await comparisonFillConflict(state);
}

async function comparisonFillConflict(state, stepped) {
  const { data, panel } = comparisonNow;
  const conflict = data.byId.get(state.conflict);
  if (!conflict) {
    comparisonPut(panel, comparisonUnknown(state));
    return;
  }
  const item = await part(`item-${conflict.item}`);
  if (comparisonNow.state !== state || comparisonNow.panel !== panel || !panel.isConnected) return;
  const filters = comparisonFilters(state);
  comparisonPut(
    panel,
    h("p", { class: "comparison-back" },
      h("a", { href: address({ view: "comparison", ...filters }) }, "All conflicts")),
    comparisonStepper(conflict, state),
    comparisonCard(conflict, item, "h1"),
    comparisonContext(conflict, item),
    comparisonReadings(conflict, item),
    comparisonDecision(conflict, item));
  if (stepped) comparisonArrive(conflict);
}

function comparisonUnknown(state) {
  return h("div", { class: "fault", role: "alert" },
    h("h1", null, "No such conflict"),
    h("p", null, "There is none with the id ", h("code", null, comparisonData(state.conflict)),
      ". A conflict has another id once a set says something else there."),
    h("p", null, h("a", { href: address({ view: "comparison" }) }, "All conflicts")));
}

/** Says where a step has led. */
function comparisonArrive(conflict) {
  const said = `${comparisonLayer(conflict.layer)}, ${comparisonKindsSaid(conflict)}: ${oneLine(conflict.words)}. ` +
    (conflict.decision ? `Taken: ${comparisonTaken(conflict)}.` : `${comparisonOpen()}.`);
  announce(said);
}

/** Puts something else into the panel; what had the focus there has it again, or the heading. */
function comparisonPut(panel, ...children) {
  const had = panel.contains(document.activeElement) ? document.activeElement : null;
  const step = had?.dataset.step;
  panel.replaceChildren(...children);
  if (!had) return;
  const heading = panel.querySelector(".comparison-heading, h1, h2");
  const again = (step && panel.querySelector(`a[data-step="${step}"]`)) || heading;
  if (again && !again.matches("a")) again.setAttribute("tabindex", "-1");
  again?.focus({ preventScroll: true });
}

function comparisonCard(conflict, item, tag) {
  const meant = conflict.kinds
    .map((kind) => [kind, COMPARISON_KINDS[comparisonKindParts(kind)[0]]])
    .filter(([, means]) => means)
    .map(([kind, means]) => h("li", null, h("strong", null, comparisonData(comparisonKind(kind))), `: ${means}`));
  const inText = comparisonNow.state.item
    ? null
    : h("a", { href: address({ view: "comparison", item: conflict.item, conflict: conflict.id }) }, "In the whole text");
  return h("header", { class: "comparison-card" },
    h(tag, { class: "comparison-heading", tabindex: "-1" },
      `${comparisonLayer(conflict.layer)}: ${comparisonKindsSaid(conflict)}`),
    meant.length ? h("ul", { class: "comparison-kinds small" }, meant) : null,
    h("p", { class: "small dim" },
      comparisonNow.state.item ? null : [comparisonData(titleOf(conflict.item)), " · "],
      `characters ${number(conflict.start)} to ${number(conflict.end)} · `, h("code", null, conflict.id),
      inText ? " · " : null, inText));
}

/** The paragraphs around a conflict, with a line for each reading. */
function comparisonContext(conflict, item) {
  const marks = comparisonConflictMarks(conflict, item);
  const blocks = conflict.context.map(([start, end]) => {
    const part = {
      ...item, start, end, comparisonRecords: undefined,
      text: surfaceOf(item, start, end),
      zones: item.zones.filter((zone) => zone.start >= start && zone.end <= end),
    };
    const own = marks.filter((each) => each.start < end && each.end > start);
    return drawText(part, own, { tags: true }).root;
  });
  return h("section", { class: "comparison-context" },
    h("h2", null, "In the text"),
    blocks,
    comparisonLegend(Object.keys(conflict.records).filter((set) => conflict.records[set].length), false, false));
}

// ---- readings side by side

function comparisonReadings(conflict, item) {
  const sets = Object.keys(conflict.records);
  const units = new Map(sets.map((set) => [set, comparisonUnits(item, conflict, set)]));
  const most = Math.max(...[...units.values()].map((each) => each.length));
  const taken = comparisonTakenSets(conflict);
  const body = most > 1 ? comparisonStacked(conflict, item, units) : comparisonSideBySide(conflict, item, units);
  const head = sets.map((set) =>
    h("th", { scope: "col" }, comparisonData(set), taken.has(set) ? h("span", { class: "comparison-chip" }, "taken") : null,
      h("span", { class: "comparison-producer small dim", dir: "auto" }, setOf(set) ? comparisonBy(setOf(set).producer) : "")));
  return h("section", { class: "comparison-readings" },
    h("h2", null, "The readings"),
    h("table", { class: "comparison-table comparison-sides", "data-sets": String(Math.min(sets.length, 4)) },
      h("caption", { class: "unseen" }, "What each set says here; rows that differ say so"),
      h("thead", null, h("tr", null, head)),
      body));
}

function comparisonTakenSets(conflict) {
  const take = conflict.decision?.take;
  return new Set(take === null || take === undefined ? [] : [].concat(take));
}

/** One unit or none of each set: what differs in rows of their own, then what is the same. */
function comparisonSideBySide(conflict, item, units) {
  const sets = [...units.keys()];
  const present = sets.filter((set) => units.get(set).length);
  const lines = new Map(present.map((set) => [set, new Map(comparisonLines(units.get(set)[0], item, conflict))]));
  const named = (name) => [...lines.values()].some((each) => each.has(name));
  const names = comparisonLineOrder(conflict.layer).filter(named);
  const text = (set, name) => lines.get(set).get(name)?.text ?? "";
  const varies = (name) => new Set(present.map((set) => text(set, name))).size > 1;
  const data = (line) => line
    ? { dir: "auto", lang: line.words ? item.language : null } : { class: "dim" };
  const row = (name) => {
    const differs = varies(name) && !COMPARISON_REMARKS.includes(name);
    const cell = (set) => {
      const line = lines.get(set)?.get(name);
      return h("td", data(line), line ? comparisonShown(line.text) : "–");
    };
    return h("tbody", { class: differs ? "comparison-differs" : null },
      h("tr", null, h("th", { scope: "rowgroup", colspan: sets.length }, name,
        differs ? h("span", { class: "comparison-chip" }, "differs") : null)),
      h("tr", null, sets.map(cell)));
  };
  if (present.length < sets.length) {
    const nothing = h("tbody", null, h("tr", null, sets.map((set) => units.get(set).length
      ? h("td", null, "has it") : h("td", { class: "comparison-nothing" }, "looked, and has nothing here"))));
    if (present.length === 1) {
      const facts = names.map((name) => [h("dt", null, name), h("dd", data(lines.get(present[0]).get(name)), comparisonShown(text(present[0], name)))]);
      return h("tbody", null, h("tr", null, sets.map((set) => units.get(set).length
        ? h("td", null, h("dl", { class: "comparison-facts" }, facts), comparisonLink(units.get(set)[0], item))
        : h("td", { class: "comparison-nothing" }, "looked, and has nothing here"))));
    }
    return [nothing, names.map(row), comparisonRecordsRow(sets, units, item)];
  }
  const same = names.filter((name) => !varies(name));
  const shared = same.length
    ? h("tbody", null,
        h("tr", null, h("th", { scope: "rowgroup", colspan: sets.length }, sets.length > 2 ? "The same in all" : "The same in both")),
        h("tr", null, h("td", { colspan: sets.length }, h("dl", { class: "comparison-facts" }, same.map((name) => {
          const line = lines.get(present[0]).get(name);
          return [h("dt", null, name), h("dd", data(line), line.text)];
        })))))
    : null;
  return [names.filter(varies).map(row), shared, comparisonRecordsRow(sets, units, item)];
}

function comparisonRecordsRow(sets, units, item) {
  return h("tbody", null, h("tr", null, sets.map((set) =>
    h("td", null, units.get(set).length ? comparisonLink(units.get(set)[0], item) : null))));
}

/** Several units of a set: each set's column has them one below the other. */
function comparisonStacked(conflict, item, units) {
  const sets = [...units.keys()];
  return h("tbody", null, h("tr", null, sets.map((set) =>
    h("td", null, units.get(set).length
      ? h("ol", { class: "comparison-units" }, units.get(set).map((unit) =>
          h("li", null, h("dl", null, comparisonLines(unit, item, conflict).map(([name, line]) => [
            h("dt", null, name), h("dd", { dir: "auto", lang: line.words ? item.language : null }, comparisonShown(line.text))])),
          comparisonLink(unit, item))))
      : h("span", { class: "comparison-nothing" }, "looked, and has nothing here")))));
}

function comparisonLink(unit, item) {
  const key = unit.record.record === "span" ? unit.record.id : unit.parts[0]?.id;
  return h("a", { class: "small", href: address({ view: "item", item: item.id, set: unit.set, span: key }) },
    "Open in ", comparisonData(unit.set));
}

function comparisonLineOrder(layer) {
  const fields = (COMPARISON_FIELDS[layer] || []).map(([, title]) => title);
  const roles = layer === "attribution" ? ROLES.map(comparisonRole) : [];
  const ends = layer === "link" ? ["From", "To"] : [];
  const first = layer === "attribution" || layer === "link" ? [...roles, ...ends] : ["Words"];
  return [...first, ...fields, "Scope ends at", "Nested in", ...COMPARISON_REMARKS];
}

function comparisonRole(role) {
  return { source: "Source", medium: "Medium", cue: "Cue", content: "Content" }[role];
}

/** What a unit says, line by line: [[title, {text, words}]]; `words`: from the text itself. */
function comparisonLines(unit, item, conflict) {
  const { record } = unit;
  const layer = record.record === "span" ? record.layer : record.record;
  const found = [];
  if (record.record === "span") found.push(["Words", { text: unit.words, words: true }]);
  if (record.record === "link") {
    found.push(["From", { text: unit.ends[0], words: true }], ["To", { text: unit.ends[1], words: true }]);
  }
  if (record.record === "attribution") {
    for (const role of ROLES) {
      const own = unit.parts.filter((each) => each.role === role).map((each) => surfaceOf(item, each.start, each.end));
      if (own.length) found.push([comparisonRole(role), { text: own.join(" | "), words: true }]);
    }
  }
  for (const [field, title, absent] of COMPARISON_FIELDS[layer] || []) {
    const value = record[field] ?? absent;
    const matters = value !== undefined || field === "target" || field === "check_worthy" && record.factuality === "factual";
    if (matters) found.push([title, { text: comparisonValue(layer, field, value) }]);
  }
  if (record.scope === "open") {
    const end = record.scope_end ?? item.end;
    const last = surfaceOf(item, end - 40, end);
    const till = record.scope_end ? `… ${last.replace(/^\S*\s/, "")}` : "the end of the item";
    found.push(["Scope ends at", { text: till, words: Boolean(record.scope_end) }]);
  }
  if (record.parent_id) {
    const parent = comparisonUnit(item, unit.set, record.parent_id, conflict);
    const told = ownOf(ownOf(conflict?.refers_to, unit.set), record.parent_id);
    found.push(["Nested in", { text: parent ? parent.words : told || record.parent_id, words: true }]);
  }
  if (record.unsure) found.push(["Unsure", { text: "yes" }]);
  if (record.note) found.push(["Note", { text: record.note }]);
  return found;
}

// ---- what was decided

function comparisonDecision(conflict, item) {
  const { data } = comparisonNow;
  const decision = conflict.decision;
  const root = h("section", { class: "comparison-decision" }, h("h2", null, "The decision"));
  if (!decision) {
    root.append(h("p", null, h("strong", null, data.decided_in ? "Not decided." : "No decision is recorded.")));
  } else {
    root.append(
      h("p", { class: "comparison-verdict" }, h("strong", null, comparisonVerdict(conflict)), "."),
      h("dl", { class: "comparison-facts" },
        decision.change ? [h("dt", null, "Changed"), h("dd", null, comparisonChanges(conflict, item, decision.change))] : null,
        decision.records ? [h("dt", null, "Its own"), h("dd", null, comparisonDrafts(decision.records, item))] : null,
        h("dt", null, "Reason"), h("dd", null, comparisonReason(decision.reason)),
        decision.note ? [h("dt", null, "Note"), h("dd", { dir: "auto" }, comparisonShown(decision.note))] : null,
        h("dt", null, "Decided by"), h("dd", { dir: "auto" }, comparisonBy(decision.by)),
        decision.via ? [h("dt", null, "By way of"), h("dd", { dir: "auto" }, decision.via)] : null));
  }
  if (data.into) root.append(comparisonResult(conflict, item));
  return root;
}

function comparisonVerdict(conflict) {
  const decision = conflict.decision;
  const sets = Object.keys(conflict.records);
  if (decision.records) return "No reading as it stands; the decision has records of its own";
  if (decision.take === null) {
    return sets.some((set) => !conflict.records[set].length) && sets.length === 2 ? "Not taken over: nothing is annotated" : "No reading was taken";
  }
  const taken = [].concat(decision.take);
  if (taken.length > 1) return `The readings of ${listed(taken)} were taken: they do not exclude each other`;
  const nothing = !(ownOf(conflict.records, taken[0]) || []).length;
  return nothing
    ? `The reading of ${taken[0]} was taken: nothing is annotated`
    : `The reading of ${taken[0]} was taken${decision.change ? ", with changes" : ""}`;
}

function comparisonChanges(conflict, item, change) {
  const set = [].concat(conflict.decision.take)[0];
  return h("ul", null, Object.entries(change).map(([id, fields]) => {
    const unit = comparisonUnit(item, set, id, conflict);
    const layer = unit?.record.record === "span" ? unit.record.layer : conflict.layer;
    return h("li", null, unit ? comparisonQuote(unit.words, item) : h("code", null, id), ": ",
      Object.entries(fields).map(([name, value]) => `${words(name)}: ${comparisonValue(layer, name, value)}`).join("; "));
  }));
}

function comparisonDrafts(records, item) {
  return h("ul", null, records.map((each) => {
    const text = each.quote ?? (Number.isInteger(each.start) ? surfaceOf(item, each.start, each.end) : "");
    const said = Object.entries(each)
      .filter(([name]) => !["record", "id", "layer", "start", "end", "text", "quote", "occurrence", "paragraph"].includes(name))
      .map(([name, value]) => `${words(name)}: ${comparisonValue(each.layer, name, value)}`);
    return h("li", null, text ? [comparisonQuote(text, item), ": "] : `${each.record}: `, said.join("; "));
  }));
}

function comparisonResult(conflict, item) {
  const { data } = comparisonNow;
  const shown = Boolean(setOf(data.into));
  const entries = conflict.result.map((id) => ownOf(data.made, id)).filter(Boolean).map((record) => {
    const spans = record.parts || [record];
    const layer = record.record === "span" ? record.layer : record.record;
    const said = (COMPARISON_FIELDS[layer] || [])
      .filter(([field, , absent]) => (record[field] ?? absent) !== undefined)
      .map(([field, title, absent]) => `${title === "Label" ? "" : `${title.toLowerCase()}: `}${comparisonValue(layer, field, record[field] ?? absent)}`);
    return h("li", null,
      comparisonQuote(spans.map((each) => each.text).join(layer === "link" ? " → " : " | "), item), " ",
      h("span", { class: "small" }, said.join("; ")), " ",
      shown ? h("a", { class: "small", href: address({ view: "item", item: conflict.item, set: data.into, span: spans[0].id }) }, "Open in ", comparisonData(data.into)) : null);
  });
  const about = data.decided_in === data.into ? "The result" : "What stands there";
  return h("div", { class: "comparison-result" },
    h("h3", null, `${about} in `, comparisonData(data.into)),
    entries.length ? h("ul", null, entries) : h("p", null, `Nothing of this layer is annotated at this place in ${data.into}.`));
}
