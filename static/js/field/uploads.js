// Photos to the server by tus 1.0.0: it is asked what it has, and the phone goes on from there. See ADR 11.

import { Halt, aboutEntry, ask, credentials } from "./request.js";
import * as ledger from "./ledger.js";
import { bytesOf, prepared, pressed } from "./photos.js";
import * as store from "./store.js";

const { page } = ledger;
const PIECE = 256 * 1024,
  SMALLEST = 32 * 1024,
  TOGETHER = 3,
  TRIES = 3;
const UNREADABLE = "这张照片在手机里读不出来了，请补拍。",
  STUMBLED = "服务收这张照片时出了错，请再发一次，或补拍。";
const OF_THE_STORE = ["QuotaExceededError", "AbortError", "InvalidStateError"];
const FOR_ITS_VISIT = 600000; // a photo waits this long for its visit, whose place stands under its copies
let piece = PIECE;

/** One pass over the photos that wait, `arrival()` at each that has its receipt; true while some are left that wait for
 *  something else. */
export async function sendPhotos(begin, arrival) {
  const rows = await ledger.photos("waiting");
  if (!rows.length) return false;
  const unheard = new Set(
    (await ledger.operations("waiting")).filter((row) => row.kind === "visit.start").map((row) => row.payload.visit),
  );
  const ill = [];
  let sent = (await ledger.photos("waiting")).filter((row) => row.whole),
    through = 0;
  for (const { id, visit, order, whole } of rows) {
    if (whole || (unheard.has(visit) && Date.now() - order < FOR_ITS_VISIT)) continue;
    begin();
    try {
      const photo = await prepared(id);
      if (photo?.state === "waiting" && (await upload(photo))) sent.push(photo);
      through += 1;
    } catch (fault) {
      // Only what ails the whole service ends the pass; what ails one photo waits until it is known that others go.
      if (fault instanceof Halt && !fault.poisoned) throw fault;
      ill.push([id, fault]);
      if (ill.length >= TRIES && !through) break;
    }
    if (sent.length >= TOGETHER) sent = await proved(sent, arrival);
    ledger.changed();
  }
  if (sent.length) {
    begin();
    await proved(sent, arrival);
  }
  await sortOut(ill, through);
  return (await ledger.photos("waiting")).length > 0;
}

/** What the server stumbled over while it took others, now or once before, and what this phone cannot read, needs a person
 *  in the end; where nothing goes at all, the service is ill. A store that takes nothing is none of a photo's faults. */
async function sortOut(ill, through) {
  let whole = null;
  for (const [id, fault] of ill) {
    const own = !(fault instanceof Halt);
    if (own) console.error(fault);
    if (OF_THE_STORE.includes(fault.name)) whole = fault;
    else if (own || through || (await store.get("photos", id))?.tries)
      await refuse({ id }, own ? UNREADABLE : STUMBLED);
    else whole = fault;
  }
  if (whole) throw whole;
}

/** Send what the server lacks of a photo; true when it has all of it. */
async function upload(photo) {
  const data = await bytesOf(photo);
  if (!data) return refuse(photo, "这张照片在手机里找不到了，请补拍。", true);
  if (!data.byteLength) return refuse(photo, "这张照片是空的，请补拍。", true);
  let at = photo.begun ? await had(photo) : null;
  // Begun, and not known there: its first request may still be on the way, and bytes sent once more would be for nothing.
  at ??= await create(photo, data, photo.begun ? 0 : piece);
  for (let row = photo; at !== null && at < data.byteLength;) {
    if (row?.state !== "waiting") return false; // a person does not want it any more
    at = await pass(row, data, at);
    row = await store.get("photos", photo.id);
  }
  return at !== null && learned(photo, { whole: true });
}

/** More is known of a photo, as long as it waits: a person may be quicker. True where it does. */
const learned = ({ id }, facts) =>
  store.write(["photos"], async ({ photos }, answered) => {
    const now = await answered(photos.get(id));
    if (now?.state !== "waiting") return false;
    photos.put({ ...now, ...facts });
    return true;
  });

const address = (photo) => new URL(`uploads/${photo.id}`, new URL(page.intake, location.href));

async function tus(where, method, headers = {}, body = undefined) {
  const started = Date.now();
  try {
    const once = async () =>
      ask(where, { method, body, headers: { "Tus-Resumable": "1.0.0", ...(await credentials()), ...headers } }, 180);
    const answer = await once();
    return answer.status === 400 ? await once() : answer; // it may have been the token, which is a fresh one now
  } catch (fault) {
    // What did not get through in time is tried in smaller pieces; each that does arrive stays arrived.
    if (body && Date.now() - started > 20000) piece = Math.max(SMALLEST, piece / 2);
    throw fault;
  }
}

