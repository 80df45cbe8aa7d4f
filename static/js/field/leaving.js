// 提前结束 at any moment, with a reason; and 作废 while there is nothing that would be lost. In a short walk and in a whole check.

import { make } from "./dom.js";
import { ended, SHOWN_OUT } from "./early.js";
import * as ledger from "./ledger.js";
import { notice, notKept } from "./notices.js";
import { chosen, tapped } from "./reasons.js";
import { go } from "./router.js";
import { send } from "./sender.js";
import * as visits from "./visits.js";

const WHY = [SHOWN_OUT, "来电话，要走", "天黑", "有危险", "其他"];
const VOID = ["开错了地方", "只是试一试", "同一次开了两回", "其他"];
const key = (visit) => `sign:${visit}:early`;

/** Why this visit ends early, if that was said before on this phone. */
export const whyEarly = async (visit) => (await ledger.note(key(visit))) || null;

async function endEarly(walk, why) {
  walk.early = why || null;
  await ledger.keepNote(key(walk.visit), why);
}

/** Written down as it is, bytes and all; only nothing follows from it. */
async function throwAway(visit, note) {
  const row = await visits.handedIn(visit),
    after = await visits.stoodOn(visit);
  await ledger.recordWith(
    row ? { visits: [{ ...row, lists: null }] } : {},
    ended(visit, "void", note),
    // Named once more: where the first is refused, over a tap of a companion's that this phone has not heard of, nothing
    // is handed in as if it had been inspected.
    [
      "visit.submit",
      (rows) => ({ visit, outcome: "void", text_sha256: "", after: [...after, ...rows.map(({ id }) => id)] }),
    ],
  );
  void send();
  return go("/field/", { instead: true });
}

/** The fold in which a visit is thrown away. */
function drawVoid(walk) {
  const away = make("details", { className: "card hidden" }, make("summary", { text: "什么都还没查，这次作废" })),
    why = chosen("void", VOID, "void-words"),
    press = make("button", { type: "button", className: "danger wide", text: "作废这次走访" });
  press.addEventListener("click", () => {
    const reason = why.said();
    if (reason === null) return notice(away, "请选为什么作废。", "bad");
    if (!reason) return undefined;
    press.disabled = true;
    return throwAway(walk.visit, reason).catch((fault) => {
      press.disabled = false;
      notKept(away, fault, "作废");
    });
  });
  away.append(
    make("p", { className: "quiet", text: "点过的照样发出去、存着，只是不算一次检查。" }),
    ...why.parts,
    press,
  );
  return away;
}

/** The page on which a visit is ended early or thrown away. `walk` is what may end, see early.js. */
export function drawLeaving(walk, answers) {
  const section = make("section", { id: "leave", className: "hidden" }),
    away = drawVoid(walk);
  section.dataset.section = "leave";
  const reasons = make(
    "fieldset",
    {},
    make("legend", { text: "为什么现在就要走" }),
    ...tapped("early", WHY, "early-words"),
  );
  reasons.addEventListener("click", (event) => {
    const chip = /** @type {Element} */ (event.target).closest("[data-early]"),
      { early } = /** @type {HTMLElement | null} */ (chip)?.dataset ?? {};
    if (!early) return;
    endEarly(walk, early).then(
      () => {
        location.hash = "end";
      },
      (fault) => notKept(section, fault, "这句话"),
    );
  });
  section.append(
    make("h1", { text: "提前结束", tabIndex: -1 }),
    make("p", { text: "查出来的照样记成隐患；没看的，单子上会写明没看几项、为什么。" }),
    make("div", { className: "card" }, reasons),
    away,
  );
  section.addEventListener("shown", async () => {
    away.classList.toggle("hidden", await walk.holdsSomething(answers).catch(() => true));
  });
  return section;
}

/** On the last page of a visit that ends early: what that means, and the way back. */
export function sayEarly(end, walk, changed) {
  const box = make("div", { className: "notice notice-warn hidden" }),
    words = make("p"),
    back = make("button", { type: "button", className: "calm", text: "不提前结束，接着查" });
  back.addEventListener("click", () => endEarly(walk, "").then(changed, (fault) => notKept(end, fault, "这句话")));
  box.dataset.early = "";
  box.append(words, back);
  end.querySelector("h1").after(box);
  return () => {
    box.classList.toggle("hidden", !walk.early);
    if (!walk.early) return;
    const { not_looked: not, open } = walk.tally();
    words.textContent = `提前结束：${walk.early}。没看 ${not.length + open.length} 项，会写在下面那段话里。${walk.shownOut ? "不用再请人签名。" : ""}`;
  };
}
