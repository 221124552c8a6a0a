// Where an item comes from, and what its wording was assessed to show: every value with its
// confidence and its evidence. What is inferred looks inferred.

const PROVENANCE_ROLES = {
  original_publisher: ["Original publisher", "published it first, as far as known"],
  common_ancestor: ["Common ancestor", "another text of the corpus derives from it too"],
  quoted_source: ["Quoted source", "the text reports what it published"],
  translator: ["Translator", "between the origin and the scraped page"],
  intermediary: ["Intermediary", "between the origin and the scraped page"],
  republisher: ["Republisher", "between the origin and the scraped page"],
  scraped_publisher: ["Scraped page", "the page that this text was taken from"],
};

const PROVENANCE_CLASSES = {
  stated_in_text: "stated in the text",
  found_in_stored_page: "found in a stored page",
  inferred: "inferred",
  unknown: "unknown",
};

const PROVENANCE_POLARITIES = {
  hostile: "rejects the target as such",
  critical: "faults what it does",
  neutral: "mentions it without a side",
  favourable: "approves",
  mixed: "faults and approves, or shows it both as harmed and as at fault",
  not_addressed: "does not mention it",
};

const PROVENANCE_REPLIES = {
  none: "those accused are not heard",
  indirect: "their view is reported",
  direct: "their words are quoted",
};

// Where words with spaces for underscores would read badly.
const PROVENANCE_AFFILIATIONS = {
  self_described_ngo: "self-described NGO",
  semi_official_agency: "semi-official agency",
  state_funded_media: "state-funded media",
  military_affiliated_agency: "military-affiliated agency",
};

/** The panel beside an item's text; `onEvidence(start, end)` shows a place of the document. */
function provenancePanel(item, { onEvidence } = {}) {
  const context = { item, onEvidence };
  const outlets = [...new Set((item.chain || []).map((step) => step.outlet))];
  return h("div", { class: "provenance" },
    provenanceSection("chain", "Where the text comes from", true, provenanceChain(context)),
    provenanceSection("facts", "Title, authors, date", false, provenanceFacts(context)),
    provenanceSection("outlets", plural(outlets.length, "outlet").replace(/^1 outlet$/, "The outlet"), false,
      outlets.map((id) => provenanceOutlet(id))),
    item.partisanship ? provenanceStances(context) : null,
    item.partisanship ? provenanceVoices(context) : null,
    item.note
      ? provenanceSection("note", "Note on the item", true, h("p", { dir: "auto" }, item.note))
      : null);
}

function provenanceSection(key, title, open, ...children) {
  const shown = remembered(`provenance.${key}`, open);
  // What the reader folds stays so; what a script unfolds for paper does not.
  const keep = (event) => remember(`provenance.${key}`, !event.currentTarget.parentElement.open);
  return h("details", { class: `provenance-section provenance-${key}`, open: Boolean(shown) },
    h("summary", { on: { click: keep } }, title),
    h("div", { class: "provenance-body" }, children));
}

// ---- values and their evidence

/** How a value is held: "text", "page", "inferred", "mixed" (inferred in part) or "unknown". */
function provenanceHeld(evidence) {
  const classes = new Set((evidence || []).map((each) => each.class));
  if (classes.has("inferred")) return classes.size > 1 ? "mixed" : "inferred";
  if (classes.has("stated_in_text")) return "text";
  return classes.has("found_in_stored_page") ? "page" : "unknown";
}

function provenanceConfidence(confidence) {
  if (!confidence) return null;
  const level = { low: 1, medium: 2, high: 3 }[confidence] || 0;
  return h("span", { class: "provenance-confidence", "data-level": level },
    [1, 2, 3].map((each) => h("i", { class: each <= level ? "on" : null, "aria-hidden": "true" })),
    `${words(confidence)} confidence`);
}

