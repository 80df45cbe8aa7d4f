// The phone's side of the field pages: what is on the page comes to life, the badge tells the truth, the sender wakes.

import { reopen } from "./field/camera.js";
import { wireEnd } from "./field/end.js";
import { wireFilling } from "./field/fill.js";
import { wireForms } from "./field/forms.js";
import * as ledger from "./field/ledger.js";
import { wireOutbox } from "./field/outbox.js";
import { wireSections } from "./field/sections.js";
import { send, status, wake } from "./field/sender.js";
import { wireUrgent } from "./field/urgent.js";
import { clock, make, showBadge } from "./field/words.js";

const { page } = ledger;

/** A session that ended keeps everything and says so; signing in happens on the spot, and the sender goes on. */
function offerSignIn() {
  const area = document.getElementById("notice-area");
  ledger.changes.addEventListener("change", () => {
    const wanted = ["signin", "other_account"].includes(status.now);
    if (wanted === Boolean(area.querySelector("[data-sign-in]"))) return;
    area.querySelector("[data-sign-in]")?.remove();
    if (!wanted) return;
    const words = status.now === "signin" ? "登录已过期，请再登录一次。您填的都还在。"
      : `现在登录的是另一个账号。您填的都还在，要${page.name}本人登录才能发。`;
    const link = make("a", { className: "button main", text: "登录", href: `/sign-in?next=${encodeURIComponent(location.pathname)}` });
    const box = make("div", { className: "notice notice-warn" }, make("p", { text: words }), link);
    link.addEventListener("click", (event) => { event.preventDefault(); signInHere(box, link); });
    box.dataset.signIn = "";
    area.append(box);
  });
  document.addEventListener("signed-in", () => send());
}

/** The sign-in form in place of the notice; without htmx or a connection the link's own page serves. */
async function signInHere(box, link) {
  try {
    const answer = await fetch("/sign-in", { headers: { "HX-Request": "true" }, cache: "no-store" });
    if (!answer.ok || !window.htmx) throw new Error(`sign-in answered ${answer.status}`);
    box.innerHTML = await answer.text();
    window.htmx.process(box);
    box.querySelector("input:not([type=hidden])")?.focus();
  } catch (fault) {
    console.warn(fault);
    location.href = link.href;
  }
}

/** Cards of begun visits count what is still on this phone, and say so. */
async function showDrafts() {
  for (const card of document.querySelectorAll("[data-draft]")) {
    const unsent = Object.keys(await ledger.unsentAnswers(card.dataset.draft));
    if (!unsent.length) continue;
    const total = Number(card.dataset.total);
    const done = Math.min(total, new Set([...(page.drafts?.[card.dataset.draft] ?? []), ...unsent]).size);
    card.querySelector("[data-progress]").textContent = `已查 ${done} 项，还有 ${total - done} 项`;
    card.querySelector("progress").value = done;
    const waiting = (await ledger.operations("waiting")).filter((row) => row.payload.visit === card.dataset.draft);
    if (waiting.length) card.querySelector("[data-kept-line]").textContent = `${clock(new Date(waiting.at(-1).captured_at))} 已存本机，等待发送`;
  }
}

showBadge();
offerSignIn();
wireForms();
wireUrgent();
showDrafts();
if (document.querySelector("[data-outbox-list]")) wireOutbox();
if (page.visit && document.querySelector("[data-item]")) {
  const { items, flush, refresh } = await wireFilling();
  wireEnd(items, flush, refresh);
  wireSections();
  await reopen(page.visit);
}
ledger.forgetOld();
wake();
