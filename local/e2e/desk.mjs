// The staff's pages: a clerk signs in and lets people in, with a scanner of three keyboards' layouts, ended by
// Enter, Tab or nothing, wherever the focus is; by a typed code; by camera; with and without script. Leaves
// pictures of the pages.
//
//   node desk.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LAYOUTS, books, keysOf, scans, signsIn } from "./clerk.mjs";
import { DESKTOP, PHONE, base, folder, isReadable, launch, post } from "./common.mjs";

const pictures = join(folder, "desk");
mkdirSync(pictures, { recursive: true });

async function look(page, name) {
  const own = page.viewportSize();
  for (const [form, viewport, colorScheme] of [["phone", PHONE, "light"], ["desktop", DESKTOP, "light"], ["dark", DESKTOP, "dark"]]) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    const clip = { x: 0, y: 0, width: viewport.width, height: 1400 };
    await page.screenshot({ path: join(pictures, `${name}-${form}.png`), fullPage: true, clip });
    await isReadable(page, `${name}, ${form}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(own);
}

/** The same as the browser's own keys, which fill the field that has the focus. A busy machine may tear a scan
    apart: then it is scanned again. */
async function presses(page, cdp, text, seen) {
  for (let left = 3; ; left -= 1) {
    const sent = keysOf(text, "english").flatMap(({ code, key }) => [
      cdp.send("Input.dispatchKeyEvent", { type: "keyDown", code, key, text: key }), cdp.send("Input.dispatchKeyEvent", { type: "keyUp", code, key }),
    ]);
    const enter = { code: "Enter", key: "Enter", windowsVirtualKeyCode: 13 };
    sent.push(cdp.send("Input.dispatchKeyEvent", { type: "keyDown", ...enter, text: "\r" }), cdp.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter }));
    await Promise.all(sent);
    const came = await seen().then(() => true, (error) => { if (left === 1) throw error; });
    if (came) return;
  }
}

const newest = (page) => page.locator("#hasil article").first();

async function shows(page, verdict, text) {
  await page.locator(`#hasil article:first-child[data-verdict=${verdict}]`, { hasText: text }).waitFor();
}

/** Twenty scans in twenty seconds without a click. */
async function rush(page, tickets) {
  const begun = Date.now();
  const kinds = Object.keys(LAYOUTS).flatMap((layout) => ["Enter", "Tab", null].map((end) => ({ layout, end })));
  for (const [index, { ticket }] of tickets.entries()) {
    await scans(page, ticket, kinds[index % kinds.length]);
    await page.waitForTimeout(kinds[index % kinds.length].end ? 20 : 150);
  }
  await page.waitForFunction((many) => document.querySelectorAll("#hasil article[data-verdict=good]").length === many, tickets.length);
  const secs = (Date.now() - begun) / 1000;
  assert.ok(secs < tickets.length, `${tickets.length} scans took ${secs} s`);
  const numbers = await page.locator("#hasil .queue").allTextContents();
  assert.deepEqual(numbers, numbers.toSorted().reverse(), "newest first, in the order of the scans");
  assert.equal(await page.getByLabel("Tiket atau kode booking").inputValue(), "");
  console.log(`${tickets.length} scans in ${secs.toFixed(1)} s`);
}

/** The focus is where it is: in the gate's field, on a box. */
async function elsewhere(page, cdp, first) {
  await page.getByText("Gerbang dan kamera").click();
  const gate = page.getByLabel("Nama gerbang");
  await gate.fill("Pintu Timur");
  await presses(page, cdp, first.ticket, () => shows(page, "wait", "SUDAH MASUK"));
  assert.equal(await gate.inputValue(), "Pintu Timur", "a scan is no part of a gate's name");
  await page.waitForTimeout(2100);
  await newest(page).getByRole("checkbox").first().focus();
  await scans(page, first.ticket, { end: null });
  await page.waitForFunction(() => document.querySelectorAll("#hasil article[data-verdict=wait]").length >= 2);
  await page.getByText("Gerbang dan kamera").click();
}

async function documents(page, last) {
  const code = page.getByLabel("Tiket atau kode booking");
  await code.pressSequentially(`${last.code.slice(0, 5)}-${last.code.slice(5)}`.toLowerCase(), { delay: 100 });
  await code.press("Enter");
  await shows(page, "good", "MASUK");
  const card = newest(page);
  await look(page, "3-in");
  await card.getByRole("checkbox").first().check();
  await card.getByRole("radio").nth(1).check();
  await card.getByRole("button", { name: "Simpan yang dicentang saja" }).click();
  await shows(page, "wait", "DOKUMEN KURANG");
  await look(page, "4-missing");
  await card.getByRole("button", { name: "Semua lengkap" }).click();
  await shows(page, "good", "DOKUMEN LENGKAP");
  assert.equal(await card.getByRole("button", { name: "Batalkan pindaian ini" }).count(), 0, "it cannot be undone any more");
}

/** Whoever was signed out signs in, and the scan is there. */
async function nightfall(page, context, next) {
  await page.locator("#tunggu b", { hasText: /^0$/ }).waitFor();
  await context.clearCookies({ name: "antrian-petugas" });
  await scans(page, next.ticket);
  await page.waitForURL(/\/petugas\/masuk/);
  await page.getByRole("link", { name: "Masuk", exact: true }).click();
  await page.getByRole("button", { name: "Dewi Contoh" }).click();
  await shows(page, "good", "MASUK");
  await newest(page).getByRole("button", { name: "Batalkan pindaian ini" }).click();
  await shows(page, "wait", "BELUM MASUK");
}

/** A network that is gone is said, and never green. More: `offline.mjs`. */
async function offline(page, context, known) {
  await page.waitForTimeout(2100);
  await context.setOffline(true);
  await scans(page, known.ticket);
  await shows(page, "wait", "Tanpa jaringan");
  await look(page, "5-offline");
  await context.setOffline(false);
}

/** Somebody without a booking gets a number and a slip; the list of the day has them. */
async function visitors(page) {
  await page.getByRole("link", { name: "Kantor saya" }).click();
  await page.getByRole("link", { name: "Tanpa janji" }).click();
  await page.getByLabel("NIK").fill("997101010190");
  await page.getByLabel("Nama lengkap").fill("Datang Sendiri");
  await page.getByRole("button", { name: "Beri nomor antrean" }).click();
  await page.getByRole("alert").waitFor();
  await look(page, "7-walk-in");
  await page.getByLabel("NIK").fill("9971010101909777");
  await page.getByLabel("Tanggal lahir").fill("01011990");
  await page.getByLabel("Kota atau kabupaten di KTP").fill("Kota Bandung");
  await page.keyboard.press("Enter");
  await page.locator(".slip .queue").waitFor();
  await look(page, "8-slip");
  for (const paper of ["80 mm", "A6"]) {
    const sheet = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    assert.equal(sheet.toString("latin1").split("/Type /Page\n").length - 1 || 1, 1, `a slip of ${paper} is one sheet`);
    writeFileSync(join(pictures, `slip-${paper.replace(" ", "")}.pdf`), sheet);
    if (paper === "80 mm") await page.getByRole("link", { name: "Kertas A6" }).click();
  }
  await page.getByRole("link", { name: "Kantor saya" }).click();
  await page.getByRole("link", { name: "Kunjungan" }).click();
  await page.getByRole("row", { name: /Datang S\./ }).waitFor();
  await look(page, "9-roster");
  await page.getByRole("link", { name: "Kantor saya" }).click();
  await page.getByRole("link", { name: "Cari dengan NIK" }).click();
  await page.getByLabel("NIK").fill("9971010101909777");
  await page.keyboard.press("Enter");
  await page.getByText("Orang ini punya jadwal").waitFor();
  await look(page, "10-nik");
}

/** The camera, where the browser reads codes itself: a ticket that stays before it is read once. This browser
    reads none, so that what it would have seen is said to it. */
async function films(context, next, last) {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.addInitScript(() => {
    window.BarcodeDetector = class {
      async detect(video) { return window.shown && video.videoWidth ? [{ rawValue: window.shown }] : []; }
    };
  });
  await page.goto(`${base}/petugas`);
  await page.getByRole("link", { name: "Pindai tiket" }).click();
  await page.getByText("Gerbang dan kamera").click();
  await page.getByRole("button", { name: "Pakai kamera" }).click();
  await page.locator("video:visible").waitFor();
  await page.evaluate((ticket) => { window.shown = ticket; }, next.ticket);
  await shows(page, "good", "MASUK");
  await page.waitForTimeout(3000);
  assert.equal(await page.locator("#hasil article").count(), 1, "it was read once");
  await page.evaluate((ticket) => { window.shown = ticket; }, last.ticket);
  await shows(page, "wait", "SUDAH MASUK");
  await page.close();
}

// A camera that films something, and is allowed to.
const browser = await launch("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream");
try {
  const context = await browser.newContext({ viewport: DESKTOP, locale: "id-ID" });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && !/status of 4|ERR_INTERNET/.test(message.text()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(base)) complaints.push(`asked for ${request.url()}`); });
  let bytes = 0;
  page.on("response", async (answer) => { bytes += (await answer.body().catch(() => "")).length; });
  await page.addInitScript(() => {
    window.tones = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) { window.tones.push(this.frequency.value); return start.apply(this, when); };
  });
  await page.goto(`${base}/petugas`);
  await look(page, "1-sign-in");
  await signsIn(page, "Dewi Contoh");
  await look(page, "2-offices");
  bytes = 0;
  await page.getByRole("link", { name: "Pindai tiket" }).click();
  await page.getByRole("heading", { name: "Pindai tiket" }).waitFor();
  assert.ok(bytes <= 150_000, `the scan page has ${bytes} bytes`);
  const office = page.url().split("/").at(-2);
  const people = [];
  for (let number = 1; number <= 24; number += 1) people.push(await books(number, office));
  // Whoever booked another hour than the first comes another time.
  const [{ starts_at: first }] = people;
  const now = people.filter(({ starts_at }) => Math.abs(Date.parse(starts_at) - Date.parse(first)) <= 3_600_000);
  console.log(`${now.length} of ${people.length} come at ${first} to ${office}`);
  await post("/local/clock", { to: first });
  await signsIn(page, "Dewi Contoh");
  await page.getByRole("link", { name: "Pindai tiket" }).click();
  await page.getByRole("heading", { name: "Pindai tiket" }).waitFor();
  const cdp = await context.newCDPSession(page);
  const [spare, last, filmed, ...rest] = now;
  await rush(page, rest.slice(0, 20));
  const tones = await page.evaluate(() => window.tones);
  assert.deepEqual([...new Set(tones)].toSorted((a, b) => a - b), [660, 880, 990], "read, and let in");
  await elsewhere(page, cdp, rest[0]);
  await scans(page, `${rest[0].ticket.slice(0, -1)}${rest[0].ticket.endsWith("0") ? "1" : "0"}`);
  await shows(page, "bad", "bukan tiket yang sah");
  assert.ok((await page.evaluate(() => window.tones)).includes(220), "a verdict that nobody goes in sounds otherwise");
  await documents(page, last);
  await offline(page, context, rest[0]);
  await page.waitForTimeout(2100);
  await nightfall(page, context, spare);
  await look(page, "6-many");
  await visitors(page);
  await films(context, filmed, last);
  assert.deepEqual(complaints, [], "the page complains");
  const plain = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false, locale: "id-ID" });
  const scriptless = await plain.newPage();
  scriptless.setDefaultTimeout(10_000);
  await signsIn(scriptless, "Dewi Contoh");
  await scriptless.getByRole("link", { name: "Pindai tiket" }).click();
  await scriptless.getByLabel("Tiket atau kode booking").fill(spare.code);
  await scriptless.getByRole("button", { name: "Periksa" }).click();
  await scriptless.locator("#hasil article[data-verdict=good]", { hasText: "MASUK" }).waitFor();
  await scriptless.getByRole("button", { name: "Semua lengkap" }).click();
  await scriptless.locator("#hasil article[data-verdict=good]", { hasText: "DOKUMEN LENGKAP" }).waitFor();
  await scriptless.getByRole("button", { name: "Keluar" }).click();
  await scriptless.getByRole("heading", { name: "Anda sudah keluar" }).waitFor();
  console.log("let people in, with and without script");
} catch (error) {
  for (const page of browser.contexts().flatMap((context) => context.pages())) {
    console.log(page.url());
    await page.screenshot({ path: join(pictures, "failed.png"), fullPage: true });
  }
  throw error;
} finally {
  await browser.close();
}