/** A value, its confidence, how it is held, and the evidence to unfold. */
function provenanceAssertion(context, name, assertion, show = (value) => h("bdi", null, value)) {
  const held = assertion ? provenanceHeld(assertion.evidence) : "unknown";
  const known = assertion && assertion.value !== null && assertion.value !== undefined;
  const reason = !known && (assertion?.evidence || []).find((each) => each.reason)?.reason;
  return h("div", { class: `provenance-fact is-${known ? held : "unknown"}` },
    h("dt", null, name),
    h("dd", null,
      h("span", { class: "provenance-value" }, known ? show(assertion.value) : "unknown"),
      known ? provenanceConfidence(assertion.confidence) : null,
      known ? provenanceWhy(context, assertion.evidence) : null,
      reason ? h("p", { class: "provenance-reason", dir: "auto" }, reason) : null,
      assertion?.note ? h("p", { class: "provenance-note", dir: "auto" }, assertion.note) : null));
}

/** Evidence, folded under a line that names its classes. */
function provenanceWhy(context, evidence) {
  const list = evidence || [];
  if (!list.length) return null;
  const classes = [...new Set(list.map((each) => each.class))];
  const says = (classes.length > 1 && classes.includes("inferred") ? "partly inferred: " : "") + classes.map((each) => PROVENANCE_CLASSES[each] || words(each)).join(", ");
  return h("details", { class: "provenance-why" },
    h("summary", null, says),
    provenanceEvidence(context, list));
}

function provenanceEvidence(context, list) {
  return h("ul", { class: "provenance-evidence" },
    list.map((each) => h("li", { class: `is-${provenanceHeld([each])}` }, provenanceProof(context, each))));
}

function provenanceProof(context, evidence) {
  if (evidence.class === "stated_in_text") return provenancePlace(context, evidence);
  if (evidence.class === "found_in_stored_page") {
    return [
      evidence.quote ? h("q", { dir: "auto", class: "provenance-quote" }, textNamed(evidence.quote)) : null,
      h("p", { class: "provenance-page" },
        "stored page ", provenanceAddress(evidence.source),
        evidence.retrieved ? `, retrieved ${evidence.retrieved}` : null),
    ];
  }
  const says = PROVENANCE_CLASSES[evidence.class] || words(evidence.class);
  return h("p", null, h("span", { class: "provenance-class" }, says),
    evidence.reason ? [": ", h("bdi", null, evidence.reason)] : null);
}

/** A quotation from the text; a button where its place is in this item. */
function provenancePlace({ item, onEvidence }, evidence) {
  const quote = h("q", { dir: "auto", lang: item?.language || null, class: "provenance-quote" }, textNamed(evidence.text || ""));
  const here = item && onEvidence && evidence.start >= item.start && evidence.end <= item.end;
  if (here) {
    return h("button", {
      type: "button", class: "provenance-place", title: "Show this place in the text",
      on: { click: () => onEvidence(evidence.start, evidence.end) },
    }, quote);
  }
  return [quote, h("p", { class: "provenance-page" }, item ? "in the document, outside this item" : "in the text")];
}

