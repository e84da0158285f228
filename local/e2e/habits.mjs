// What people do on the way: a family on one phone, moving and cancelling, the language, two tabs, the back
// button, a double tap, a network that takes the answer with it, a hold that runs out. With and without
// script.
//
//   node habits.mjs BASE_URL CHROMIUM FOLDER

import assert from "node:assert/strict";
import { PHONE, base, launch, post, says } from "./common.mjs";

const button = (page, name) => page.getByRole("button", { name });
const link = (page, name) => page.getByRole("link", { name });
const heading = (page, name) => page.getByRole("heading", { name });

/** From the first page to an hour, the `nth` of its day. */
async function choosesHour(page, nth = 0) {
  await page.goto(base);
  await page.getByRole("searchbox").fill("makassar");
  await page.getByRole("searchbox").press("Enter");
  await page.locator("#kantor li:visible a").first().click();
  await page.locator(".list a", { hasText: /Kosong/ }).first().click();
  await page.locator(".list a").first().click();
  await page.getByRole("radio").nth(nth).check();
  await button(page, "Lanjut").click();
}

async function signsIn(page, phone) {
  await button(page, "Mulai").click();
  const text = await page.locator("main code").textContent();
  const number = await page.locator(".match b").textContent();
  await says(phone, text);
  await says(phone, number);
  await page.waitForTimeout(1200);
  if (page.scriptless) await button(page, "Saya sudah memilih nomor").click();
}

async function fills(page, { name, nik }) {
  await page.getByLabel("Nama lengkap").fill(name);
  await page.getByLabel("NIK").fill(nik);
  for (const [part, value] of [["Hari", "1"], ["Bulan", "1"], ["Tahun", "1990"]]) {
    await page.getByLabel(part, { exact: true }).fill(value);
  }
  await page.getByLabel("Kota atau kabupaten di KTP").fill("Kota Makassar");
}

/** Among the people of the account, this one alone. */
async function picks(page, { name }) {
  await heading(page, "Untuk siapa?").waitFor();
  for (const box of await page.locator("main input[type=checkbox]:checked").all()) await box.uncheck();
  await page.locator("label.choice", { hasText: name }).locator("input").check();
  await button(page, "Lanjut").click();
}

/** Whoever is signed in adds a person, and stands before the check. */
async function adds(page, person) {
  await page.getByLabel("Nama lengkap").waitFor();
  await fills(page, person);
  await button(page, "Simpan dan lanjut").click();
  await page.getByRole("heading", { name: /Untuk siapa\?|Sudah benar\?/ }).waitFor();
  if (await heading(page, "Untuk siapa?").isVisible()) await picks(page, person);
  await button(page, "Tahan tempat ini").waitFor();
}

const heldCode = (page) => page.url().match(/\/pesanan\/([0-9A-Z]{10})/)?.[1];
const ticketCode = (page) => page.url().match(/\/tiket\/([0-9A-Z]{10})$/)?.[1];

async function holds(page) {
  await button(page, "Tahan tempat ini").click();
  await button(page, "Ya, saya pasti datang").waitFor();
  return heldCode(page);
}

async function confirms(page) {
  await button(page, "Ya, saya pasti datang").click();
  await page.locator(".qr").waitFor();
  return ticketCode(page);
}

/** The next post to this path reaches the server, and its answer gets lost. */
async function losesAnswer(page, path) {
  let left = 1;
  await page.route(path, async (route) => {
    if (route.request().method() !== "POST" || left === 0) return route.fallback();
    left = 0;
    const cookies = await page.context().cookies();
    const answer = await route.fetch({ maxRedirects: 0 });
    assert.equal(answer.status(), 303, `${path}: the server has done it`);
    // The browser has not seen the answer's cookies either.
    await page.context().clearCookies();
    await page.context().addCookies(cookies);
    return route.abort("connectionreset");
  });
}

/** Presses a button, gets no answer, goes back and presses it again, unless the page says what was done. */
async function pressesAgain(page, path, name, done) {
  await losesAnswer(page, path);
  const here = page.url();
  await button(page, name).click().catch(() => {});
  await page.waitForTimeout(300);
  await page.goBack().catch(() => {});
  if (page.url() !== here) await page.goto(here);
  await page.unroute(path);
  await button(page, name).or(done ?? button(page, name)).first().waitFor();
  if (await button(page, name).isVisible()) await button(page, name).click();
}

