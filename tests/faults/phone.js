// What the driver does on the phone: the page's own modules do the work, IndexedDB is read directly and not through them.
async () => {
  const script = [...document.querySelectorAll("script[type=module]")].map((one) => one.src).find((src) => src.includes("/field"));
  const [ledger, photos, sender] = await Promise.all(["ledger", "photos", "sender"].map((name) => import(new URL(`./field/${name}.js`, script).href)));
  const answered = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const all = async (store) => {
    const db = await answered(indexedDB.open("field"));
    try {
      return db.objectStoreNames.contains(store) ? await answered(db.transaction(store).objectStore(store).getAll()) : [];
    } finally {
      db.close();
    }
  };
  const hex = async (bytes) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const bytesOf = async (row) => (row?.bytes instanceof Blob ? row.bytes.arrayBuffer() : row?.bytes);

  /** Every photo on the phone with the hash of its bytes, not the bytes. */
  async function pictures(known = []) {
    const apart = new Map((await all("bytes")).map((row) => [row.id, row]));
    const found = [];
    for (const { bytes, ...row } of await all("photos")) {
      if (known.includes(row.id)) continue;
      const data = await bytesOf(apart.get(row.id) ?? { bytes });
      found.push({ ...row, has: Boolean(data), sha256_now: data ? await hex(data) : null, size: data ? data.byteLength : 0 });
    }
    return found;
  }

  /** What the camera's change handler is given: a file input with one file, through the strip of an item. */
  async function shoot(base64, visit) {
    const file = new File([Uint8Array.from(atob(base64), (mark) => mark.charCodeAt(0))], "photo.jpg", { type: "image/jpeg" });
    const box = document.createElement("div"), strip = document.createElement("div"), shutter = document.createElement("div");
    shutter.className = "shoot";
    box.append(strip);
    strip.append(shutter);
    const made = new photos.Strip(strip, visit, () => {});
    await made.add({ files: [file], dataset: { source: "camera" }, value: "" });
    return made.ids[0];
  }

  const pause = (time) => new Promise((done) => { setTimeout(done, time, "slow"); });
  window.handset = {
    record: async (entries) => (await ledger.record(...entries)).map((row) => row.id),
    shoot, pictures,
    operations: async (known = []) => { const seen = new Set(known); return (await all("operations")).filter((row) => !seen.has(row.id)); },
    send: async () => { await Promise.race([sender.send(), pause(20000)]); return true; },
    waiting: async () => [...await all("operations"), ...await all("photos")].filter((row) => row.state === "waiting").length,
    refused: async () => [...await all("operations"), ...await all("photos")].filter((row) => row.state === "refused").length,
    account: ledger.page.account,
  };
  return ledger.page.account;
}
