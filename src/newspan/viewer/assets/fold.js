// Text without case and accents, to search in, with the way back to the text itself.

// Accents, vowel points and variation selectors: what a reader may leave out when typing.
const FOLD_MARKS = new RegExp(
  "[\\u0300-\\u036f\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a"
  + "\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e8\\u06ea-\\u06ed\\u1ab0-\\u1aff"
  + "\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe00-\\ufe0f\\ufe20-\\ufe2f]", "gu");
const FOLD_HIDDEN = /^[\p{Cf}]$/u;
const FOLD_SAME = {
  "’": "'", "‘": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
  "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "…": "...",
};
const foldKnown = new Map();

/** One character without case and accents; nothing for accents and characters that don't show. */
function foldOne(character) {
  let folded = foldKnown.get(character);
  if (folded === undefined) {
    folded = FOLD_SAME[character] ?? (FOLD_HIDDEN.test(character) ? "" : character.normalize("NFKD")
      .replace(FOLD_MARKS, "").normalize("NFC").toUpperCase().toLowerCase());
    if (foldKnown.size < 20000) foldKnown.set(character, folded);
  }
  return folded;
}

function foldPlain(text) {
  return text.replace(/[^\x00-\x7f]/gu, foldOne).toLowerCase();
}

/** A folded text, and `range(from, to)`: which units of the text itself a stretch of it is. */
function fold(text) {
  let longer = false;
  const folded = text.replace(/[^\x00-\x7f]/gu, (character) => {
    const one = foldOne(character);
    longer ||= one.length !== character.length;
    return one;
  }).toLowerCase();
  if (!longer) return { folded, range: (from, to) => [from, to] };
  const at = new Uint32Array(folded.length + 1); // where each unit's character begins in the text
  let [made, place] = [0, 0];
  for (const character of text) {
    const length = character < "\x80" ? 1 : foldOne(character).length;
    at.fill(place, made, made + length);
    made += length;
    place += character.length;
  }
  at[made] = place;
  const range = (from, to) => {
    let end = to;
    while (end < made && at[end] === at[to - 1]) end += 1;
    let until = at[end];
    while (until > at[to - 1] + 1 && /\p{Cf}/u.test(text[until - 1])) until -= 1;
    return [at[from], until];
  };
  return { folded, range };
}

/** All places of `asked` in a text, in units: [[start, end], …]. */
function foldPlaces(text, asked, exact) {
  const { folded, range } = exact ? { folded: text, range: (a, b) => [a, b] } : fold(text);
  const plain = exact ? asked : foldPlain(asked).trim();
  if (!plain) return [];
  const pattern = plain.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const wanted = new RegExp(exact ? pattern : pattern.replace(/\s+/g, "\\s+"), "g");
  const places = [...folded.matchAll(wanted)]
    .map((hit) => range(hit.index, hit.index + hit[0].length));
  // One character may fold to several that match: “ﬀ” has “f” twice, in one place.
  return places.filter(([start], n) => !n || start !== places[n - 1][0]);
}
