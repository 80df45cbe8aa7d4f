// Signing in on the spot, in place of the notice that asks for it; fetched when somebody does.

import { make } from "./dom.js";
import { page } from "./ledger.js";

const fetched = new Set();

/** Put the sign-in form into a notice. Throws without a connection. */
export async function signInHere(box) {
  const answer = await fetch("/sign-in", { headers: { "HX-Request": "true" }, cache: "no-store" });
  if (!answer.ok) throw new Error(`sign-in answered ${answer.status}`);
  await htmx();
  box.innerHTML = await answer.text();
  window.htmx.process(box);
  box.querySelector("input:not([type=hidden])")?.focus();
}

/** The shell needs htmx, and what goes with it, for this one form only; each once, also where the signal broke off between. */
async function htmx() {
  for (const src of page.htmx.filter((one) => !fetched.has(one))) {
    await new Promise((done, failed) => {
      document.head.append(make("script", { src, onload: done, onerror: failed }));
    });
    fetched.add(src);
  }
}
