// Passages that texts share: a map, a table, and two places side by side.
//
// A run of a copy is [start, end, canonical start, canonical end], code points in the documents of
// the two: identical text. What stands between two runs differs.

const REUSE_ROWS = 30; // items on the map
const REUSE_PAGE = 100; // rows of a table at once
const REUSE_CONTEXT = 200; // code points shown before and after a passage
const REUSE_LINKS = 3000; // ribbons on the map

const REUSE_MATCHES = {
  exact: "exact: the same words; case, punctuation and line breaks may differ",
  near: "near: some words differ",
};

const REUSE_CANONICAL =
  "The canonical member is a convention, so that a cluster has one text to compare with: running text " +
  "goes before captions and teasers, then the text that most members share, then the order of the files. " +
  "It is not called the original.";

const REUSE_SILENT =
  "Shared wording does not say who wrote first, nor who took from whom: both places may follow a third " +
  "text that is not here.";

const reuseNow = { data: null, root: null, map: null, state: null };

// ---- data

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

// ---- words

function reuseNoun(cluster) {
  return cluster.candidate ? "Candidate" : "Passage";
}

function reuseWhere(cluster) {
  if (cluster.items.size === 1) return "within one item";
  return cluster.scope === "across" ? "across documents" : "within one document";
}

function reuseZone(zone) {
  return { paragraph: "running text", boilerplate: "page furniture" }[zone] || (zone ? words(zone) : "no zone");
}

function reuseItemTitle(id) {
  return itemOf(id)?.title || "without title";
}

function reuseSimilarity(cluster, value) {
  if (cluster.candidate) return typeof value === "number" ? `cosine of rare words ${value.toFixed(2)}` : "";
  return `similarity ${percent(value)}`;
}

function reusePlaces(cluster) {
  return plural(cluster.members.length, "place");
}

/** Who published an item, when, in what language: as far as the corpus's list says. */
function reuseOrigin(id) {
  const item = itemOf(id);
  if (!item) return [];
  const outlets = item.outlets || [];
  return [
    outlets.length ? h("bdi", null, outletName(outlets[0])) : null,
    item.published ? h("span", null, item.published.replace("/", " to ")) : h("span", null, "date unknown"),
    item.language ? h("span", null, item.language) : null,
  ].filter(Boolean);
}

/**
 * Nodes whose text is exactly `text`; what one does not see gets a chip that CSS writes. Of a
 * difference also line ends, and spaces if it has nothing else.
 */
function reuseText(text, { differs = false } = {}) {
  const spaces = differs && !/[^\s\p{Cc}\p{Cf}]/u.test(text);
  const nodes = [];
  let plain = "";
  const letters = Array.from(text);
  letters.forEach((letter, index) => {
    const name = letter === "\n" ? (differs ? "LF" : null) : reuseUnseen(letter, spaces);
    const joins = letter === "\u200d" && /\p{Extended_Pictographic}/u.test(letters[index + 1] || "");
    if (!name || joins) {
      plain += letter;
      return;
    }
    if (plain) nodes.push(document.createTextNode(plain));
    plain = "";
    const ends = letter === "\r" && letters[index + 1] === "\n";
    // What would act on the page stays in the text without effect.
    const acts = letter !== "\t" && letter !== "\n" && letter.search(TEXT_ACTING) >= 0;
    const name_ = `reuse-chip${ends && !differs ? " quiet" : ""}${letter === "\r" && !ends ? " breaks" : ""}`;
    nodes.push(h("span", { class: name_, "data-name": name }, h("span", { class: acts ? "reuse-kept" : null }, letter)));
  });
  if (plain) nodes.push(document.createTextNode(plain));
  return nodes;
}

/** The name of a character that one does not see, or null. */
function reuseUnseen(letter, spaces) {
  if (letter === " ") return spaces ? "␣" : null;
  if (letter === "\n") return spaces ? "LF" : null;
  const code = letter.codePointAt(0);
  if (TEXT_NAMES.has(code)) return TEXT_NAMES.get(code);
  if (!/[\p{Cc}\p{Cf}\u3000]/u.test(letter)) return null;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Part of a document's text by its item's part. */
function reuseSlice(item, start, end) {
  const low = Math.max(start, item.start) - item.start;
  const high = Math.min(end, item.end) - item.start;
  return high > low ? slice(item.text, low, high) : "";
}

/** Fills an element with a passage's first words once it comes into sight. */
function reuseOpening(element, member, length = 80) {
  const fill = async () => {
    try {
      const item = await part(`item-${member.item}`);
      const cut = member.end - member.start > length;
      const text = reuseSlice(item, member.start, Math.min(member.end, member.start + length));
      element.lang = item.language || "";
      element.replaceChildren(`${text.replace(/\s+/g, " ").trim()}${cut ? "…" : ""}`);
    } catch (fault) {
      element.replaceChildren(`(${fault.message})`);
    }
  };
  if (!("IntersectionObserver" in window)) fill();
  else {
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some((each) => each.isIntersecting)) return;
      watch.disconnect();
      fill();
    }, { rootMargin: "200px" });
    watch.observe(element);
  }
  return element;
}

// ---- the view

views.reuse = {
  title: (state) => (state.cluster ? "A shared passage" : "Shared passages"),
  show: reuseShow,
  change: reuseChange,
  keys: [
    { key: "n", says: "Next place of the passage", run: () => reuseStep("member", 1) },
    { key: "p", says: "Previous place of the passage", run: () => reuseStep("member", -1) },
    { key: "ArrowRight", says: "Next passage", run: () => reuseStep("cluster", 1) },
    { key: "ArrowLeft", says: "Previous passage", run: () => reuseStep("cluster", -1) },
    { key: "d", says: "Next difference", run: () => reuseStep("difference", 1) },
  ],
};

