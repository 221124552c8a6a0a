// Where what is shown comes from, and on what terms.

views.about = { title: "About", show: aboutShow };

function aboutShow(root) {
  const { corpus, release } = HEAD;
  const example = HEAD.items[0] && address({ view: "item", item: HEAD.items[0].id,
    set: HEAD.primary || null, at: "120-180" });
  root.append(h("div", { class: "prose" },
    h("h1", null, "About this page"),
    h("p", { dir: "auto" }, corpus.description),
    h("p", null, document.getElementById("meaning").textContent),
    h("h2", null, "Where it comes from"),
    aboutList([
      ["Corpus", h("bdi", null, corpus.title)],
      ["Name", corpus.name],
      ["Version", corpus.version],
      ["Release", release || "none: this page was made from the corpus folder, perhaps with "
        + "changes since its last release"],
      ["Holds", `${plural(HEAD.items.length, "item")}, ${plural(aboutDocuments(), "document")}, `
        + plural(HEAD.sets.length, "set") + " of annotations"],
      ["Licence of the annotations", corpus.annotation_license],
      ["Licence of the texts", corpus.text_license],
      ["Contact", corpus.contact],
    ]),
    h("h2", null, "Who annotated"),
    h("p", null, whoAnnotated(HEAD.sets)),
    HEAD.sets.map(aboutSet),
    h("h2", null, "Citing"),
    h("p", null, "Name the corpus and the version, so that others find what you saw:"),
    h("p", { class: "quoted", dir: "auto" },
      `${corpus.title}, version ${corpus.version}${release ? ` (release ${release})` : ""}.`),
    h("h2", null, "Linking"),
    h("p", null, "The address of this page always says what is shown. To link to a span, choose ",
      "it and copy the address. Any stretch of a text has an address too: ", h("code", null, "at"),
      " with two code points of its document, the second one past its end."),
    example ? h("p", null, h("a", { href: example }, h("code", null, example))) : null,
    h("h2", null, "Network"),
    h("p", null, HEAD.parts === "beside"
      ? "This page uses no network but for the files in “parts”, which stand beside it. "
      : "This page uses no network: all that it shows stands in this one file. ",
    "Its policy forbids anything else. Addresses of evidence are opened only when you follow ",
    "them. Your theme and a few choices are kept by your browser and sent nowhere."),
    h("h2", null, "Keyboard"),
    h("p", null, h("kbd", null, "?"), " lists the keys of the view that is open, ",
      h("kbd", null, "/"), " goes to search. All controls are reached with ",
      h("kbd", null, "Tab"), "."),
    aboutWithdrawn(),
  ));
}

function aboutDocuments() {
  return new Set(HEAD.items.map((item) => item.doc)).size;
}

function aboutList(pairs) {
  return h("dl", { class: "shell-facts" }, pairs.filter(([, value]) => value).map(([says, value]) =>
    h("div", null, h("dt", null, says), h("dd", { dir: "auto" }, value))));
}

function aboutSet(set) {
  const { kind, name, version } = set.producer;
  return h("section", { class: "about-set", "aria-label": set.id },
    h("h3", null, h("bdi", null, set.id),
      set.id === HEAD.primary ? h("span", { class: "dim" }, " shown first") : null),
    aboutList([
      ["Made by", [`${words(kind)}: `, h("bdi", null, name), version ? [", version ", h("bdi", null, version)] : null]],
      ["Annotated by", set.by.map((by, n) => [n ? "; " : null, h("bdi", null, by)])],
      ["Made on", set.created],
      ["Guidelines", set.guidelines_version && `version ${set.guidelines_version}`],
      ["Layers", set.layers.map(layerTitle).join(", ")],
      ["Holds", `${plural(set.spans, "span")}, ${plural(set.records, "record")} in all`],
      ["Verified by a person",
        set.verified ? `${number(set.verified)} of ${plural(set.records, "record")}` : "none"],
      ["Note", set.description],
    ]));
}

function aboutWithdrawn() {
  if (!(HEAD.withdrawn || []).length) return null;
  return [
    h("h2", null, "Withdrawn items"),
    h("p", null, "These were taken out; their ids are not used again."),
    h("ul", null, HEAD.withdrawn.map(({ item, date, reason }) =>
      h("li", { dir: "auto" }, h("code", null, item), `, ${date}: `, h("bdi", null, reason)))),
  ];
}
