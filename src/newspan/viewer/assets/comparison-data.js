// The comparison by item: its conflicts, and the records that they speak of.

/** The payload with indexes: conflicts by id and by item. */
function comparisonPrepared(data) {
  if (data.byId) return data;
  data.byId = new Map(data.conflicts.map((each) => [each.id, each]));
  data.conflictsIn = new Map();
  for (const each of data.conflicts) {
    if (!data.conflictsIn.has(each.item)) data.conflictsIn.set(each.item, []);
    data.conflictsIn.get(each.item).push(each);
  }
  return data;
}

/** What is alike and aside in an item, and its figures: of this page, or of a file beside it. */
async function comparisonOfItem(id) {
  const { data } = comparisonNow;
  if (!ownOf(data.counts, id)) return { alike: [], aside: [], figures: {} };
  if (!data.alike) return part(`comparison-${id}`);
  const own = (list) => list.filter((each) => each.item === id);
  return { alike: own(data.alike), aside: own(data.aside), figures: ownOf(data.items, id) || {} };
}

/** How many are `alike` or `aside`: of an item, of a layer, or both; null for all. */
function comparisonCount(what, item, layer) {
  const all = comparisonNow.data.counts;
  let n = 0;
  for (const layers of item === null ? Object.values(all) : [ownOf(all, item) || {}]) {
    for (const [name, counts] of Object.entries(layers)) {
      if (layer === null || name === layer) n += counts[what];
    }
  }
  return n;
}

/** The records of an item by set and id: {set: Map(id -> record)}. */
function comparisonRecords(item) {
  if (item.comparisonRecords) return item.comparisonRecords;
  const found = Object.create(null);
  for (const [set, said] of Object.entries(item.sets)) {
    const all = [
      ...said.spans.map((each) => ({ record: "span", ...each })),
      ...said.attributions.map((each) => ({ record: "attribution", ...each })),
      ...said.links.map((each) => ({ record: "link", ...each })),
    ];
    found[set] = new Map(all.map((each) => [each.id, each]));
  }
  item.comparisonRecords = found;
  return found;
}

/** A record as it is compared: {record, parts: [spans], words}. */
function comparisonUnit(item, set, id, conflict) {
  const known = comparisonRecords(item)[set] || new Map();
  const record = known.get(id);
  if (!record) return null;
  if (record.record === "span") {
    return { set, record, parts: [record], words: surfaceOf(item, record.start, record.end) };
  }
  if (record.record === "link") {
    const ends = [record.from_id, record.to_id].map((end) => known.get(end) || null);
    const told = ownOf(conflict?.refers_to, set);
    const says = ends.map((end, index) =>
      end ? surfaceOf(item, end.start, end.end) : ownOf(told, index ? record.to_id : record.from_id) || "");
    return { set, record, parts: ends.filter(Boolean), ends: says, words: says.join(" → ") };
  }
  const parts = comparisonPartIds(record).map((each) => known.get(each)).filter(Boolean);
  return { set, record, parts, words: comparisonWordsOf(parts.map((each) => surfaceOf(item, each.start, each.end))) };
}

function comparisonPartIds(record) {
  return [...new Set(partsOf(record).flatMap(([, ids]) => ids))];
}

function comparisonWordsOf(texts) {
  return texts.join(" | ");
}

function comparisonUnits(item, conflict, set) {
  return (ownOf(conflict.records, set) || [])
    .map((id) => comparisonUnit(item, set, id, conflict))
    .filter(Boolean);
}
