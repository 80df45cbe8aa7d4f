// 还看到别的不对: any item of any list, found by its words or by the first letters of their pinyin.

import { make, quiet } from "./dom.js";

// The common characters stand in GB 2312 by pinyin: where each first letter begins.
const BEGINS = {
  a: 0xb0a1, b: 0xb0c5, c: 0xb2c1, d: 0xb4ee, e: 0xb6ea, f: 0xb7a2, g: 0xb8c1, h: 0xb9fe, j: 0xbbf7, k: 0xbfa6, l: 0xc0ac,
  m: 0xc2e8, n: 0xc4c3, o: 0xc5b6, p: 0xc5be, q: 0xc6da, r: 0xc8bb, s: 0xc8f6, t: 0xcbfa, w: 0xcdda, x: 0xcef4, y: 0xd1b9,
  z: 0xd4d1,
}; // prettier-ignore
const END = 0xd7fa,
  MOST = 30,
  AT_ONCE = 25;
let letters = null;

/** Character → first letter of its pinyin. */
function firstLetters() {
  if (letters) return letters;
  letters = new Map();
  const names = Object.keys(BEGINS),
    reads = new TextDecoder("gbk");
  for (const [at, name] of names.entries()) {
    const end = BEGINS[names[at + 1]] ?? END,
      bytes = [];
    for (let code = BEGINS[name]; code < end; code += 1)
      if ((code & 0xff) >= 0xa1 && (code & 0xff) <= 0xfe) bytes.push(code >> 8, code & 0xff);
    for (const character of reads.decode(new Uint8Array(bytes))) letters.set(character, name);
  }
  return letters;
}

const folded = (text) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

/** The first letters of a text's characters; what has none stands as it is. */
export const initials = (text) => [...folded(text)].map((one) => firstLetters().get(one) ?? one).join("");

const known = new WeakMap(); // item → how it is looked for: some hundred of them are asked at every letter

function wordsOf(item) {
  if (!known.has(item)) {
    const names = [item.line, item.question, item.title].filter(Boolean);
    known.set(item, {
      plain: folded([...names, ...(item.wordings ?? [])].join(" ")),
      short: names.map(initials).join(" "),
    });
  }
  return known.get(item);
}

/** Items that hold every word that was typed, or its first letters. */
export function found(items, typed) {
  const words = typed.trim().split(/\s+/).map(folded).filter(Boolean);
  if (!words.length) return [];
  return items.filter((item) => {
    const { plain, short } = wordsOf(item);
    return words.every((word) => plain.includes(word) || short.includes(word));
  });
}

/** The page of the search: the items of this visit's lists, and once it is shown what `everything()` resolves with, those of
 *  all lists. `open(item)` runs for what is tapped. */
export function drawSearch(items, open, everything) {
  const box = make("input", { type: "search", id: "other-wrong", autocomplete: "off", enterKeyHint: "search" }),
    rows = make("ul", { className: "list glances hidden" }),
    said = make("p", { className: "quiet", role: "status" });
  const section = make(
    "section",
    { id: "search", className: "hidden" },
    make("h1", { text: "还看到别的不对", tabIndex: -1 }),
    make("label", { htmlFor: box.id }, "是什么 ", quiet("写字，或写拼音的头一个字母")),
    box,
    said,
    rows,
  );
  section.dataset.section = "search";
  const show = () => {
    const all = found(items, box.value);
    rows.classList.toggle("hidden", !all.length);
    rows.replaceChildren(
      ...all.slice(0, MOST).map((item) => {
        const button = make(
          "button",
          { type: "button", className: "glance" },
          make(
            "span",
            { className: "grow" },
            item.line || item.question,
            ...(item.list ? [make("br"), quiet(item.list)] : []),
          ),
          make("span", { className: "wrong", text: "不对 ›" }),
        );
        button.addEventListener("click", () => {
          open(item).catch(console.error);
        });
        return make("li", {}, button);
      }),
    );
    said.textContent = !box.value.trim()
      ? "比如：软管，或者 rg。"
      : all.length > MOST
        ? `找到 ${all.length} 项，再写几个字就少了。`
        : all.length
          ? `找到 ${all.length} 项。`
          : "没有找到。换个说法试试；急的请按上面的遇险。";
  };
  box.addEventListener("input", show);
  section.addEventListener("shown", async () => {
    items = await everything().catch(() => items); // one's own are found all the same
    show();
    for (const [at, item] of items.entries()) {
      wordsOf(item); // before the first letter is typed, and a few at a time: taps in between are heard
      if (at % AT_ONCE === 0) await new Promise((done) => void setTimeout(done, 0));
    }
  });
  show();
  return section;
}