async function reuseShow(root, state, { signal } = {}) {
  const before = reuseNow.state;
  const data = await reuseData();
  if (signal?.aborted) return;
  Object.assign(reuseNow, { root, state, step: null });
  signal?.addEventListener("abort", () => {
    if (reuseNow.root === root) Object.assign(reuseNow, { root: null, state: null, step: null });
  });
  if (state.cluster) await reuseShowCluster(root, data, state, signal);
  else reuseShowAll(root, data, state, signal);
  if (before && before.cluster !== state.cluster) reuseHeading(root);
}

async function reuseChange(state, before) {
  if (!reuseNow.root || state.cluster !== before.cluster) return false;
  reuseNow.state = state;
  if (state.cluster) return reuseNow.choose ? reuseNow.choose(state) : false;
  return reuseNow.filter ? reuseNow.filter(state) : false;
}

function reuseHeading(root) {
  const heading = root.querySelector("h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function reuseStep(what, by) {
  reuseNow.step?.(what, by);
}

// ---- all passages

function reuseShowAll(root, data, state, signal) {
  const shared = [...data.items.values()].filter((each) => each.shared > 0);
  const set = setOf(data.set);
  root.replaceChildren(
    h("h1", null, "Shared passages"),
    h("p", { class: "reuse-lead" },
      `${plural(data.clusters.length, "passage")} ${data.clusters.length === 1 ? "stands" : "stand"} in more than one place, in ` +
        `${number(shared.length)} of ${plural(data.items.size, "item")}. `,
      data.set ? ["Set ", h("bdi", null, data.set)] : null,
      set?.producer ? [` by the ${words(set.producer.kind)} `, h("bdi", null, set.producer.name), ". "] : data.set ? ". " : null,
      REUSE_SILENT),
    h("p", { class: "reuse-lead dim small" }, REUSE_CANONICAL),
  );
  if (data.clusters.length) {
    const filters = h("form", { class: "reuse-filters", "aria-label": "Which passages", on: { submit: (e) => e.preventDefault() } });
    const count = h("p", { class: "reuse-count small", role: "status" });
    const figure = h("figure", { class: "reuse-figure" });
    const others = h("div", { class: "reuse-others" });
    const table = h("div", { class: "reuse-table" });
    root.append(filters, count, figure, others, h("h2", { id: "reuse-table" }, "All passages"), table);
    const draw = (now) => {
      const clusters = reuseFiltered(data, now);
      reuseFilters(filters, data, shared, now);
      count.textContent =
        clusters.length === data.clusters.length
          ? plural(clusters.length, "passage")
          : `${number(clusters.length)} of ${plural(data.clusters.length, "passage")}`;
      reuseMapIn(figure, others, data, clusters, now, signal);
      reuseTable(table, clusters, now);
    };
    draw(state);
    reuseNow.filter = (now) => {
      draw(now);
      return true;
    };
  } else reuseNow.filter = null;
  if (data.parallels.length) root.append(reuseParallels(data));
}

function reuseFiltered(data, state) {
  return data.clusters.filter(
    (each) =>
      (!state.of || each.items.has(state.of)) &&
      (!state.match || each.match === state.match) &&
      (!state.scope || reuseScope(each) === state.scope),
  );
}

function reuseScope(cluster) {
  if (cluster.items.size === 1) return "item";
  return cluster.scope === "across" ? "across" : "within";
}

function reuseFilters(form, data, shared, state) {
  const key = JSON.stringify([state.of, state.scope, state.match]);
  if (form.dataset.key === key) return;
  form.dataset.key = key;
  const held = form.contains(document.activeElement) ? document.activeElement.id : null;
  const choice = (name, says, options) =>
    h("label", { for: `reuse-${name}` }, h("span", null, says),
      h("select", { id: `reuse-${name}`, on: { change: (e) => go({ [name]: e.target.value || null }, { replace: true }) } },
        options.map(([value, label]) =>
          label instanceof Node ? label : h("option", { value, selected: (state[name] || "") === value }, label))));
  const documents = new Map();
  for (const each of shared) {
    const doc = itemOf(each.id)?.doc || "";
    if (!documents.has(doc)) documents.set(doc, []);
    documents.get(doc).push(each);
  }
  const items = [...documents].map(([doc, list]) => [
    "",
    h("optgroup", { label: `document ${doc}` },
      list.map((each) =>
        h("option", { value: each.id, selected: state.of === each.id }, `${each.id} ${reuseItemTitle(each.id)}`))),
  ]);
  form.replaceChildren(
    choice("of", "Item", [["", "all items"], ...items]),
    choice("scope", "Where", [
      ["", "anywhere"], ["across", "across documents"], ["within", "between items of one document"], ["item", "within one item"],
    ]),
    choice("match", "Wording", [["", "any"], ["exact", "exact"], ["near", "near"]]),
    state.of || state.scope || state.match
      ? h("a", { href: address({ view: "reuse", set: state.set }) }, "Show all")
      : "",
  );
  if (held) document.getElementById(held)?.focus();
}

// ---- the map

function reuseMapIn(figure, others, data, clusters, state, signal) {
  const ids = new Set(clusters.flatMap((each) => [...each.items]));
  const ranked = [...data.items.values()]
    .filter((each) => ids.has(each.id))
    .sort((a, b) => (b.id === state.of) - (a.id === state.of) || b.shared - a.shared);
  const chosen = new Set(ranked.slice(0, REUSE_ROWS).map((each) => each.id));
  const rows = [...data.items.values()].filter((each) => chosen.has(each.id));
  reuseOthers(others, ranked.slice(REUSE_ROWS));
  if (!rows.length) {
    figure.replaceChildren(h("p", { class: "dim" }, "No passage is left by this choice."));
    return;
  }
  const says = h("p", { class: "reuse-says small", "aria-hidden": "true" }, h("span", { class: "dim" }, REUSE_HINT));
  const holder = h("div", { class: "reuse-map" });
  figure.replaceChildren(reuseLegend(), holder, says);
  let width = 0;
  const draw = () => {
    const now = Math.floor(holder.clientWidth);
    if (!now || Math.abs(now - width) < 4) return;
    width = now;
    holder.replaceChildren(reuseMap(data, clusters, rows, width, says));
  };
  draw();
  const watch = new ResizeObserver(draw);
  watch.observe(holder);
  reuseNow.map?.disconnect();
  reuseNow.map = watch;
  signal?.addEventListener("abort", () => watch.disconnect());
}

const REUSE_HINT = "Point at a passage, or reach it with Tab and the arrow keys: its places light up. Enter opens it.";

function reuseLegend() {
  const swatch = (name) =>
    svg("svg", { class: "reuse-swatch", width: 28, height: 12, "aria-hidden": "true" },
      reusePattern("reuse-hatch-key"),
      svg("rect", { class: `reuse-block ${name}`, x: 1, y: 1, width: 26, height: 10, rx: 1.5 }));
  return h("figcaption", { class: "reuse-legend small" },
    h("span", null, "Each bar is an item, as long as its text."),
    h("span", null, swatch("is-canonical"), "canonical"),
    h("span", null, swatch("is-copy is-exact"), "exact copy"),
    h("span", null, swatch("is-copy is-near"), "near copy"));
}

function reusePattern(id) {
  return svg("defs", null,
    svg("pattern", { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("rect", { class: "reuse-hatch-ground", width: 5, height: 5 }),
      svg("rect", { class: "reuse-hatch-line", width: 1.6, height: 5 })));
}

/** The map: one bar per item under its document, blocks on it, ribbons to canonical members. */
function reuseMap(data, clusters, rows, width, says) {
  const narrow = width < 620;
  const left = narrow ? 0 : Math.min(300, Math.round(width * 0.24));
  const [tall, bar] = narrow ? [58, 13] : [38, 14];
  const longest = Math.max(...rows.map((each) => each.characters), 1);
  const scale = (width - left - 4) / longest;
  const bars = new Map();
  const under = svg("g", { class: "reuse-ribbons", "aria-hidden": "true" });
  const over = svg("g", null);
  let y = 0;
  let last = null;
  const headed = rows.length <= 15 || rows.some((row, index) => index && itemOf(row.id)?.doc === itemOf(rows[index - 1].id)?.doc);
  for (const row of rows) {
    const doc = itemOf(row.id)?.doc;
    if (doc !== last && headed) {
      last = doc;
      y += y ? 12 : 2;
      over.append(svg("text", { class: "reuse-document", x: 0, y: y + 13 }, `Document ${doc}`));
      over.append(svg("line", { class: "reuse-rule", x1: 0, x2: width, y1: y + 19, y2: y + 19 }));
      y += 26;
    }
    const at = { row, x: left, y: y + (narrow ? 24 : 8), width: Math.max(row.characters * scale, 2) };
    bars.set(row.id, at);
    const title = reuseFitting(reuseItemTitle(row.id), (narrow ? width : left - 12) - reuseWide(`${row.id} `, true));
    const label = svg("a", { href: address({ view: "item", item: row.id }), class: "reuse-label", tabindex: -1 },
      svg("title", null, `${row.id} ${reuseItemTitle(row.id)}`),
      svg("text", { x: 0, y: narrow ? y + 15 : y + 19 },
        svg("tspan", { class: "reuse-id" }, row.id), ` ${title}`));
    label.setAttribute("aria-label", `Item ${row.id}, ${reuseItemTitle(row.id)}: ` +
      `${number(row.shared)} of ${plural(row.characters, "character")} shared`);
    at.group = svg("g", { class: "reuse-row" }, label,
      svg("rect", { class: "reuse-bar", x: at.x, y: at.y, width: at.width, height: bar }));
    over.append(at.group);
    y += tall;
  }
  const height = y + 8;
  const places = new Map();
  const blocks = [];
  for (const cluster of clusters) {
    for (const member of cluster.members) {
      const at = bars.get(member.item);
      if (!at) continue;
      const x = at.x + (member.start - at.row.start) * scale;
      const place = { x, end: Math.max(x + (member.end - member.start) * scale, x + 3), at };
      places.set(member, place);
      blocks.push({ cluster, member, place });
    }
  }
  reuseRibbons(under, clusters, places, bar);
  blocks.sort((a, b) => b.place.end - b.place.x - (a.place.end - a.place.x));
  for (const each of blocks) each.place.at.group.append(reuseBlock(each, bar));
  const map = svg("svg", {
    class: "reuse-svg", width, height, viewBox: `0 0 ${width} ${height}`, role: "group",
    "aria-label": `Map of ${plural(clusters.length, "shared passage")} in ${plural(rows.length, "item")}; the table below says the same`,
  }, reusePattern("reuse-hatch"), under, over);
  reuseMapKeys(map);
  reuseMapLights(map, data, says);
  return map;
}

/** How wide a label is, in pixels. */
function reuseWide(text, bold = false) {
  reuseNow.pen ||= document.createElement("canvas").getContext("2d");
  reuseNow.pen.font = `${bold ? "600 " : ""}13px ${getComputedStyle(document.body).fontFamily}`;
  return reuseNow.pen.measureText(text).width;
}

/** A text cut at a letter so that it has room. */
function reuseFitting(text, room) {
  if (reuseWide(text) <= room) return text;
  const letters = Array.from(text);
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (reuseWide(`${letters.slice(0, middle).join("")}…`) <= room) low = middle;
    else high = middle - 1;
  }
  return `${letters.slice(0, low).join("").trimEnd()}…`;
}

function reuseBlock({ cluster, member, place }, bar) {
  const kind = member === cluster.head && cluster.known ? "is-canonical" : `is-copy is-${member.match}`;
  const link = svg("a", {
    href: address({ view: "reuse", cluster: cluster.id, member: member.id }), class: "reuse-link",
    tabindex: -1, "data-cluster": cluster.id, "data-start": member.start,
    "aria-label":
      `Passage ${cluster.no}, ${member.role === "canonical" ? "canonical" : `${member.match} copy`}, in ${member.item}, ` +
      `${plural(member.end - member.start, "character")}, ${reusePlaces(cluster)}`,
  });
  link.append(
    // A thin passage is hard to hit: the field around it belongs to it.
    svg("rect", { class: "reuse-field", x: place.x - 2, y: place.at.y - 6, width: place.end - place.x + 4, height: bar + 12 }),
    svg("rect", { class: `reuse-block ${kind}`, x: place.x, y: place.at.y, width: place.end - place.x, height: bar, rx: 1 }));
  return link;
}

function reuseRibbons(group, clusters, places, bar) {
  let left = REUSE_LINKS;
  for (const cluster of clusters) {
    // Where the canonical member is not on the map, the first place that is holds them together.
    const hub = places.has(cluster.head) ? cluster.head : cluster.members.find((each) => places.has(each));
    const head = places.get(hub);
    for (const member of cluster.members) {
      const copy = places.get(member);
      if (!copy || member === hub || left-- <= 0) continue;
      const [upper, lower] = copy.at.y < head.at.y ? [copy, head] : [head, copy];
      const top = upper.at.y + bar;
      const same = upper.at === lower.at;
      const bottom = same ? top : lower.at.y;
      const bend = same ? 14 : Math.min((bottom - top) / 2, 60);
      const line = (a, b, command) =>
        same
          ? `${command}${a} ${top} C${a} ${top + bend} ${b} ${top + bend} ${b} ${top}`
          : `${command}${a} ${top} C${a} ${top + bend} ${b} ${bottom - bend} ${b} ${bottom}`;
      const back = same
        ? `L${lower.x} ${top} C${lower.x} ${top + bend - 4} ${upper.end} ${top + bend - 4} ${upper.end} ${top}`
        : `L${lower.x} ${bottom} C${lower.x} ${bottom - bend} ${upper.x} ${top + bend} ${upper.x} ${top}`;
      const shape = same ? `${line(upper.x, lower.end, "M")}${back}Z` : `${line(upper.end, lower.end, "M")}${back}Z`;
      group.append(svg("path", { class: `reuse-ribbon is-${member.match}`, d: shape, "data-cluster": cluster.id }));
    }
  }
}

/** One stop for Tab; arrows go along a bar and from bar to bar. */
function reuseMapKeys(map) {
  const rows = [...map.querySelectorAll(".reuse-row")].map((row) => {
    const [label, ...blocks] = row.querySelectorAll("a");
    blocks.sort((a, b) => a.dataset.start - b.dataset.start);
    return [label, ...blocks];
  });
  let now = rows[0]?.[1] || rows[0]?.[0];
  now?.setAttribute("tabindex", "0");
  map.addEventListener("focusin", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    now?.setAttribute("tabindex", "-1");
    now = link;
    now.setAttribute("tabindex", "0");
  });
  map.addEventListener("keydown", (event) => {
    const row = rows.findIndex((each) => each.includes(now));
    if (row < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = rows[row].indexOf(now);
    const to = {
      ArrowRight: () => rows[row][place + 1],
      ArrowLeft: () => rows[row][place - 1],
      ArrowDown: () => rows[row + 1]?.[Math.min(place, rows[row + 1].length - 1)],
      ArrowUp: () => rows[row - 1]?.[Math.min(place, rows[row - 1].length - 1)],
      Home: () => rows[row][0],
      End: () => rows[row].at(-1),
    }[event.key];
    if (!to) return;
    event.preventDefault(); // else the page scrolls, or goes to the next passage
    to()?.focus();
  });
}

function reuseMapLights(map, data, says) {
  let lit = null;
  const light = (id) => {
    if (id === lit) return;
    for (const each of map.querySelectorAll(".lit")) each.classList.remove("lit");
    lit = id;
    map.classList.toggle("lights", Boolean(id));
    if (!id) {
      says.replaceChildren(h("span", { class: "dim" }, REUSE_HINT));
      return;
    }
    for (const each of map.querySelectorAll("[data-cluster]")) {
      if (each.dataset.cluster === id) each.classList.add("lit");
    }
    const cluster = data.find(id);
    says.replaceChildren(
      h("b", null, `Passage ${cluster.no}`),
      ` · ${reusePlaces(cluster)}, ${reuseWhere(cluster)} · ${plural(cluster.size, "character")} · ${cluster.match} · “`,
      reuseOpening(h("bdi", null, "…"), cluster.head), "”");
  };
  const of = (event) => event.target.closest?.("[data-cluster]")?.dataset.cluster || null;
  map.addEventListener("pointerover", (event) => light(of(event)));
  map.addEventListener("pointerleave", () => light(null));
  map.addEventListener("focusin", (event) => light(of(event)));
  map.addEventListener("focusout", () => light(null));
}

function reuseOthers(holder, others) {
  holder.replaceChildren();
  if (!others.length) return;
  const list = h("ul", { class: "reuse-plain" });
  holder.append(
    h("details", null,
      h("summary", null, `The map has the ${number(REUSE_ROWS)} items with most shared text; ${plural(others.length, "more item")}`),
      list, reuseMore(list, others, (each) =>
        h("li", null, h("a", { href: address({ view: "reuse", of: each.id }) }, each.id), " ",
          h("bdi", null, reuseItemTitle(each.id)),
          h("span", { class: "dim" }, ` ${number(each.shared)} of ${plural(each.characters, "character")} shared`)))));
}

/** A button that appends the next rows to a list, or nothing if all are there. */
function reuseMore(list, rows, draw, page = REUSE_PAGE) {
  let at = 0;
  const button = h("button", { type: "button", class: "reuse-more" });
  const next = () => {
    const from = list.children.length;
    list.append(...rows.slice(at, at + page).map(draw));
    at += page;
    button.hidden = at >= rows.length;
    button.textContent = `Show ${number(Math.min(page, rows.length - at))} more of ${number(rows.length)}`;
    return from;
  };
  next();
  button.addEventListener("click", () => {
    const from = next();
    list.children[from]?.querySelector("a, button")?.focus();
  });
  return button;
}

/** A table that is wider than a small screen: the arrow keys scroll it. */
function reuseScroll(says, table) {
  const keep = (event) => /^Arrow(Left|Right)$/.test(event.key) && event.stopPropagation();
  return h("div", { class: "reuse-scroll", role: "region", tabindex: 0, "aria-label": says, on: { keydown: keep } }, table);
}

// ---- the table

const REUSE_COLUMNS = [
  ["no", "Passage", (each) => each.no],
  ["members", "Places", (each) => each.members.length, true],
  ["items", "Items", (each) => each.items.size, true],
  ["size", "Characters", (each) => each.size, true],
  ["match", "Wording", (each) => each.match],
  ["similarity", "Least similarity", (each) => each.least, true],
  ["where", "Where", (each) => reuseWhere(each)],
];

function reuseTable(holder, clusters, state) {
  const [by, down] = [(state.sort || "no").replace(/^-/, ""), (state.sort || "").startsWith("-")];
  const column = REUSE_COLUMNS.find(([name]) => name === by) || REUSE_COLUMNS[0];
  const order = [...clusters].sort((a, b) => {
    const [x, y] = [column[2](a), column[2](b)];
    return ((x > y) - (x < y)) * (down ? -1 : 1) || a.no - b.no;
  });
  const held = holder.contains(document.activeElement) ? document.activeElement.dataset.by : null;
  const body = h("tbody");
  const more = reuseMore(body, order, reuseTableRow);
  const head = REUSE_COLUMNS.map(([name, says, , counts]) => {
    const here = name === column[0];
    const next = here ? (down ? name : `-${name}`) : counts ? `-${name}` : name;
    return h("th", { scope: "col", class: counts ? "n" : null, "aria-sort": here ? (down ? "descending" : "ascending") : null },
      h("button", { type: "button", class: "reuse-sort", "data-by": name, on: { click: () => go({ sort: next }, { replace: true }) } },
        says, h("span", { "aria-hidden": "true" }, here ? (down ? " ▾" : " ▴") : "")));
  });
  holder.replaceChildren(
    reuseScroll("All passages", h("table", null, h("thead", null, h("tr", null, head)), body)),
    more);
  if (held) holder.querySelector(`[data-by="${held}"]`)?.focus();
}

function reuseTableRow(cluster) {
  const words_ = reuseOpening(h("bdi", null, "…"), cluster.head);
  const items = [...cluster.items];
  return h("tr", null,
    h("th", { scope: "row" },
      h("a", { href: address({ view: "reuse", cluster: cluster.id }) }, `${cluster.no} `, words_),
      h("div", { class: "reuse-in dim small" }, items.slice(0, 8).join(", "), items.length > 8 ? ` and ${number(items.length - 8)} more` : "")),
    h("td", { class: "n" }, number(cluster.members.length)),
    h("td", { class: "n" }, number(cluster.items.size)),
    h("td", { class: "n" }, number(cluster.size)),
    h("td", null, cluster.match),
    h("td", { class: "n" }, cluster.members.length > 1 ? percent(cluster.least) : "–"),
    h("td", null, reuseWhere(cluster)));
}

// ---- candidates for parallel translations

function reuseParallels(data) {
  const list = h("ol", { class: "reuse-pairs" });
  const more = reuseMore(list, data.parallels, reusePair, 10);
  return h("section", { class: "reuse-parallels", "aria-labelledby": "reuse-parallels" },
    h("h2", { id: "reuse-parallels" }, "Candidates for parallel translations"),
    h("p", { class: "reuse-lead" },
      `${plural(data.parallels.length, "pair")} of sentences that may render the same sentence of a third text. ` +
        "They are candidates for a person to judge: a rule proposed them by the rare words they share, and nothing is " +
        "asserted. Many may be wrong. They have no alignment.",
      data.candidateSet ? [" Set ", h("bdi", null, data.candidateSet), "."] : null),
    list, more);
}

function reusePair(cluster) {
  const side = (member) => {
    const text = h("p", { dir: "auto", class: "reuse-quote" }, "…");
    part(`item-${member.item}`).then((item) => {
      text.lang = item.language || "";
      text.replaceChildren(...reuseText(reuseSlice(item, member.start, member.end)));
    }, (fault) => text.replaceChildren(fault.message));
    return h("div", null,
      h("p", { class: "small" },
        h("a", { href: reusePlace(member.item, member.start, member.end) }, member.item), " ",
        h("bdi", { class: "dim" }, reuseItemTitle(member.item))),
      text);
  };
  return h("li", { class: "reuse-pair" },
    h("p", { class: "small reuse-pair-head" },
      h("a", { href: address({ view: "reuse", cluster: cluster.id }) }, `Candidate ${cluster.no}`),
      h("span", { class: "dim" }, ` ${reuseSimilarity(cluster, cluster.least)}`)),
    h("div", { class: "reuse-sides" }, cluster.members.slice(0, 2).map(side)),
    cluster.members.length > 2
      ? h("p", { class: "small dim" }, `${plural(cluster.members.length - 2, "more place")}: open the candidate`)
      : null);
}

// ---- one passage, side by side

async function reuseShowCluster(root, data, state, signal) {
  const cluster = data.find(state.cluster);
  if (!cluster) refuse(`There is no shared passage “${state.cluster}” on this page.`, { view: "reuse" }, "All shared passages");
  const list = cluster.candidate ? data.parallels : data.clusters;
  const near = (by) => list[cluster.no - 1 + by];
  const to = (each) => address({ view: "reuse", set: state.set, cluster: each.id });
  const copies = cluster.members.filter((each) => each !== cluster.head);
  const noun = reuseNoun(cluster);
  const side = h("div", { class: "reuse-side" });
  const chooser = h("div", { class: "reuse-members" });
  root.replaceChildren(
    h("nav", { class: "reuse-nav small", "aria-label": "Shared passages" },
      h("a", { href: address({ view: "reuse", set: state.set }) }, "All shared passages"),
      near(-1) ? h("a", { href: to(near(-1)), rel: "prev" }, `← ${noun} ${near(-1).no}`) : null,
      h("span", { class: "dim" }, `${number(cluster.no)} of ${number(list.length)}`),
      near(1) ? h("a", { href: to(near(1)), rel: "next" }, `${noun} ${near(1).no} →`) : null),
    h("h1", null, cluster.candidate ? `Candidate ${cluster.no} for a parallel translation` : `Passage ${cluster.no}`),
    h("p", { class: "reuse-lead" },
      `${reusePlaces(cluster)}, ${reuseWhere(cluster)} · ${plural(cluster.size, "character")} in the ` +
        `${cluster.candidate || !cluster.known ? "first" : "canonical member"}. `,
      cluster.candidate
        ? "A rule proposed it by shared rare words, for a person to judge: whether the two render one sentence of a third text is not said."
        : REUSE_SILENT),
    chooser, side);
  const draw = async (now) => {
    const copy = copies.find((each) => each.id === now.member) || copies[0];
    reuseChooser(chooser, cluster, copy, now);
    const parts = await Promise.all(
      [cluster.head, copy].map((each) => (each ? part(`item-${each.item}`) : null)));
    if (signal?.aborted) return false;
    const pieces = copy && !cluster.candidate && cluster.known ? reusePieces(cluster, copy) : null;
    reuseSideBySide(side, cluster, copy, parts, pieces);
    return true;
  };
  await draw(state);
  addEventListener("resize", () => reuseNow.level?.(), { signal });
  reuseNow.choose = async (now) => {
    await draw(now);
    const copy = copies.find((each) => each.id === now.member) || copies[0];
    if (copy) announce(`${noun} ${cluster.no}, ${copy.match} copy in ${copy.item}`);
    chooser.querySelector('[aria-current="true"]')?.focus({ preventScroll: true });
    return true;
  };
  reuseNow.step = (what, by) => {
    if (what === "cluster" && near(by)) location.hash = to(near(by));
    if (what === "difference") reuseNextDifference(side, by);
    if (what !== "member" || copies.length < 2) return;
    const at = copies.findIndex((each) => each.id === (parseAddress(location.hash).member || copies[0].id));
    go({ member: copies[(Math.max(at, 0) + by + copies.length) % copies.length].id }, { replace: true });
  };
}

function reuseChooser(holder, cluster, copy, state) {
  const scrolled = holder.querySelector("ol")?.scrollTop || 0;
  const row = (member) => {
    const head = member === cluster.head;
    const here = member === copy;
    const name = head ? (cluster.candidate || !cluster.known ? "first" : "canonical") : cluster.candidate ? "second" : `${member.match} copy`;
    const says = [
      h("span", { class: `reuse-role ${head ? "is-canonical" : `is-copy is-${member.match}`}` }, name), " ",
      h("span", { class: "reuse-item" }, h("b", null, member.item), " ", h("bdi", null, reuseItemTitle(member.item))), " ",
      h("span", { class: "reuse-about dim" }, reuseZone(member.zone)), " ",
      head ? null : h("span", { class: "reuse-about dim" }, reuseSimilarity(cluster, member.similarity)),
    ];
    return h("li", { class: here ? "here" : null },
      head
        ? h("span", { class: "reuse-choice" }, says)
        : h("a", {
            class: "reuse-choice", "aria-current": here ? "true" : null,
            href: address({ view: "reuse", set: state.set, cluster: cluster.id, member: member.id }),
          }, says));
  };
  const list = h("ol", { class: "reuse-choices" });
  const chosen = cluster.members.indexOf(copy);
  const more = reuseMore(list, cluster.members, row, Math.max(REUSE_PAGE, chosen + 1));
  holder.replaceChildren(
    h("h2", { class: "reuse-h" }, "Its places"), list, more,
    cluster.candidate
      ? ""
      : h("details", { class: "small reuse-why" },
          h("summary", null, "Which one is canonical, and why"),
          h("p", null, cluster.known ? REUSE_CANONICAL : "Its canonical member is not on this page; the first place is shown instead, without alignment.")));
  list.scrollTop = scrolled;
  const current = list.querySelector('[aria-current="true"]');
  if (current && list.scrollHeight > list.clientHeight) {
    const top = current.offsetTop - list.offsetTop;
    if (top < list.scrollTop || top > list.scrollTop + list.clientHeight - 40) list.scrollTop = top - 40;
  }
}

function reuseSideBySide(holder, cluster, copy, [headItem, copyItem], pieces) {
  const differ = pieces ? pieces.filter((each) => each.kind !== "equal") : [];
  const headName = cluster.candidate || !cluster.known ? "First" : "Canonical";
  const blanks = new Set(differ.filter((each) => reuseBlank(each, headItem, copyItem)));
  const left = reusePanel(headName, cluster.head, headItem, pieces, "head", blanks);
  if (!copy) {
    holder.replaceChildren(left.root, h("p", { class: "dim" }, "No other place of this passage is on this page."));
    return;
  }
  const copyName = cluster.candidate ? "Second" : cluster.known ? "Copy" : "Other place";
  const right = reusePanel(copyName, copy, copyItem, pieces, "copy", blanks);
  holder.replaceChildren(
    reuseSummary(cluster, copy, differ, headItem, copyItem),
    h("div", { class: "reuse-sides reuse-texts" }, left.root, right.root),
    differ.length ? reuseDifferences(differ, headItem, copyItem) : "");
  if (pieces) reuseTogether(holder, left, right);
  reuseNow.level = () => reuseLevel(left, right);
  reuseNow.level();
}

/** Lets both passages begin at one height, whatever stands before them. */
function reuseLevel(left, right) {
  const sides = [left, right].map((each) => each.scroller.firstElementChild);
  const tops = sides.map((each) => {
    each.style.setProperty("padding-top", "0");
    return each.querySelector(".reuse-passage").getClientRects()[0]?.top ?? 0;
  });
  const beside = Math.abs(left.scroller.getBoundingClientRect().top - right.scroller.getBoundingClientRect().top) < 4;
  if (!beside) {
    // Below each other there is little room: what stands before is above the edge.
    for (const each of [left.scroller, right.scroller]) {
      const passage = each.querySelector(".reuse-passage").getClientRects()[0];
      if (passage) each.scrollTop += passage.top - each.getBoundingClientRect().top - 40;
    }
    return;
  }
  const low = Math.max(...tops);
  sides.forEach((each, index) => each.style.setProperty("padding-top", `${low - tops[index]}px`));
}

/** Whether two sides differ in white space and unseen characters alone. */
function reuseBlank(piece, headItem, copyItem) {
  const sides = reuseSlice(headItem, ...piece.head) + reuseSlice(copyItem, ...piece.copy);
  return !/[^\s\p{Cc}\p{Cf}]/u.test(sides);
}

function reuseSummary(cluster, copy, differ, headItem, copyItem) {
  if (cluster.candidate) return h("p", { class: "small" }, "Shown without alignment: the words need not correspond.");
  if (!cluster.known) return h("p", { class: "small" }, "Shown without alignment.");
  const match = Object.hasOwn(REUSE_MATCHES, copy.match) ? REUSE_MATCHES[copy.match] : copy.match;
  const blank = differ.filter((each) => reuseBlank(each, headItem, copyItem)).length;
  return h("div", { class: "reuse-summary small" },
    h("span", null, `${match} · similarity ${percent(copy.similarity)} · `,
      differ.length ? plural(differ.length, "difference") : "no difference",
      blank ? `, ${blank === differ.length ? (blank > 1 ? "all" : "") : `${number(blank)} of them`} in white space only` : ""),
    differ.length
      ? h("span", { class: "reuse-key" },
          h("span", { class: "reuse-changed" }, "worded otherwise"), h("span", { class: "reuse-alone" }, "only on this side"),
          h("span", null, h("span", { class: "reuse-gap", "aria-hidden": "true" }), " nothing here"))
      : null,
    differ.length
      ? h("button", { type: "button", on: { click: () => reuseStep("difference", 1) } }, "Next difference ", h("kbd", null, "d"))
      : null);
}

function reusePanel(name, member, item, pieces, side, blanks = new Set()) {
  const text = h("p", { class: "reuse-text", dir: "auto", lang: item.language || null });
  const context = (string, cut) =>
    h("span", { class: `reuse-context${cut ? ` ${cut}` : ""}` }, reuseText(string));
  const [low, high] = [Math.max(item.start, member.start - REUSE_CONTEXT), Math.min(item.end, member.end + REUSE_CONTEXT)];
  let before = reuseSlice(item, low, member.start);
  let after = reuseSlice(item, member.end, high);
  // What is cut is cut between words, where there are any.
  if (low > item.start) before = before.replace(/^\S{1,30}\s+/u, "");
  if (high < item.end) after = after.replace(/\s+\S{1,30}$/u, "");
  text.append(context(before, low > item.start && "cut-before"));
  const block = h("span", { class: "reuse-passage" });
  if (pieces) reuseDraw(block, item, pieces, side, blanks);
  else block.append(...reuseText(reuseSlice(item, member.start, member.end)));
  text.append(block, context(after, high < item.end && "cut-after"));
  const scroller = h("div", {
    class: "reuse-scroller", tabindex: 0, role: "region", "aria-label": `${name}: ${member.item}`,
  }, text);
  const root = h("section", { class: `reuse-panel is-${side}` },
    h("header", null,
      h("h2", { class: "reuse-h" }, name, ": ", member.item, " ", h("bdi", { class: "reuse-title" }, reuseItemTitle(member.item))),
      h("p", { class: "small reuse-origin" }, reuseOrigin(member.item).flatMap((each, index) => (index ? [" · ", each] : [each]))),
      h("p", { class: "small reuse-origin" },
        h("span", { class: "reuse-zone" }, reuseZone(member.zone)), " · ",
        `characters ${number(member.start)}–${number(member.end)} of document `, h("bdi", null, member.doc), " · ",
        h("a", { href: reusePlace(member.item, member.start, member.end) }, "Go to this place in the item"))),
    scroller);
  return { root, scroller, side };
}

/** Draws the pieces of one side; where it has nothing, a sign that holds no text. */
function reuseDraw(block, item, pieces, side, blanks) {
  let difference = 0;
  pieces.forEach((piece, index) => {
    const [start, end] = piece[side];
    const text = reuseSlice(item, start, end);
    if (piece.kind === "equal") {
      block.append(h("span", { class: "reuse-equal", "data-piece": index }, reuseText(text)));
      return;
    }
    difference += 1;
    const kind = piece.kind === "changed" ? "reuse-changed" : piece.kind === side ? "reuse-alone" : "reuse-gap";
    const says = { "reuse-changed": "worded otherwise", "reuse-alone": "only on this side", "reuse-gap": "nothing on this side" }[kind];
    block.append(h("span", {
      class: `reuse-differs ${kind}${blanks.has(piece) ? " is-blank" : ""}`, "data-piece": index, "data-no": difference, tabindex: 0, role: "button",
      "aria-label": `Difference ${difference}, ${says}${text ? `: ${reuseSpoken(text)}` : ""}`,
    }, reuseText(text, { differs: true })));
  });
}

/** A difference as a screen reader should hear it: unseen characters by name. */
function reuseSpoken(text) {
  const name = { " ": "space", "\n": "line break", "\r": "carriage return" };
  if (/[^\s\p{Cc}\p{Cf}]/u.test(text)) return text;
  return Array.from(text, (letter) => name[letter] || reuseUnseen(letter, true) || letter).join(", ");
}

/** Lights a piece on both sides, scrolls both sides as one. */
function reuseTogether(holder, left, right) {
  const sides = [left, right];
  const of = (index) => holder.querySelectorAll(`.reuse-texts [data-piece="${index}"]`);
  let lit = null;
  const light = (index) => {
    if (index === lit) return;
    for (const each of holder.querySelectorAll(".lit")) each.classList.remove("lit");
    lit = index;
    if (index !== null) for (const each of of(index)) each.classList.add("lit");
  };
  const piece = (event) => event.target.closest?.(".reuse-texts [data-piece]")?.dataset.piece ?? null;
  const texts = holder.querySelector(".reuse-texts");
  texts.addEventListener("pointerover", (event) => light(piece(event)));
  texts.addEventListener("pointerleave", () => light(null));
  texts.addEventListener("focusin", (event) => light(piece(event)));
  const follow = (event) => {
    const index = piece(event);
    if (index === null) return;
    light(index);
    for (const each of sides) reuseBring(each, index);
  };
  texts.addEventListener("click", follow);
  texts.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (!event.target.closest("[data-piece]")) return;
    event.preventDefault();
    follow(event);
  });
  // Either side moves the other: the one that was moved by hand leads.
  let leads = null;
  let timer = 0;
  for (const [one, other] of [[left, right], [right, left]]) {
    one.scroller.addEventListener("scroll", () => {
      if (leads && leads !== one) return;
      leads = one;
      clearTimeout(timer);
      timer = setTimeout(() => (leads = null), 150);
      reuseAlign(one, other);
    }, { passive: true });
  }
}

