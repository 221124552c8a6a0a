// What the reuse view knows: clusters by number, item and id, and alignments carried over.

/** The payload with clusters numbered by size, and found by id and by item. */
function reuseData() {
  reuseNow.data ||= part("reuse").then(reuseIndexed);
  reuseNow.data.catch(() => (reuseNow.data = null));
  return reuseNow.data;
}

function reuseIndexed(payload) {
  const clusters = new Map();
  const members = new Map();
  const take = (list, candidate) =>
    (list || []).map((each, index) => {
      const head = each.members.find((member) => member.role === "canonical");
      const cluster = { ...each, no: index + 1, candidate, head: head || each.members[0], known: Boolean(head) };
      cluster.size = cluster.head.end - cluster.head.start;
      cluster.items = new Set(each.members.map((member) => member.item));
      cluster.least = Math.min(...each.members.filter((m) => m !== cluster.head).map((m) => m.similarity), 1);
      clusters.set(each.id, cluster);
      for (const member of each.members) {
        if (!members.has(member.item)) members.set(member.item, []);
        members.get(member.item).push({ cluster, member });
      }
      return cluster;
    });
  return {
    set: payload.set,
    candidateSet: payload.candidates,
    clusters: take(payload.clusters, false),
    parallels: take(payload.parallels, true),
    items: new Map((payload.items || []).map((each) => [each.id, each])),
    find: (id) => clusters.get(id),
    members,
  };
}

/** The runs of a copy; of the canonical member itself all of it is one. */
function reuseRuns(cluster, member) {
  if (member === cluster.head) return [[member.start, member.end, member.start, member.end]];
  return cluster.known && !cluster.candidate ? member.alignment || [] : [];
}

/** Where an extent goes by runs [from, to, from there, to there], as far as they reach; or null. */
function reuseCarried(runs, start, end) {
  const inside = runs.filter((run) => run[1] > start && run[0] < end);
  if (!inside.length) return null;
  const first = inside[0];
  const last = inside[inside.length - 1];
  const from = Math.max(start, first[0]);
  const to = Math.min(end, last[1]);
  return {
    start: first[2] + from - first[0],
    end: last[2] + to - last[0],
    whole: from === start && to === end,
  };
}

/**
 * The other places of every shared passage that a stretch of an item touches, candidates left out:
 * [{cluster, number, member, item, doc, start, end, role, match, similarity, zone, at, href, place}].
 * `at` is [start, end] of the stretch's counterpart there as far as the wording is equal, or null;
 * `whole`: both its borders have one. `href` leads to both side by side, `place` into the item.
 */
async function copiesAt(itemId, start, end) {
  if (!HEAD.reuse) return [];
  const data = await reuseData();
  const found = [];
  for (const { cluster, member } of data.members.get(itemId) || []) {
    if (cluster.candidate || member.end <= start || member.start >= end) continue;
    const low = Math.max(start, member.start);
    const high = Math.min(end, member.end);
    const head = reuseCarried(reuseRuns(cluster, member), low, high);
    for (const other of cluster.members) {
      if (other === member) continue;
      const back = reuseRuns(cluster, other).map((run) => [run[2], run[3], run[0], run[1]]);
      const there = head && reuseCarried(back, head.start, head.end);
      const copy = other === cluster.head ? member : other;
      found.push({
        cluster: cluster.id,
        number: cluster.no,
        member: other.id,
        item: other.item,
        doc: other.doc,
        start: other.start,
        end: other.end,
        role: other.role,
        match: copy.match,
        similarity: copy.similarity,
        zone: other.zone,
        at: there && [there.start, there.end],
        whole: Boolean(there && head.whole && there.whole && low === start && high === end),
        href: address({ view: "reuse", cluster: cluster.id, member: copy.id }),
        place: reusePlace(other.item, there ? there.start : other.start, there ? there.end : other.end),
      });
    }
  }
  return found;
}

function reusePlace(item, start, end) {
  return address({ view: "item", item, at: `${start}-${end}` });
}

/** Equal and differing stretches of a pair, in order: {kind, head: [s, e], copy: [s, e]}. */
function reusePieces(cluster, copy) {
  const head = cluster.head;
  const pieces = [];
  let at = copy.start;
  let headAt = head.start;
  const between = (end, headEnd) => {
    if (end === at && headEnd === headAt) return;
    const kind = end === at ? "head" : headEnd === headAt ? "copy" : "changed";
    pieces.push({ kind, head: [headAt, headEnd], copy: [at, end] });
  };
  for (const [start, end, headStart, headEnd] of copy.alignment || []) {
    between(start, headStart);
    pieces.push({ kind: "equal", head: [headStart, headEnd], copy: [start, end] });
    [at, headAt] = [end, headEnd];
  }
  between(copy.end, head.end);
  return pieces;
}
