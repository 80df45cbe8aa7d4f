// An answer to the server: its photos in parts (tus 1.0.0), then the form that names them. Broken off, it goes on from there.

const PIECE = 256 * 1024,
  SMALLEST = 32 * 1024;
let piece = PIECE;

/** There is no signal, or the server does not answer: nothing is lost, and it is tried again. */
export class NotThrough extends Error {}

/** The server says no, in words. `code`: the code of the paper is to be typed again. */
export class SaidNo extends Error {
  constructor(words, status, code) {
    super(words);
    this.status = status;
    this.code = code;
  }
}

const OWN_WORDS = "没有收下。请再拍一张，或打电话给我们。";

async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, { cache: "no-store", credentials: "same-origin", redirect: "manual", ...options });
  } catch (fault) {
    throw new NotThrough(String(fault));
  }
  if (answer.status >= 500) throw new NotThrough(String(answer.status));
  return answer;
}

async function refusal(answer) {
  let said = null;
  try {
    said = await answer.json();
  } catch (fault) {
    console.warn(fault); // somebody in between answers with a page of their own
  }
  return new SaidNo(said?.error ?? OWN_WORDS, answer.status, Boolean(said?.code));
}

const tus = (address, method, headers = {}, body = undefined) =>
  ask(address, { method, body, headers: { "Tus-Resumable": "1.0.0", ...headers } });

/** How far the server has come with a photo; null where it knows nothing of it. */
async function had(photos, photo) {
  const answer = await tus(`${photos}/${photo.id}`, "HEAD");
  if (answer.status === 404) return null;
  if (answer.status === 401) throw new SaidNo("请再输一次单子上的验证码。照片还在这部手机里，没有丢。", 401, true);
  if (!answer.ok) throw await refusal(answer);
  return Number(answer.headers.get("Upload-Offset"));
}

async function begin(photos, photo) {
  const { id, sha256, original_sha256, captured_at, position } = photo;
  const metadata = Object.entries({ photo: id, sha256, original_sha256, captured_at, position })
    .filter(([, value]) => value)
    .map(([name, value]) => `${name} ${btoa(value)}`)
    .join(",");
  const headers = { "Upload-Length": String(photo.data.byteLength), "Upload-Metadata": metadata };
  const answer = await tus(photos, "POST", headers);
  if (!answer.ok) throw await refusal(answer);
  return Number(answer.headers.get("Upload-Offset"));
}

async function pass(photos, photo, at) {
  const headers = { "Upload-Offset": String(at), "Content-Type": "application/offset+octet-stream" };
  try {
    const answer = await tus(`${photos}/${photo.id}`, "PATCH", headers, photo.data.slice(at, at + piece));
    if (answer.status === 409 || answer.status === 404) return (await had(photos, photo)) ?? begin(photos, photo);
    if (!answer.ok) throw await refusal(answer);
    piece = Math.min(PIECE, piece * 2);
    return Number(answer.headers.get("Upload-Offset"));
  } catch (fault) {
    if (fault instanceof NotThrough) piece = Math.max(SMALLEST, piece / 2);
    throw fault;
  }
}

/** Send what the server lacks of a photo. */
async function upload(photos, photo) {
  let at = await begin(photos, photo); // what was begun before goes on where it stands
  while (at < photo.data.byteLength) at = await pass(photos, photo, at);
}

/** The whole answer. `step(words)` says how far it is. Throws NotThrough, where it is to be tried again, and SaidNo. */
export async function send(answer, token, step) {
  for (const [index, photo] of answer.photos.entries()) {
    step(`正在发照片，第 ${index + 1} 张，共 ${answer.photos.length} 张。`);
    await upload(answer.uploads, photo);
  }
  const form = new FormData();
  form.set("token", token);
  form.set("once", answer.once);
  form.set("words", answer.words);
  for (const photo of answer.photos) form.append("photo", photo.id);
  const said = await ask(answer.key, { method: "POST", body: form, headers: { Accept: "application/json" } });
  if (said.type !== "opaqueredirect" && !said.ok) throw await refusal(said);
}
