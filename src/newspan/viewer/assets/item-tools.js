// Above and beside the text: which item, which set, what colours and lines mean.

function itemHead(ctx) {
  const { item } = ctx;
  const [before, after] = itemNeighbours(item.id);
  const known = itemOf(item.id);
  const outlets = (known?.outlets || []).slice(0, 1).map(outletName);
  const origins = (known?.origins || []).filter((id) => id !== known.outlets[0]).map(outletName);
  const facts = [
    outlets.length ? h("bdi", null, outlets[0]) : null,
    origins.length ? h("span", null, "from ", origins.map((name, n) => [n ? " and " : null, h("bdi", null, name)]), ", as far as known") : null,
    outlets.length && !known.origins?.length ? "origin unknown" : null,
    item.published?.value ? dateWords(item.published.value) : "date unknown",
    item.language ? languageName(item.language) : null,
    plural(item.end - item.start, "character"),
    h("span", null, `item ${item.id}`),
  ].filter(Boolean);
  return h("header", { class: "item-head" },
    h("nav", { class: "item-turn", "aria-label": "Items" },
      before ? h("a", { href: address({ view: "item", item: before.id, set: ctx.state.set }), rel: "prev" }, "← ", h("span", { class: "unseen" }, "Previous item: "), h("span", null, before.id)) : null,
      after ? h("a", { href: address({ view: "item", item: after.id, set: ctx.state.set }), rel: "next" }, h("span", { class: "unseen" }, "Next item: "), h("span", null, after.id), " →") : null),
    h("h1", { dir: "auto", lang: item.language }, item.title?.value || itemTitle(known || { id: item.id })),
    h("p", { class: "item-facts dim" }, facts.map((each, index) => [index ? " · " : null, each])));
}

function itemNeighbours(id) {
  const items = HEAD.items || [];
  const at = items.findIndex((each) => each.id === id);
  return [items[at - 1], items[at + 1]];
}

function itemTools(ctx) {
  const tools = h("div", { class: "item-tools" });
  const options = (HEAD.sets || []).map((each) =>
    h("option", { value: each.id, selected: each === ctx.set }, itemSetName(ctx, each)));
  const select = h("select", { id: "item-set", on: { change: () => go({ set: select.value, span: null }) } }, options);
  const switches = [
    itemSwitch(ctx, "names", "Label names", "A short name of its label at the beginning of every line", () => ctx.drawn.tags(ctx.named), "named"),
    itemSwitch(ctx, "unseen", "Unseen characters", "Shows no-break and zero-width spaces, tabs and the like by name", () => {
      itemDraw(ctx);
      itemReflect(ctx);
    }, "unseen"),
  ];
  tools.append(
    h("div", { class: "item-choices" },
      h("label", { for: "item-set" }, h("span", { class: "small dim" }, "Annotations "), select),
      switches),
    h("p", { class: "item-set-says small dim" }, itemSetSays(ctx)));
  return tools;
}

function itemSwitch(ctx, name, says, title, run, field) {
  const button = h("button", { type: "button", title, "aria-pressed": String(ctx[field]) }, says);
  const turn = () => {
    ctx[field] = !ctx[field];
    remember(`item.${name}`, ctx[field]);
    button.setAttribute("aria-pressed", String(ctx[field]));
    const back = itemAnchor(ctx);
    run();
    back(ctx);
    itemArcs(ctx);
    announce(`${says} ${ctx[field] ? "on" : "off"}`);
  };
  button.addEventListener("click", turn);
  ctx.switches[name] = turn;
  return button;
}

function itemSetName(ctx, set) {
  const n = (ownOf(ctx.item.sets, set.id)?.spans || []).length;
  return `${set.id} · ${plural(n, "span")}`;
}

/** What rules find is not said to be annotated by somebody. */
function itemMadeSays(set) {
  return (set.by || []).length && set.by.every((each) => each.startsWith("rule ")) ? "Computed" : "Annotated";
}

/** Whose set it is, and what of this item it looked at. */
function itemSetSays(ctx) {
  const { set, said } = ctx;
  if (!set) return "This page holds no annotation set.";
  if (ctx.state.set && ctx.state.set !== set.id) {
    return h("span", { role: "alert" }, "This page has no set ", h("code", null, ctx.state.set), `; ${set.id} is shown.`);
  }
  const verified = ctx.spans.filter((each) => each.human_verified).length;
  const says = [
    h("strong", null, `${itemMadeSays(set)} by `, annotators(set),
      !said ? "." : verified ? `; ${plural(verified, "span")} here verified by a person.` : "; no person has verified any span here."),
    ` Made on ${set.created}. `,
  ];
  const covered = said?.covered || {};
  const kinds = [...new Set((ctx.item.zones || []).map((each) => each.kind))];
  const missed = new Map();
  for (const [layer, zones] of Object.entries(covered)) {
    const out = kinds.filter((kind) => !zones.includes(kind));
    if (out.length) missed.set(out.join(", "), [...(missed.get(out.join(", ")) || []), layer]);
  }
  if (!said) says.push("This set did not look at this item. ");
  for (const [zones, layers] of missed) {
    says.push(`Not looked at${layers.length < Object.keys(covered).length ? ` for ${layers.map(layerTitle).join(", ").toLowerCase()}` : ""}: ${zones}. `);
  }
  says.push("Labels describe wording, never truth and never a side. ", h("a", { href: address({ view: "items" }) }, "Before you read"));
  return says;
}

