// Shows tickets that were opened once also without a network. It keeps tickets and what they look like,
// nothing else; a ticket goes when its day is over, when it is not there any more, and at the sign-out.
const CACHE = "tiket";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const isTicket = (url) => /^\/tiket\/[0-9A-Z]+$/.test(url.pathname);
const isPart = (url) => url.pathname.startsWith("/aset/");

/** A copy that says until when it may be shown. */
async function keep(cache, request, answer) {
  const html = await answer.clone().text();
  const until = html.match(/data-keep="([^"]+)"/);
  if (!until) return cache.delete(request);
  const headers = new Headers(answer.headers);
  headers.set("x-keep-until", until[1]);
  return cache.put(request, new Response(html, { headers }));
}

async function kept(cache, request) {
  const found = await cache.match(request);
  const until = found && found.headers.get("x-keep-until");
  if (until && Date.parse(until) < Date.now()) {
    await cache.delete(request);
    return undefined;
  }
  return found;
}

async function ticket(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await keep(cache, request, answer);
    else if (answer.status < 500) await cache.delete(request);
    return answer;
  } catch (fault) {
    const found = await kept(cache, request);
    if (found) return found;
    throw fault;
  }
}

async function part(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (isTicket(url)) event.respondWith(ticket(event.request));
  else if (isPart(url)) event.respondWith(part(event.request));
});
