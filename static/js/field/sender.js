// The one sender. Words and photos travel in two lanes, so that a slow photo never holds up a word; what has no receipt
// stays in the ledger.

import { Halt, aboutEntry, ask, credentials, forgetCredentials, reconnected } from "./request.js";
import { operationHash } from "./hash.js";
import { alone } from "./one_tab.js";
import * as ledger from "./ledger.js";
import * as store from "./store.js";

const { page } = ledger;
const BATCH = 100;
const FIRST_WAIT = 5000,
  LONGEST_WAIT = 300000;
const STUMBLES = 3,
  STUMBLED = "服务收这一条时出了错。别的照常送达，这一条会再试几次。";
let stumbles = [],
  through = 0; // of this pass: what the server stumbled over, how many receipts came
let shown = 0; // photos that arrived since the last pass: they too say that others get through
const GRAVEST = ["signin", "other_account", "sending", "offline", "trouble", "crowded", "idle"];

/** One lane: a pass at a time, back-off after a pass that failed, and what the last one came to. */
class Lane {
  constructor(name, pass) {
    this.name = name;
    this.pass = pass;
    this.now = "idle";
    this.poisoned = false;
    this.tried = /** @type {Date | null} */ (null);
    this.next = /** @type {Date | null} */ (null);
    this.failures = 0;
    this.timer = /** @type {number | undefined} */ (undefined);
    this.running = null;
    this.again = false;
  }

  /** Resolves when this try is over, whatever came of it. Never rejects. */
  run() {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = (async () => {
      let on;
      do {
        this.again = false;
        on = await alone(`${this.name}-${page.account}`, () => this.attempt());
      } while (on && this.again);
      if (on === null) this.later("idle"); // another tab is at it, or died at it
    })()
      .catch((fault) => {
        console.error(fault); // the phone's database refused the lease: no try was made, and the next one must not fail to come
        this.later("trouble");
      })
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  /** One pass; true when it may go on at once. */
  async attempt() {
    try {
      const left = await this.pass(() => this.say("sending"));
      this.failures = 0;
      this.poisoned = false;
      return left && !this.again ? this.later("idle") : this.rest();
    } catch (fault) {
      if (!(fault instanceof Halt)) console.error(fault);
      const halt = fault instanceof Halt ? fault : null;
      this.poisoned = Boolean(halt?.poisoned);
      this.later(halt?.state ?? "trouble", halt?.seconds);
      return halt?.state === "reconnected";
    } finally {
      this.tried = new Date();
      ledger.changed();
    }
  }

  say(now, /** @type {Date | null} */ next = null) {
    if (this.now === now && this.next === next) return;
    this.now = now;
    this.next = next;
    ledger.changed();
  }

  rest() {
    clearTimeout(this.timer);
    this.say("idle");
    return true;
  }

  later(state, seconds = 0) {
    clearTimeout(this.timer);
    // Only tries made by this clock lengthen it: tapping on without a signal must not. A server that names a time is heard.
    const wait = Math.min(Math.max(FIRST_WAIT * 2 ** this.failures, seconds * 1000), LONGEST_WAIT);
    this.timer = setTimeout(() => {
      this.failures += 1;
      void this.run();
    }, wait);
    this.say(state, new Date(Date.now() + wait));
    return true;
  }
}

const words = new Lane("send", sendWords);
const pictures = new Lane("photos", async (begin) => {
  if (!(await ledger.photos("waiting")).length) return false;
  const { sendPhotos } = await import("./uploads.js").catch(() => {
    throw new Halt("offline");
  });
  return sendPhotos(begin, () => {
    shown += 1;
  });
});

/** What the last tries came to: idle, sending, offline, signin, other_account, crowded, trouble; when the next one is. */
export const status = {
  get now() {
    return GRAVEST.find((state) => words.now === state || pictures.now === state) ?? "trouble";
  },
  get tried() {
    return words.tried;
  },
  get next() {
    return [words.next, pictures.next].filter((at) => at !== null).sort((a, b) => Number(a) - Number(b))[0] ?? null;
  },
  receipt: "",
};

/** Send everything that waits. Resolves when the words have been tried; photos go on beside. Never rejects: what came of it
 *  is in `status`. */
export async function send() {
  if (!page.account) return;
  await words.run();
  if (words.poisoned || ["idle", "sending"].includes(words.now))
    void pictures.run(); // what ails one entry ails no photo
  else pictures.say(words.now, words.next); // without a word through, no photo is tried either
}

/** Everything again from the start, by a person's wish or because the signal is back. */
export function sendNow() {
  words.failures = pictures.failures = 0;
  store.lookAgain();
  return send();
}

/** One pass of the words; true while something is left that waits for something else. */
async function sendWords(begin) {
  if (!(await ledger.operations("waiting")).length) return false;
  begin();
  await credentials();
  [stumbles, through, shown] = [[], shown, 0];
  await sendOperations((row) => row.kind === "urgent.call");
  await sendOperations((row) => !stumbles.some((one) => one.row.id === row.id));
  await sortOut();
  return (await ledger.operations("waiting")).length > 0;
}

async function sendOperations(chosen) {
  const rows = (await ledger.operations("waiting")).filter(chosen).sort((a, b) => a.order - b.order);
  for (let from = 0; from < rows.length; from += BATCH) await sendBatch(rows.slice(from, from + BATCH));
}

const onTheWire = ({ id, kind, v, device, seq, captured_at, payload, times }) => ({
  id,
  kind,
  v,
  device,
  seq,
  captured_at,
  payload,
  times,
});

async function post(rows, seconds) {
  return ask(
    page.intake,
    {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(await credentials()) },
      body: JSON.stringify({ operations: rows.map(onTheWire), phone: await ledger.says() }),
    },
    seconds,
  );
}