/** Scrolls a side so that what stands at the top of the other stands at its top too. */
function reuseAlign(from, to) {
  const top = from.scroller.getBoundingClientRect().top;
  const pieces = from.pieces || (from.pieces = [...from.scroller.querySelectorAll("[data-piece]")]);
  const others = to.pieces || (to.pieces = [...to.scroller.querySelectorAll("[data-piece]")]);
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle].getBoundingClientRect().bottom <= top) low = middle + 1;
    else high = middle;
  }
  const one = pieces[low]?.getBoundingClientRect();
  const other = others[low]?.getBoundingClientRect();
  if (!one || !other) return;
  const share = one.height ? Math.min(Math.max((top - one.top) / one.height, 0), 1) : 0;
  const before = Math.min(top - one.top, 0); // the context above the first piece
  const there = other.top - to.scroller.getBoundingClientRect().top;
  to.scroller.scrollTop += there + share * other.height + before;
}

function reuseBring(side, index) {
  const target = side.scroller.querySelector(`[data-piece="${index}"]`);
  if (!target) return;
  const box = side.scroller.getBoundingClientRect();
  const place = target.getBoundingClientRect();
  if (place.top >= box.top && place.bottom <= box.bottom) return;
  side.scroller.scrollTop += place.top - box.top - box.height / 3;
}

