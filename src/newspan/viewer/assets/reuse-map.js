// The map: a bar for each item, the passages on it, ribbons between their places.

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
    const title = reuseFitting(titleOf(row.id), (narrow ? width : left - 12) - reuseWide(`${row.id} `, true));
    const label = svg("a", { href: address({ view: "item", item: row.id }), class: "reuse-label", tabindex: -1 },
      svg("title", null, `${row.id} ${titleOf(row.id)}`),
      svg("text", { x: 0, y: narrow ? y + 15 : y + 19 },
        svg("tspan", { class: "reuse-id" }, row.id), ` ${title}`));
    label.setAttribute("aria-label", `Item ${row.id}, ${titleOf(row.id)}: ` +
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
  const drawn = []; // [width, path]
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
      const wide = Math.max(upper.end - upper.x, lower.end - lower.x);
      drawn.push([wide, svg("path", { class: `reuse-ribbon is-${member.match}`, d: shape, "data-cluster": cluster.id,
        style: { "--wide": reuseInk(wide) } })]);
    }
  }
  drawn.sort(([one], [two]) => two - one);
  group.append(...drawn.map(([, path]) => path));
}

/** How dark a ribbon is: less the wider it is, so that one long passage does not hide the others. */
function reuseInk(wide) {
  return Math.min(0.16, Math.max(0.018, 3 / Math.max(wide, 1))).toFixed(3);
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
      list, moreButton(list, others, (each) =>
        h("li", null, h("a", { href: address({ view: "reuse", of: each.id }) }, each.id), " ",
          h("bdi", null, titleOf(each.id)),
          h("span", { class: "dim" }, ` ${number(each.shared)} of ${plural(each.characters, "character")} shared`)))));
}

