// Passages that texts share: a map, a table, and two places side by side.
//
// A run of a copy is [start, end, canonical start, canonical end], code points in the documents of
// the two: identical text. What stands between two runs differs.

const REUSE_ROWS = 30; // items on the map
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
      data.set ? ["This is the set ", h("bdi", null, data.set)] : null,
      set?.producer ? [`, made by the ${words(set.producer.kind)} `, h("bdi", null, set.producer.name), ". "] : data.set ? ". " : null,
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
        h("option", { value: each.id, selected: state.of === each.id }, `${each.id} ${titleOf(each.id)}`))),
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
  const more = moreButton(body, order, reuseTableRow);
  const head = REUSE_COLUMNS.map(([name, says, , counts]) => {
    const here = name === column[0];
    const next = here ? (down ? name : `-${name}`) : counts ? `-${name}` : name;
    return h("th", { scope: "col", class: counts ? "n" : null, "aria-sort": here ? (down ? "descending" : "ascending") : null },
      h("button", { type: "button", class: "reuse-sort", "data-by": name, on: { click: () => go({ sort: next }, { replace: true }) } },
        says, h("span", { "aria-hidden": "true" }, here ? (down ? " ▾" : " ▴") : "")));
  });
  holder.replaceChildren(
    scrolling("reuse-scroll", "All passages", h("table", null, h("thead", null, h("tr", null, head)), body)),
    more);
  if (held) holder.querySelector(`[data-by="${held}"]`)?.focus();
}

function reuseTableRow(cluster) {
  const opening = reuseOpening(h("bdi", null, "…"), cluster.head);
  const items = [...cluster.items];
  return h("tr", null,
    h("th", { scope: "row" },
      h("a", { href: address({ view: "reuse", cluster: cluster.id }) }, `${cluster.no} `, opening),
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
  const more = moreButton(list, data.parallels, reusePair, 10);
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
      text.replaceChildren(textNamed(surfaceOf(item, member.start, member.end)));
    }, (fault) => text.replaceChildren(fault.message));
    return h("div", null,
      h("p", { class: "small" },
        h("a", { href: reusePlace(member.item, member.start, member.end) }, member.item), " ",
        h("bdi", { class: "dim" }, titleOf(member.item))),
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
