// What a page does beyond its forms. Everything works without it.

const all = (selector) => document.querySelectorAll(selector);

// Offices as one types.
for (const field of all("input[data-filter]")) {
  const list = document.querySelector(field.dataset.filter);
  const count = document.querySelector("[data-count]");
  const fold = (text) => text.toLowerCase();
  field.addEventListener("input", () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const item of list.querySelectorAll("[data-words]")) {
      const has = fold(item.dataset.words);
      item.hidden = !words.every((word) => has.includes(word));
      if (!item.hidden) found += 1;
    }
    hideEmpty(list);
    const near = document.querySelector("[data-nearest][data-ready]");
    if (near) near.hidden = words.length > 0;
    count.textContent = `${found} ${count.dataset.count}`;
  });
}
function hideEmpty(list) {
  for (const group of list.querySelectorAll("[data-group]")) {
    group.hidden = !group.querySelector("[data-words]:not([hidden])");
  }
}

// Offices by distance. The position stays here: nothing is asked of anybody with it.
for (const box of all("[data-nearest]")) {
  if (!isSecureContext || !("geolocation" in navigator)) continue;
  const list = document.querySelector(box.dataset.nearest);
  const line = box.querySelector("[role=status]");
  const button = box.querySelector("button");
  if (!list.querySelector("[data-at]")) continue;
  box.hidden = false;
  box.dataset.ready = "";
  button.addEventListener("click", () => {
    line.textContent = box.dataset.asking;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      box.hidden = true;
      delete box.dataset.ready;
      nearest(list, box.dataset, coords);
    }, ({ code, PERMISSION_DENIED }) => {
      line.textContent = code === PERMISSION_DENIED ? box.dataset.denied : box.dataset.lost;
    }, { maximumAge: 600000, timeout: 20000 });
  });
}
function nearest(list, { title, about }, here) {
  const group = list.querySelector("[data-group]").cloneNode(true);
  const heading = group.querySelector(".group");
  heading.textContent = title;
  heading.tabIndex = -1;
  const items = [...list.querySelectorAll("[data-at]")].map((item) => {
    const [latitude, longitude] = item.dataset.at.split(" ").map(Number);
    return { item, km: distance(here, { latitude, longitude }) };
  });
  items.sort((a, b) => a.km - b.km);
  for (const { item, km } of items) {
    const shown = document.createElement("span");
    shown.className = "muted num";
    const round = km < 10 ? Math.max(1, Math.round(km)) : Math.round(km / 5) * 5;
    shown.textContent = `${about} ${round.toLocaleString(document.documentElement.lang)} km`;
    item.querySelector("strong").after(shown);
  }
  group.querySelector("ul").replaceChildren(...items.map(({ item }) => item));
  list.prepend(group);
  hideEmpty(list);
  heading.focus();
}
// Kilometres along the surface, by the haversine formula.
function distance(a, b) {
  const rad = (degrees) => degrees * Math.PI / 180;
  const part = (x) => Math.sin(rad(x) / 2) ** 2;
  const h = part(b.latitude - a.latitude)
    + Math.cos(rad(a.latitude)) * Math.cos(rad(b.latitude)) * part(b.longitude - a.longitude);
  return 12742 * Math.asin(Math.sqrt(h));
}

// Without a network nothing is sent, and what was typed stays.
for (const form of all("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    form.querySelector(".offline")?.remove();
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const line = document.createElement("p");
    line.className = "warn offline";
    line.setAttribute("role", "alert");
    line.textContent = document.body.dataset.offline;
    (event.submitter?.parentElement || form).before(line);
  });
}

// A form is sent once, however often its button is pressed; going back makes it whole again.
for (const form of all("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => { delete form.dataset.sent; });
}

// How long until an instant, in words, by the clock of this device.
function left(until, [days, hours, minutes, rest]) {
  const total = Math.max(0, Math.ceil((until - Date.now()) / 60000));
  const [d, h, m] = [Math.floor(total / 1440), Math.floor(total / 60) % 24, total % 60];
  const parts = d ? [`${d} ${days}`, `${h} ${hours}`] : h ? [`${h} ${hours}`, `${m} ${minutes}`] : [`${m} ${minutes}`];
  return `(${parts.join(" ")} ${rest})`;
}
for (const place of all("[data-until]")) {
  const until = Date.parse(place.dataset.until);
  const words = place.dataset.words.split("|");
  const line = place.querySelector("[data-left]") || place;
  const show = () => {
    const seconds = (until - Date.now()) / 1000;
    if (place.dataset.over && seconds <= 0) line.textContent = place.dataset.over;
    else if (place.dataset.soon && seconds <= 60) line.textContent = place.dataset.soon;
    else line.textContent = left(until, words);
    place.classList.toggle("soon", Boolean(place.dataset.soon) && seconds <= 60);
  };
  show();
  setInterval(show, 5000);
}

// The sign-in goes on by itself when the answer has come.
for (const form of all("form[data-poll]")) {
  const line = form.querySelector("[data-waiting]");
  line.textContent = line.dataset.waiting;
  const ask = async () => {
    try {
      const answer = await fetch(form.dataset.poll, { cache: "no-store" });
      const word = answer.ok ? await answer.text() : "waiting";
      if (word === "verified" || word === "over") return form.requestSubmit();
    } catch { /* no network: ask again */ }
    setTimeout(ask, document.hidden ? 5000 : 2000);
  };
  setTimeout(ask, 2000);
}

// Documents that are ticked off stay so on this device.
for (const box of all("input[data-tick]")) {
  const key = `tick-${box.dataset.tick}`;
  try {
    box.checked = localStorage.getItem(key) === "1";
    box.addEventListener("change", () => localStorage.setItem(key, box.checked ? "1" : "0"));
  } catch { /* nothing is kept on this device */ }
}

// A ticket stays on this device for when there is no network.
const kept = document.querySelector("[data-keep]");
if (kept && "serviceWorker" in navigator) {
  navigator.serviceWorker.register("/tiket/ticket.js").then(async () => {
    const cache = await caches.open("tiket");
    await navigator.serviceWorker.ready;
    // The worker was not there when this page came: once more, through it.
    await fetch(location.pathname, { headers: { accept: "text/html" } });
    for (const part of all("link[rel=icon],script[src]")) await cache.add(part.href || part.src);
  }).catch(() => { /* without it the ticket needs a network */ });
}

// The place in the line, while the page is looked at.
for (const place of all("[data-refresh]")) {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(place.dataset.refresh, { headers: { accept: "text/html" } });
      if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
    } catch { /* no network: ask again */ }
  }, 10000);
}

// The picture is shared, not the address: that is its owner's alone.
for (const item of all("[data-share]")) {
  const probe = new File([""], "tiket.png", { type: "image/png" });
  if (!navigator.canShare?.({ files: [probe] })) continue;
  item.hidden = false;
  item.querySelector("button").addEventListener("click", async () => {
    try {
      const picture = await (await fetch(item.dataset.share)).blob();
      const file = new File([picture], "tiket.png", { type: "image/png" });
      await navigator.share({ files: [file], title: document.title });
    } catch { /* given up, or no network */ }
  });
}

for (const item of all("[data-print]")) {
  item.hidden = false;
  item.querySelector("button").addEventListener("click", () => print());
}

// What is wrong takes the focus.
document.querySelector(".faults")?.focus();
