// 是在这家店拍的吗: asked of a photo that was taken far from its place. The answer is kept with the photo, and whichever it is, the
// photo stays.

import { whereWords } from "./distance.js";
import { make } from "./dom.js";
import { hereOf, sayHere } from "./marks.js";
import { notKept } from "./notices.js";
import { button } from "./sheet.js";

/** The question of a photo far from its place with its two answers, or what was answered. `again` takes another photo, `which` says
 *  which one this is. */
export async function whereAsked(photo, which, again) {
  const { id } = photo;
  const box = make("div", { className: "notice notice-warn where" });
  box.dataset.where = id;
  box.setAttribute("role", "status");
  const show = (here) => box.replaceChildren(...(here === undefined ? ask() : answered(here)));
  const say = (here) => async () => {
    try {
      await sayHere(id, here);
    } catch (fault) {
      return notKept(box, fault, "这句话", "请再点一次");
    }
    show(here);
    return box.querySelector("button")?.focus({ preventScroll: true });
  };
  const ask = () => [
    make("p", { text: `${which}：${whereWords(photo)}是在这家店拍的吗` }),
    make("div", { className: "row" }, button("是", say(true)), button("不是", say(false))),
  ];
  const answered = (here) =>
    here
      ? [
          make("p", { text: `${which}：记下了，是在这家店拍的。` }),
          make("div", { className: "row" }, button("改成不是", say(false), "calm")),
        ]
      : [
          make("p", { text: `${which}：记下了，不是在这家店拍的。这张留着，请在店里再拍一张。` }),
          make("div", { className: "row" }, button("再拍一张", again), button("改成是", say(true), "calm")),
        ];
  show(await hereOf(id));
  return box;
}
