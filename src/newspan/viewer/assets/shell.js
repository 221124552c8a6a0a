// The frame around the views: which one is shown, its header, its keys and its help.

const SHELL_VIEWS = [
  { view: "items", says: "Items", key: "i", there: () => true },
  { view: "search", says: "Search", there: () => true },
  { view: "reuse", says: "Reuse", key: "r", there: () => HEAD.reuse },
  { view: "comparison", says: "Comparison", key: "c", there: () => HEAD.compared.length > 1 },
  { view: "figures", says: "Figures", key: "f", there: () => HEAD.figures },
  { view: "about", says: "About", key: "a", there: () => true },
];
const SHELL_THEMES = ["auto", "light", "dark"];

const shellNow = {
  state: null, shown: false, paper: null, leave: null, turn: 0, entry: 0, places: new Map(),
};

// ---- addresses

function shellGo(hash, replace, quiet) {
  if (hash !== location.hash) {
    try {
      if (replace) history.replaceState(history.state, "", hash);
      else history.pushState(null, "", hash);
    } catch {
      location.hash = hash; // "hashchange" follows, and shows it
      return;
    }
  }
  shellEnter();
  if (quiet) shellNow.state = parseAddress(hash);
  else shellShow(false);
}

function shellArrive() {
  const known = shellEnter();
  shellShow(known);
}

/** Names the entry of the history that is now open; tells whether it was open before. */
function shellEnter() {
  const entry = history.state?.entry;
  if (entry) {
    shellNow.entry = entry;
    return true;
  }
  shellNow.entry = Date.now() + Math.random();
  try {
    history.replaceState({ entry: shellNow.entry }, "");
  } catch {
    // Without it, only the place on the page is lost on the way back.
  }
  return false;
}

// ---- showing

/** Shows what the address names; `again`: an entry of the history that was open before. */
async function shellShow(again) {
  const before = shellNow.state;
  const state = parseAddress(location.hash);
  const view = views[state.view];
  const same = before && before.view === state.view && before.item === state.item;
  const turn = ++shellNow.turn;
  // Known now: while the old view makes room for the new one, the page gets shorter and scrolls.
  const place = shellNow.places.get(shellNow.entry);
  shellNow.state = state;
  shellFaultGone();
  if (same && view?.change && shellNow.shown) {
    const done = await shellTry(() => (shellCheck(state, view), view.change(state, before)));
    if (turn !== shellNow.turn) return;
    if (done !== false) {
      shellTitle(state);
      return;
    }
  }
  shellNow.leave?.abort();
  shellNow.leave = new AbortController();
  shellNow.shown = false;
  shellNow.paper = null;
  const held = same && document.activeElement?.id;
  const root = h("div", { class: "view" });
  if (view) root.classList.add(`view-${state.view}`);
  document.getElementById("welcome").hidden = state.view !== "items";
  document.getElementById("find").hidden = state.view === "search";
  document.getElementById("view").replaceChildren(root);
  shellMark(state);
  // An item in another set keeps its place; what else is new is read from its beginning.
  if (before && !again && !(same && state.view === "item")) scrollTo(0, 0);
  try {
    shellCheck(state, view);
    await view.show(root, state, { signal: shellNow.leave.signal });
    if (turn === shellNow.turn) {
      shellNow.shown = true;
      const paper = state.view === "item" ? await part(`item-${state.item}`) : null;
      if (turn === shellNow.turn) shellNow.paper = paper;
    }
  } catch (fault) {
    if (turn === shellNow.turn) shellInstead(root, fault);
  }
  if (turn !== shellNow.turn) return;
  shellTitle(state);
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
  if (before) shellFocus(root);
  if (again) shellReturn(turn, place, 60);
}

/** The value of `run`; false where it throws. */
async function shellTry(run) {
  try {
    return await run();
  } catch (fault) {
    console.error(fault);
    return false;
  }
}

/** Refuses addresses that name what is not in this page. */
function shellCheck(state, view) {
  if (!view || (state.view === "item" && !state.item)) {
    refuse(`This page has no view “${state.view}”.`);
  }
  if (state.item && !itemOf(state.item)) {
    const gone = (HEAD.withdrawn || []).find((each) => each.item === state.item);
    if (gone) refuse(`The item “${gone.item}” was withdrawn on ${gone.date}. ${gone.reason}`);
    refuse(`There is no item “${state.item}” in this page.`);
  }
  if (state.set && !setOf(state.set)) {
    const others = { ...state, set: null, span: null };
    const says = "Show it with other annotations";
    refuse(`This page has no annotations “${state.set}”.`, others, says);
  }
}

/** A message in place of the view, with a way back. */
function shellInstead(root, fault) {
  if (!fault?.back) console.error(fault);
  root.replaceChildren(
    h("div", { class: "fault", role: "alert" },
      h("h1", null, "This cannot be shown"),
      h("p", { dir: "auto" }, fault?.message || String(fault)),
      h("p", null, h("a", { href: address(fault?.back || { view: "items" }) },
        fault?.says || "All items"))),
  );
}

/** A line above the view for faults in what runs after it was shown. */
function shellFaultAside(event) {
  const fault = event.reason || event.error;
  if (!fault || fault.name === "AbortError") return;
  shellFaultGone();
  document.getElementById("view").prepend(
    h("p", { class: "fault", id: "fault", role: "alert" },
      "Something on this page went wrong: ", h("bdi", null, fault.message || String(fault))),
  );
}

