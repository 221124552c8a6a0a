// Single keys, and the help that lists them.

const KEYS_NAMES = {
  " ": "Space", Escape: "Esc",
  ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓",
};

/** The keys that work in a view: its own first. */
function keysHere() {
  const own = views[shellNow.state?.view]?.keys || [];
  const search = () => {
    const field = document.getElementById("search-field") || document.getElementById("find-field");
    field.focus();
    field.select();
  };
  const everywhere = [
    { key: "/", says: "Search", run: search },
    { key: "?", says: "This help", run: keysHelp },
    ...shellViews().filter(({ key }) => key).map(({ view, says, key }) =>
      ({ key, says, run: () => go({ view }) })),
    { key: "t", says: "Theme: auto, light, dark", run: shellNextTheme },
  ].filter(({ key }) => !own.some((each) => each.key === key));
  return { own, everywhere };
}

function keysPressed(event) {
  const at = event.target instanceof Element ? event.target : document.body;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.defaultPrevented || at.closest("input, textarea, select, [contenteditable], dialog")) {
    return;
  }
  if (event.key.length === 1 && !remembered("keys", true)) return;
  // Space and Enter belong to what has the focus.
  if ((event.key === " " || event.key === "Enter") && at.closest("a, button, summary")) return;
  const { own, everywhere } = keysHere();
  const found = [...own, ...everywhere].find((each) => each.key === event.key);
  if (!found) return;
  event.preventDefault();
  found.run(event);
}

function keysHelp() {
  const dialog = document.getElementById("help");
  const { own, everywhere } = keysHere();
  const list = (keys) => h("dl", { class: "shell-keys" }, keys.map(({ key, says }) =>
    h("div", null,
      h("dt", null, h("kbd", null, KEYS_NAMES[key] || key)), h("dd", null, says))));
  const use = h("input", { type: "checkbox", id: "help-keys", checked: remembered("keys", true),
    on: { change: () => remember("keys", use.checked) } });
  dialog.replaceChildren();
  put(dialog,
    h("h2", { id: "help-title", tabindex: "-1", autofocus: true }, "Help"),
    own.length ? [h("h3", null, "Keys in this view"), list(own)] : null,
    h("h3", null, "Keys everywhere"), list(everywhere),
    h("p", null, h("label", null, use, " Use single keys")),
    h("h3", null, "Links"),
    h("p", null, "The address of this page always says what is shown: the view, the item, the ",
      "annotations and the span chosen. Copy it to link to that very place."),
    h("p", null, h("button", { type: "button", id: "help-close",
      on: { click: () => dialog.close() } }, "Close")),
  );
  dialog.showModal();
}
