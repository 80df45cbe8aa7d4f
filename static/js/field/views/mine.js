// 我的: who I am here, how it looks, installing, signing out with a clear choice.

import { Halt, credentials } from "../request.js";
import { make } from "../dom.js";
import * as ledger from "../ledger.js";
import { notice } from "../notices.js";
import * as reference from "../reference.js";
import { template } from "../router.js";
import { home } from "../update.js";

const { page } = ledger;

export async function draw(main, { frame, signal }) {
  frame({ title: "我的" });
  const view = template("mine"),
    day = await reference.day();
  view.querySelector("[data-name]").textContent = page.name ?? "";
  view.querySelector("[data-role]").textContent = day ? `${day.role}，${day.organisation}` : "";
  await installing(view.querySelector("[data-install]"));
  if (signal.aborted) return;
  main.replaceChildren(view);
  document.dispatchEvent(new Event("appearance-shown"));
  wireLeaving(main);
}

/** The home-screen app has a store of its own on an iPhone: it is offered only while there is nothing to leave behind. */
async function installing(area) {
  const standalone = matchMedia("(display-mode: standalone)").matches || navigator.standalone;
  const { waiting, stuck } = await ledger.tally();
  if (standalone) return;
  const apple = /iPhone|iPad/.test(navigator.userAgent);
  if (!home.prompt && !apple) return;
  area.append(make("h2", { text: "放到主屏幕" }));
  if (waiting || stuck)
    return area.append(
      make("p", { className: "quiet", text: "发件箱里还有没发出的。都送达以后，这里可以把它放到主屏幕。" }),
    );
  if (apple)
    return area.append(
      make("p", { text: "点浏览器下面的“分享”，再点“添加到主屏幕”。以后从主屏幕打开，没有信号也能用。" }),
    );
  const button = make("button", { type: "button", className: "wide", text: "添加到主屏幕" });
  button.onclick = async () => {
    await home.prompt?.prompt();
    home.prompt = null;
    area.replaceChildren();
  };
  area.append(button);
}

function wireLeaving(main) {
  const dialog = main.querySelector("[data-leaving]");
  main.querySelector("[data-sign-out]").addEventListener("click", async () => {
    const { waiting, stuck } = await ledger.tally(),
      left = waiting + stuck;
    if (!left) return leave(main);
    main.querySelector("[data-leaving] h2").textContent = `还有 ${left} 项没发出，先别退出`;
    main.querySelector("[data-leaving-words]").textContent = `现在退出，这 ${left} 项会留在手机里，您下次登录后再发。`;
    if (dialog.showModal) dialog.showModal();
    else dialog.setAttribute("open", "");
    main.querySelector("[data-stay]").focus();
    return undefined;
  });
  main.querySelector("[data-stay]").addEventListener("click", () => dialog.close?.() ?? dialog.removeAttribute("open"));
  main.querySelector("[data-leave]").addEventListener("click", () => leave(main));
}

/** The session ends and what can be fetched again goes; the ledger stays. */
async function leave(main) {
  try {
    const headers = await credentials();
    await fetch("/sign-out", { method: "POST", headers, redirect: "manual" });
    await reference.wipe(page.account);
    location.assign("/sign-in");
  } catch (fault) {
    if (fault instanceof Halt && fault.state === "signin") return location.assign("/sign-in");
    notice(main, "没有信号，现在退不了。请连上网再退出；急的话，关掉这一页，不要把手机交给别人。", "warn");
  }
  return undefined;
}
