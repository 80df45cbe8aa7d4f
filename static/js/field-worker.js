// The service worker of the field. The server puts KEPT before this: the version, the shell and the files that belong to it.
// It keeps no token and no personal data: only the shell and static files.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const PATIENCE = 3000;
const CACHE = `field-${KEPT.version}`;
const OWN =
  /^\/field\/($|places($|\/)|visits\/[0-9a-f-]{36}$|outbox$|mine$|urgent$|hazards\/[0-9a-f-]{36}\/look-back$)/;

worker.addEventListener("install", (event) => {
  event.waitUntil(keepAll());
});

/** One after another: a cheap phone on a bad signal chokes on forty at once. What is already here is not fetched again. */
async function keepAll() {
  const cache = await caches.open(CACHE);
  for (const address of [...KEPT.files, KEPT.shell, KEPT.urgent]) {
    if (await cache.match(address)) continue;
    const answer = await fetch(address, {
      cache: KEPT.files.includes(address) ? "default" : "no-cache",
      credentials: "omit",
    });
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    await cache.put(address, answer);
  }
}

worker.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

/** The version before stays for pages that are still open under it; older ones go. */
async function takeOver() {
  const names = (await caches.keys()).filter((name) => name.startsWith("field-") && name !== CACHE);
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

// A page says so only where nobody fills; without a word the new version waits until every page is closed.
worker.addEventListener("message", (event) => {
  if (event.data === "take-over") event.waitUntil(worker.skipWaiting());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event,
    address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate" && address.pathname === KEPT.urgent) event.respondWith(danger(event));
  else if (request.mode === "navigate") event.respondWith(OWN.test(address.pathname) ? shell() : page(request));
  else if (address.pathname.startsWith("/static/")) event.respondWith(file(request));
});

/** What is kept under an address; nothing where the store is denied or does not answer: then the network is asked. */
async function kept(request, options) {
  const late = new Promise((done) => {
    setTimeout(done, PATIENCE);
  });
  try {
    return await Promise.race([caches.match(request, options), late]);
  } catch {
    return undefined;
  }
}

const shell = async () => (await kept(KEPT.shell, { cacheName: CACHE })) ?? fetch(KEPT.shell);

/** The numbers to call are there at once; those of the next time are fetched meanwhile. */
async function danger(event) {
  const here = await kept(KEPT.urgent, { cacheName: CACHE });
  if (!here) return page(event.request);
  event.waitUntil(anew(event.request).catch(() => {}));
  return here;
}

async function anew(request) {
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(CACHE)).put(KEPT.urgent, answer);
}

/** A page of the server's; without a signal the shell says so and leads on. */
async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return shell();
  }
}

const file = async (request) => (await kept(request)) ?? fetch(request);