const bookings = async (page) => {
  await page.goto(`${base}/saya`);
  return page.locator("main > .list a").count();
};

/** Two people of one family on one phone: each books, one moves, one cancels. */
async function family(page, phone, [mother, child]) {
  await choosesHour(page);
  await signsIn(page, phone);
  await adds(page, mother);
  await holds(page);
  const first = await confirms(page);

  await choosesHour(page, 1);
  await heading(page, "Untuk siapa?").waitFor();
  await page.locator("main input[type=checkbox]:checked").uncheck();
  await button(page, "Tambah orang lain").click();
  await adds(page, child);
  await holds(page);
  const second = await confirms(page);
  assert.notEqual(first, second);
  assert.equal(await bookings(page), 2, "both stand on the own page");
  await page.locator("main > .list").getByText(child.name.split(" ")[0]).first().waitFor();

  await page.goto(`${base}/tiket/${first}`);
  const before = await page.locator(".big").textContent();
  await link(page, "Pindah ke jam lain").click();
  await page.locator(".list a").nth(1).click();
  await page.getByRole("radio").last().check();
  await button(page, "Lanjut").click();
  await pressesAgain(page, "**/pindah", "Ya, pindahkan", page.locator(".qr"));
  await page.locator(".qr").waitFor();
  assert.equal(ticketCode(page), first, "the code stays");
  assert.notEqual(await page.locator(".big").textContent(), before, "the hour is another");

  await page.goto(`${base}/tiket/${second}`);
  await link(page, "Batalkan").click();
  await pressesAgain(page, "**/batal", "Ya, batalkan", link(page, "Pesan lagi"));
  await page.getByText("Dibatalkan").first().waitFor();
  await link(page, "Pesan lagi").waitFor();
  assert.equal(await bookings(page), 1, "the other one is as it was");
}

/** Two people in one go: one form, one confirmation, a ticket for each. */
async function together(page, phone, [father, son]) {
  await choosesHour(page, 2);
  await signsIn(page, phone);
  await adds(page, father);
  await link(page, "Ganti orang").click();
  await button(page, "Tambah orang lain").click();
  await page.getByLabel("Nama lengkap").waitFor();
  await fills(page, son);
  await button(page, "Simpan dan lanjut").click();
  await button(page, "Tahan tempat untuk 2 orang").click();
  await button(page, "Ya, kami pasti datang").click();
  await page.locator(".qr").waitFor();
  await heading(page, "Datang bersama").waitFor();
  await link(page, `Tiket ${son.name.split(" ")[0]}`).click();
  await page.getByRole("heading", { name: son.name.split(" ")[0] }).waitFor();
  assert.equal(await bookings(page), 2, "a booking for each");
}

/** English at a switch that stays, and back. */
async function language(page) {
  await page.goto(`${base}/kantor/makassar`);
  await button(page, "English").click();
  await heading(page, "For which service?").waitFor();
  assert.equal(page.url(), `${base}/kantor/makassar`, "it leads back to where one was");
  await page.goto(`${base}/saya`);
  await heading(page, "My bookings").waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await button(page, "Turn reminders off").click();
  await button(page, "Turn reminders on").click();
  await button(page, "Turn reminders off").waitFor();
  await button(page, "Bahasa Indonesia").click();
  await heading(page, "Pesanan saya").waitFor();
}

/** Signed out, nothing of one's own is left: not by the back button either. */
async function signsOut(page) {
  await page.goto(`${base}/saya`);
  await button(page, "Keluar").first().click();
  await page.getByRole("searchbox").waitFor();
  await page.goBack();
  await heading(page, "Masuk dengan WhatsApp").waitFor();
  assert.equal(await page.locator(".list").count(), 0);
}