function reuseNextDifference(holder, by) {
  let all = [...holder.querySelectorAll(".reuse-panel.is-copy .reuse-differs")];
  const worded = all.filter((each) => !each.classList.contains("is-blank"));
  if (worded.length) all = worded; // white space is in the list, and lights up
  if (!all.length) return;
  const focus = document.activeElement?.closest?.(".reuse-differs")?.dataset.piece;
  const at = all.findIndex((each) => each.dataset.piece === focus);
  const next = all[(at + by + all.length) % all.length];
  next.focus({ preventScroll: true });
  next.click();
  next.closest(".reuse-panel").scrollIntoView({ block: "nearest" });
}

function reuseDifferences(differ, headItem, copyItem) {
  const cell = (item, [start, end]) => {
    const text = reuseSlice(item, start, end);
    return h("td", { dir: "auto", lang: item.language || null, class: "reuse-cell" },
      text ? reuseText(text, { differs: true }) : h("span", { class: "dim" }, "nothing"));
  };
  const body = h("tbody");
  const more = reuseMore(body, differ.map((each, index) => [each, index + 1]), ([piece, no]) =>
    h("tr", null,
      h("th", { scope: "row", class: "n" },
        h("button", { type: "button", class: "reuse-to", "aria-label": `Go to difference ${no}`, on: { click: () => reuseGoTo(no) } }, number(no))),
      cell(headItem, piece.head), cell(copyItem, piece.copy)));
  return h("details", { class: "reuse-differences" },
    h("summary", null, `${plural(differ.length, "difference")} as a list`),
    reuseScroll("Differences", h("table", null,
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "No."), h("th", { scope: "col" }, "Canonical"), h("th", { scope: "col" }, "Copy"))),
      body)),
    more);
}

function reuseGoTo(no) {
  const target = reuseNow.root?.querySelector(`.reuse-panel.is-copy .reuse-differs[data-no="${no}"]`);
  if (!target) return;
  target.focus({ preventScroll: true });
  target.click();
  target.closest(".reuse-panel").scrollIntoView({ block: "nearest" });
}