/** A no of the server to a batch is asked entry by entry: it concerns one of them, and the others go on. */
async function sendBatch(rows) {
  let fault = null,
    words = "";
  try {
    const { ok, status: code, body: answer } = await post(rows);
    if (ok && typeof answer?.document === "string") return settleAll(rows, answer);
    if (!aboutEntry(code)) throw new Halt("trouble");
    words = answer?.error ?? "";
  } catch (found) {
    if (!(found instanceof Halt && found.poisoned)) throw found;
    fault = found;
  }
  if (rows.length > 1) {
    const half = Math.ceil(rows.length / 2);
    await sendBatch(rows.slice(0, half));
    return sendBatch(rows.slice(half));
  }
  return fault ? stumbled(rows[0], fault) : notWanted(rows[0], words);
}

/** A stale token is answered with the same status as what cannot be read: with a fresh one it is asked once more. */
async function notWanted(row, words) {
  forgetCredentials();
  const { ok, status: code, body: answer } = await post([row]);
  if (ok && typeof answer?.document === "string") return settleAll([row], answer);
  if (!aboutEntry(code)) throw new Halt("trouble");
  return ledger.settle([{ row, state: "refused", words: answer?.error ?? words }]);
}

/** The server stumbles over this one: it keeps its place for some passes, if others get through meanwhile; else it is the
 *  service that is ill. */
async function stumbled(row, fault) {
  stumbles.push({ row, fault });
  if (stumbles.filter((one) => !one.row.tries).length >= STUMBLES && !through) throw fault;
}

/** After a pass: what the server stumbled over while it took others, now or once before, needs a person in the end. */
async function sortOut() {
  const tried = stumbles
    .filter(({ row }) => through || row.tries)
    .map(({ row }) => ({ ...row, tries: (row.tries ?? 0) + 1 }));
  if (tried.length)
    await ledger.settle(
      tried.map((row) => ({ row, state: row.tries >= STUMBLES ? "refused" : "waiting", words: STUMBLED })),
    );
  if (tried.length < stumbles.length) throw stumbles[0].fault;
}

async function settleAll(rows, answer) {
  const document = JSON.parse(answer.document);
  if (document.account !== page.account) return;
  const lines = new Map(document.operations.map((line) => [line.id, line]));
  const settled = [];
  for (const row of rows.filter(({ id }) => lines.has(id)))
    settled.push(outcome(row, lines.get(row.id), await operationHash(row)));
  await ledger.settle(settled, { id: document.receipt, kept_at: Date.now(), ...answer });
  status.receipt = document.receipt;
  through += 1;
  ledger.changed();
}

/** What a line of the receipt makes of an entry; a receipt for other content than the phone's is none. */
function outcome(row, line, hash) {
  if (hash !== line.hash)
    return { row, state: "refused", words: "收到的和手机里的不一样，已留在手机里，请告诉管理员。" };
  if (line.outcome === "later") return { row, state: "waiting", words: line.words };
  const arrived = line.outcome === "applied" || line.outcome === "waiting";
  return { row, state: arrived ? "sent" : "refused", words: line.words };
}

/** One operation at once, past everything that waits: its outcome and receipt, or null. Never throws.
 *  @returns {Promise<{ row: Operation, state: string, words?: string, why?: string, proof?: object } | null>} */
export async function sendAtOnce(row) {
  try {
    const { ok, body: answer } = await ask(
      page.intake,
      {
        method: "POST",
        headers: { "Content-Type": "application/json", ...(await credentials()) },
        // Its clocks without its ledger: a danger waits for no database.
        body: JSON.stringify({ operations: [onTheWire(row)], phone: { device: row.device, ...ledger.wall() } }),
      },
      15,
    );
    if (!ok || typeof answer?.document !== "string") return null;
    const document = JSON.parse(answer.document),
      line = document.operations.find((one) => one.id === row.id);
    if (!line || document.account !== page.account) return null;
    return {
      ...outcome(row, line, await operationHash(row)),
      proof: { id: document.receipt, kept_at: Date.now(), ...answer },
    };
  } catch (fault) {
    if (!(fault instanceof Halt)) console.error(fault);
    return { row, state: "waiting", why: fault instanceof Halt ? fault.state : "trouble" };
  }
}

/** Wake on a signal, on coming back to the page, after signing in, and now. */
export function wake() {
  addEventListener("online", () => {
    reconnected();
    void sendNow();
  });
  addEventListener("pageshow", sendNow);
  addEventListener("focus", sendNow);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void sendNow();
  });
  document.addEventListener("signed-in", () => {
    forgetCredentials();
    void sendNow();
  });
  void sendNow();
}
