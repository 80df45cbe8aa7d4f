// Room on the phone: ask to be kept, watch how much is left, make room from what has long arrived, say so in time.

import * as ledger from "./ledger.js";
import * as store from "./store.js";

const PHOTO = 700 * 1024,
  FEW = 40,
  ROOM = 300 * 1024 * 1024,
  FULL = 0.7,
  A_DAY = 24 * 3600 * 1000;

/** {persisted, photos: how many more fit, used: bytes, known: whether the browser says at all, without which both are 0}. */
export async function room() {
  const persisted = (await said("persisted")) ?? false;
  const { usage = 0, quota = 0 } = (await said("estimate")) ?? {};
  return {
    persisted,
    used: usage,
    known: quota > 0,
    photos: quota ? Math.max(0, Math.floor((quota - usage) / PHOTO)) : 0,
    tight: quota > 0 && (quota - usage < ROOM || usage / quota > FULL),
  };
}

/** What the browser says of its store; null where it does not say. */
const said = async (question) => {
  try {
    return (await navigator.storage?.[question]?.()) ?? null;
  } catch {
    return null;
  }
};

/** Ask the browser to keep what is here. Some ask the person; asked again it costs nothing. */
export const askToKeep = async () => (await said("persist")) ?? false;

/** Bytes of photos that have arrived make room, the oldest first; what has not arrived is never touched. */
export async function makeRoom() {
  if (!(await room()).tight) return;
  for await (const row of arrived()) {
    if (row.dropped) continue;
    await drop([row]);
    if (!(await room()).tight) return;
  }
}

/** The bytes first: where nothing more fits, nothing can be noted before something has gone. */
async function drop(rows, own = false) {
  await store.write(["bytes"], ({ bytes }) => rows.forEach(({ id }) => bytes.delete(id)), own);
  await store.write(["photos"], ({ photos }) => rows.forEach((row) => photos.put({ ...row, dropped: true })), own);
}

/** The database takes nothing more: the ten oldest that have arrived give way. False where there are none. */
store.onFull(async () => {
  const rows = [];
  for await (const row of arrived()) {
    if (!row.dropped) rows.push(row);
    if (rows.length >= 10) break;
  }
  await drop(rows, true);
  return rows.length > 0;
});

/** Photos that have arrived, the oldest first, a few at a time: each carries its small picture. */
async function* arrived() {
  for (
    let from = 0, rows;
    (rows = await ledger.settled("photos", "sent", from, Infinity, 50)).length;
    from = rows.at(-1).settled_at + 1
  )
    yield* rows;
}

/** What a person should know before it is too late: [kind, words], the gravest first. */
export async function warnings() {
  const { photos, known } = await room(),
    { waiting } = await ledger.tally();
  const oldest = [...(await ledger.operations("waiting")), ...(await ledger.photos("waiting"))].map((row) =>
    Date.parse(row.kept_at ?? row.captured_at),
  );
  const old = oldest.filter((at) => Date.now() - at > A_DAY).length;
  return [
    old && ["bad", `有 ${old} 项已存了一天多。请找有网络的地方发出，或在发件箱导出备份文件。`],
    known && photos < FEW && ["warn", `手机还能存约 ${photos} 张。请先连上网发出一些。`],
    waiting &&
      !globalThis.isSecureContext && [
        "warn",
        "这个网址没有加密，手机关机后可能打不开这一页。没发出的都存着，请尽快连网发出。",
      ],
  ].filter(Boolean);
}
