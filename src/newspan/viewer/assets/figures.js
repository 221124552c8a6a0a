// The figures: each a picture to save, what it counts, and the table behind it.

// So many rows of a table are added at a time.
const FIGURES_ROWS = 250;

views.figures = {
  title: "Figures",
  async show(root, state, { signal }) {
    root.append(h("h1", null, "Figures"));
    const found = await part("figures");
    if (signal.aborted) return;
    root.append(
      h("p", { class: "figures-lead" },
        "Each picture shows what is in the table below it, and nothing else. Both can be saved: " +
        "the picture stands alone, the table is complete."),
      h("nav", { class: "figures-contents", "aria-label": "Figures" },
        h("ul", null, found.map((figure) =>
          h("li", null, h("a", { href: figuresAddress(figure.id) }, figure.title))))),
      ...found.map(figuresOne),
    );
    figuresReachable(root, signal);
    // When the frame has moved to the top.
    if (state.figure) setTimeout(() => signal.aborted || figuresReveal(state.figure), 0);
  },
  change(state) {
    if (state.figure) figuresReveal(state.figure);
    else scrollTo(0, 0);
  },
};

function figuresAddress(id) {
  return address({ view: "figures", figure: id });
}

function figuresReveal(id) {
  const heading = document.getElementById(`figure-${id}`)?.querySelector("h2");
  if (!heading) {
    announce(`There is no figure “${id}”.`);
    return;
  }
  heading.scrollIntoView({ block: "start" });
  heading.focus({ preventScroll: true });
}

function figuresOne(figure) {
  const name = figuresFile(figure.id);
  return h("figure", { class: "figure", id: `figure-${figure.id}`, "aria-labelledby": `figure-${figure.id}-h` },
    h("h2", { id: `figure-${figure.id}-h`, tabindex: "-1" }, figure.title,
      h("a", { class: "figure-link", href: figuresAddress(figure.id), "aria-label": `Link to ${figure.title}` }, "#")),
    h("div", { class: "figure-picture", "data-says": `${figure.title}: the picture` }, figuresPicture(figure)),
    h("div", { class: "figure-says" },
      h("figcaption", { dir: "auto" }, figure.about),
      h("p", { class: "figure-tools" },
        h("button", { type: "button", on: { click: () => {
          download(`${name}.svg`, "image/svg+xml", figure.svg);
          announce(`Saved as ${name}.svg`);
        } } }, "Save picture (SVG)"),
        " ",
        h("button", { type: "button", on: { click: () => {
          download(`${name}.csv`, "text/csv;charset=utf-8", figuresCsv(figure.head, figure.rows));
          announce(`Saved as ${name}.csv`);
        } } }, "Save table (CSV)"))),
    figuresDetails(figure));
}

function figuresPicture(figure) {
  const made = new DOMParser().parseFromString(figure.svg, "image/svg+xml").documentElement;
  if (made.localName !== "svg") return h("p", { class: "fault" }, "This picture is damaged.");
  return document.importNode(made, true);
}

/** The file of a figure, without its ending. */
function figuresFile(id) {
  const corpus = HEAD.release || `${HEAD.corpus.name}-${HEAD.corpus.version}`;
  return `${corpus}-${id}`.replace(/[^\p{L}\p{N}._-]+/gu, "-");
}

function figuresDetails(figure) {
  const rows = plural(figure.rows.length, "row");
  const details = h("details", { class: "figure-table" },
    h("summary", null, "Table: ", rows));
  if (!figure.rows.length) {
    details.append(h("p", { class: "dim" }, "There is nothing to count."));
    return details;
  }
  details.addEventListener("toggle", () => {
    if (details.open && !details.querySelector("table")) details.append(...figuresTable(figure));
  });
  return details;
}

function figuresTable(figure) {
  const numeric = figure.head.map((_, column) =>
    figure.rows.every((row) => row[column] === null || typeof row[column] === "number"));
  const body = h("tbody");
  const row = (cells) => h("tr", null, cells.map((cell, column) =>
    h("td", { class: numeric[column] ? "n" : null, dir: typeof cell === "string" ? "auto" : null },
      figuresCell(cell, figure.head[column]))));
  const more = moreButton(body, figure.rows, row, FIGURES_ROWS);
  const scroll = scrolling("figure-scroll", `${figure.title}: the table`,
    h("table", null,
      h("thead", null, h("tr", null, figure.head.map((name, column) =>
        h("th", { scope: "col", class: numeric[column] ? "n" : null }, name)))),
      body));
  const empty = figure.rows.some((row) => row.includes(null));
  return [
    empty ? h("p", { class: "dim small" }, "–: not looked at, or not known.") : null,
    scroll,
    more,
  ].filter(Boolean);
}

function figuresCell(cell, column) {
  if (cell === null) return "–";
  if (typeof cell === "number") return number(cell);
  if (column === "item" && itemOf(cell)) return h("a", { href: address({ view: "item", item: cell }) }, cell);
  return cell;
}

/** A table as CSV (RFC 4180): CR LF, quotes where needed, and a mark that tells Excel of UTF-8. */
function figuresCsv(head, rows) {
  const lines = [head, ...rows].map((row) => row.map(figuresField).join(","));
  return `\ufeff${lines.join("\r\n")}\r\n`;
}

function figuresField(cell) {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return String(cell);
  let text = String(cell);
  // A spreadsheet would run it as a formula.
  if (/^[=+\-@\t\r\n＝＋－＠]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text)) text = `'${text}`;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** Lets the keyboard reach pictures that are wider than their place, and only those. */
function figuresReachable(root, signal) {
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const wide = target.scrollWidth > target.clientWidth + 1;
      target.classList.toggle("is-wide", wide);
      for (const [name, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", target.dataset.says]]) {
        if (wide) target.setAttribute(name, value);
        else target.removeAttribute(name);
      }
    }
  });
  for (const picture of root.querySelectorAll(".figure-picture")) watch.observe(picture);
  signal.addEventListener("abort", () => watch.disconnect());
}
