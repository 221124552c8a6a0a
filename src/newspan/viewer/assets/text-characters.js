// Characters that one does not see, or that would act on the page: they stand in it by name, as a
// chip that CSS writes, with the character itself inside, so that the text stays the same.

const TEXT_CONTROLS =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(" ");

const TEXT_NAMES = new Map([
  ...TEXT_CONTROLS.map((name, code) => [code, name]),
  [0x7f, "DEL"], [0x85, "NEL"], [0xa0, "NBSP"], [0xad, "SHY"], [0x34f, "CGJ"], [0x61c, "ALM"],
  [0x180e, "MVS"], [0x200b, "ZWSP"], [0x200c, "ZWNJ"], [0x200d, "ZWJ"], [0x200e, "LRM"],
  [0x200f, "RLM"], [0x2028, "LS"], [0x2029, "PS"], [0x202a, "LRE"], [0x202b, "RLE"],
  [0x202c, "PDF"], [0x202d, "LRO"], [0x202e, "RLO"], [0x202f, "NNBSP"], [0x2060, "WJ"],
  [0x2066, "LRI"], [0x2067, "RLI"], [0x2068, "FSI"], [0x2069, "PDI"], [0xfeff, "BOM"],
]);

// Characters that would act on the page, or that nobody could see: always shown by name.
const TEXT_ACTING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202d\u202e]/g;
const TEXT_UNSEEN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff]/g;

/** The name of a character that one does not see, or null. */
function textUnseen(letter) {
  const code = letter.codePointAt(0);
  if (TEXT_NAMES.has(code)) return TEXT_NAMES.get(code);
  if (!/[\p{Cc}\p{Cf}\u3000]/u.test(letter)) return null;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A character by its name; `kept`: it has no effect; `quiet`: nor a name; `breaks`: a line ends. */
function textChip(letter, name, { kept = true, quiet = false, breaks = false } = {}) {
  return h("span", {
    class: `char${quiet ? " quiet" : ""}${breaks ? " breaks" : ""}`, "data-char": name,
  }, h("span", { class: kept ? "kept" : null }, letter));
}

/** Puts text into an element, by name what `shown` finds; `next` is the letter after it. */
function textFill(parent, string, shown = TEXT_ACTING, next = "") {
  let at = 0;
  for (const { index } of string.matchAll(shown)) {
    parent.append(string.slice(at, index));
    at = index + 1;
    const letter = string[index];
    const ends = letter === "\r" && (string[at] || next) === "\n";
    parent.append(textChip(letter, textUnseen(letter) || "?", {
      quiet: ends && shown === TEXT_ACTING, // the end of a line like others
      breaks: letter === "\r" && !ends,
    }));
    if (letter === "\t") parent.append(document.createElement("wbr"));
  }
  parent.append(string.slice(at));
}

/** A text for other places of a page, its acting characters by name. */
function textQuoted(string) {
  const fragment = document.createDocumentFragment();
  textFill(fragment, string);
  return fragment;
}

/**
 * A text in which all that one does not see has its name. Of a difference also line ends, and
 * spaces if it has nothing else.
 */
function textNamed(string, { differs = false } = {}) {
  const spaces = differs && !/[^\s\p{Cc}\p{Cf}]/u.test(string);
  const fragment = document.createDocumentFragment();
  let plain = "";
  const letters = Array.from(string);
  letters.forEach((letter, index) => {
    const name = textNameHere(letter, letters[index + 1] || "", { differs, spaces });
    if (!name) {
      plain += letter;
      return;
    }
    const ends = letter === "\r" && letters[index + 1] === "\n";
    fragment.append(plain, textChip(letter, name, {
      kept: letter !== "\n" && letter !== "\t" && letter.search(TEXT_ACTING) >= 0,
      quiet: ends && !differs,
      breaks: letter === "\r" && !ends,
    }));
    plain = "";
  });
  fragment.append(plain);
  return fragment;
}

function textNameHere(letter, next, { differs, spaces }) {
  if (letter === "\n") return differs ? "LF" : null;
  if (letter === " ") return spaces ? "␣" : null;
  // It holds an emoji together, which shows that it is there.
  if (letter === "\u200d" && /\p{Extended_Pictographic}/u.test(next)) return null;
  return textUnseen(letter);
}
