// 场所: searched on the phone by name, address, the number printed on the door or what its QR holds.

import { line, list, make, quiet } from "../dom.js";
import * as ledger from "../ledger.js";
import * as reference from "../reference.js";
import { go, template } from "../router.js";

const { page } = ledger;
const MOST = 50;

/** One width, one case, no blanks, nothing that cannot be seen: （ and ( are the same to whoever looks for a place. */
const folded = (text) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{Cc}\p{Cf}]/gu, "")
    .replace(/[•‧・･∙⋅]/g, "\u00b7");
const isCode = (place, word) =>
  Boolean(word) && [place.door_code, place.code].some((code) => code && code.toLowerCase() === word);

/** Places whose name or address holds every word, or whose code it is; those that begin with it first. */
export function found(places, typed) {
  const words = typed.trim().split(/\s+/).map(folded).filter(Boolean),
    first = words[0] ?? "",
    whole = folded(typed);
  const fits = places.filter(
    (place) =>
      isCode(place, whole) ||
      words.every((word) => folded(`${place.name} ${place.address}`).includes(word) || isCode(place, word)),
  );
  const begins = (place) => Number(folded(place.name).startsWith(first));
  return fits.sort((a, b) => begins(b) - begins(a) || a.name.localeCompare(b.name, "zh-CN"));
}

export async function draw(main, { frame, query, signal }) {
  frame({
    title: "场所",
    bottom: [make("a", { className: "button wide", href: "/field/places/new", text: "新登记一家" })],
  });
  const view = template("places"),
    form = view.querySelector("[data-find]"),
    box = form.elements.q,
    area = view.querySelector("[data-found]");
  box.value = query.get("q") ?? "";
  let places = await everywhere();
  if (signal.aborted) return;
  const show = () => {
    const rows = found(places, box.value),
      shown = rows.slice(0, MOST);
    const lines = shown.map((place) =>
      line(
        `/field/places/${place.id}`,
        make("strong", { text: place.name }),
        make("br"),
        quiet(`${page.kinds[place.kind] ?? ""}，${place.address}`),
      ),
    );
    const more =
      rows.length > MOST
        ? [make("p", { className: "quiet", text: `还有 ${rows.length - MOST} 家，再写几个字就能找到。` })]
        : [];
    const none = places.length
      ? make(
          "div",
          { className: "card empty" },
          make("h2", { text: box.value ? `没有找到“${box.value.trim()}”` : "还没有登记场所" }),
          make("p", { text: "换个字试试，或新登记一家。" }),
        )
      : make("p", {
          className: "quiet",
          text: "名单还没有取到这部手机里。连上网打开一次就有了；现在也可以新登记一家。",
        });
    area.replaceChildren(...(lines.length ? [list(lines), ...more] : [none]));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(
      history.state,
      "",
      box.value.trim() ? `?q=${encodeURIComponent(box.value.trim())}` : location.pathname,
    );
    const byCode = places.find((place) => isCode(place, folded(box.value)));
    if (byCode) void go(`/field/places/${byCode.id}`);
    else show();
  });
  box.addEventListener("input", show);
  ledger.changes.addEventListener(
    "change",
    async () => {
      const now = await everywhere();
      if (signal.aborted || now.length === places.length) return;
      places = now;
      show();
    },
    { signal },
  );
  show();
  main.replaceChildren(view);
}

/** Places of the register and those made here that it does not hold yet. */
async function everywhere() {
  const listed = await reference.places(),
    known = new Set(listed.map((place) => place.id));
  const made = await reference.ownPlaces();
  return [...made.filter((place) => !known.has(place.id)), ...listed];
}

/** A scanned code on the door opens its place; what this phone does not know the server is asked. */
export async function drawDoor(main, { id: code, frame, signal }) {
  frame({ title: "场所", back: "/field/places" });
  const here = (await reference.places()).find((place) => place.door_code === code.toUpperCase());
  if (signal.aborted) return;
  if (here) return void go(`/field/places/${here.id}`, { instead: true });
  main.replaceChildren(
    make("h1", { text: "没有找到这块门牌" }),
    make("p", { text: "可以从名单里选，或新登记一家。" }),
    make("a", { className: "button main wide", href: "/field/places", text: "从名单里选" }),
  );
}
