// Two places of a passage side by side: their differences, and scrolling them as one.

function reuseSideBySide(holder, cluster, copy, [headItem, copyItem], pieces) {
  const differ = pieces ? pieces.filter((each) => each.kind !== "equal") : [];
  const headName = cluster.candidate || !cluster.known ? "First" : "Canonical";
  const blanks = new Set(differ.filter((each) => reuseBlank(each, headItem, copyItem)));
  const left = reusePanel(headName, cluster.head, headItem, pieces, "head", blanks);
  if (!copy) {
    holder.replaceChildren(left.root, h("p", { class: "dim" }, "No other place of this passage is on this page."));
    return;
  }
  const copyName = cluster.candidate ? "Second" : cluster.known ? "Copy" : "Other place";
  const right = reusePanel(copyName, copy, copyItem, pieces, "copy", blanks);
  holder.replaceChildren(
    reuseSummary(cluster, copy, differ, headItem, copyItem),
    h("div", { class: "reuse-sides reuse-texts" }, left.root, right.root),
    differ.length ? reuseDifferences(differ, headItem, copyItem) : "");
  if (pieces) reuseTogether(holder, left, right);
  reuseNow.level = () => reuseLevel(left, right);
  reuseNow.level();
}

/** Lets both passages begin at one height, whatever stands before them. */
function reuseLevel(left, right) {
  const sides = [left, right].map((each) => each.scroller.firstElementChild);
  const tops = sides.map((each) => {
    each.style.setProperty("padding-top", "0");
    return each.querySelector(".reuse-passage").getClientRects()[0]?.top ?? 0;
  });
  const beside = Math.abs(left.scroller.getBoundingClientRect().top - right.scroller.getBoundingClientRect().top) < 4;
  if (!beside) {
    // Below each other there is little room: what stands before is above the edge.
    for (const each of [left.scroller, right.scroller]) {
      const passage = each.querySelector(".reuse-passage").getClientRects()[0];
      if (passage) each.scrollTop += passage.top - each.getBoundingClientRect().top - 40;
    }
    return;
  }
  const low = Math.max(...tops);
  sides.forEach((each, index) => each.style.setProperty("padding-top", `${low - tops[index]}px`));
}

/** Whether two sides differ in white space and unseen characters alone. */
function reuseBlank(piece, headItem, copyItem) {
  const sides = surfaceOf(headItem, ...piece.head) + surfaceOf(copyItem, ...piece.copy);
  return !/[^\s\p{Cc}\p{Cf}]/u.test(sides);
}

function reuseSummary(cluster, copy, differ, headItem, copyItem) {
  if (cluster.candidate) return h("p", { class: "small" }, "Shown without alignment: the words need not correspond.");
  if (!cluster.known) return h("p", { class: "small" }, "Shown without alignment.");
  const match = Object.hasOwn(REUSE_MATCHES, copy.match) ? REUSE_MATCHES[copy.match] : copy.match;
  const blank = differ.filter((each) => reuseBlank(each, headItem, copyItem)).length;
  return h("div", { class: "reuse-summary small" },
    h("span", null, `${match} · similarity ${percent(copy.similarity)} · `,
      differ.length ? plural(differ.length, "difference") : "no difference",
      blank ? `, ${blank === differ.length ? (blank > 1 ? "all" : "") : `${number(blank)} of them`} in white space only` : ""),
    differ.length
      ? h("span", { class: "reuse-key" },
          h("span", { class: "reuse-changed" }, "worded otherwise"), h("span", { class: "reuse-alone" }, "only on this side"),
          h("span", null, h("span", { class: "reuse-gap", "aria-hidden": "true" }), " nothing here"))
      : null,
    differ.length
      ? h("button", { type: "button", on: { click: () => reuseStep("difference", 1) } }, "Next difference ", h("kbd", null, "d"))
      : null);
}

