// Choosing spans in a text, and what drawText gives to do so.

/** The shown spans of a piece, innermost first. */
function textAt(view, segment) {
  return segment.plans.filter((plan) => textShows(view, plan)).map((plan) => plan.key);
}

function textClick(view, event) {
  const { onSelect } = view.options;
  if (!onSelect || event.defaultPrevented || event.button) return;
  const tag = event.target.closest(".tag");
  if (tag) {
    // A link goes where it leads; where the reader already is, it opens what is there.
    const here = tag.dataset.key === view.current;
    if (here) event.preventDefault();
    if (here || tag.localName === "button") onSelect(tag.dataset.key, event);
    return;
  }
  if (event.target.closest("a")) return;
  const chosen = getSelection();
  if (chosen && !chosen.isCollapsed) return; // the reader marks text
  const element = event.target.closest(".seg");
  if (!element || !element.textSegment) {
    view.last = null;
    onSelect(null, event);
    return;
  }
  const segment = element.textSegment;
  const keys = textAt(view, segment);
  if (!keys.length) return;
  const line = textLineAt(view, segment, event.clientY, event.clientX);
  if (line) {
    view.last = null;
    onSelect(line, event);
    return;
  }
  const again = view.last === element && keys.includes(view.current);
  const key = again ? keys[(keys.indexOf(view.current) + 1) % keys.length] : keys[0];
  view.last = element;
  onSelect(key, event);
}

/** The span whose very line was hit, or null. */
function textLineAt(view, segment, y, x) {
  const box = [...segment.element.getClientRects()].find(
    (each) => each.top <= y && y < each.bottom && each.left <= x && x <= each.right);
  if (!box) return null;
  const below = parseFloat(getComputedStyle(segment.element).paddingBottom) || 0;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const depth = y - (box.bottom - below);
  if (depth < 0) return null;
  textLanes(view, segment.block);
  const lane = Math.floor(depth / (rem * (view.named ? TEXT_LANE.named : TEXT_LANE.bare)));
  const plan = segment.plans.find((each) => each.lane === lane && textShows(view, each));
  return plan ? plan.key : null;
}

/** Emphasises spans: a Map of key to true or a class name. */
function textStrong(view, strong) {
  const touched = new Set();
  for (const key of [...view.strong.keys(), ...strong.keys()]) {
    for (const element of view.byKey.get(key)?.segments || []) touched.add(element.textSegment.block);
  }
  view.strong = strong;
  for (const block of touched) textPaint(view, block);
  textSettle();
}

function textHandle(view, unit) {
  const plan = (key) => view.byKey.get(key);
  const handle = {
    root: view.root,
    /** Keys of the shown spans in text order. */
    keys: () =>
      view.plans.filter((each) => !view.wanted || view.wanted(each.mark)).map((each) => each.key),
    has: (key) => view.byKey.has(key),
    segmentsOf: (key) => (plan(key)?.segments || []).slice(),
    /** Marks one span as chosen; `others` maps further keys to class names. */
    select(key, others = []) {
      view.current = key;
      const strong = new Map(others);
      if (key && plan(key)) strong.set(key, "chosen");
      textStrong(view, strong);
      for (const link of view.root.querySelectorAll('.tag[tabindex="0"]')) link.tabIndex = -1;
      for (const each of strong.keys()) if (plan(each)) textTag(view, plan(each));
      textSettle();
      const own = plan(key)?.link;
      if (own) own.tabIndex = 0;
      else handle.roving();
    },
    /** The scope whose bar stands out. */
    govern(key) {
      for (const [each, bars] of view.bars) {
        for (const bar of bars) bar.classList.toggle("on", each === key);
      }
    },
    show(predicate) {
      view.wanted = predicate || null;
      for (const block of view.blocks) textPaint(view, block);
      textSettle();
      handle.roving();
    },
    tags(on) {
      view.named = Boolean(on);
      for (const block of view.blocks) textPaint(view, block);
      if (view.named) for (const each of view.plans) textTag(view, each);
      textSettle();
      view.root.classList.toggle("named", view.named);
      handle.roving();
    },
    /** One name can be reached by Tab: the chosen one, else the first. */
    roving() {
      if (!view.named || view.root.querySelector('.tag[tabindex="0"]:not([hidden])')) return;
      const first = view.root.querySelector(".tag:not([hidden])");
      if (first) first.tabIndex = 0;
    },
    focus(key) {
      const link = plan(key) && textTag(view, plan(key));
      if (!link) return;
      textSettle();
      link.classList.add("current");
      link.tabIndex = 0;
      link.focus({ preventScroll: true });
    },
    scrollTo(key) {
      const segments = plan(key)?.segments || [];
      const first = segments.find((each) => each.textSegment.block.kind !== "gap") || segments[0];
      if (first) textReach(first);
    },
    /** Shows a place for a moment and scrolls to it. */
    flash(start, end) {
      const range = textRange(view, unit(start), unit(end));
      if (!range) return;
      textFlash(range);
      textReach(range);
    },
  };
  handle.roving();
  return handle;
}

/** Scrolls to an element or range unless it can be seen. */
function textReach(place) {
  const block = (place.startContainer ? place.startContainer.parentElement : place).closest(".zone");
  let box = place.getBoundingClientRect();
  if (!box.height && !box.width && block) box = block.getBoundingClientRect();
  const top = 96;
  const bottom = innerHeight - (innerWidth < 960 ? innerHeight * 0.5 : 64);
  if (box.top >= top && box.top + Math.min(box.height, 120) <= bottom) return;
  scrollTo({ top: Math.max(0, scrollY + box.top - innerHeight * 0.3), behavior: "instant" });
}

/** A range over the text between two UTF-16 places. */
function textRange(view, from, to) {
  const walker = document.createTreeWalker(view.root, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let at = 0;
  let begun = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const end = at + node.length;
    if (!begun && from < end) {
      range.setStart(node, from - at);
      begun = true;
    }
    if (begun && to <= end) {
      range.setEnd(node, to - at);
      return range;
    }
    at = end;
  }
  return null;
}

let textFlashes = 0;

function textFlash(range) {
  if (!globalThis.Highlight || !CSS.highlights) {
    const chosen = getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
    return;
  }
  const turn = ++textFlashes;
  CSS.highlights.set("flash", new Highlight(range));
  setTimeout(() => {
    if (turn === textFlashes) CSS.highlights.delete("flash");
  }, 4000);
}
