// Lanes: how high below its words the line of each span runs.

/** What is chosen is shown, whatever is off. */
function textShows(view, plan) {
  return !view.wanted || view.wanted(plan.mark) || view.strong.has(plan.key);
}

/** Gives each shown span of a block the first lane that is free along all of it. */
function textLanes(view, block) {
  const shown = block.plans.filter((plan) => textShows(view, plan));
  shown.sort((one, two) =>
    one.rank - two.rank || one.to - one.from - (two.to - two.from) || one.index - two.index);
  const lanes = []; // per lane: [from, to] in order
  for (const plan of shown) {
    const from = Math.max(plan.from, block.from);
    // A name needs room of its own: about eight tenths of a letter for each of its letters.
    const room = view.named && plan.from >= block.from ? Math.ceil(plan.tag.length * (block.kind === "title" ? 0.6 : 0.85)) + 2 : 0;
    const to = Math.max(Math.min(plan.to, block.to), from + room);
    let lane = 0;
    while (lane < lanes.length && !textFits(lanes[lane], from, to)) lane++;
    if (lane === lanes.length) lanes.push([]);
    textTake(lanes[lane], from, to);
    plan.lane = lane;
  }
  return lanes.length;
}

function textAfter(lane, from) {
  let low = 0;
  let high = lane.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lane[middle][0] < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function textFits(lane, from, to) {
  const at = textAfter(lane, from);
  return (at === lane.length || lane[at][0] >= to) && (at === 0 || lane[at - 1][1] <= from);
}

function textTake(lane, from, to) {
  lane.splice(textAfter(lane, from), 0, [from, to]);
}

/** Gives every piece of a block its class. */
function textPaint(view, block) {
  const count = textLanes(view, block);
  if (block.count !== count && block.kind !== "gap") {
    block.count = count;
    block.element.style.setProperty("--lanes", count);
    if (view.long) block.element.style.setProperty("--guess", textGuess(view, block));
  }
  for (const segment of block.segments) {
    let look = "";
    let tint = "";
    let others = segment.proof ? " evidence" : "";
    for (const plan of segment.plans) {
      const { mark } = plan;
      if (!textShows(view, plan)) continue;
      const strong = view.strong.get(plan.key);
      const begins = plan.from === segment.from ? "s" : "";
      const ends = plan.to === segment.to ? "e" : "";
      look += `|${plan.lane} ${mark.colour} ${plan.line} ${begins}${ends}${strong ? "S" : plan.thin}`;
      if (strong === "chosen") tint = "mark";
      else if (strong && tint !== "mark") tint = `${mark.colour}-tint`;
      else tint ||= mark.tint || "";
      if (mark.className) others += ` ${mark.className}`;
      if (strong) others += ` on ${strong === true ? "" : strong}`;
    }
    if (look) {
      const height = view.named ? TEXT_LANE.named : TEXT_LANE.bare;
      look = ` ${textLook(`${height}|${segment.right ? "right left" : "left right"}|${tint}${look}`)}`;
    }
    segment.element.className = `seg${look}${others}`;
  }
  if (view.named || view.current) {
    for (const plan of block.plans) if (plan.link && plan.home === block) textTagPlace(view, plan);
  }
}

/** About how high a block will be: what a scroll bar shows until it is laid out. */
function textGuess(view, block) {
  const lines = Math.ceil((block.to - block.from) / 88);
  const lane = view.named ? TEXT_LANE.named : TEXT_LANE.bare;
  return `${(lines * (1.7 + block.count * lane) + 0.9).toFixed(2)}rem`;
}
