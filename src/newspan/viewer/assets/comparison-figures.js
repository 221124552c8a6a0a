// Agreement: headlines for each layer, and all figures with their signatures.

function comparisonAgreement(data) {
  const report = data.report;
  const root = h("section", { class: "comparison-agreement" }, h("h2", null, `How far they agree: ${report.title}`));
  if (report.reason) root.append(h("p", null, `There are no figures: ${report.reason}.`));
  const layers = report.layers.filter((each) => each.figures.length);
  if (layers.length) root.append(comparisonHeadlines(layers, report));
  for (const layer of report.layers) {
    if (layer.figures.length) root.append(comparisonAllFigures(layer, report));
    else root.append(h("p", { class: "small" }, `${layerTitle(layer.layer)}: no figures, since ${layer.reason}.`));
  }
  return root;
}

function comparisonHeadlines(layers, report) {
  const twice = layers.some((layer) => layer.figures.some((each) => each.copies === "without"));
  const bodies = layers.map((layer) => {
    const rows = COMPARISON_FIGURES.map(([measure, part, title]) => {
      const found = (copies) =>
        layer.figures.find((each) =>
          each.measure === measure && each.label === null && each.copies === copies &&
          each.signature.includes(part) && each.sets.length === report.sets.length);
      const figure = found("with");
      if (!figure) return null;
      return comparisonFigureRow([h("th", { scope: "row" }, title)], figure, found("without"), twice);
    });
    const head = `${layerTitle(layer.layer)}: ${plural(layer.items, "item")}, ${plural(layer.characters, "character")}`;
    return h("tbody", null,
      h("tr", null, h("th", { scope: "rowgroup", colspan: twice ? 5 : 4, class: "comparison-group" }, head)), rows);
  });
  return h("div", null,
    comparisonTable("Agreement by layer, with 95 % bootstrap intervals",
      comparisonFigureHead(["Measure"], twice), bodies, { class: "comparison-figures" }),
    h("dl", { class: "comparison-terms small" },
      COMPARISON_FIGURES.map(([, , title, says]) => [h("dt", null, title), h("dd", null, says)]),
      twice ? [h("dt", null, "without copies"), h("dd", null, "the text that is copied from elsewhere is cut out: it is the same judgement again")] : null));
}

function comparisonFigureHead(first, twice) {
  return [...first, comparisonNumberHead("n"), "All text", ...(twice ? ["Without copies"] : []), "Signature"];
}

function comparisonFigureRow(first, figure, other, twice) {
  return h("tr", null, first,
    h("td", { class: "n" }, figure.counts.map(number).join(" + ")),
    h("td", { class: "comparison-value" }, comparisonFigure(figure)),
    twice ? h("td", { class: "comparison-value" }, other ? comparisonFigure(other) : "–") : null,
    h("td", null, comparisonSignatures([figure, other].filter(Boolean))));
}

function comparisonFigure(figure) {
  if (figure.value === null) return h("span", { class: "dim" }, `none: ${figure.reason}`);
  const shown = figure.value.toFixed(3);
  if (figure.low === null || figure.low === undefined) return shown;
  return [shown, " ", h("span", { class: "dim" }, `[${figure.low.toFixed(3)}, ${figure.high.toFixed(3)}]`)];
}

function comparisonSignatures(figures) {
  return h("details", { class: "comparison-signature" },
    h("summary", null, figures.length > 1 ? "signatures" : "signature"),
    figures.map((each) => [
      h("code", null, each.signature),
      copyButton("Copy", () => each.signature),
    ]));
}

/** All figures of a layer; the table is made when it is opened. */
function comparisonAllFigures(layer, report) {
  const rowsOf = () => {
    const without = new Map(
      layer.figures.filter((each) => each.copies === "without").map((each) => [comparisonFigureKey(each), each]));
    return layer.figures
      .filter((each) => each.copies === "with")
      .map((each) => {
        const pair = each.sets.length === report.sets.length ? "" : ` ${each.sets.join(" and ")}`;
        const first = [
          h("th", { scope: "row" }, comparisonFigureName(each), pair),
          h("td", { dir: "auto" }, each.label === null ? "all" : labelTitle(layer.layer, each.label)),
        ];
        return comparisonFigureRow(first, each, without.get(comparisonFigureKey(each)), without.size > 0);
      });
  };
  const twice = layer.figures.some((each) => each.copies === "without");
  const title = layerTitle(layer.layer);
  const details = h("details", { class: "comparison-more" },
    h("summary", null, `All figures: ${title} (${number(layer.figures.filter((each) => each.copies === "with").length)})`));
  details.addEventListener("toggle", () => {
    if (details.childElementCount > 1) return;
    details.append(
      comparisonTable(`All figures of the layer ${title}`,
        comparisonFigureHead(["Measure", "Label"], twice), h("tbody", null, rowsOf()), { class: "comparison-figures" }));
  });
  return details;
}

function comparisonFigureParts(figure) {
  return new Map(figure.signature.split("|").slice(1).map((each) => each.split(/:(.*)/s)));
}

/** What a figure has in common with its counterpart without copies. */
function comparisonFigureKey(figure) {
  const parts = comparisonFigureParts(figure);
  const own = ["attribute", "of", "unit", "unaligned", "labels", "match", "mean"].map((each) => parts.get(each));
  return JSON.stringify([figure.measure, figure.label, figure.sets, own]);
}

function comparisonFigureName(figure) {
  const parts = comparisonFigureParts(figure);
  const told = ["attribute", "of", "unit", "unaligned"]
    .map((each) => parts.get(each))
    .filter((each) => each && each !== "counted")
    .map(words);
  if (parts.get("labels") === "any") told.push("any label");
  return [words(figure.measure), ...told].join(", ");
}
