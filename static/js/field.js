// The phone's side of the field pages: what is on the page comes to life, the badge tells the truth, the sender wakes.

import { wireEnd } from "./field/end.js";
import { wireFilling, wireSections } from "./field/fill.js";
import { wireForms } from "./field/forms.js";
import * as ledger from "./field/ledger.js";
import { wireOutbox } from "./field/outbox.js";
import { status, wake } from "./field/sender.js";
import { make, showBadge } from "./field/words.js";

/** A session that ended keeps everything and says so, with the way back in. */
function offerSignIn() {
  const area = document.getElementById("notice-area");
  ledger.changes.addEventListener("change", () => {
    const wanted = status.now === "signin";
    if (wanted === Boolean(area.querySelector("[data-sign-in]"))) return;
    area.querySelector("[data-sign-in]")?.remove();
    if (!wanted) return;
    const link = make("a", { className: "button main", text: "登录", href: `/sign-in?next=${encodeURIComponent(location.pathname)}` });
    const box = make("div", { className: "notice notice-warn" }, make("p", { text: "登录已过期，请再登录一次。您填的都还在。" }), link);
    box.dataset.signIn = "";
    area.append(box);
  });
}

showBadge();
offerSignIn();
wireForms();
if (document.querySelector("[data-outbox-list]")) wireOutbox();
if (ledger.page.visit && document.querySelector("[data-item]")) {
  const { items, flush } = await wireFilling();
  wireEnd(items, flush);
  wireSections();
}
ledger.forgetOld();
wake();