/** How many bytes the server has; null where it knows nothing of this photo. */
async function had(photo) {
  const { status, headers } = await tus(address(photo), "HEAD");
  if (status === 404 || status === 410) return null;
  return offset(status, headers);
}

function offset(status, headers) {
  const at = Number(headers.get("Upload-Offset") ?? NaN);
  if (status >= 300 || !Number.isInteger(at)) throw new Halt("trouble", 0, aboutEntry(status));
  return at;
}

/** Announce a photo with its first bytes; null where the server does not want it. */
async function create(photo, data, first = piece) {
  const known = {
    photo: photo.id,
    sha256: photo.sha256,
    original_sha256: photo.original_sha256,
    captured_at: photo.captured_at,
    source: photo.source,
    position: photo.position,
    visit: photo.visit,
    times: photo.times && JSON.stringify(photo.times),
    clocks: JSON.stringify(ledger.wall()),
  };
  const metadata = Object.entries(known)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name} ${btoa(value)}`)
    .join(",");
  // Before a byte leaves: cut off, the server is asked how far it came.
  if (!(await learned(photo, { begun: true }))) return null;
  const headers = {
    "Upload-Length": String(data.byteLength),
    "Upload-Metadata": metadata,
    "Content-Type": "application/offset+octet-stream",
  };
  const answer = await tus(
    new URL("uploads", new URL(page.intake, location.href)),
    "POST",
    headers,
    data.slice(0, first),
  );
  return answer.ok ? offset(answer.status, answer.headers) : unwanted(photo, answer);
}

/** One piece from `at` on; the new offset, or null where the server does not want it. */
async function pass(photo, data, at) {
  const headers = { "Upload-Offset": String(at), "Content-Type": "application/offset+octet-stream" };
  const answer = await tus(address(photo), "PATCH", headers, data.slice(at, at + piece));
  if (answer.status === 409) return (await had(photo)) ?? create(photo, data);
  if (answer.status === 404) return create(photo, data);
  if (!answer.ok) return unwanted(photo, answer);
  piece = Math.min(PIECE, piece * 2);
  return offset(answer.status, answer.headers);
}

async function unwanted(photo, { status, body }) {
  if (status === 413 && (await pressed(photo))) return null; // smaller, at the next pass
  if (!aboutEntry(status)) throw new Halt("trouble");
  await refuse(photo, body?.error, status === 413);
  return null;
}

/** Ask for the signed receipt of photos that the server should have whole; what it names by id and hash has arrived. */
async function proved(rows, arrival) {
  const {
    ok,
    status,
    body: answer,
  } = await ask(new URL("photos/receipts", new URL(page.intake, location.href)), {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(await credentials()) },
    body: JSON.stringify({ photos: rows.map((row) => row.id), phone: await ledger.says() }),
  });
  if (!ok && aboutEntry(status)) return notProved(rows, answer?.error, arrival);
  if (!ok || typeof answer?.document !== "string") throw new Halt("trouble");
  const document = JSON.parse(answer.document);
  if (document.account !== page.account) throw new Halt("trouble");
  const lines = new Map(document.photos.map((line) => [line.id, line]));
  for (const { id } of rows) {
    const row = await store.get("photos", id),
      line = lines.get(id);
    if (row?.state !== "waiting" || !line) continue;
    if (line.outcome === "kept" && line.sha256 === row.sha256) {
      await arrived(row, { id: document.receipt, kept_at: Date.now(), ...answer });
      arrival();
    } else if (line.outcome === "missing") await learned(row, { whole: false, begun: false });
    else await refuse(row, line.words);
  }
  ledger.changed();
  return [];
}

/** No receipt for these together: each by itself, and the one that is not wanted needs a person. */
async function notProved(rows, words, arrival) {
  if (rows.length === 1) await refuse(rows[0], words);
  else for (const row of rows) await proved([row], arrival);
  return [];
}

const arrived = (row, receipt) =>
  store.write(["photos", "receipts"], ({ photos, receipts }) => {
    receipts.put(receipt);
    photos.put({ ...row, state: "sent", words: "", receipt: receipt.id, settled_at: Date.now() });
  });

/** Bytes may be changed on the way: only a photo refused again and again needs a person. */
async function refuse({ id }, words = "收到的照片和手机里的不一样。", atOnce = false) {
  const tries = ((await store.get("photos", id))?.tries ?? 0) + 1;
  const state = atOnce || tries >= TRIES ? "refused" : "waiting";
  await learned({ id }, { tries, words, state, whole: false, begun: false });
  return false;
}
