// The scan page without a network: scans are judged by the list of the day, kept, and handed in by themselves
// when the network is back. What they came to is shown until somebody has seen it.

import { open } from "./store.js";
import { judge, scanned } from "./verdict.js";

const words = Object.fromEntries([...document.getElementById("kata").content.children].map((one) => [one.dataset.kata, one.textContent]));
const { lang } = document.documentElement;
const element = (name, text, className = "") => Object.assign(document.createElement(name), { textContent: text, className });

const LIST_MS = 60_000;
const RETRY_MS = 5000;
// After a failure scans do not wait for the network for so long.
const DOWN_MS = 10_000;
const MOST = 20;
// Longer texts are no tickets: a batch of them would be too large to be taken.
const MOST_SIGNS = 300;

export async function begin(form) {
  const store = await open();
  const address = form.getAttribute("action");
  const office = address.split("/").at(-2);
  const [list, scans, seen, told] = ["list", "scan", "seen", "told"].map((kind) => `${kind}:${office}:`);
  const bar = document.getElementById("tunggu");
  const reports = document.getElementById("lapor");
  let downUntil = 0;
  let isBusy = false;
  const device = await store.get("device") ?? crypto.randomUUID();
  await store.put("device", device);
  // The list is fetched once the worker stands by that deletes it at the sign-out.
  let isGuarded = false;
  let day = await store.get(list);

  const clock = () => Date.now() + (day?.ahead ?? 0);
  const time = (at) => new Date(at).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", timeZone: day?.timezone });

  /** The lists of all offices and what was seen end with their day; what waits goes on until it was answered. */
  async function forget() {
    const isOver = (one) => Date.now() + (one.ahead ?? 0) >= Date.parse(one.ends_at);
    for (const one of (await store.all("list:")).filter(isOver)) await forgetOffice(one.office);
    if (day && isOver(day)) day = undefined;
  }

  async function forgetOffice(id) {
    await Promise.all([store.removeAll(`list:${id}:`), store.removeAll(`seen:${id}:`)]);
  }

  /** What is known of the scans of this device, by code, until the day ends. */
  async function seenToday() {
    const known = await store.get(seen);
    const ends = day?.ends_at ?? new Date(new Date().setHours(24, 0, 0, 0)).toISOString();
    return known && Date.parse(known.ends_at) > clock() ? known : { ends_at: ends, codes: {} };
  }

  async function see(code, what) {
    if (!code) return;
    const known = await seenToday();
    if (what) known.codes[code] = what;
    else delete known.codes[code];
    await store.put(seen, known);
  }

  async function refresh() {
    await forget();
    if (!isGuarded) return;
    try {
      const answer = await fetch(`${address}/daftar`, { headers: { accept: "application/json" }, redirect: "error", signal: AbortSignal.timeout(10_000) });
      // Whoever may not see it any more keeps nothing of it.
      if ([401, 403].includes(answer.status)) {
        day = undefined;
        await forgetOffice(office);
      }
      if (!answer.ok) return;
      const fresh = await answer.json();
      day = { ...fresh, ahead: Date.parse(fresh.now) - Date.now() };
      await store.put(list, day);
      bar.dataset.list = "ready";
    } catch { /* the list that is there stays */ }
  }

  async function count() {
    const many = await store.count(scans);
    bar.querySelector("b").textContent = many;
    bar.hidden = false;
    bar.classList.toggle("warn", many > 0);
    return many;
  }

  function card(verdict, at) {
    const article = element("article", "", `verdict ${verdict.kind}`);
    article.dataset.verdict = verdict.kind;
    const word = element("p", words[verdict.word], "word");
    const sign = element("span", verdict.kind === "bad" ? "✕" : "!", "sign");
    sign.setAttribute("aria-hidden", "true");
    word.prepend(sign);
    if (verdict.visit?.number) word.append(element("b", verdict.visit.number, "num queue"));
    article.append(word, element("p", words[verdict.said ?? `${verdict.word}-said`], "lead"));
    if (at) article.append(element("p", `${words.at} ${time(at)}`));
    if (verdict.visit) {
      const who = element("p", "", "who");
      who.append(element("strong", verdict.visit.who ?? ""), ` ${verdict.visit.slot} · ${verdict.visit.service}`);
      article.append(who);
    }
    if (verdict.warn) article.append(element("p", [words[verdict.warn], verdict.also].filter(Boolean).join(" "), "warn"));
    return article.outerHTML;
  }

  /** Judges a scan that the network did not take, and keeps it before anything is said of it. */
  async function take({ text, typed, id, pada }) {
    downUntil = performance.now() + DOWN_MS;
    const scan = await scanned(text, day);
    const before = (await seenToday()).codes[scan.code];
    const verdict = judge(day, scan, before, clock());
    if (verdict.keep) {
      const [isi, tertulis] = [text, typed].map((one) => one.slice(0, MOST_SIGNS));
      const whose = verdict.visit?.who ?? (scan.code || isi);
      const kept = { id, isi, tertulis, pada, code: scan.code, at: clock(), whose, again: verdict.word === "again", gate: form.elements.gerbang.value.trim() };
      await store.put(`${scans}${pada}:${id}`, kept);
      await see(scan.code, { at: clock(), waits: true });
      await count();
    }
    return card(verdict, before?.at);
  }

  /** A scan that the network took: the next one without it is known. */
  async function note({ text }) {
    await see((await scanned(text, day)).code, { at: clock(), waits: false });
  }

  async function settle(kept, result) {
    if (!result || result.outcome === "unsettled") return false;
    const name = `${kept.pada}:${kept.id}`;
    const isIn = ["accepted", "duplicate"].includes(result.outcome);
    await see(kept.code, isIn && { at: kept.at, waits: false });
    // Whoever was told that it was scanned before is not told once more.
    const isKnown = kept.again && result.outcome === "duplicate";
    if (result.outcome !== "accepted" && !isKnown) await store.put(`${told}${name}`, { ...result, name, at: kept.at, whose: result.who ?? kept.whose });
    await store.remove(`${scans}${name}`);
    return true;
  }

  /** One batch; whether there may be more to hand in now. */
  async function batch() {
    const waiting = (await store.all(scans)).toSorted((one, other) => one.pada.localeCompare(other.pada));
    const some = waiting.filter(({ gate }) => gate === waiting[0].gate).slice(0, MOST);
    if (!some.length) return false;
    const pindaian = JSON.stringify(some.map(({ id, isi, tertulis, pada }) => ({ id, isi, tertulis, pada })));
    const body = new URLSearchParams({ pemindai: device, gerbang: some[0].gate, pindaian, dikirim: new Date().toISOString() });
    const answer = await fetch(`${address}/simpanan`, { method: "POST", body, headers: { accept: "application/json" }, redirect: "error", signal: AbortSignal.timeout(20_000) });
    document.getElementById("masuk-lagi").hidden = answer.status !== 401;
    if (!answer.ok) return false;
    downUntil = 0;
    const results = new Map((await answer.json()).map((result) => [result.id, result]));
    const settled = [];
    for (const kept of some) settled.push(await settle(kept, results.get(kept.id)));
    await Promise.all([count(), report(), refresh()]);
    return settled.some(Boolean);
  }

  async function handIn() {
    if (isBusy) return;
    isBusy = true;
    try {
      while (await batch()) { /* the next one */ }
    } catch { /* the network is not back yet */ } finally {
      isBusy = false;
    }
  }

  /** What scans came to that did not count: both facts, until somebody has seen it. */
  async function report() {
    const all = (await store.all(told)).toSorted((one, other) => one.at - other.at);
    reports.hidden = !all.length;
    reports.querySelector("ul").replaceChildren(...all.map((one) => {
      const item = element("li", "");
      item.dataset.outcome = one.outcome;
      const seenIt = element("button", words.acknowledge, "button second");
      seenIt.type = "button";
      seenIt.addEventListener("click", async () => {
        await store.remove(`${told}${one.name}`);
        await report();
      });
      const who = [one.number, one.whose, "·", words.scanned, time(one.at)].filter(Boolean).join(" ");
      item.append(element("strong", words[one.outcome]), element("p", one.said), element("p", who, "muted"), seenIt);
      return item;
    }));
  }

  await forget();
  await Promise.all([count(), report()]);
  addEventListener("online", handIn);
  setInterval(async () => { if (await count()) handIn(); }, RETRY_MS);
  setInterval(refresh, LIST_MS);
  navigator.serviceWorker?.addEventListener("message", ({ data }) => { if (data === "forget") day = undefined; });
  keepPage(address, () => { isGuarded = true; refresh(); });
  handIn();
  navigator.storage?.persist?.();
  return { device, take, note, isDown: () => performance.now() < downUntil || !navigator.onLine };
}

/** Keeps the page and its parts, so that it opens without a network. `ready`: the worker stands by. */
async function keepPage(address, ready) {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/petugas/pindai.js", { scope: "/petugas/" });
    await navigator.serviceWorker.ready;
    ready();
    const parts = performance.getEntriesByType("resource").map(({ name }) => name);
    const cache = await caches.open("petugas");
    await cache.addAll(parts.filter((name) => name.startsWith(`${location.origin}/petugas/aset/`)));
    const page = await fetch(address, { redirect: "error" });
    if (page.ok) await cache.put(address, page);
    document.getElementById("tunggu").dataset.page = "kept";
  } catch { /* it opens with a network only */ }
}
