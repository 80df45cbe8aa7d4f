// Which camera a tap opens: the one in the page (viewfinder.js) or the phone's own. The phone's own pushes this page out of the memory of a cheap phone, and the photo is lost
// with it; here each photo is on disk before the next one is taken.

import { thisPhone } from "./journal.js";
import * as ledger from "./ledger.js";
import { notice } from "./notices.js";
import * as photos from "./photos.js";

const HOUR = 3600000,
  RETURNED = 3000;
const LOST = "刚才那张照片没有存下来，请再拍一次。";
let refused = false; // by the person, the browser or the phone, for as long as this page is open

/** Whether this browser has a camera for pages. */
export const able = () => window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia) && !refused;

/** Whether a tap on 拍照 opens it. */
export const live = () => able() && preferred() !== "phone";

const preferred = () => thisPhone.get("camera");

/** `page` or `phone`: which camera a person likes better on this phone. */
export const prefer = (which) => thisPhone.set("camera", which);

/** Nobody is asked again while this page is open. */
export const refuse = () => {
  refused = true;
};

/** Show a photo given by its id or an address. */
export const showBefore = (image, given) =>
  given.includes("/") ? Object.assign(image, { src: given }) : photos.show(image, given, false);

// ---- what was going on when a page was killed

/** Note that a camera is opened, so that a page killed behind it can say so. */
export async function remember({ element, visit }) {
  if (visit)
    await ledger.keepNote("camera", {
      visit,
      item: element.closest("[data-item]")?.dataset.item ?? "",
      strip: element.dataset.photos,
      at: Date.now(),
    });
}

/** The same for the phone's own camera. */
export async function rememberOutside(strip) {
  await remember(strip);
  // A page that lives to see the person come back was not killed; browsers do not all say that nothing was taken.
  addEventListener("focus", () => setTimeout(forget, RETURNED), { once: true });
}

/** The photo is stored, or none was taken. */
export const forget = () => ledger.dropNote("camera");

/** On opening a visit's filling, once its items stand: go to the one whose photo was lost with the page. */
export async function reopen(visit, items) {
  const note = await ledger.note("camera");
  if (note?.visit !== visit) return false;
  await forget();
  const stored = (await ledger.photos("waiting", "sent", "refused")).some(
    (row) => row.visit === visit && row.order >= note.at,
  );
  items.find((one) => one.code === note.item)?.open();
  const item = document.getElementById(`item-${note.item}`),
    strip = (item ?? document).querySelector(`[data-photos="${note.strip}"]`);
  if (stored || !strip || Date.now() - note.at > HOUR) return false;
  if (item) {
    // Without a step in the history: the back key leads where it led before.
    history.replaceState(history.state, "", `#${item.id}`);
    dispatchEvent(new HashChangeEvent("hashchange"));
  }
  for (let part = strip; part && part !== item; part = part.parentElement) {
    part.classList.remove("hidden");
    if (part.tagName === "DETAILS") part.open = true;
  }
  notice(strip.parentElement, LOST, "warn");
  strip.querySelector("[data-source=camera]")?.focus({ preventScroll: true });
  return true;
}

/** Open the camera for a strip; resolves when it is closed again. What draws it is fetched when it is wanted first; without
 *  a signal and a worker that kept it, the phone's own camera serves. */
export async function open(strip) {
  const sheets = await import("./sheets.js").catch(console.warn);
  if (sheets) return sheets.viewfinder.open(strip);
  refuse();
  return strip.shootOutside();
}