/** Whoever asks for a seat that is held for them already comes to it, at once or by the link of a page. */
async function pressesAndFinds(page, code) {
  await button(page, "Tahan tempat ini").click();
  const confirm = button(page, "Ya, saya pasti datang");
  const way = page.locator(code ? `a[href="/pesanan/${code}"]` : "main a[href^='/pesanan/']");
  await confirm.or(way).first().waitFor();
  if (await way.isVisible()) await way.click();
  await confirm.waitFor();
  if (code) assert.equal(heldCode(page), code, "it is the same hold");
}

/** A double tap, the back button and a second tab hold one seat. */
async function holdsOnce(context, page, phone, person) {
  await choosesHour(page, 2);
  await signsIn(page, phone);
  await adds(page, person);
  const check = page.url();
  const other = await context.newPage();
  await other.goto(check);
  await button(page, "Tahan tempat ini").dblclick();
  await button(page, "Ya, saya pasti datang").waitFor();
  const code = heldCode(page);
  await page.goBack();
  await pressesAndFinds(page, code);
  await pressesAndFinds(other, code);
  await other.close();
  await button(page, "Saya perlu waktu lebih").click();
  await button(page, "Ya, saya pasti datang").waitFor();
  assert.equal(heldCode(page), code);
  assert.equal(await bookings(page), 1, "one hold");
  await page.goto(`${base}/pesanan/${code}`);
  await confirms(page);
  await page.goBack();
  // What is confirmed leads to the ticket, whatever page the browser still had.
  await page.goto(`${base}/pesanan/${code}`);
  await page.locator(".qr").waitFor();
}

/** A network that takes every answer of a step with it: pressed again, each step is done once. */
async function losesEachAnswer(page, phone, person) {
  await choosesHour(page, 3);
  await pressesAgain(page, "**/masuk", "Mulai");
  const text = await page.locator("main code").textContent();
  const number = await page.locator(".match b").textContent();
  const code = page.url();
  await losesAnswer(page, "**/masuk/selesai");
  await says(phone, text);
  await says(phone, number);
  await page.waitForTimeout(1200);
  // With a script the page has sent the form by itself.
  if (page.scriptless) await button(page, "Saya sudah memilih nomor").click().catch(() => {});
  await page.waitForURL((url) => url.href !== code).catch(() => {});
  await page.unroute("**/masuk/selesai");
  await page.goto(code);
  const send = button(page, "Saya sudah memilih nomor");
  if (page.scriptless) await send.click();
  await page.getByLabel("Nama lengkap").waitFor();
  await fills(page, person);
  const save = button(page, "Simpan dan lanjut");
  if (!page.scriptless) {
    await page.context().setOffline(true);
    await save.click();
    await page.getByText("Tidak ada jaringan").waitFor();
    assert.equal(await page.getByLabel("Nama lengkap").inputValue(), person.name, "what was typed stays");
    await page.context().setOffline(false);
  }
  await losesAnswer(page, "**/orang/baru*");
  const form = page.url();
  await save.click().catch(() => {});
  await page.waitForTimeout(300);
  await page.unroute("**/orang/baru*");
  await page.goto(form);
  await fills(page, person);
  await save.click();
  await page.getByRole("heading", { name: /Untuk siapa\?|Sudah benar\?/ }).waitFor();
  if (await heading(page, "Untuk siapa?").isVisible()) {
    assert.equal(await page.locator("label.choice").count(), 1, "one person was added");
    await picks(page, person);
  }
  await losesAnswer(page, "**/pesan");
  const check = page.url();
  await button(page, "Tahan tempat ini").click().catch(() => {});
  await page.waitForTimeout(300);
  await page.unroute("**/pesan");
  await page.goto(check);
  await pressesAndFinds(page);
  await pressesAgain(page, "**/pasti", "Ya, saya pasti datang", page.locator(".qr"));
  await page.locator(".qr").waitFor();
  assert.equal(await bookings(page), 1, "one booking");
}

/** No network between two pages: what was chosen is there when it comes back. */
async function losesNetwork(context, page) {
  await choosesHour(page, 1);
  const here = page.url();
  await context.setOffline(true);
  await link(page, "Antrian").click().catch(() => {});
  await page.waitForTimeout(200);
  await context.setOffline(false);
  await page.goto(here);
  await heading(page, "Untuk siapa?").waitFor();
}

