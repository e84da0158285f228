// Shows the scan page also without a network, as it is before anything was scanned. It keeps the page and its
// parts, and nothing of anybody; at the sign-out they go, and the list of the day with them.
const CACHE = "petugas";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const isScan = (url) => /^\/petugas\/[a-z0-9_-]+\/pindai$/.test(url.pathname);
const isPart = (url) => url.pathname.startsWith("/petugas/aset/");

// A network that answers no sooner is none.
const PATIENCE_MS = 4000;

async function scan(request, url) {
  const [kept, answer] = [caches.match(url.pathname), fetch(request)];
  const first = await Promise.race([answer, new Promise((resume) => setTimeout(resume, PATIENCE_MS))]).catch(() => undefined);
  return first ?? await kept ?? answer;
}

async function part(request) {
  return await caches.match(request) ?? fetch(request);
}

/** The lists of all offices and what was seen, on this device and in its open pages; what waits to be handed in
    stays. */
async function forgetLists() {
  for (const page of await clients.matchAll({ includeUncontrolled: true })) page.postMessage("forget");
  return new Promise((resume) => {
    const request = indexedDB.open("antrian-pindai");
    request.onerror = resume;
    request.onupgradeneeded = () => request.transaction.abort();
    request.onsuccess = () => {
      const done = request.result.transaction("sealed", "readwrite");
      for (const kind of ["list:", "seen:"]) done.objectStore("sealed").delete(IDBKeyRange.bound(kind, `${kind}\uffff`));
      done.oncomplete = done.onerror = () => { request.result.close(); resume(); };
    };
  });
}

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin) return;
  if (url.pathname === "/petugas/keluar") event.waitUntil(Promise.all([caches.delete(CACHE), forgetLists()]));
  if (event.request.method !== "GET") return;
  if (isScan(url)) event.respondWith(scan(event.request, url));
  else if (isPart(url)) event.respondWith(part(event.request));
});
