// What an entry of 发件箱 is about: which visit, look or call it belongs to, and by which name people know that. A place has a name; a
// page's title, which is all that an entry itself keeps, may be that of a form.

import * as store from "./store.js";

/** The key under which an entry stands with others of the same doing, and its name, out of what is known of its visit. */
export function subjectOf(row, { visits, owners }) {
  const owner = owners.get(row.payload?.photo ?? row.id) ?? row,
    { payload = {} } = owner,
    visit = payload.visit ?? owner.visit ?? row.visit;
  if (visit) return { key: visit, name: visits.get(visit) || row.about };
  if (owner.kind === "premises.register") return { key: payload.premises, name: `新登记：${payload.name}` };
  if (owner.kind === "urgent.call") return { key: owner.id, name: "遇险报告" };
  if (payload.hazard) return { key: payload.hazard, name: owner.about };
  return { key: row.about, name: row.about };
}

/** A function that says the subject of each of these rows. Photos belong to whatever names them. */
export async function subjects(rows) {
  const owners = new Map(),
    visits = new Map((await store.everything("visits")).map((row) => [row.id, row.place.name]));
  for (const row of rows)
    for (const photo of row.kind && row.kind !== "visit.answer" ? (row.payload.photos ?? []) : [])
      owners.set(photo, row);
  for (const row of rows) if (row.kind === undefined && row.visit) owners.set(row.id, row);
  return (row) => subjectOf(row, { visits, owners });
}
