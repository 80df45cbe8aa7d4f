// The rescue file as it is handed over: made, saved, and said what is in it.

import { rescueFile } from "../rescue.js";
import { make } from "../words.js";

/** Throws where this browser or page cannot. */
export async function exportRescue(area) {
  area.replaceChildren(make("p", { text: "正在准备备份文件。" }));
  const file = await rescueFile();
  if (!file) return area.replaceChildren(make("p", { text: "没有等待发送的内容，不用备份。" }));
  const link = make("a", { href: URL.createObjectURL(file.blob), download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  return area.replaceChildren(make("div", { className: "notice notice-ok" }, make("p", {}, make("strong", { text: "备份文件已存到手机" })),
    make("p", { text: `交给督办员导入就行，里面有 ${file.operations} 项记录、${file.photos} 张照片。手机里的还在，有信号也会照常发，不会重复。` })));
}
