// What the driver does on the phone: the page's own instances do the work, IndexedDB is read directly and not through them.
async () => {
  const { modules } = await import(document.querySelector("script[type=module]").src);
  const ledger = modules["js/field/ledger.js"], photos = modules["js/field/photos.js"], sender = modules["js/field/sender.js"], visits = modules["js/field/visits.js"];
  const pause = (time) => new Promise((done) => { setTimeout(done, time); });
  for (let tries = 0; !ledger.page.account || !document.getElementById("main").dataset.view; tries += 1) {
    if (tries > 100) throw new Error("the page does not know whose it is");
    await pause(50);
  }
  const answered = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  let opened = null;
  const store = async (name) => {
    if (!opened) {
      opened = await answered(indexedDB.open("field"));
      opened.onversionchange = () => { opened.close(); opened = null; };
    }
    return opened.transaction(name).objectStore(name);
  };
  const get = async (name, id) => answered((await store(name)).get(id));
  const count = async (name, state) => answered((await store(name)).index("account").count([ledger.page.account, state]));
  const hex = async (bytes) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  /** A photo on the phone with the hash of its bytes, not the bytes. */
  async function picture(id) {
    const { thumb, ...row } = await get("photos", id), data = (await get("bytes", id))?.data;
    return { ...row, thumb: Boolean(thumb), has: Boolean(data), sha256_now: data ? await hex(data) : null, size: data ? data.byteLength : 0 };
  }

  /** What the strip does with a file of the camera. */
  const shoot = (base64, visit) =>
    photos.keep(new File([Uint8Array.from(atob(base64), (mark) => mark.charCodeAt(0))], "photo.jpg", { type: "image/jpeg" }), "camera", visit);

  /** One after another: photos taken and operations written down, each read back from the disk before the next.
   *  Answers that fail name the photos taken so far. */
  async function steps(all, shots) {
    const found = { operations: [], photos: [] };
    for (const { shot, visit, entry } of all) {
      if (shot) {
        shots.push(await shoot(shot, visit));
        found.photos.push(await picture(shots.at(-1)));
        continue;
      }
      const [kind, payload] = entry;
      if (kind === "visit.submit") payload.after = await visits.stoodOn(payload.visit);
      const [row] = await ledger.record([kind, payload.photos ? { ...payload, photos: [...shots] } : payload]);
      found.operations.push(await get("operations", row.id));
    }
    return found;
  }

  // The page knows quickly that something waits; that nothing does is read from the disk.
  const quickly = (name) => modules["js/field/store.js"].count(name, ledger.page.account, "waiting");
  const waiting = async () => (await quickly("operations")) + (await quickly("photos")) || (await count("operations", "waiting")) + (await count("photos", "waiting"));
  const refused = async () => (await count("operations", "refused")) + (await count("photos", "refused"));

  /** Send again and again, without the patience of the sender's own clock, until nothing waits or the time is over. */
  async function push(time) {
    const until = performance.now() + time;
    let left = await waiting();
    while (left && performance.now() < until && sender.status.now !== "signin") {
      await Promise.race([sender.send(), pause(20000)]);
      // Photos go on beside: asked again and again meanwhile, the lanes would do little else than answer.
      do await pause(15); while (sender.status.now === "sending" && performance.now() < until);
      left = await waiting();
    }
    return { left, refused: await refused(), now: sender.status.now };
  }

  window.handset = {
    steps, shoot, push, waiting, refused, picture,
    send: async () => { await Promise.race([sender.send(), pause(20000)]); return sender.status.now; },
    ids: async (name) => answered((await store(name)).getAllKeys()),
    rows: async (name, ids) => Promise.all(ids.map((id) => get(name, id))),
    pictures: async (ids) => { const found = []; for (const id of ids) found.push(await picture(id)); return found; },
    all: async (name) => answered((await store(name)).getAll()),
  };
  return ledger.page.account;
}
