// A page of the server that could not be fetched: what this phone knows of it, and the way on.

import { dueTag } from "../deadlines.js";
import { make, quiet } from "../dom.js";
import * as reference from "../reference.js";

export async function draw(main, { frame, signal }) {
  frame({ title: "没有信号", back: "/field/" });
  const id = /^\/field\/hazards\/([0-9a-f-]{36})/.exec(location.pathname)?.[1];
  const day = await reference.day(),
    hazard = id && day?.to_look_at.find((one) => one.id === id);
  if (signal.aborted) return;
  const again = make("button", { type: "button", className: hazard ? "wide" : "main wide", text: "再试一次" });
  again.onclick = () => location.reload();
  if (hazard) {
    main.replaceChildren(
      make("h1", { text: hazard.title }),
      make("p", {}, quiet(`${hazard.place.name}，${hazard.place.address}`)),
      make("p", {}, dueTag(hazard.due_on)),
      make("p", { text: "经过和文书要有信号才能看。回访现在就能做，有信号会自动发。" }),
      make("a", { className: "button main wide", href: `/field/hazards/${id}/look-back`, text: "现在回访" }),
      make("p"),
      again,
    );
    return;
  }
  main.replaceChildren(
    make("h1", { text: "这一页要有信号才能看" }),
    make("p", { text: "检查、拍照、回访都不用信号，从今日里接着做就行。" }),
    make("a", { className: "button wide", href: "/field/", text: "回到今日" }),
    make("p"),
    again,
  );
}
