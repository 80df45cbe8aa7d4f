// The service worker: keeps the shell on the phone, and a new one takes over only where nobody is filling.

import { make } from "./dom.js";
import { noticeBox, sayAbove } from "./notices.js";

let waiting = null,
  taken = false;
/** What the browser would ask to put this on the home screen; it says so once, early. */
export const home = { prompt: /** @type {BeforeInstallPromptEvent | null} */ (null) };
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  home.prompt = /** @type {BeforeInstallPromptEvent} */ (event);
});

/** Hold the sign that a visit is being filled until the view is left; other tabs and the new worker respect it. */
export function whileFilling(signal) {
  if (!navigator.locks) return;
  navigator.locks
    .request(
      "filling",
      { mode: "shared" },
      () =>
        new Promise((done) => {
          signal.addEventListener("abort", done);
        }),
    )
    .catch(console.warn);
}

/** Where the browser does not say, somebody may. */
async function somebodyFills() {
  try {
    return ((await navigator.locks.query()).held ?? []).some((lock) => lock.name === "filling");
  } catch {
    return true;
  }
}

/** Register the worker; a newer one is offered while somebody fills, and taken where nobody does. False without one. */
export async function wireUpdates() {
  if (!("serviceWorker" in navigator)) return false;
  try {
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      if (taken) location.reload();
    });
    const registration = await navigator.serviceWorker.register("/field/worker.js", {
      scope: "/field/",
      updateViaCache: "none",
    });
    const look = () => {
      waiting = registration.waiting && navigator.serviceWorker.controller ? registration.waiting : null;
      offer().catch(console.error);
    };
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", look);
    });
    look();
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") registration.update().catch(() => {});
    });
    return true;
  } catch (fault) {
    console.warn(fault); // an insecure origin, or no signal at the first opening: everything works, but not from cold
    return false;
  }
}

/** Take the waiting version now if nobody fills; else say that there is one. Called at each change of view, too. */
export async function offer() {
  if (!waiting) return sayAbove("update");
  if (!(await somebodyFills()) && !document.querySelector("main form [name]:focus")) return take();
  const now = make("button", { type: "button", className: "calm", text: "现在更新" });
  now.onclick = take;
  return sayAbove("update", noticeBox("info", "有新版，填完这一家再更新。", make("div", { className: "row" }, now)));
}

function take() {
  taken = true;
  waiting.postMessage("take-over");
}
