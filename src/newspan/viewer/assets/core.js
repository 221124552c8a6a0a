// What all views share. Hashes and records are data: they get into the page as text nodes and
// checked attributes alone, never as markup.
//
// views.NAME = {
//   title: string | state => string,  // of the document
//   show(root, state, {signal}),      // fills root; may return a Promise; signal: view was left
//   change(state, before),            // optional: the same view and item with other parameters;
//                                     // returns false to be shown anew
//   keys: [{key, says, run(event)}],  // optional; single keys, listed in the help
// }

const HEAD = JSON.parse(document.getElementById("head").textContent);
HEAD.items = coreItemsOf(HEAD.items);

/** Items: a list of them, or, where they may be thousands, a list for each of their fields. */
function coreItemsOf(given) {
  if (Array.isArray(given)) return given;
  const { counts, ...fields } = given;
  return (given.id || []).map((id, at) => {
    const item = { counts: {} };
    for (const [name, values] of Object.entries(fields)) item[name] = values[at];
    for (const [set, layers] of Object.entries(counts)) {
      const found = Object.entries(layers).filter(([, numbers]) => numbers[at] >= 0);
      if (found.length) {
        const pairs = found.map(([layer, numbers]) => [layer, numbers[at]]);
        item.counts[set] = Object.fromEntries(pairs);
      }
    }
    return item;
  });
}

const views = Object.create(null);

const LAYERS = [
  ...new Set([
    "claim",
    "attribution",
    "loaded_language",
    "duplicate_block",
    ...(HEAD.sets || []).flatMap((set) => set.layers || []),
  ]),
].filter((layer) => (HEAD.sets || []).some((set) => (set.layers || []).includes(layer)));

const LAYER_TITLES = {
  claim: "Claims",
  attribution: "Attribution",
  loaded_language: "Loaded language",
  duplicate_block: "Copied passages",
};

// ---- elements

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** An element with attributes, listeners (`on`), style properties (`style: {…}`) and children. */
function h(tag, props, ...children) {
  return coreFill(document.createElement(tag), props, children);
}

/** The same for SVG. */
function svg(tag, props, ...children) {
  return coreFill(document.createElementNS(SVG_NAMESPACE, tag), props, children);
}

function coreFill(element, props, children) {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, run] of Object.entries(value)) element.addEventListener(event, run);
    } else if (name === "style") {
      for (const [key, each] of Object.entries(value)) element.style.setProperty(key, each);
    } else if (/^on/i.test(name)) {
      throw new Error(`Listeners go into "on", not into the attribute ${name}.`);
    } else if (/^(href|src|xlink:href|action|formaction)$/i.test(name)) {
      if (/^(#|https?:\/\/|blob:|data:image\/|parts\/)/.test(value)) {
        element.setAttribute(name, value);
      }
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  coreAppend(element, children);
  return element;
}

function coreAppend(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) coreAppend(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
}

// ---- parts

const coreParts = new Map();
const coreWaiting = new Map();

window.newspanPart = (name, payload) => {
  const waiting = coreWaiting.get(name);
  if (waiting) waiting(payload);
};

/** The payload of a part, once parsed or loaded; rejects with a message for the reader. */
function part(name) {
  if (!coreParts.has(name)) {
    const asked = HEAD.parts === "beside" ? coreLoad(name) : coreParse(name);
    coreParts.set(name, asked);
    asked.catch(() => coreParts.delete(name));
  }
  return coreParts.get(name);
}

async function coreParse(name) {
  let element = document.getElementById(`part-${name}`);
  if (!element && document.readyState === "loading") {
    const once = { once: true };
    await new Promise((done) => document.addEventListener("DOMContentLoaded", done, once));
    element = document.getElementById(`part-${name}`);
  }
  if (!element) throw new Error(`This page holds no part “${name}”.`);
  try {
    return JSON.parse(element.textContent);
  } catch {
    throw new Error(`The part “${name}” of this page is damaged.`);
  }
}

function coreLoad(name) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const end = (run, value) => {
      coreWaiting.delete(name);
      script.remove();
      run(value);
    };
    const missing = `The file parts/${name}.js could not be read. It belongs beside this page.`;
    coreWaiting.set(name, (payload) => end(resolve, payload));
    script.addEventListener("error", () => end(reject, new Error(missing)));
    script.addEventListener("load", () => {
      if (coreWaiting.has(name)) end(reject, new Error(`The file parts/${name}.js is damaged.`));
    });
    script.src = `parts/${encodeURIComponent(name)}.js`;
    document.head.append(script);
  });
}

// ---- where the reader is

