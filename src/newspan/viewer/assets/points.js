// The one place where code points, in which records count, and UTF-16 units, in which scripts
// count, are turned into each other.

/** `unit(point)` and `point(unit)` of a text; `length` in code points. */
function unitsOf(text) {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) {
    const same = (place) => place;
    return { unit: same, point: same, length: text.length };
  }
  const pairs = pointsPairs(text); // the unit at which each pair begins
  const unit = (point) => {
    // The pair number i begins at the code point pairs[i] - i.
    let low = 0;
    let high = pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[middle] - middle < point) low = middle + 1;
      else high = middle;
    }
    return point + low;
  };
  const point = (place) => {
    let low = 0;
    let high = pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[middle] < place) low = middle + 1;
      else high = middle;
    }
    return place - low;
  };
  return { unit, point, length: text.length - pairs.length };
}

function pointsPairs(text) {
  const pairs = [];
  for (const found of text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)) pairs.push(found.index);
  return pairs;
}

const pointsKnown = new Map();

/** The part of a text between two code points; conversions of the last few texts are kept. */
function slice(text, start, end) {
  let units = pointsKnown.get(text);
  if (!units) {
    if (pointsKnown.size > 15) pointsKnown.delete(pointsKnown.keys().next().value);
    units = unitsOf(text);
    pointsKnown.set(text, units);
  }
  return text.slice(units.unit(start), units.unit(end));
}

/** An item's text between two code points of its document, as far as the item reaches. */
function surfaceOf(item, start, end) {
  const low = Math.max(start, item.start) - item.start;
  const high = Math.min(end, item.end) - item.start;
  return high > low ? slice(item.text, low, high) : "";
}
