// The rescue file: what has no receipt, whole, encrypted to the server's public key. Only the desk can open it.

import { operationHash, sha256 as hashOf } from "./hash.js";
import * as ledger from "./ledger.js";
import { bytesOf, prepared } from "./photos.js";
import * as store from "./store.js";

const { page } = ledger;
const MAGIC = new TextEncoder().encode("XCRF1\n"),
  INFO = new TextEncoder().encode("xuncha-rescue-1");
const utf8 = (value) => new TextEncoder().encode(JSON.stringify(value));
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const length = (bytes) => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bytes.byteLength);
  return new Uint8Array(view.buffer);
};

/** {name, blob, operations, photos} of the file; null where nothing waits. Throws where this browser or page cannot. */
export async function rescueFile() {
  const key = (await store.get("notes", "rescue"))?.value;
  if (!key || !globalThis.crypto?.subtle) throw new Error("no key or no encryption here");
  const rows = await ledger.operations("waiting", "refused", "aside"),
    pictures = await ledger.photos("waiting", "refused");
  if (!rows.length && !pictures.length) return null;
  const operations = [];
  for (const { id, kind, v, device, seq, captured_at, payload, times } of rows) {
    const one = { id, kind, v, device, seq, captured_at, payload };
    operations.push({ ...one, times, hash: await operationHash(one) });
  }
  const photos = [],
    bytes = [];
  for (const { id } of pictures) {
    try {
      await prepared(id);
    } catch (fault) {
      console.error(fault); // it goes as it is
    }
    try {
      const row = await store.get("photos", id),
        data = await bytesOf(row);
      if (!data) continue;
      const {
        type,
        captured_at,
        source,
        position,
        visit,
        times,
        sha256 = await hashOf(data),
        original_sha256 = sha256,
      } = row;
      photos.push({
        id,
        sha256,
        size: data.byteLength,
        type,
        original_sha256,
        captured_at,
        source,
        position,
        visit,
        times,
      });
      bytes.push(new Uint8Array(data));
    } catch (fault) {
      console.error(fault); // one that cannot be read holds back no other
    }
  }
  const head = utf8({
    made_at: new Date().toISOString(),
    device: (await ledger.device()).id,
    account: page.account,
    name: page.name,
    version: page.version ?? "",
    operations,
    photos,
  });
  const plain = new Blob([length(head), head, ...bytes]);
  const now = new Date(),
    stamp = `${now.getFullYear()}${String(now.getMonth() + 1).padStart(2, "0")}${String(now.getDate()).padStart(2, "0")}`;
  return {
    name: `巡查备份-${page.name}-${stamp}.xcrf`,
    blob: await sealed(key, await plain.arrayBuffer()),
    operations: operations.length,
    photos: photos.length,
  };
}

async function sealed(key, plain) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await crypto.subtle.importKey(
    "spki",
    Uint8Array.from(atob(key.spki), (mark) => mark.charCodeAt(0)),
    curve,
    false,
    [],
  );
  const mine = await crypto.subtle.generateKey(curve, true, ["deriveBits"]),
    iv = crypto.getRandomValues(new Uint8Array(12));
  const shared = await crypto.subtle.importKey(
    "raw",
    await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine.privateKey, 256),
    "HKDF",
    false,
    ["deriveKey"],
  );
  const secret = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: iv, info: INFO },
    shared,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt"],
  );
  const head = utf8({
    key: key.id,
    epk: base64(await crypto.subtle.exportKey("spki", mine.publicKey)),
    iv: base64(iv),
  });
  return new Blob(
    [
      MAGIC,
      length(head),
      head,
      await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: MAGIC }, secret, plain),
    ],
    { type: "application/octet-stream" },
  );
}
