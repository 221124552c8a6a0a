// Looks: one class for all pieces of text that look alike.

// Values stand in the rules themselves: custom properties on thousands of elements cost more.
const textLooks = new Map();
let textFresh = [];
let textSheet = null;

function textLook(look) {
  return textRule(look, () => textBackgrounds(look));
}

/** The class with these declarations, made the first time. */
function textRule(look, declarations, part = "") {
  let name = textLooks.get(look);
  if (!name) {
    name = `k${textLooks.size.toString(36)}`;
    textLooks.set(look, name);
    textFresh.push(`.${name}${part}{${declarations()}}`);
  }
  return name;
}

/** Puts the looks made since the last time into the page. */
function textSettle() {
  if (!textFresh.length) return;
  if (textSheet && textFresh.length < 200) {
    for (const rule of textFresh) textSheet.insertRule(rule, textSheet.cssRules.length);
  } else {
    textSheet = new CSSStyleSheet();
    textSheet.replaceSync(textFresh.join("\n"));
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, textSheet];
  }
  textFresh = [];
}

/** The lines of a piece, and its tint behind the letters. */
function textBackgrounds(look) {
  const [height, sides, tint, ...lines] = look.split("|");
  const [starts, stops] = sides.split(" ");
  const parts = lines.map((each) => each.split(" "));
  const depth = Math.max(...parts.map(([lane]) => Number(lane))) + 1;
  const layers = [];
  for (const [lane, colour, line, flags] of parts) {
    const ink = `var(--${colour})`;
    const up = `${(depth - 1 - lane) * height}rem`;
    const strong = flags.includes("S");
    const thick = strong ? 3 : flags.includes("T") ? 1 : 2;
    const size = `${thick}px ${strong ? 8 : 6}px`;
    layers.push(textLine(ink, line, up, thick));
    if (flags.includes("s")) layers.push(`linear-gradient(${ink} 0 0) ${starts} bottom ${up}/${size} no-repeat`);
    if (flags.includes("e")) layers.push(`linear-gradient(${ink} 0 0) ${stops} bottom ${up}/${size} no-repeat`);
  }
  const below = `${depth * height}rem`;
  if (tint) layers.push(`linear-gradient(var(--${tint}) 0 0) 0 0/100% calc(100% - ${below}) no-repeat`);
  return `padding-bottom:${below};background:${layers.join(",")}`;
}

/** One line as a background: its pattern tells what its colour also tells, or whose voice it is. */
function textLine(ink, line, up, thick) {
  const place = `left bottom ${up}`;
  const across = (stops, period) =>
    `linear-gradient(90deg,${stops}) ${place}/${period}px ${thick}px repeat-x`;
  switch (line) {
    case "double":
      return `linear-gradient(${ink} 34%,transparent 34% 66%,${ink} 66%) ${place}/100% ${thick + 2}px no-repeat`;
    case "dashed":
      return across(`${ink} 60%,transparent 60%`, 10);
    case "dotted":
      return across(`${ink} 50%,transparent 50%`, 4);
    case "dashdot":
      return across(`${ink} 50%,transparent 50% 70%,${ink} 70% 83%,transparent 83%`, 12);
    case "wavy": {
      const bow = `radial-gradient(circle at 50% 0,transparent ${thick}px,${ink} ${thick}px ${thick + 1.25}px,transparent ${thick + 1.25}px)`;
      return `${bow} ${place}/${2 * thick + 3}px ${thick + 2}px repeat-x`;
    }
    default:
      return `linear-gradient(${ink} 0 0) ${place}/100% ${thick}px no-repeat`;
  }
}
