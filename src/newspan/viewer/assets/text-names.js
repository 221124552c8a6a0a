// Names at the beginning of spans, and open scopes in the margin.

/** The name of a span at its beginning: a link without text, so the text stays as it is. */
function textTag(view, plan) {
  if (plan.link) return plan.link;
  const first = plan.segments.find((each) => each.textSegment.block.kind !== "gap") || plan.segments[0];
  if (!first) return null;
  const { mark } = plan;
  plan.home = first.textSegment.block;
  const link = document.createElement(mark.href ? "a" : "button");
  if (mark.href) link.setAttribute("href", mark.href);
  else link.type = "button";
  // A border inside one visible character must not push its parts asunder.
  plan.tagClass = TEXT_JOINS.test(view.text.slice(first.textSegment.from, first.textSegment.from + 2))
    ? "tag inside" : "tag";
  // The name takes no room: its letters are all of one width, which is taken back.
  const { length } = plan.tag;
  plan.tagClass += ` ${textRule(`ink ${mark.colour}`, () => `color:var(--${mark.colour})`)}`;
  plan.tagClass += ` ${textRule(`name ${length}`, () => `margin-inline-end:calc(${-length}ch - 4px)`, "::before")}`;
  link.tabIndex = -1;
  link.dataset.tag = plan.tag;
  link.dataset.key = plan.key;
  link.setAttribute("aria-label", mark.says || plan.tag);
  plan.link = link;
  textTagPlace(view, plan);
  // Outer spans begin before inner ones that begin at the same place.
  first.before(link);
  return link;
}

function textTagPlace(view, plan) {
  const height = view.named ? TEXT_LANE.named : TEXT_LANE.bare;
  const at = textRule(`at ${height} ${plan.lane}`,
    () => `vertical-align:calc(-0.22em - ${plan.lane * height + 0.6}rem)`);
  plan.link.className =
    `${plan.tagClass} ${at}${view.strong.has(plan.key) ? " current" : ""}`;
  plan.link.hidden = !textShows(view, plan);
}

// ---- open scopes, in the margin

function textGoverns(view, governs, unit) {
  const ends = []; // of the last bar in each lane of the margin
  const sorted = governs
    .map((each) => ({ ...each, from: unit(each.start), to: unit(each.end) }))
    .sort((one, two) => one.from - two.from);
  view.bars = new Map();
  for (const scope of sorted) {
    let lane = ends.findIndex((end) => end <= scope.from);
    if (lane < 0) lane = ends.length;
    ends[lane] = scope.to;
    const bars = [];
    const over = view.blocks.filter(
      (block) => block.kind !== "gap" && block.from < scope.to && block.to > scope.from);
    over.forEach((block, index) => {
      const first = index === 0;
      const bar = document.createElement(first && scope.href ? "a" : "span");
      bar.className = "scope";
      if (first) bar.classList.add("scope-first");
      if (index === over.length - 1) bar.classList.add("scope-last");
      if (first && scope.href) {
        bar.setAttribute("href", scope.href);
        bar.setAttribute("aria-label", scope.says);
        bar.title = scope.says;
      }
      bar.style.setProperty("--bar", lane);
      bar.dataset.key = scope.key;
      block.element.append(bar);
      bars.push(bar);
    });
    view.bars.set(scope.key, bars);
  }
  if (sorted.length) view.root.style.setProperty("--bars", ends.length);
}
