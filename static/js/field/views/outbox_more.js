// What is seldom wanted of 发件箱: the rescue file as it is handed over, and the words about the phone's store.

import { make } from "../dom.js";
import { rescueFile } from "../rescue.js";
import { askToKeep, room } from "../storage.js";

/** Throws where this browser or page cannot. */
export async function exportRescue(area) {
  area.replaceChildren(make("p", { text: "正在准备备份文件。" }));
  const file = await rescueFile();
  if (!file) return area.replaceChildren(make("p", { text: "没有等待发送的内容，不用备份。" }));
  const link = make("a", { href: URL.createObjectURL(file.blob), download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  return area.replaceChildren(
    make(
      "div",
      { className: "notice notice-ok" },
      make("p", {}, make("strong", { text: "备份文件已存到手机" })),
      make("p", {
        text: `交给督办员导入就行，里面有 ${file.operations} 项记录、${file.photos} 张照片。手机里的还在，有信号也会照常发，不会重复。`,
      }),
    ),
  );
}

export async function showStorage(area) {
  const { persisted, photos: more, known, used } = await room();
  const keep = make("button", { type: "button", className: "calm wide", text: "请浏览器保留" });
  keep.onclick = async () => {
    await askToKeep();
    await showStorage(area);
  };
  area.replaceChildren(
    make("p", {
      text: persisted
        ? "浏览器答应了：没发出的内容不会被自动清掉。"
        : "这个浏览器可能会清掉没发出的内容。请尽快连网发出，或添加到主屏幕使用。",
    }),
    ...(persisted ? [] : [keep]),
    make("p", {
      className: "quiet",
      text: known
        ? `已用 ${(used / 1048576).toFixed(1)} MB，还能存约 ${more > 9999 ? "一万张以上" : `${more} 张`}照片。`
        : "这个浏览器不说还有多少空间。",
    }),
    make("p", {
      className: "quiet",
      text: globalThis.isSecureContext
        ? "没有信号时也能从头打开。"
        : "这个网址没有加密，打开着的页面没有信号也能用，关掉后要有信号才能再打开。",
    }),
  );
}