function shellFaultGone() {
  document.getElementById("fault")?.remove();
}

function shellTitle(state) {
  let title = views[state.view]?.title || words(state.view);
  try {
    if (typeof title === "function") title = title(state);
  } catch {
    title = words(state.view);
  }
  document.title = `${title} · ${HEAD.corpus.title}`;
}

/** Moves the focus to the heading of what is new, unless the view has moved it into itself. */
function shellFocus(root) {
  const at = document.activeElement;
  if (root.contains(at) || (at?.id === "theme")) return;
  const headings = [...document.querySelectorAll("#main h1")];
  const heading = headings.find((each) => !each.closest("[hidden]"));
  const target = heading || document.getElementById("main");
  if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
  target.focus({ preventScroll: true });
}

/** Goes back to where the reader was on the page, as soon as it is long enough. */
function shellReturn(turn, place, tries) {
  if (place === undefined || turn !== shellNow.turn) return;
  scrollTo(0, place);
  if (Math.abs(scrollY - place) > 2 && tries > 0) {
    requestAnimationFrame(() => shellReturn(turn, place, tries - 1));
  }
}

function shellMark(state) {
  const at = state.view === "item" ? "items" : state.view;
  for (const link of document.querySelectorAll("#nav a")) {
    if (link.dataset.view === at) {
      link.setAttribute("aria-current", state.view === at ? "page" : "true");
    } else link.removeAttribute("aria-current");
  }
}

// ---- header and footer

function shellHeader() {
  const { corpus, release } = HEAD;
  document.getElementById("version").textContent = release || corpus.version;
  document.getElementById("nav").append(
    ...shellViews().map(({ view, says }) =>
      h("a", { href: address({ view }), "data-view": view }, says)),
  );
  document.getElementById("tools").append(
    shellFind(),
    h("button", { type: "button", id: "theme", title: "Light or dark; auto follows your system",
      on: { click: shellNextTheme } }),
    h("button", { type: "button", id: "help-open", "aria-haspopup": "dialog",
      title: "Keys, and how to link to a place", on: { click: keysHelp } }, "Help"),
  );
  shellTheme(remembered("theme", "auto"));
  document.getElementById("foot").append(
    h("p", null, document.getElementById("meaning").textContent),
    h("p", null, whoAnnotated(HEAD.sets)),
    h("p", null, "This page holds all that it shows and uses no network. ",
      h("a", { href: "#about" }, "About it")),
  );
  const top = document.getElementById("top");
  new ResizeObserver(() => {
    const height = getComputedStyle(top).position === "sticky" ? top.offsetHeight : 0;
    document.documentElement.style.setProperty("--top", `${height}px`);
  }).observe(top);
}

function shellViews() {
  return SHELL_VIEWS.filter(({ view, there }) => views[view] && there());
}

function shellFind() {
  const field = h("input", { type: "search", id: "find-field", "aria-label": "Search the texts",
    placeholder: "Search the texts", autocomplete: "off", spellcheck: "false", dir: "auto" });
  const submit = (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    go({ view: "search", q: field.value });
    field.value = "";
  };
  return h("form", { role: "search", id: "find", on: { submit } }, field);
}

function shellTheme(chosen) {
  const theme = SHELL_THEMES.includes(chosen) ? chosen : "auto";
  if (theme === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", theme);
  document.getElementById("theme").textContent = `Theme: ${theme}`;
  return theme;
}

function shellNextTheme() {
  const at = SHELL_THEMES.indexOf(remembered("theme", "auto"));
  const next = SHELL_THEMES[(at + 1) % SHELL_THEMES.length];
  remember("theme", shellTheme(next));
  announce(`Theme: ${next}`);
}

// ---- start

function shellStart() {
  shellHeader();
  addEventListener("error", shellFaultAside);
  addEventListener("unhandledrejection", shellFaultAside);
  addEventListener("hashchange", shellArrive);
  addEventListener("scroll", () => shellNow.places.set(shellNow.entry, scrollY), { passive: true });
  document.addEventListener("keydown", keysPressed);
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });
  const dialog = document.getElementById("help");
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  if ("scrollRestoration" in history) history.scrollRestoration = "manual";
  const place = history.state?.place;
  const again = shellEnter() && place !== undefined; // after a reload
  if (again) shellNow.places.set(shellNow.entry, place);
  addEventListener("pagehide", shellKeep);
  addEventListener("beforeprint", shellPaper);
  addEventListener("afterprint", () => document.getElementById("paper")?.remove());
  shellShow(again);
}

/** Adds to paper what a screen has elsewhere: the place, and where an item comes from. */
function shellPaper() {
  const { corpus, release } = HEAD;
  const panel = shellNow.paper && provenancePanel(shellNow.paper);
  for (const each of panel?.querySelectorAll("details") || []) each.open = true;
  document.getElementById("view").append(h("div", { id: "paper" },
    panel ? [h("h2", null, "Provenance"), panel] : null,
    h("p", { class: "small", dir: "auto" },
      `${corpus.title}, ${release || corpus.version} · ${location.hash || "#items"}`)));
}

function shellKeep() {
  try {
    history.replaceState({ entry: shellNow.entry, place: scrollY }, "");
  } catch {
    // Then the place is lost on a reload.
  }
}

shellStart();
