// How the reuse view speaks of passages, and shows their text.

function reuseNoun(cluster) {
  return cluster.candidate ? "Candidate" : "Passage";
}

function reuseWhere(cluster) {
  if (cluster.items.size === 1) return "within one item";
  return cluster.scope === "across" ? "across documents" : "within one document";
}

function reuseZone(zone) {
  return { paragraph: "running text", boilerplate: "page furniture" }[zone] || (zone ? words(zone) : "no zone");
}

function reuseSimilarity(cluster, value) {
  if (cluster.candidate) return typeof value === "number" ? `cosine of rare words ${value.toFixed(2)}` : "";
  return `similarity ${percent(value)}`;
}

function reusePlaces(cluster) {
  return plural(cluster.members.length, "place");
}

/** Who published an item, when, in what language: as far as the corpus's list says. */
function reuseOrigin(id) {
  const item = itemOf(id);
  if (!item) return [];
  const outlets = item.outlets || [];
  return [
    outlets.length ? h("bdi", null, outletName(outlets[0])) : null,
    item.published ? h("span", null, dateWords(item.published)) : h("span", null, "date unknown"),
    item.language ? h("span", null, languageName(item.language)) : null,
  ].filter(Boolean);
}

/** Fills an element with a passage's first words once it comes into sight. */
function reuseOpening(element, member, length = 80) {
  const fill = async () => {
    try {
      const item = await part(`item-${member.item}`);
      const cut = member.end - member.start > length;
      const text = surfaceOf(item, member.start, Math.min(member.end, member.start + length));
      element.lang = item.language || "";
      element.replaceChildren(`${text.replace(/\s+/g, " ").trim()}${cut ? "…" : ""}`);
    } catch (fault) {
      element.replaceChildren(`(${fault.message})`);
    }
  };
  // What stands in the page is filled at once, and so stands on paper too.
  if (HEAD.parts === "inline" || !("IntersectionObserver" in window)) fill();
  else {
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some((each) => each.isIntersecting)) return;
      watch.disconnect();
      fill();
    }, { rootMargin: "200px" });
    watch.observe(element);
  }
  return element;
}