// ---- what colours and lines mean

function itemLegend(ctx) {
  const layers = LAYERS.filter((layer) => (ctx.set?.layers || []).includes(layer) || ctx.said?.covered?.[layer]);
  const wide = matchMedia("(min-width: 60.01rem)").matches;
  const kept = wide ? "item.legend" : "item.legend.narrow";
  const legend = h("details", { class: "legend", open: remembered(kept, wide) },
    h("summary", null, "Legend: choose what is shown"),
    layers.length ? layers.map((layer) => itemLegendRow(ctx, layer)) : h("p", { class: "dim" }, "No annotation."),
    ctx.voiced ? itemVoices(ctx) : null,
    ctx.attributions.some((each) => each.governs)
      ? h("p", { class: "small dim legend-scope" }, "A bar beside the text: an open scope, all of which is ascribed to one source.")
      : null);
  legend.addEventListener("toggle", () => remember(kept, legend.open));
  return legend;
}

function itemLegendRow(ctx, layer) {
  const spans = ctx.spans.filter((each) => each.layer === layer);
  const looked = ctx.said?.covered?.[layer] || spans.length;
  if (!looked) {
    return h("div", { class: "legend-row" },
      h("p", { class: "legend-layer" }, layerTitle(layer)),
      h("p", { class: "dim small" }, "not looked at in this item"));
  }
  const counts = new Map();
  for (const span of spans) counts.set(span.label, (counts.get(span.label) || 0) + 1);
  const order = (HEAD.labels || []).filter((each) => each.layer === layer).map((each) => each.id);
  const labels = [...counts.keys()].sort((one, two) => order.indexOf(one) - order.indexOf(two));
  const chips = labels.map((label) => {
    const example = { layer, label, voice: "author" };
    return itemChip(ctx, `${layer}:${label}`, labelTitle(layer, label), counts.get(label), {
      colour: itemColour(example), line: itemLine(example),
      title: labelOf(layer, label)?.definition,
    });
  });
  const all = itemChip(ctx, layer, layerTitle(layer), spans.length, { layer: true, title: `All of ${layerTitle(layer).toLowerCase()}` });
  return h("div", { class: "legend-row", "data-layer": layer },
    all, h("div", { class: "legend-labels" }, spans.length ? chips : h("span", { class: "dim small" }, "looked for, none found")));
}

function itemChip(ctx, key, says, count, { colour, line, layer, title }) {
  const chip = h("button", {
    type: "button", class: layer ? "chip chip-layer" : "chip", "aria-pressed": String(!ctx.off.has(key)), title,
  },
  h("bdi", { class: "chip-says" }, says), " ", h("span", { class: "chip-count" }, number(count)),
  colour ? itemSample(colour, line) : null);
  chip.addEventListener("click", () => {
    if (ctx.off.has(key)) ctx.off.delete(key);
    else ctx.off.add(key);
    remember("item.off", [...ctx.off]);
    chip.setAttribute("aria-pressed", String(!ctx.off.has(key)));
    const back = itemAnchor(ctx);
    itemFilter(ctx);
    back(ctx);
    itemArcs(ctx);
    announce(`${oneLine(says)} ${ctx.off.has(key) ? "hidden" : "shown"}`);
  });
  return chip;
}

/** A short piece of a line as it stands below the text. */
function itemSample(colour, line) {
  return h("span", { class: `sample line-${line}`, "aria-hidden": "true", style: { "--c": `var(--${colour})` } });
}

function itemVoices(ctx) {
  const there = Object.keys(ITEM_VOICES).filter((voice) => ctx.spans.some((each) => each.voice === voice));
  return h("div", { class: "legend-row legend-voices" },
    h("p", { class: "legend-layer" }, "Whose voice"),
    h("div", { class: "legend-labels" }, there.map((voice) =>
      h("span", { class: "voice", title: labelOf("loaded_language", voice, "voice")?.definition },
        ITEM_VOICES[voice],
        itemSample("ink", ITEM_VOICE_LINES[voice]))),
    ctx.spans.some(itemVoiceless)
      ? h("span", { class: "voice" }, "unknown: nobody looked for attributions there", itemSample("ink", "dotted"))
      : null));
}
