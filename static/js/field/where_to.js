// Where a walk goes on: the first question that has no answer yet. Pure.

/** Whether anything was said of an item. */
export const isAnswered = (answer) =>
  Boolean(
    answer &&
    (answer.value || answer.choice || answer.text || typeof answer.number === "number" || answer.rows?.length),
  );

/** {at, code} of the first item that is asked and has no answer, `at` being its section; null where all have one, and where none has:
 *  then a walk begins at its beginning. `sections` as lists.js gives them, `answers` by code. */
export function firstUnanswered(sections, answers) {
  const asked = sections.flatMap(({ entries }, at) =>
    entries.filter(({ number }) => number !== null).map(({ item }) => ({ at, code: item.code })),
  );
  const open = asked.find(({ code }) => !isAnswered(answers[code]));
  return open && asked.some(({ code }) => isAnswered(answers[code])) ? open : null;
}