/** Offices by distance: only with a script, and with the position kept here. */
async function nearest(browser) {
  const here = { latitude: -5.2, longitude: 119.45 };
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID", geolocation: here, permissions: ["geolocation"] });
  const page = await context.newPage();
  await page.goto(base);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await button(page, "Cari kantor yang terdekat").click();
  await heading(page, "Terdekat").waitFor();
  const [first, second] = await page.locator("#kantor li").allInnerTexts();
  assert.match(first, /Makassar\s+kira-kira 6 km/);
  assert.match(second, /kira-kira 135 km/);
  assert.equal(await page.locator("#kantor h2:visible").count(), 1, "every office stands in one list");
  assert.deepEqual(asked.filter((url) => !url.startsWith(`${base}/aset/`)), [], "nobody is asked with the position");
  assert.equal(page.url(), `${base}/`);
  await page.getByRole("searchbox").fill("jayapura");
  assert.equal(await page.locator("#kantor li:visible").count(), 1, "the search goes on");
  await context.clearPermissions();
  await context.close();

  const refused = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  const other = await refused.newPage();
  await other.addInitScript(() => {
    navigator.geolocation.getCurrentPosition = (_, fail) => fail({ code: 1, PERMISSION_DENIED: 1 });
  });
  await other.goto(base);
  await button(other, "Cari kantor yang terdekat").click();
  await other.getByText("Lokasi tidak diizinkan").waitFor();
  await other.getByRole("searchbox").fill("medan");
  assert.equal(await other.locator("#kantor li:visible").count(), 1);
  assert.equal(await other.locator(".nearest").isVisible(), false, "what is typed is looked for");
  await refused.close();
}

/** A hold that ran out while the page was open. */
async function runsOut(page, phone, person) {
  await choosesHour(page, 4);
  await signsIn(page, phone);
  await adds(page, person);
  await holds(page);
  await post("/local/clock", { advance_seconds: 20 * 60 });
  await button(page, "Ya, saya pasti datang").click();
  await heading(page, "Waktu untuk konfirmasi habis").waitFor();
  await link(page, "Lihat jam pada hari itu").click();
  await page.getByRole("radio").first().check();
  await button(page, "Lanjut").click();
  await picks(page, person);
  await holds(page);
  await confirms(page);
}

const browser = await launch();
try {
  await nearest(browser);
  console.log("the nearest offices are found here");
  for (const [at, scripted] of [true, false].entries()) {
    const open = async () => {
      const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: scripted, locale: "id-ID" });
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      page.scriptless = !scripted;
      return { context, page };
    };
    if (!scripted) {
      const { context, page } = await open();
      await page.goto(base);
      assert.equal(await page.locator(".nearest").isVisible(), false, "without script there is no such button");
      await context.close();
    }
    const person = (number, name) => ({ name, nik: `99710101019070${at}${number}` });
    const phone = (number) => `6280000000${at}5${number}`;
    const how = scripted ? "with script" : "without script";

    const home = await open();
    await family(home.page, phone(1), [person(1, "Ani Contoh"), person(2, "Budi Contoh")]);
    await losesNetwork(home.context, home.page);
    await language(home.page);
    await signsOut(home.page);
    await home.context.close();
    console.log(`a family on one phone: ${how}`);

    const two = await open();
    await together(two.page, phone(5), [person(6, "Fajar Contoh"), person(7, "Galih Contoh")]);
    await two.context.close();
    console.log(`two people in one go: ${how}`);

    const taps = await open();
    await holdsOnce(taps.context, taps.page, phone(2), person(3, "Citra Contoh"));
    await taps.context.close();
    console.log(`double taps, back and two tabs: ${how}`);

    const bad = await open();
    await losesEachAnswer(bad.page, phone(3), person(4, "Dewi Contoh"));
    await bad.context.close();
    console.log(`every answer lost once: ${how}`);

    const late = await open();
    await runsOut(late.page, phone(4), person(5, "Eka Contoh"));
    await late.context.close();
    console.log(`a hold that ran out: ${how}`);
  }
} finally {
  await browser.close();
}
