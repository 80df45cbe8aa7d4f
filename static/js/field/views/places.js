// 场所: searched on the phone by name, address, the number printed on the door or what its QR holds.

import { line, list, make, quiet } from "../dom.js";
import * as ledger from "../ledger.js";
import * as reference from "../reference.js";
import { go, template } from "../router.js";

const { page } = ledger;
const MOST = 50;

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
  const register = await reference.register();
  let search = await register.search();
  if (signal.aborted) return;
  const show = async () => {
    const found = await search.find(box.value, MOST); // null where something else was typed meanwhile
    if (found && !signal.aborted) area.replaceChildren(...shown(found, search, box.value.trim()));
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = box.value.trim();
    history.replaceState(history.state, "", typed ? `?q=${encodeURIComponent(typed)}` : location.pathname);
    const byCode = search.byCode(typed);
    if (byCode?.id) void go(`/field/places/${byCode.id}`);
    else await show();
  });
  box.addEventListener("input", show);
  ledger.changes.addEventListener(
    "change",
    async () => {
      const now = await register.search();
      if (signal.aborted || now === search) return;
      search = now;
      await show();
    },
    { signal },
  );
  main.replaceChildren(view);
  await show();
}

/** What stands under the box: the first of what was found, how much more there is, or why there is nothing. */
function shown({ places, sum }, { size, register }, typed) {
  if (!size) return [quietly("名单还没有取到这部手机里。连上网打开一次就有了；现在也可以新登记一家。")];
  if (!sum)
    return [
      make(
        "div",
        { className: "card empty" },
        make("h2", { text: typed ? `没有找到“${typed}”` : "还没有登记场所" }),
        make("p", { text: "换个字试试，或新登记一家。" }),
      ),
    ];
  return [
    ...(register.size && !register.ids ? [quietly("名单刚取到一半，连着网再等一下，就能打开下面这些场所。")] : []),
    list(places.map(row)),
    ...(sum > places.length ? [quietly(`还有 ${sum - places.length} 家，再写几个字就能找到。`)] : []),
  ];
}

const quietly = (text) => make("p", { className: "quiet", text });

function row({ id, name, kind, address, status }) {
  const about = [page.kinds[kind], address, status !== "open" && page.statuses[status]].filter(Boolean).join("，");
  const words = [make("strong", { text: name }), make("br"), quiet(about)];
  return id ? line(`/field/places/${id}`, ...words) : make("li", { className: "line" }, ...words);
}

/** A scanned code on the door opens its place; what this phone does not know the server is asked. */
export async function drawDoor(main, { id: code, frame, signal }) {
  frame({ title: "场所", back: "/field/places" });
  const here = await (await reference.register()).byCode(code);
  if (signal.aborted) return;
  if (here?.id) return void go(`/field/places/${here.id}`, { instead: true });
  main.replaceChildren(
    make("h1", { text: "没有找到这块门牌" }),
    make("p", { text: "可以从名单里选，或新登记一家。" }),
    make("a", { className: "button main wide", href: "/field/places", text: "从名单里选" }),
  );
}