function reusePanel(name, member, item, pieces, side, blanks = new Set()) {
  const text = h("p", { class: "reuse-text", dir: "auto", lang: item.language || null });
  const context = (string, cut) =>
    h("span", { class: `reuse-context${cut ? ` ${cut}` : ""}` }, textNamed(string));
  const [low, high] = [Math.max(item.start, member.start - REUSE_CONTEXT), Math.min(item.end, member.end + REUSE_CONTEXT)];
  let before = surfaceOf(item, low, member.start);
  let after = surfaceOf(item, member.end, high);
  // What is cut is cut between words, where there are any.
  if (low > item.start) before = before.replace(/^\S{1,30}\s+/u, "");
  if (high < item.end) after = after.replace(/\s+\S{1,30}$/u, "");
  text.append(context(before, low > item.start && "cut-before"));
  const block = h("span", { class: "reuse-passage" });
  if (pieces) reuseDraw(block, item, pieces, side, blanks);
  else block.append(textNamed(surfaceOf(item, member.start, member.end)));
  text.append(block, context(after, high < item.end && "cut-after"));
  const scroller = h("div", {
    class: "reuse-scroller", tabindex: 0, role: "region", "aria-label": `${name}: ${member.item}`,
  }, text);
  const root = h("section", { class: `reuse-panel is-${side}` },
    h("header", null,
      h("h2", { class: "reuse-h" }, name, ": ", member.item, " ", h("bdi", { class: "reuse-title" }, titleOf(member.item))),
      h("p", { class: "small reuse-origin" }, reuseOrigin(member.item).flatMap((each, index) => (index ? [" · ", each] : [each]))),
      h("p", { class: "small reuse-origin" },
        h("span", { class: "reuse-zone" }, reuseZone(member.zone)), " · ",
        `characters ${number(member.start)}–${number(member.end)} of document `, h("bdi", null, member.doc), " · ",
        h("a", { href: reusePlace(member.item, member.start, member.end) }, "Go to this place in the item"))),
    scroller);
  return { root, scroller, side };
}

/** Draws the pieces of one side; where it has nothing, a sign that holds no text. */
function reuseDraw(block, item, pieces, side, blanks) {
  let difference = 0;
  pieces.forEach((piece, index) => {
    const [start, end] = piece[side];
    const text = surfaceOf(item, start, end);
    if (piece.kind === "equal") {
      block.append(h("span", { class: "reuse-equal", "data-piece": index }, textNamed(text)));
      return;
    }
    difference += 1;
    const kind = piece.kind === "changed" ? "reuse-changed" : piece.kind === side ? "reuse-alone" : "reuse-gap";
    const says = { "reuse-changed": "worded otherwise", "reuse-alone": "only on this side", "reuse-gap": "nothing on this side" }[kind];
    block.append(h("span", {
      class: `reuse-differs ${kind}${blanks.has(piece) ? " is-blank" : ""}`, "data-piece": index, "data-no": difference, tabindex: 0, role: "button",
      "aria-label": `Difference ${difference}, ${says}${text ? `: ${reuseSpoken(text)}` : ""}`,
    }, textNamed(text, { differs: true })));
  });
}

/** A difference as a screen reader should hear it: unseen characters by name. */
function reuseSpoken(text) {
  const name = { " ": "space", "\n": "line break", "\r": "carriage return" };
  if (/[^\s\p{Cc}\p{Cf}]/u.test(text)) return text;
  return Array.from(text, (letter) => name[letter] || textUnseen(letter) || letter).join(", ");
}

/** Lights a piece on both sides, scrolls both sides as one. */
function reuseTogether(holder, left, right) {
  const sides = [left, right];
  const of = (index) => holder.querySelectorAll(`.reuse-texts [data-piece="${index}"]`);
  let lit = null;
  const light = (index) => {
    if (index === lit) return;
    for (const each of holder.querySelectorAll(".lit")) each.classList.remove("lit");
    lit = index;
    if (index !== null) for (const each of of(index)) each.classList.add("lit");
  };
  const piece = (event) => event.target.closest?.(".reuse-texts [data-piece]")?.dataset.piece ?? null;
  const texts = holder.querySelector(".reuse-texts");
  texts.addEventListener("pointerover", (event) => light(piece(event)));
  texts.addEventListener("pointerleave", () => light(null));
  texts.addEventListener("focusin", (event) => light(piece(event)));
  const follow = (event) => {
    const index = piece(event);
    if (index === null) return;
    light(index);
    for (const each of sides) reuseBring(each, index);
  };
  texts.addEventListener("click", follow);
  texts.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (!event.target.closest("[data-piece]")) return;
    event.preventDefault();
    follow(event);
  });
  // Either side moves the other: the one that was moved by hand leads.
  let leads = null;
  let timer = 0;
  for (const [one, other] of [[left, right], [right, left]]) {
    one.scroller.addEventListener("scroll", () => {
      if (leads && leads !== one) return;
      leads = one;
      clearTimeout(timer);
      timer = setTimeout(() => (leads = null), 150);
      reuseAlign(one, other);
    }, { passive: true });
  }
}

