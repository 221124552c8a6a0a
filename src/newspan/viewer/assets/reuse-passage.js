// One passage: its places, and two of them beside each other.

async function reuseShowCluster(root, data, state, signal) {
  const cluster = data.find(state.cluster);
  if (!cluster) refuse(`There is no shared passage “${state.cluster}” on this page.`, { view: "reuse" }, "All shared passages");
  const list = cluster.candidate ? data.parallels : data.clusters;
  const near = (by) => list[cluster.no - 1 + by];
  const to = (each) => address({ view: "reuse", set: state.set, cluster: each.id });
  const copies = cluster.members.filter((each) => each !== cluster.head);
  const noun = reuseNoun(cluster);
  const side = h("div", { class: "reuse-side" });
  const chooser = h("div", { class: "reuse-members" });
  root.replaceChildren(
    h("nav", { class: "reuse-nav small", "aria-label": "Shared passages" },
      h("a", { href: address({ view: "reuse", set: state.set }) }, "All shared passages"),
      near(-1) ? h("a", { href: to(near(-1)), rel: "prev" }, `← ${noun} ${near(-1).no}`) : null,
      h("span", { class: "dim" }, `${number(cluster.no)} of ${number(list.length)}`),
      near(1) ? h("a", { href: to(near(1)), rel: "next" }, `${noun} ${near(1).no} →`) : null),
    h("h1", null, cluster.candidate ? `Candidate ${cluster.no} for a parallel translation` : `Passage ${cluster.no}`),
    h("p", { class: "reuse-lead" },
      `${reusePlaces(cluster)}, ${reuseWhere(cluster)} · ${plural(cluster.size, "character")} in the ` +
        `${cluster.candidate || !cluster.known ? "first" : "canonical member"}. `,
      cluster.candidate
        ? "A rule proposed it by shared rare words, for a person to judge: whether the two render one sentence of a third text is not said."
        : REUSE_SILENT),
    chooser, side);
  const draw = async (now) => {
    const copy = copies.find((each) => each.id === now.member) || copies[0];
    reuseChooser(chooser, cluster, copy, now);
    const parts = await Promise.all(
      [cluster.head, copy].map((each) => (each ? part(`item-${each.item}`) : null)));
    // Parts may arrive in another order than they were asked for: the last one asked for is shown.
    if (signal?.aborted || reuseNow.state !== now) return false;
    const pieces = copy && !cluster.candidate && cluster.known ? reusePieces(cluster, copy) : null;
    reuseSideBySide(side, cluster, copy, parts, pieces);
    return true;
  };
  await draw(state);
  addEventListener("resize", () => reuseNow.level?.(), { signal });
  reuseNow.choose = async (now) => {
    if (!(await draw(now))) return true;
    const copy = copies.find((each) => each.id === now.member) || copies[0];
    if (copy) announce(`${noun} ${cluster.no}, ${copy.match} copy in ${copy.item}`);
    chooser.querySelector('[aria-current="true"]')?.focus({ preventScroll: true });
    return true;
  };
  reuseNow.step = (what, by) => {
    if (what === "cluster" && near(by)) location.hash = to(near(by));
    if (what === "difference") reuseNextDifference(side, by);
    if (what !== "member" || copies.length < 2) return;
    const at = copies.findIndex((each) => each.id === (parseAddress(location.hash).member || copies[0].id));
    go({ member: copies[(Math.max(at, 0) + by + copies.length) % copies.length].id }, { replace: true });
  };
}

function reuseChooser(holder, cluster, copy, state) {
  const scrolled = holder.querySelector("ol")?.scrollTop || 0;
  const row = (member) => {
    const head = member === cluster.head;
    const here = member === copy;
    const name = head ? (cluster.candidate || !cluster.known ? "first" : "canonical") : cluster.candidate ? "second" : `${member.match} copy`;
    const says = [
      h("span", { class: `reuse-role ${head ? "is-canonical" : `is-copy is-${member.match}`}` }, name), " ",
      h("span", { class: "reuse-item" }, h("b", null, member.item), " ", h("bdi", null, titleOf(member.item))), " ",
      h("span", { class: "reuse-about dim" }, reuseZone(member.zone)), " ",
      head ? null : h("span", { class: "reuse-about dim" }, reuseSimilarity(cluster, member.similarity)),
    ];
    return h("li", { class: here ? "here" : null },
      head
        ? h("span", { class: "reuse-choice" }, says)
        : h("a", {
            class: "reuse-choice", "aria-current": here ? "true" : null,
            href: address({ view: "reuse", set: state.set, cluster: cluster.id, member: member.id }),
          }, says));
  };
  const list = h("ol", { class: "reuse-choices" });
  const chosen = cluster.members.indexOf(copy);
  const more = moreButton(list, cluster.members, row, Math.max(CORE_PAGE, chosen + 1));
  holder.replaceChildren(
    h("h2", { class: "reuse-h" }, "Its places"), list, more,
    cluster.candidate
      ? ""
      : h("details", { class: "small reuse-why" },
          h("summary", null, "Which one is canonical, and why"),
          h("p", null, cluster.known ? REUSE_CANONICAL : "Its canonical member is not on this page; the first place is shown instead, without alignment.")));
  list.scrollTop = scrolled;
  const current = list.querySelector('[aria-current="true"]');
  if (current && list.scrollHeight > list.clientHeight) {
    const top = current.offsetTop - list.offsetTop;
    if (top < list.scrollTop || top > list.scrollTop + list.clientHeight - 40) list.scrollTop = top - 40;
  }
}
