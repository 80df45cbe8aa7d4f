// The badge on every page: is what was tapped still on this phone, or has it arrived.

import * as ledger from "./ledger.js";
import { status } from "./sender.js";

/** The badge: is what I tapped still here, or has it arrived. */
function badgeWords({ waiting, stuck }) {
  if (stuck) return ["bad", `${stuck} 项请看`];
  if (!waiting) return ["ok", "全部送达"];
  if (status.now === "signin" || status.now === "other_account") return ["bad", "请登录"];
  if (status.now === "offline" || !navigator.onLine) return ["here", "已存本机"];
  return ["going", `${waiting} 项待发`];
}

export function showBadge() {
  const badge = document.querySelector("[data-sync]");
  const show = async () => {
    const [shape, words] = badgeWords(await ledger.tally());
    badge.parentElement.dataset.shape = shape;
    if (badge.textContent !== words) badge.textContent = words;
  };
  const showAgain = () => show().catch(console.error);
  ledger.changes.addEventListener("change", showAgain);
  void showAgain();
}