/** Scrolls a side so that what stands at the top of the other stands at its top too. */
function reuseAlign(from, to) {
  const top = from.scroller.getBoundingClientRect().top;
  const pieces = from.pieces || (from.pieces = [...from.scroller.querySelectorAll("[data-piece]")]);
  const others = to.pieces || (to.pieces = [...to.scroller.querySelectorAll("[data-piece]")]);
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle].getBoundingClientRect().bottom <= top) low = middle + 1;
    else high = middle;
  }
  const one = pieces[low]?.getBoundingClientRect();
  const other = others[low]?.getBoundingClientRect();
  if (!one || !other) return;
  const share = one.height ? Math.min(Math.max((top - one.top) / one.height, 0), 1) : 0;
  const before = Math.min(top - one.top, 0); // the context above the first piece
  const there = other.top - to.scroller.getBoundingClientRect().top;
  to.scroller.scrollTop += there + share * other.height + before;
}

function reuseBring(side, index) {
  const target = side.scroller.querySelector(`[data-piece="${index}"]`);
  if (!target) return;
  const box = side.scroller.getBoundingClientRect();
  const place = target.getBoundingClientRect();
  if (place.top >= box.top && place.bottom <= box.bottom) return;
  side.scroller.scrollTop += place.top - box.top - box.height / 3;
}

function reuseNextDifference(holder, by) {
  let all = [...holder.querySelectorAll(".reuse-panel.is-copy .reuse-differs")];
  const worded = all.filter((each) => !each.classList.contains("is-blank"));
  if (worded.length) all = worded; // white space is in the list, and lights up
  if (!all.length) return;
  const focus = document.activeElement?.closest?.(".reuse-differs")?.dataset.piece;
  const at = all.findIndex((each) => each.dataset.piece === focus);
  const next = all[(at + by + all.length) % all.length];
  next.focus({ preventScroll: true });
  next.click();
  next.closest(".reuse-panel").scrollIntoView({ block: "nearest" });
}

function reuseDifferences(differ, headItem, copyItem) {
  const cell = (item, [start, end]) => {
    const text = surfaceOf(item, start, end);
    return h("td", { dir: "auto", lang: item.language || null, class: "reuse-cell" },
      text ? textNamed(text, { differs: true }) : h("span", { class: "dim" }, "nothing"));
  };
  const body = h("tbody");
  const more = moreButton(body, differ.map((each, index) => [each, index + 1]), ([piece, no]) =>
    h("tr", null,
      h("th", { scope: "row", class: "n" },
        h("button", { type: "button", class: "reuse-to", "aria-label": `Go to difference ${no}`, on: { click: () => reuseGoTo(no) } }, number(no))),
      cell(headItem, piece.head), cell(copyItem, piece.copy)));
  return h("details", { class: "reuse-differences" },
    h("summary", null, `${plural(differ.length, "difference")} as a list`),
    scrolling("reuse-scroll", "Differences", h("table", null,
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "No."), h("th", { scope: "col" }, "Canonical"), h("th", { scope: "col" }, "Copy"))),
      body)),
    more);
}

function reuseGoTo(no) {
  const target = reuseNow.root?.querySelector(`.reuse-panel.is-copy .reuse-differs[data-no="${no}"]`);
  if (!target) return;
  target.focus({ preventScroll: true });
  target.click();
  target.closest(".reuse-panel").scrollIntoView({ block: "nearest" });
}
