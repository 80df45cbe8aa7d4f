// One photo, large: when and where it was taken, what is circled on it, taken again or not wanted.

import { clock } from "./days.js";
import { isFar, whereWords } from "./distance.js";
import { make } from "./dom.js";
import { hintOf } from "./hints.js";
import { layer, mark, marksOf, MOST_MARKS, NINE, ninth, saveMarks, where } from "./marks.js";
import { notKept } from "./notices.js";
import * as photos from "./photos.js";
import { button, openSheet } from "./sheet.js";
import * as store from "./store.js";
import { whereAsked } from "./where_taken.js";

const TOOLS = {
  oval: ["圈", "一根手指从一角拉到另一角，就是一个圈。"],
  arrow: ["箭头", "一根手指往问题上拉，松手的地方就是箭头。"],
};
const LEAST = 0.03; // shorter is a tap, not a drawing

/** Show a photo of a strip; resolves with what is wished of it: again, more, drop, or nothing. */
export async function openPhoto(id, number) {
  const image = make("img", { alt: `第 ${number} 张照片` }),
    picture = make("div", { className: "picture" }, image);
  const words = make("div"),
    circled = make("p", { className: "quiet" });
  circled.setAttribute("role", "status");
  const drawing = new Drawing(picture, image, await marksOf(id), () => {
    circled.textContent = circledWords(drawing.marks);
  });
  let wish = "";
  const leave = (what) => () => {
    wish = what;
    close();
  };
  const drop = button(
    "不要这张",
    () => {
      if (drop.textContent === "不要这张") drop.textContent = "再点一下就不要了";
      else leave("drop")();
    },
    "calm",
  );
  const circle = button("圈出问题", () => draw(true), "main");
  const tools = make("div", { className: "tools" }, circle, button("重拍", leave("again")), drop);
  const head = make(
    "div",
    { className: "spread" },
    make("h2", { text: `第 ${number} 张照片` }),
    button("关上", () => close(), "calm"),
  );
  const { sheet, close, closed } = openSheet(
    `第 ${number} 张照片`,
    "photo-step",
    head,
    picture,
    words,
    circled,
    tools,
    drawing.tools(() => draw(false)),
  );

  /** Between looking and drawing. */
  function draw(on) {
    drawing.on = on;
    sheet.classList.toggle("drawing", on);
    if (!on) void save();
    (on ? sheet.querySelector("[data-tool]") : circle).focus({ preventScroll: true });
    if (on) picture.scrollIntoView({ block: "start" });
  }

  /** Not written down, the circles are written anew at the next leave, and it is said where one looks. */
  async function save() {
    if (!drawing.changed()) return;
    try {
      await saveMarks(id, drawing.marks);
    } catch (fault) {
      drawing.saved = "";
      const strip = document.querySelector(`figure[data-photo="${id}"]`)?.closest("[data-photos]").parentElement;
      notKept(sheet.isConnected ? words : (strip ?? document.getElementById("main")), fault, "圈注", "请再圈一次");
    }
  }

  image.addEventListener(
    "error",
    () => {
      words.prepend(make("p", { text: "这部手机显示不出这张照片，照样会发送。" }));
    },
    { once: true },
  );
  void photos.show(image, id, false);
  fillWords(words, id, leave("more")).catch(console.error);
  await closed;
  image.removeAttribute("src"); // a large picture decoded is thirty megabytes
  await save();
  return wish;
}

const circledWords = (marks) => (marks.length ? `圈出：${where(marks)}。圈注不在原照片里。` : "");

async function fillWords(element, id, more) {
  const photo = await store.get("photos", id),
    hint = await hintOf(id);
  const lines = photo
    ? [`${takenWords(photo)}，${await photos.stateWords(id)}。`, whereWords(photo)]
    : [`这张照片不在这部手机上，${await photos.stateWords(id)}。`];
  element.append(
    make("p", { text: lines.join("") }),
    ...[hint, await photos.refusalOf(id)].filter(Boolean).map((text) => make("p", { className: "warned", text })),
    photo && isFar(photo) ? await whereAsked(photo, "这一张", more) : "",
  );
}

function takenWords({ captured_at, source }) {
  const taken = captured_at ? `${clock(new Date(captured_at))} 拍摄` : "拍摄时间不详";
  return source === "camera" ? taken : `${taken}，相册照片，不是现场拍的`;
}

