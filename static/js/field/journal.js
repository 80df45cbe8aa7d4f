// What was tapped or typed a moment ago, written down before anything is waited for: a page may be killed while the
// phone's database has not answered yet. Also what lasts where that database is refused; each store of the browser may be.

export const KEPT = "kept:"; // + store:key, of a page whose database is refused
const PLACES = ["localStorage", "sessionStorage"];
const kept = new Map(); // as long as this page is open

/** What a store of the browser says to this; `otherwise` where it is denied or full: some throw when they are looked at. */
function asked(place, question, /** @type {unknown} */ otherwise = null) {
  try {
    return question(globalThis[place]) ?? otherwise;
  } catch {
    return otherwise;
  }
}

const written = (place, key, text) =>
  asked(
    place,
    (store) => {
      store.setItem(key, text);
      return true;
    },
    false,
  );
const read = (place, key) => asked(place, (store) => store.getItem(key));

/** Written down in the first place that takes it, and in no other: false where it lasts no longer than this page. */
export function set(key, value) {
  drop(key);
  const text = JSON.stringify(value);
  if (PLACES.some((place) => written(place, key, text))) return true;
  kept.set(key, text);
  return false;
}

/** Null where there is nothing, or nothing of ours. */
export function get(key) {
  const [text] = [...PLACES.map((place) => read(place, key)), kept.get(key)].filter((one) => typeof one === "string");
  try {
    return JSON.parse(text ?? null);
  } catch {
    return null;
  }
}

export function drop(key) {
  for (const place of PLACES) asked(place, (store) => store.removeItem(key));
  kept.delete(key);
}

/** [key, value] of all that begin so. */
export function entries(start) {
  const keys = [...PLACES.flatMap((place) => asked(place, Object.keys, [])), ...kept.keys()].filter((key) =>
    key.startsWith(start),
  );
  return [...new Set(keys)].map((key) => [key, get(key)]).filter(([, value]) => value !== null);
}

/** Whether nothing is written here that begins with one of these. */
export const isEmpty = (...starts) => starts.every((start) => !entries(start).length);

/** Whether what is written here outlives the page. */
export function lasting() {
  const outlives = set("journal", 1);
  drop("journal");
  return outlives;
}

/** Single words under a name, as they are. */
const words = (place) => ({
  get: (key) => read(place, key) ?? kept.get(key) ?? null,
  set(key, text) {
    if (!written(place, key, text)) kept.set(key, text);
  },
});
export const thisTab = words("sessionStorage");
export const thisPhone = words("localStorage");
