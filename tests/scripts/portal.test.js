// An answer to a paper on its way: what is broken off goes on where it was, what is refused says why.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { NotThrough, SaidNo, send } from "../../static/js/portal/sending.js";

const photo = (size) => ({ id: "a-photo", sha256: "00", data: new Uint8Array(size).buffer });
const answer = (...photos) => ({ key: "/z/M/1", uploads: "/z/M/photos", once: "k", words: "好了", photos });

/** A server that keeps the bytes of one photo and lets `meet` answer first. */
function server(meet = () => null) {
  const heard = [],
    kept = { at: 0, length: 0 };
  globalThis.fetch = async (address, options) => {
    const { method, headers = {}, body } = options;
    heard.push(`${method} ${address}`);
    const met = meet(method, heard.length, kept);
    if (met instanceof Error) throw met;
    if (met) return met;
    const offset = () => ({ "Upload-Offset": String(kept.at) });
    if (address === "/z/M/photos") {
      kept.length = Number(headers["Upload-Length"]);
      return new Response(null, { status: 201, headers: offset() });
    }
    if (method === "HEAD") return new Response(null, { status: 200, headers: offset() });
    if (method === "PATCH") {
      if (Number(headers["Upload-Offset"]) !== kept.at) return new Response("{}", { status: 409 });
      kept.at += body.byteLength;
      return new Response(null, { status: 204, headers: offset() });
    }
    heard.push([...body].map(([name, value]) => `${name}=${value}`).join("&"));
    return new Response("", { status: 200 });
  };
  return { heard, kept };
}

const said = [];
const step = (words) => said.push(words);
const { fetch } = globalThis;
afterEach(() => {
  said.length = 0;
  globalThis.fetch = fetch;
});

test("photos go in pieces, then the form names them", async () => {
  const { heard, kept } = server();
  await send(answer(photo(600 * 1024)), "t", step);
  assert.equal(kept.at, kept.length);
  assert.ok(heard.filter((line) => line.startsWith("PATCH")).length > 1);
  assert.equal(heard.at(-1), "token=t&once=k&words=好了&photo=a-photo");
  assert.deepEqual(said, ["正在发照片，第 1 张，共 1 张。"]);
});

test("broken off, it is tried again and nothing that came is sent twice", async () => {
  const cut = server((method, nth) => (method === "PATCH" && nth === 3 ? new TypeError("no signal") : null));
  const mine = answer(photo(600 * 1024));
  await assert.rejects(send(mine, "t", step), NotThrough);
  const before = cut.kept.at;
  assert.ok(before > 0);
  await send(mine, "t", step);
  assert.equal(cut.kept.at, 600 * 1024);
});

test("where the server has another length it is asked, and goes on from there", async () => {
  const { kept } = server((method, nth, has) => {
    if (method === "PATCH" && nth === 2) has.at = 1000; // more had come than this phone had heard of
    return null;
  });
  await send(answer(photo(5000)), "t", step);
  assert.equal(kept.at, 5000);
});

test("a busy server is tried again, a no is said in its own words, and a code that ended leads to the code", async () => {
  server(() => new Response("", { status: 503 }));
  await assert.rejects(send(answer(), "t", step), NotThrough);
  server(() => new Response(JSON.stringify({ error: "这一条已经办结了" }), { status: 422 }));
  await assert.rejects(
    send(answer(), "t", step),
    (no) => no instanceof SaidNo && no.message === "这一条已经办结了" && !no.code,
  );
  server(() => new Response(JSON.stringify({ error: "请再输一次", code: true }), { status: 401 }));
  await assert.rejects(send(answer(), "t", step), (no) => no instanceof SaidNo && no.code);
  server(() => new Response("<html>", { status: 404 }));
  await assert.rejects(send(answer(), "t", step), (no) => no instanceof SaidNo && no.message.includes("打电话"));
});
