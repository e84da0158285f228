// The scan page without a network: verdicts by the day's list and never green, a page that opens again, scans
// that are handed in by themselves, two devices with the same ticket, a booking that was cancelled meanwhile.
//
//   node offline.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { books, scans, signsIn } from "./clerk.mjs";
import { DESKTOP, PHONE, base, folder, isReadable, launch, post } from "./common.mjs";

const pictures = join(folder, "offline");
mkdirSync(pictures, { recursive: true });

async function look(page, name) {
  for (const [form, viewport] of [["phone", PHONE], ["desktop", DESKTOP]]) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(pictures, `${name}-${form}.png`), fullPage: true });
    await isReadable(page, `${name}, ${form}`);
  }
  await page.setViewportSize(DESKTOP);
}

async function shows(page, verdict, text) {
  await page.locator(`#hasil article:first-child[data-verdict=${verdict}]`, { hasText: text }).waitFor();
}

async function waiting(page, many) {
  await page.locator("#tunggu b", { hasText: new RegExp(`^${many}$`) }).waitFor();
}

async function opensScanPage(page) {
  await signsIn(page, "Dewi Contoh");
  await page.getByRole("link", { name: "Pindai tiket" }).click();
  await page.getByRole("heading", { name: "Pindai tiket" }).waitFor();
  await page.locator("#tunggu[data-list=ready][data-page=kept]").waitFor();
  await waiting(page, 0);
}

async function device(browser, complaints) {
  const context = await browser.newContext({ viewport: DESKTOP, locale: "id-ID" });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("console", (message) => message.type() === "error" && !/status of 4|ERR_INTERNET|ERR_FAILED/.test(message.text()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { context, page };
}

const reported = (page, outcome) => page.locator(`#lapor li[data-outcome=${outcome}]`);

/** What nobody can read out of the browser: the list and the scans are sealed. */
async function isSealed(page) {
  const seen = await page.evaluate(async () => {
    const done = (request) => new Promise((resume) => { request.onsuccess = () => resume(request.result); });
    const database = await done(indexedDB.open("antrian-pindai"));
    const from = (name) => database.transaction(name).objectStore(name);
    const all = await done(from("sealed").getAll());
    const key = await done(from("keys").get("key"));
    return { many: all.length, isPlain: all.some(({ data }) => new TextDecoder().decode(data).includes("Contoh")), extractable: key.extractable };
  });
  assert.ok(seen.many > 2 && !seen.isPlain && !seen.extractable, JSON.stringify(seen));
}

/** Whether anything of the day's list is left. */
const hasList = (page) => page.evaluate(async () => {
  const done = (request) => new Promise((resume) => { request.onsuccess = () => resume(request.result); });
  const database = await done(indexedDB.open("antrian-pindai"));
  const names = await done(database.transaction("sealed").objectStore("sealed").getAllKeys());
  return names.some((name) => name.startsWith("list:")) || caches.has("petugas");
});

const browser = await launch();
try {
  const complaints = [];
  const [east, west] = [await device(browser, complaints), await device(browser, complaints)];
  await signsIn(east.page, "Dewi Contoh");
  await east.page.getByRole("link", { name: "Pindai tiket" }).click();
  await east.page.getByRole("heading", { name: "Pindai tiket" }).waitFor();
  const office = east.page.url().split("/").at(-2);
  const people = [];
  for (let number = 101; number <= 106; number += 1) people.push(await books(number, office));
  const [{ starts_at: first }] = people;
  const [one, both, other, later, leaves] = people.filter(({ starts_at }) => Math.abs(Date.parse(starts_at) - Date.parse(first)) <= 3_600_000);
  assert.ok(leaves, "five people come at about the same hour");
  await post("/local/clock", { to: first });
  for (const { page } of [east, west]) await opensScanPage(page);

  await Promise.all([east, west].map(({ context }) => context.setOffline(true)));
  await scans(east.page, one.ticket);
  await shows(east.page, "wait", "Tanpa jaringan: dicatat, dicek ulang saat tersambung.");
  await shows(east.page, "wait", "Contoh");
  await scans(east.page, both.ticket);
  await shows(east.page, "wait", "Contoh");
  await scans(east.page, one.ticket);
  await shows(east.page, "wait", "sudah dipindai di perangkat ini");
  await scans(east.page, `${one.ticket.slice(0, -1)}${one.ticket.endsWith("0") ? "1" : "0"}`);
  await shows(east.page, "bad", "bukan tiket yang sah");
  await scans(east.page, "7KQ4MM2XR7");
  await shows(east.page, "wait", "Tidak ada di daftar; periksa KTP dan catat.");
  await scans(east.page, leaves.ticket);
  await shows(east.page, "wait", "DICATAT");
  await waiting(east.page, 4);
  assert.equal(await east.page.locator("#hasil article[data-verdict=good]").count(), 0, "never green");
  await isSealed(east.page);
  await look(east.page, "1-without");

  await east.page.reload();
  await east.page.getByRole("heading", { name: "Pindai tiket" }).waitFor();
  await waiting(east.page, 4);
  await scans(east.page, later.ticket);
  await shows(east.page, "wait", "DICATAT");
  await waiting(east.page, 5);
  await scans(west.page, both.ticket);
  await shows(west.page, "wait", "DICATAT");
  await scans(west.page, other.ticket);
  await shows(west.page, "wait", "DICATAT");
  await waiting(west.page, 2);

  await post(`/v1/bookings/${leaves.code}/cancel`, {}, leaves.token);
  await east.context.setOffline(false);
  await waiting(east.page, 0);
  await reported(east.page, "conflict").filter({ hasText: "bookingnya dibatalkan" }).waitFor();
  await reported(east.page, "refused").waitFor();
  await look(east.page, "2-conflict");
  await west.context.setOffline(false);
  await waiting(west.page, 0);
  await reported(west.page, "duplicate").filter({ hasText: "sudah dipindai lebih dulu" }).waitFor();
  assert.equal(await reported(east.page, "duplicate").count(), 0, "the first one is told nothing else");
  for (const { page } of [east, west]) {
    await page.reload();
    await page.locator("#lapor li").first().waitFor();
    for (let left = await page.locator("#lapor li").count(); left > 0; left -= 1) {
      await page.locator("#lapor button").first().click();
      await page.waitForFunction((many) => document.querySelectorAll("#lapor li").length === many, left - 1);
    }
    await page.locator("#lapor").waitFor({ state: "hidden" });
  }
  await east.page.waitForTimeout(2100);
  await scans(east.page, other.ticket);
  await shows(east.page, "wait", "SUDAH DIPINDAI");

  await east.page.goto(`${base}/petugas/${office}/kunjungan`);
  for (const { code } of [one, both, other, later]) {
    await east.page.getByRole("row", { name: code }).filter({ hasText: "di kantor" }).waitFor();
  }
  assert.ok(await hasList(east.page));
  await east.page.getByRole("button", { name: "Keluar" }).click();
  await east.page.getByRole("heading", { name: "Anda sudah keluar" }).waitFor();
  await east.page.waitForTimeout(500);
  assert.ok(!await hasList(east.page), "the list is gone with the clerk");
  assert.deepEqual(complaints, [], "the page complains");
  console.log("went on without a network, on two devices");
} catch (error) {
  for (const [nth, page] of browser.contexts().flatMap((context) => context.pages()).entries()) {
    console.log(page.url());
    await page.screenshot({ path: join(pictures, `failed-${nth}.png`), fullPage: true });
  }
  throw error;
} finally {
  await browser.close();
}