function provenanceAddress(url) {
  const text = String(url ?? "");
  if (!/^https?:\/\//i.test(text)) return h("bdi", { class: "provenance-url" }, text);
  return h("a", { href: text, rel: "noreferrer noopener", target: "_blank", class: "provenance-url", dir: "ltr" }, text);
}

function provenanceLanguage(tag) {
  try {
    const name = new Intl.DisplayNames(["en"], { type: "language" }).of(tag);
    return name && name !== tag ? `${name} (${tag})` : tag;
  } catch {
    return tag;
  }
}

// ---- the chain

function provenanceChain(context) {
  const chain = [...(context.item.chain || [])].reverse();
  // The text did not come by way of an outlet that it reports on.
  const steps = chain.filter((step) => step.role !== "quoted_source");
  const quoted = chain.filter((step) => step.role === "quoted_source");
  if (!chain.length) return h("p", null, "unknown");
  return [
    h("p", { class: "provenance-lead" },
      steps.length > 1 ? "From the origin, as far as known, to the scraped page. " : "No step before the scraped page is known. ",
      h("span", { class: "provenance-key" }, "Dashed"), ": inferred, wholly or in part."),
    h("ol", { class: "provenance-path" }, steps.map((step) => provenanceStep(context, step))),
    quoted.length ? h("p", { class: "provenance-lead provenance-aside" }, "Beside the path: what the text reports, others published.") : null,
    quoted.length ? h("ul", { class: "provenance-quoted" }, quoted.map((step) => provenanceStep(context, step))) : null,
  ];
}

function provenanceStep(context, step) {
  const [role, meaning] = PROVENANCE_ROLES[step.role] || [words(step.role), ""];
  const held = provenanceHeld(step.evidence);
  return h("li", { class: `provenance-step is-${held}` },
    h("p", { class: "provenance-role" }, role, meaning ? h("span", { class: "provenance-meaning" }, ` ${meaning}`) : null),
    h("p", { class: "provenance-outlet-name" },
      h("button", { type: "button", title: "What is known of this outlet", on: { click: (event) => provenanceGo(event, step.outlet) } },
        h("bdi", null, outletName(step.outlet)))),
    h("div", { class: "provenance-held" }, provenanceConfidence(step.confidence), provenanceWhy(context, step.evidence)),
    h("dl", { class: "provenance-facts" },
      provenanceAssertion(context, "language", step.language, provenanceLanguage),
      provenanceAssertion(context, "published", step.published, dateWords),
      provenanceAssertion(context, "address", step.url, provenanceAddress)),
    step.note ? h("p", { class: "provenance-note", dir: "auto" }, step.note) : null);
}

/** Opens what is known of an outlet, in the same panel. */
function provenanceGo(event, id) {
  const panel = event.target.closest(".provenance");
  const section = panel.querySelector(".provenance-outlets");
  const found = [...panel.querySelectorAll(".provenance-outlet")].find((each) => each.dataset.outlet === id);
  if (!section || !found) return;
  section.open = true;
  found.open = true;
  found.querySelector("summary").focus();
  found.scrollIntoView({ block: "nearest" });
}

// ---- title, authors, dates

function provenanceFacts(context) {
  const { item } = context;
  const authors = item.authors || [];
  return h("dl", { class: "provenance-facts" },
    provenanceAssertion(context, "title", item.title),
    authors.length
      ? authors.map((each) => provenanceAssertion(context, "author", each))
      : h("div", { class: "provenance-fact is-unknown" }, h("dt", null, "author"),
          h("dd", null, h("span", { class: "provenance-value" }, "nobody is named"))),
    provenanceAssertion(context, "first published", item.published, dateWords));
}

// ---- outlets

function provenanceAffiliation(value) {
  return Object.hasOwn(PROVENANCE_AFFILIATIONS, value) ? PROVENANCE_AFFILIATIONS[value] : words(value);
}

function provenanceOutlet(id) {
  const outlet = outletOf(id);
  if (!outlet) return h("p", null, h("bdi", null, id), ": nothing is recorded of it.");
  const kind = outlet.affiliation?.value;
  const held = outlet.views || [];
  const ratings = outlet.ratings || [];
  return h("details", { class: "provenance-outlet", "data-outlet": id },
    h("summary", null,
      h("bdi", { class: "provenance-name" }, outlet.name),
      h("span", { class: "provenance-kind" }, ` ${kind ? provenanceAffiliation(kind) : "affiliation unknown"}${outlet.contested ? ", contested" : ""}`)),
    h("p", { dir: "auto" }, outlet.description),
    h("dl", { class: "provenance-facts" }, provenanceAssertion({}, "affiliation", outlet.affiliation, provenanceAffiliation)),
    outlet.contested
      ? h("p", { class: "provenance-contested" }, "Contested: sources disagree. ",
          held.length ? "All views that were found, in no order of merit:" : "The views are not recorded.")
      : held.length ? h("p", { class: "provenance-contested" }, "Views that were found:") : null,
    held.length
      ? h("ul", { class: "provenance-views" }, held.map((view) =>
          h("li", null,
            h("p", { class: "provenance-claim", dir: "auto" }, view.claim),
            h("p", { class: "provenance-holder" }, "held by ", h("bdi", null, view.holder)),
            provenanceWhy({}, view.evidence))))
      : null,
    ratings.length
      ? h("ul", { class: "provenance-views" }, ratings.map((rating) =>
          h("li", null,
            h("p", { class: "provenance-claim" }, "Rated “", h("bdi", null, rating.value), "” by ", h("bdi", null, rating.rater)),
            h("p", { class: "provenance-holder" }, `as read on ${rating.snapshot}`),
            provenanceWhy({}, rating.evidence))))
      : h("p", { class: "provenance-unrated" }, h("b", null, "Not rated."), " No outside rating is recorded; that says nothing about the outlet."),
    outlet.note ? h("p", { class: "provenance-note", dir: "auto" }, outlet.note) : null);
}

// ---- stance and voices

function provenanceStances(context) {
  const { stance, assessor, human_verified: verified } = context.item.partisanship;
  const addressed = stance.filter((each) => each.polarity !== "not_addressed");
  const rest = stance.filter((each) => each.polarity === "not_addressed");
  return provenanceSection("stance-all", `Stance towards ${plural(addressed.length, "target")}`, false,
    provenanceAssessor(assessor, verified),
    h("details", { class: "provenance-why" },
      h("summary", null, "What the words mean"),
      h("p", { class: "provenance-reason" }, "A stance describes the item's wording, not whether it is right."),
      h("dl", { class: "provenance-facts" },
        Object.entries(PROVENANCE_POLARITIES).map(([word, meaning]) =>
          h("div", { class: "provenance-fact" }, h("dt", null, words(word)), h("dd", null, meaning))))),
    h("ul", { class: "provenance-stances" }, addressed.map((each) => h("li", null, provenanceStance(context, each)))),
    rest.length
      ? h("p", { class: "provenance-reason" }, "Not addressed: ",
          rest.flatMap((each, index) => [
            index ? "; " : "", h("bdi", null, targetTitle(each.target)),
            h("span", { class: "dim" }, ` (${words(each.confidence)} confidence)`),
            each.note ? [", ", h("bdi", null, each.note)] : null,
          ]), ".")
      : null);
}

function provenanceStance(context, stance) {
  const evidence = stance.evidence || [];
  return h("details", { class: "provenance-stance" },
    h("summary", null,
      h("bdi", { class: "provenance-name" }, targetTitle(stance.target)), " ",
      h("span", { class: "provenance-polarity" }, words(stance.polarity)), " ",
      provenanceConfidence(stance.confidence)),
    stance.note ? h("p", { class: "provenance-note", dir: "auto" }, stance.note) : null,
    provenanceEvidence(context, evidence));
}

function provenanceAssessor(assessor, verified) {
  if (!assessor) return null;
  const who = assessor.kind === "language_model" ? "a language model, " : assessor.kind === "person" ? "a person, " : `${words(assessor.kind)} `;
  return h("div", { class: "provenance-assessor" },
    h("p", null, `Assessed by ${who}`, h("bdi", null, assessor.name), `, on ${assessor.date}; `,
      h("b", null, verified ? "verified by a person" : "not verified by a person"), "."),
    assessor.note ? h("p", { class: "provenance-note", dir: "auto" }, assessor.note) : null);
}

function provenanceVoices(context) {
  const { right_of_reply: reply, missing_perspectives: missing, assessor, human_verified: verified } = context.item.partisanship;
  const says = (value) => `${words(value)}${PROVENANCE_REPLIES[value] ? `: ${PROVENANCE_REPLIES[value]}` : ""}`;
  return provenanceSection("voices", "Who is heard, who is missing", false,
    h("dl", { class: "provenance-facts" }, provenanceAssertion(context, "right of reply", reply, says)),
    h("p", { class: "provenance-lead" },
      (missing || []).length
        ? "Whose voice one would expect on this subject and does not find:"
        : "No missing perspective is recorded."),
    (missing || []).length
      ? h("ul", { class: "provenance-missing" }, missing.map((each) => h("li", { dir: "auto" }, each)))
      : null,
    provenanceAssessor(assessor ? { ...assessor, note: null } : null, verified));
}
