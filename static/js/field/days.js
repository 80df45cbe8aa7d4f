// Days and times as people say them, counted in Shanghai wherever the phone thinks it is, and by the server's clock as far as it
// has been heard: a phone of another year would ask by the lists of that year and sign under its date.

import { page } from "./ledger.js";

const DAY = 86400000;

/** What time it is, in ms since 1970: `page.ahead` is how far the server was ahead when it last said. */
export const now = () => Date.now() + (page.ahead ?? 0);
const shanghai = () => Math.floor((now() + 8 * 3600000) / DAY) * DAY;

/** 2026-11-30, so many days after today. */
export const dayAfter = (days) => new Date(shanghai() + days * DAY).toISOString().slice(0, 10);

/** How many days from today to a date written as 2026-11-30. */
export const daysUntil = (date) => Math.round((Date.parse(date) - shanghai()) / DAY);

/** 11月30日（星期一）, so many days after a day, today if none is named. */
export function dayWords(days, from = dayAfter(0)) {
  const day = new Date(Date.parse(from) + days * DAY);
  return `${day.getUTCMonth() + 1}月${day.getUTCDate()}日（星期${"日一二三四五六"[day.getUTCDay()]}）`;
}

/** 今天, 明天, 昨天, 11月30日, with the year when it is not this one, of a date written as 2026-11-30. */
export function dateWords(date) {
  const near = { 0: "今天", 1: "明天", "-1": "昨天" }[daysUntil(date)];
  if (near) return near;
  const [year, month, day] = date.split("-").map(Number);
  return `${year === new Date(shanghai()).getUTCFullYear() ? "" : `${year}年`}${month}月${day}日`;
}

/** Whether people rest on the day so many days after today, by the published table. */
export const isRest = (days) => (page.visiting.rest ?? []).includes(dayAfter(days));

/** 09:05, by the phone's own zone, of a Date. */
export const clock = (when) => when.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