/** The state that a hash such as `#item/001-i1?set=consensus&span=abc` names. */
function parseAddress(hash) {
  const [path, query] = coreSplit(String(hash).replace(/^#/, ""), "?");
  const [view, item] = coreSplit(path, "/");
  const state = {};
  for (const [key, value] of new URLSearchParams(query || "")) {
    if (/^[a-z][a-z_]*$/.test(key) && key !== "view" && key !== "item") state[key] = value;
  }
  state.view = coreDecode(view) || "items";
  if (item) state.item = coreDecode(item);
  return state;
}

function coreSplit(text, at) {
  const found = text.indexOf(at);
  return found < 0 ? [text, ""] : [text.slice(0, found), text.slice(found + 1)];
}

function coreDecode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The hash of a state, for links: exactly what is given, `items` if no view is. */
function address(state) {
  const { view, item, ...others } = state;
  const pairs = Object.entries(others).filter(
    ([, value]) => value !== null && value !== undefined && value !== "" && value !== false,
  );
  const query = pairs
    .map(([key, value]) => `${key}=${encodeURIComponent(value).replace(/%2C/g, ",")}`)
    .join("&");
  const path = encodeURIComponent(view || "items") + (item ? `/${encodeURIComponent(item)}` : "");
  return `#${path}${query ? `?${query}` : ""}`;
}

/**
 * Goes where `changes` say. With `view` among them only the chosen set is kept; with another `item`
 * what pointed into the old one (span, at) is dropped; else the other parameters stay. null drops a
 * parameter. `replace`: no entry in the history. `quiet`: the address changes, nothing is shown.
 */
function go(changes, { replace = false, quiet = false } = {}) {
  const now = parseAddress(location.hash);
  let next;
  if ("view" in changes) next = { set: now.set, ...changes };
  else if ("item" in changes && changes.item !== now.item) {
    next = { ...now, span: null, at: null, ...changes };
  } else next = { ...now, ...changes };
  shellGo(address(next), replace, quiet);
}

/** What a record has by a key that comes from data: nothing inherited, as `constructor` would be. */
function ownOf(record, key) {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Puts children into an element at its end, as h() does: flattened, null skipped. */
function put(element, ...children) {
  coreAppend(element, children);
  return element;
}

/** Stops a view with a message for the reader, and a link on: `back` is a state. */
function refuse(message, back = { view: "items" }, says = "All items") {
  throw Object.assign(new Error(message), { back, says });
}

// ---- the reader's own

function remembered(key, fallback) {
  try {
    const kept = JSON.parse(localStorage.getItem(`newspan.${key}`));
    // Other pages may share the storage, as all files of a disk do: what they left there is checked.
    const alike = typeof kept === typeof fallback && Array.isArray(kept) === Array.isArray(fallback);
    return kept !== null && alike ? kept : fallback;
  } catch {
    return fallback;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(`newspan.${key}`, JSON.stringify(value));
  } catch {
    // A browser may keep nothing for pages from files.
  }
}

/** Says something to screen readers when they have time. */
function announce(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50);
}

/** Hands the reader a file. */
function download(name, mime, text) {
  const url = URL.createObjectURL(new Blob([text], { type: mime }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// ---- controls that several views have

/** A button that copies what `text` returns. */
function copyButton(says, text) {
  const button = h("button", { type: "button" }, says);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
      announce("Copied");
    } catch {
      // Pages from files may not write to the clipboard: the text is shown for copying by hand.
      const area = h("textarea", { readonly: true, rows: 4, "aria-label": says });
      area.value = text();
      button.after(area);
      area.select();
    }
    setTimeout(() => (button.textContent = says), 2500);
  });
  return button;
}

/** How many rows of a list or table are shown before one asks for more. */
const CORE_PAGE = 100;

/** A button that appends the next rows to a list; the first ones are appended at once. */
function moreButton(list, rows, draw, page = CORE_PAGE) {
  let at = 0;
  const button = h("button", { type: "button", class: "more" });
  const next = () => {
    const first = list.children.length;
    list.append(...rows.slice(at, at + page).map(draw));
    at += page;
    button.hidden = at >= rows.length;
    button.textContent = `Show ${number(Math.min(page, rows.length - at))} more of ${number(rows.length)}`;
    return first;
  };
  next();
  button.addEventListener("click", () => {
    const first = next();
    list.children[first]?.querySelector("a, button")?.focus();
  });
  return button;
}

/** What may be wider than a small screen: the arrow keys scroll it, and do nothing else. */
function scrolling(name, says, child) {
  const keep = (event) => /^Arrow(Left|Right)$/.test(event.key) && event.stopPropagation();
  return h("div", {
    class: name, role: "region", tabindex: 0, "aria-label": says, on: { keydown: keep },
  }, child);
}
