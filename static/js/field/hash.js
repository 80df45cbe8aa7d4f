// Ids and hashes: the canonical JSON of an operation, byte for byte as the server makes it.

const utf8 = new TextEncoder();

/** Sorted keys, no white space. Keys are ASCII; numbers are rounded before they get here, so both sides print the same. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

/** 64 hex digits. An insecure origin keeps the browser's own hashing to itself: then it is done here, slower; what does it
 *  is fetched when it is wanted first, which is while something is sent. */
export async function sha256(data) {
  const bytes = typeof data === "string" ? utf8.encode(data) : new Uint8Array(data);
  const digest = globalThis.crypto?.subtle
    ? await crypto.subtle.digest("SHA-256", bytes)
    : (await import("./sha256.js")).digestOf(bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const operationHash = ({ id, kind, v, device, seq, captured_at, payload }) =>
  sha256(canonical({ id, kind, v, device, seq, captured_at, payload }));

/** A fresh UUIDv7, as the server's own ids are: 48 bits of time, then 74 random bits. What was written down together stands
 *  together in the server's indexes: sixty answers touch a page or two there instead of sixty. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  bytes[0] = (bytes[0] & 15) | 112;
  bytes[2] = (bytes[2] & 63) | 128;
  const time = (Math.abs(Date.now()) % 2 ** 48).toString(16).padStart(12, "0"); // also where a clock is far off
  const hex = time + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
