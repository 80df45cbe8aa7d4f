// A visit: filling while it is begun, what became of it once it is handed in.

import { reopen } from "../camera.js";
import { make, quiet } from "../dom.js";
import { beginning as depthOf, offerDepths as offer } from "../depth.js";
import { openFilling } from "../fill.js";
import * as ledger from "../ledger.js";
import * as reference from "../reference.js";
import { open } from "../router.js";
import { heard, refusal, submission } from "../submission.js";
import * as visits from "../visits.js";

const { page } = ledger;
export async function draw(main, about) {
  const row = await visits.get(about.id),
    sent = await submission(about.id);
  // Refused by the server it can be signed and handed in anew: nothing of it is lost.
  if (row?.lists && !sent && (!row.submitted || (await refusal(about.id)))) return fill(main, about, row);
  if (row?.submitted || sent) return handedIn(main, about, row);
  const data = await heard(about.id);
  if (data?.submitted_at) return handedIn(main, about, null, data);
  const fetched = data && (await visits.fetchVisit(about.id, data));
  return fetched ? fill(main, about, fetched) : absent(main, about);
}

const short = () => import("../short.js");
/** @type {typeof import("./handed_in.js").draw} */
const handedIn = async (...about) => (await import("./handed_in.js")).draw(...about);

/** Fetched beforehand, so that a visit can be walked, signed and handed in, and something left, where there is no signal and
 *  no worker. */
export async function prepare() {
  await Promise.all([
    short(),
    import("./handed_in.js"),
    import("../explained.js"),
    import("../sheets.js"),
    import("../slips.js"),
  ]);
  return (await import("../hand_in.js")).prepare();
}

// The page before a visit needs of it how deep it goes.
export const beginning = depthOf;
export const offerDepths = offer;

function sectionBar() {
  const back = make("button", { className: "calm hidden", type: "button", text: "上一部分" }),
    on = make("button", { className: "main", type: "button", text: "下一部分" });
  [back.dataset.go, on.dataset.go] = ["back", "on"];
  const more = make("p", { className: "left" }, make("a", { href: "#leave", text: "提前结束" }));
  return { steps: [back, on, more] };
}

async function fill(main, { frame, signal }, row) {
  const day = await reference.day(),
    walks = row.depth === "short" ? await short() : null;
  if (signal.aborted) return;
  const bar = walks ? walks.shortBar() : sectionBar();
  const nav = make("nav", { className: "sections" });
  nav.setAttribute("aria-label", "检查表的部分");
  frame({
    title: row.place.name,
    line: row.titles.join("、"),
    back: "/field/",
    steps: bar.steps,
    under: [nav],
    urgentAt: row.place.id,
  });
  document.dispatchEvent(new CustomEvent("filling", { detail: { signal } }));
  whenLookedUp(main, signal);
  const visiting = (page.visiting = {
    place_position: position(row.place),
    marks: row.marks ?? {},
    rest: day?.rest ?? [],
  });
  signal.addEventListener("abort", () => {
    if (page.visiting === visiting) page.visiting = {};
  });
  main.addEventListener(
    "handed-in",
    async ({ detail }) => {
      if (detail) await visits.over(row.id, detail);
      if (!signal.aborted) void open(0);
    },
    { signal },
  );
  main.replaceChildren();
  const context = {
    visit: row.id,
    place: row.place,
    depth: row.depth,
    deep: row.deep,
    zones: row.zones,
    zonePhotos: row.zone_photos,
    facts: row.facts,
    answers: row.answers ?? {},
    asOf: row.heard_at ?? 0,
    answersAt: `/field/visits/${row.id}/answers`,
    failedBefore: row.failed,
    mates: row.mates,
    lists: row.lists,
    signal,
  };
  const items = await (walks ? walks.openShort(main, context, bar) : openFilling(main, context));
  if (signal.aborted) return;
  await reopen(row.id, items); // a photo that was lost with the page is asked for again
  const refused = await refusal(row.id);
  if (refused && !signal.aborted)
    main.prepend(
      make(
        "div",
        { className: "notice notice-bad", role: "alert" },
        make("p", { text: `上次提交没有被接收：${refused.words || "请看一遍，再签名提交。"}` }),
      ),
    );
}

/** Words that need a drawing are explained where 怎么看 is opened. */
function whenLookedUp(main, signal) {
  const opened = async ({ target }) => {
    if (!target.open || !target.matches(".item-links > details")) return;
    const { explain } = await import("../explained.js");
    await explain(target, page.visiting.items?.[target.closest("[data-item]").dataset.item]);
  };
  const heard = (event) => opened(event).catch(console.warn); // without a signal the words stand alone
  main.addEventListener("toggle", heard, true);
  signal.addEventListener("abort", () => main.removeEventListener("toggle", heard, true));
}

const position = ({ position: known }) => (known ? { lon: known[0], lat: known[1] } : null);

function absent(main, { frame, signal }) {
  if (signal.aborted) return;
  frame({ title: "走访", back: "/field/" });
  main.replaceChildren(
    make("h1", { text: "这次走访不在这部手机里" }),
    make("p", { text: "它在别的手机上开始，或还没有取到。有信号时再打开一次。" }),
    make("a", { className: "button main wide", href: "/field/", text: "回到今日" }),
    quiet(""),
  );
}