/** Ovals and arrows by one finger, or one of nine places by a tap or a key. */
class Drawing {
  constructor(picture, image, marks, shown) {
    this.picture = picture;
    this.image = image;
    this.marks = [...marks];
    this.saved = JSON.stringify(marks);
    this.shown = shown;
    this.on = false;
    this.tool = "oval";
    this.finger = /** @type {{ id: number, from: number[] } | null} */ (null);
    image.addEventListener("load", () => this.show());
    picture.addEventListener("pointerdown", (event) => this.begin(event));
    picture.addEventListener("pointermove", (event) => this.move(event));
    picture.addEventListener("pointerup", (event) => this.end(event));
    picture.addEventListener("pointercancel", () => {
      this.finger = null;
      this.show();
    });
  }

  /** Whether something was drawn or taken back since this was asked last. */
  changed() {
    const now = JSON.stringify(this.marks),
      before = this.saved;
    this.saved = now;
    return now !== before;
  }

  tools(done) {
    const hint = (this.hint = make("p", { className: "hint", text: TOOLS.oval[1] }));
    const shapes = Object.entries(TOOLS).map(([name, [text, words]]) => {
      const made = button(text, () => {
        this.tool = name;
        hint.textContent = words;
        shapes.forEach((one) => one.setAttribute("aria-pressed", String(one === made)));
      });
      made.dataset.tool = name;
      made.setAttribute("aria-pressed", String(name === this.tool));
      return made;
    });
    hint.setAttribute("role", "status");
    this.places = NINE.map((text, number) => {
      const made = button(text, () => this.toggle(number), "calm");
      made.dataset.ninth = String(number);
      return made;
    });
    const undo = button(
      "撤回",
      () => {
        this.marks.pop();
        this.show();
      },
      "calm",
    );
    const nine = make(
      "fieldset",
      {},
      make("legend", { text: "不画也行，点一下问题在哪一块" }),
      make("div", { className: "nine" }, ...this.places),
    );
    const bar = make("div", { className: "draw-bar" }, ...shapes, undo, button("好了", done, "main"));
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "圈出问题");
    return make("div", { className: "draw-tools" }, bar, hint, nine);
  }

  toggle(number) {
    const place = JSON.stringify(ninth(number)),
      without = this.marks.filter((one) => JSON.stringify(one) !== place);
    if (without.length < this.marks.length) this.marks = without;
    else this.put(ninth(number));
    this.show();
  }

  put(one) {
    if (this.marks.length < MOST_MARKS) this.marks.push(one);
    else if (this.hint) this.hint.textContent = `一张照片最多圈 ${MOST_MARKS} 处，可以先撤回几处。`;
  }

  /** Where a finger is, in fractions of the picture: its box may be wider or higher than it. */
  at(event) {
    const box = this.image.getBoundingClientRect(),
      { naturalWidth: width, naturalHeight: height } = this.image;
    const scale = Math.min(box.width / width, box.height / height);
    const left = box.left + (box.width - width * scale) / 2,
      top = box.top + (box.height - height * scale) / 2;
    return [(event.clientX - left) / (width * scale), (event.clientY - top) / (height * scale)];
  }

  begin(event) {
    if (!this.on || this.finger || !this.image.naturalWidth) return;
    event.preventDefault();
    this.picture.setPointerCapture(event.pointerId);
    this.finger = { id: event.pointerId, from: this.at(event) };
  }

  move(event) {
    if (this.finger && this.finger.id === event.pointerId)
      this.show(mark(this.tool, ...this.finger.from, ...this.at(event)));
  }

  end(event) {
    if (!this.finger || this.finger.id !== event.pointerId) return;
    const drawn = mark(this.tool, ...this.finger.from, ...this.at(event));
    this.finger = null;
    if (Math.hypot(drawn.x2 - drawn.x, drawn.y2 - drawn.y) >= LEAST) this.put(drawn);
    this.show();
  }

  /** All marks over the picture, with the one being drawn. */
  show(/** @type {ReturnType<typeof mark> | null} */ drawn = null) {
    this.picture.querySelector(".marks")?.remove();
    const { naturalWidth: width, naturalHeight: height } = this.image,
      all = drawn ? [...this.marks, drawn] : this.marks;
    if (all.length && width) this.picture.append(layer(all, width, height));
    if (drawn) return;
    const chosen = new Set(this.marks.map((one) => JSON.stringify(one)));
    this.places?.forEach((place, number) =>
      place.setAttribute("aria-pressed", String(chosen.has(JSON.stringify(ninth(number))))),
    );
    this.shown();
  }
}
