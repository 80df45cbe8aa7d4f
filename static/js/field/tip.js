// What a tip says, as this phone can say it before any paper is made: what failed, what to do, until when. Pure.

import { dayWords } from "./days.js";

/** The lines of a tip out of a visit's answers: one for each item that failed and is no mere advice, in the order of the lists. A line
 *  is what the server says of a paper's: {title, place, words, advice, due_on}; `due_on` counts from `day`, 2026-11-30. */
export function tipLines(items, answers, day) {
  return Object.values(items)
    .map((item) => ({ item, answer: answers[item.code] ?? {} }))
    .filter(({ item, answer }) => answer.value === "fail" && item.grade !== "advice")
    .map(({ item, answer }) => ({
      title: item.title,
      place: answer.place ?? "",
      words: [(answer.wordings ?? []).join("；"), answer.note].filter(Boolean).join("；"),
      advice: (item.advice ?? []).join("；"),
      due_on: answer.fixed_now || !answer.days ? "" : later(day, answer.days),
      fixed: Boolean(answer.fixed_now),
    }));
}

const later = (day, days) => new Date(Date.parse(day) + days * 86400000).toISOString().slice(0, 10);

/** Until when, in words: a date always with its weekday. */
export const untilWords = ({ due_on: due, fixed = false }) =>
  fixed ? "当场改好了。" : due ? `建议 ${dayWords(0, due)}前改好。` : "";

/** A title and what was seen, the second only where it says more. */
export const seenWords = ({ title, words, place }) =>
  [place && `在${place}`, words === title ? "" : words].filter(Boolean).join("，");
