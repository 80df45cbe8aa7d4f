// One request to the intake: what an answer means, and what is none. Nothing here decides what is kept.

import * as ledger from "./ledger.js";

const { page } = ledger;
const FRESH_FOR = 60000,
  UNHURRIED = 800;
let held = null;

/** Why a try ends here: signin, other_account, offline, trouble, crowded, reconnected; with the seconds a server asks for.
 *  `poisoned`: the server stumbled over what it was given, and may well take the next. */
export class Halt extends Error {
  constructor(state, seconds = 0, poisoned = false) {
    super(state);
    this.state = state;
    this.seconds = seconds;
    this.poisoned = poisoned;
  }
}

/** Of these the whole service is the cause: who asks, how often, or that nobody is there. Any other no is about the entry. */
const WHOLE = [401, 403, 404, 405, 407, 408, 412, 425, 426, 429];
export const aboutEntry = (status) => status >= 400 && status < 500 && !WHOLE.includes(status);

const asking = new Set();

/** A request begun on the old connection may hang until it times out. */
export function reconnected() {
  for (const stop of asking) stop.abort("reconnected");
}

/** {ok, status, headers, body} of an answer; `body` is its JSON or, for an empty answer, null. A sign-in page with status
 *  200, half an answer, a 5xx page: none of them is a receipt, all of them are a Halt. */
export async function ask(address, options = {}, seconds = 30) {
  const stop = new AbortController();
  asking.add(stop);
  let late = false;
  const clock = setTimeout(() => {
    late = true;
    stop.abort();
  }, seconds * 1000);
  try {
    const answer = await fetch(address, { cache: "no-store", redirect: "manual", signal: stop.signal, ...options });
    const text = await answer.text();
    if (answer.status === 401) throw signedOut(text);
    if (answer.status === 429) throw new Halt("crowded", Number(answer.headers.get("Retry-After")) || 60);
    if (answer.status === 400 || answer.status === 403) held = null; // the token, or the session, was another one
    if (answer.status >= 500 || answer.type === "opaqueredirect") throw new Halt("trouble", 0, answer.status === 500);
    return { ok: answer.ok, status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
  } catch (fault) {
    if (fault instanceof Halt) throw fault;
    if (stop.signal.reason === "reconnected") throw new Halt("reconnected");
    // A server that does not answer is not the same as no signal: the words differ, what is kept does not.
    throw new Halt(late || fault instanceof SyntaxError ? "trouble" : "offline");
  } finally {
    clearTimeout(clock);
    asking.delete(stop);
  }
}

function signedOut(text) {
  held = null;
  try {
    if (JSON.parse(text).lost) document.dispatchEvent(new Event("phone-lost"));
  } catch {
    /* a plain page says it too: nobody is signed in */
  }
  return new Halt("signin");
}

/** The phone's id, or nothing where its database does not answer: an urgent call waits for no database. */
const deviceId = () =>
  Promise.race([
    ledger.deviceId(),
    new Promise((done) => {
      setTimeout(done, UNHURRIED);
    }),
  ]).catch(() => undefined);

/** What a request must carry: the token of the session, and whose entries these are. Asked anew each minute. */
export async function credentials() {
  if (held && held.account === page.account && Date.now() - held.at < FRESH_FOR) return held.headers;
  const { ok, body: found } = await ask(page.token, { headers: { "X-Device": (await deviceId()) ?? "" } });
  if (!ok || !found?.token) throw new Halt("trouble");
  page.account ??= found.account; // a page whose database hangs knows nobody yet
  if (found.account !== page.account) throw new Halt("other_account");
  if (found.lost) document.dispatchEvent(new Event("phone-lost"));
  document.dispatchEvent(new CustomEvent("server-says", { detail: found }));
  held = { account: page.account, at: Date.now(), headers: { "X-CSRFToken": found.token, "X-Account": page.account } };
  return held.headers;
}

/** After a sign-in the old token is worth nothing. */
export function forgetCredentials() {
  held = null;
}
