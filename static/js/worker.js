/**
 * The service worker: shows the offline page when a page cannot be fetched, and nothing else. It keeps that page and the
 * files that it is made of, all the same for everybody; no page of somebody, and no answer of the API, is ever kept.
 * Served as /worker.js by crowdhub/pages/offline.py, which puts VERSION, OFFLINE and FILES before it.
 */
async function fill() {
  const cache = await caches.open(VERSION);
  await cache.addAll([OFFLINE, ...FILES].map((url) => new Request(url, { cache: "reload" })));
}

async function takeOver() {
  for (const name of await caches.keys()) if (name !== VERSION) await caches.delete(name);
  // The page is asked for while the worker starts, so that the worker makes no page slower.
  await registration.navigationPreload?.enable();
  await clients.claim();
}

const kept = async (url) => (await caches.open(VERSION)).match(url, { ignoreVary: true });

async function fetchPage(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await kept(OFFLINE)) ?? Response.error();
  }
}

const fetchFile = async (request) => (await kept(request.url)) ?? fetch(request);

addEventListener("install", (event) => event.waitUntil(fill().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("message", (event) => event.data === "fill" && event.waitUntil(fill()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.destination === "document") event.respondWith(fetchPage(event));
  else if (origin === location.origin && FILES.includes(pathname + search)) event.respondWith(fetchFile(request));
});
