// Books as a person does, on a small phone and on a desktop, with and without script, and leaves a picture
// of every page: on a phone, on a desktop, in the dark and on paper.
//
//   node pages.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { DESKTOP, PHONE, base, folder, launch, post, says } from "./common.mjs";

const pictures = join(folder, "pages");
mkdirSync(pictures, { recursive: true });

const words = {
  id: { free: /Kosong/, next: "Lanjut", begin: "Mulai", done: "Saya sudah memilih nomor", save: "Simpan dan lanjut",
    hold: "Tahan tempat ini", confirm: "Ya, saya pasti datang", mine: "Pesanan saya", name: "Nama lengkap",
    regency: "Kota atau kabupaten di KTP", day: "Hari", month: "Bulan", year: "Tahun" },
  en: { free: /free/i, next: "Continue", begin: "Begin", done: "I have chosen the number", save: "Save and continue",
    hold: "Hold this place", confirm: "Yes, I will come", mine: "My bookings", name: "Full name",
    regency: "City or regency on the KTP", day: "Day", month: "Month", year: "Year" },
};

/** Pictures of a page in four forms, and what a machine can say of its accessibility. */
async function look(page, name, { scripted }) {
  if (!scripted) return;
  const shoot = (form) => page.screenshot({ path: join(pictures, `${name}-${form}.png`), fullPage: true });
  const own = page.viewportSize();
  for (const [form, viewport, media] of [
    ["phone", PHONE, { colorScheme: "light" }], ["dark", PHONE, { colorScheme: "dark" }],
    ["desktop", DESKTOP, { colorScheme: "light" }], ["print", { width: 794, height: 1123 }, { colorScheme: "light", media: "print" }],
  ]) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ media: "screen", ...media });
    await shoot(form);
    if (form === "phone" || form === "dark") {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${name}: ${wide} pixels too wide on a phone`);
      const { violations } = await new AxeBuilder({ page }).analyze();
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], `${name}, ${form}`);
    }
  }
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
  await page.setViewportSize(own);
}

/** From the first page to the ticket. */
async function books(page, { say, scripted, phone, nik, search, lang }) {
  const button = (name) => page.getByRole("button", { name });
  const seen = (name) => look(page, name, { scripted: scripted && lang === "id" });
  await page.goto(base);
  if (lang === "en") await button("English").click();
  await seen("1-start");
  await page.getByRole("searchbox").fill(search);
  await page.getByRole("searchbox").press("Enter");
  await page.locator("#kantor li:visible a").first().click();
  await seen("2-office");
  await page.locator(".list a", { hasText: say.free }).first().click();
  await seen("3-days");
  if (scripted && lang === "id") {
    const days = page.url();
    await page.goto(`${days}?bulan=2026-12-01`);
    await seen("3-month");
    await page.goto(days);
  }
  await page.locator(".list a").first().click();
  await seen("4-hours");
  await page.getByRole("radio").first().check();
  await button(say.next).click();
  await seen("5-sign-in");
  await button(say.begin).click();
  await seen("6-code");
  const text = await page.locator("main code").textContent();
  const number = await page.locator(".match b").textContent();
  await says(phone, text);
  await says(phone, number);
  await page.waitForTimeout(1500);
  // With a script the page goes on by itself.
  if (!scripted) await button(say.done).click();
  await page.getByLabel(say.name).waitFor();
  await seen("7-person");
  await button(say.save).click();
  await page.locator(".faults").waitFor();
  await seen("8-person-wrong");
  await page.getByLabel(say.name).fill("Siti <b>Contoh</b> Rahayu");
  await page.getByLabel("NIK").fill(nik.replace(/(....)/g, "$1 "));
  await page.getByLabel(say.day, { exact: true }).fill("1");
  await page.getByLabel(say.month, { exact: true }).fill("1");
  await page.getByLabel(say.year, { exact: true }).fill("1990");
  await page.getByLabel(say.regency).fill("Kota Bandung");
  await button(say.save).click();
  await button(say.hold).waitFor();
  await seen("9-check");
  if (scripted && lang === "id") await dropsOut(page.context(), page, say);
  await button(say.hold).click();
  await button(say.confirm).waitFor();
  await seen("10-held");
  await page.reload();
  await button(say.confirm).click();
  await page.locator(".qr").waitFor();
  await seen("11-ticket");
  const code = (await page.locator(".codeline").textContent()).replace(/\s/g, "");
  await page.getByRole("link", { name: say.mine }).click();
  await page.locator(".list strong").first().waitFor();
  await seen("12-own");
  return code;
}

/** The ticket without a network, after it was opened once; not after the sign-out. */
async function goesOffline(context, page, code) {
  await page.goto(`${base}/tiket/${code}`);
  await page.waitForFunction(async () => (await (await caches.open("tiket")).keys()).length >= 3);
  await context.setOffline(true);
  await page.reload();
  await page.locator(".qr svg").waitFor();
  const colour = await page.locator(".button, .codeline").first().evaluate((it) => getComputedStyle(it).textAlign);
  assert.equal(colour, "center", "the ticket has its style");
  await page.goto(`${base}/saya`).then(() => assert.fail("only the ticket is kept"), () => {});
  await context.setOffline(false);
}

/** The day of the visit: scanned, in the line, called. */
async function comes(page, code) {
  await page.goto(`${base}/tiket/${code}`);
  const own = (await page.context().cookies()).find(({ name }) => name === "antrian-sesi").value;
  const booking = await (await fetch(`${base}/v1/bookings/${code}`, { headers: { authorization: `Bearer ${own}` } })).json();
  await post("/local/clock", { to: booking.starts_at });
  const { token } = await post("/local/staff-token", { office: "demo-kecil", scopes: ["desk"] });
  await post("/v1/check-ins", { code, gate: "Gerbang 1" }, token);
  await page.reload();
  const number = await page.locator(".number b").textContent();
  assert.match(number, /^[A-Z]-\d{3}$/);
  // Others may have come before.
  await page.getByText(/Anda berikutnya|orang sebelum Anda/).waitFor();
  await look(page, "13-in-line", { scripted: true });
  await post("/v1/offices/demo-kecil/queue/call", { counter: "3", number }, token);
  await page.getByText("ke loket 3 sekarang").waitFor({ timeout: 15_000 });
  await look(page, "14-called", { scripted: true });
}

/** Without a network nothing is sent, and the page says so. */
async function dropsOut(context, page, say) {
  await context.setOffline(true);
  await page.getByRole("button", { name: say.hold }).click();
  await page.getByText("Tidak ada jaringan").waitFor();
  await look(page, "9-check-offline", { scripted: true });
  await context.setOffline(false);
}

/** Keyboard only: from the first page to the question for whom it is. */
async function tabs(page) {
  const reach = async (text) => {
    for (let left = 80; left > 0; left -= 1) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(() => document.activeElement?.innerText || document.activeElement?.value || "");
      if (seen.includes(text)) return;
    }
    throw new Error(`no way to ${text} by keyboard`);
  };
  await page.goto(base);
  for (const text of ["Jakarta Pusat", "Paspor baru", "2026", "Lanjut"]) {
    if (text === "Lanjut") {
      await page.getByRole("radio").first().focus();
      await page.keyboard.press("Space");
    }
    await reach(text);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.notEqual(outline, "none", `${text}: the focus is seen`);
    const here = page.url();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.href !== here);
  }
  await page.getByRole("heading", { name: "Untuk siapa?" }).waitFor();
}

/** Text of twice the size needs no sideways scrolling. */
async function zooms(page) {
  for (const path of ["/", "/kantor/jakarta-pusat", "/kantor/jakarta-pusat/passport_new?bulan=2026-12-01", "/masuk", "/kantor/jakarta-pusat/dokumen"]) {
    await page.goto(base + path);
    await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${path}: ${wide} pixels too wide at twice the size`);
  }
}

/** The first view of a page on a slow network and processor: bytes over the wire, requests, milliseconds. */
async function firstView(browser, path) {
  const context = await browser.newContext({ viewport: PHONE });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 });
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  let [bytes, requests] = [0, 0];
  cdp.on("Network.requestWillBeSent", () => { requests += 1; });
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.goto(base + path);
  const painted = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity);
  await context.close();
  return { bytes, requests, painted };
}

/** What the first view of a public page costs. The fastest of five counts: others work on this machine. */
async function weighs(browser) {
  for (const path of ["/", "/kantor/jakarta-pusat", "/kantor/jakarta-pusat/passport_new"]) {
    const views = [];
    for (let left = 5; left > 0; left -= 1) {
      views.push(await firstView(browser, path));
      if (views.at(-1).painted < 1000) break;
    }
    const { bytes, requests } = views[0];
    const painted = Math.min(...views.map((view) => view.painted));
    console.log(`${path}: ${bytes} bytes, ${requests} requests, first view after ${Math.round(painted)} ms on slow 3G`);
    assert.ok(bytes <= 50_000, `${path}: ${bytes} bytes`);
    assert.ok(requests <= 6, `${path}: ${requests} requests`);
    assert.ok(painted < 1000, `${path}: first view after ${painted} ms`);
  }
}

const browser = await launch();
try {
  await weighs(browser);
  let person = 0;
  for (const [viewport, scripted, lang] of [
    [PHONE, true, "id"], [PHONE, false, "id"], [DESKTOP, true, "en"], [DESKTOP, false, "en"],
  ]) {
    person += 1;
    const context = await browser.newContext({ viewport, javaScriptEnabled: scripted, locale: "id-ID" });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && !/status of 4/.test(message.text()) && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => { if (!request.url().startsWith(base) && !request.url().startsWith("data:")) complaints.push(`asked for ${request.url()}`); });
    const code = await books(page, {
      say: words[lang], scripted, lang, search: "jakarta", phone: `62800000004${person}`, nik: `997101010190800${person}`,
    });
    assert.match(code, /^[0-9A-Z]{10}$/);
    assert.deepEqual(complaints, [], "the page complains");
    if (person === 1) {
      await goesOffline(context, page, code);
      await tabs(page);
      await zooms(page);
    }
    await context.close();
    console.log(`booked ${code}: ${viewport.width} pixels, ${scripted ? "with" : "without"} script, ${lang}`);
  }
  const context = await browser.newContext({ viewport: PHONE, locale: "id-ID" });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${base}/style`);
  await look(page, "0-parts", { scripted: true });
  const say = words.id;
  const code = await books(page, { say, scripted: true, lang: "-", search: "parepare demo", phone: "628000000049", nik: "9971010101908009" });
  await comes(page, code);
  console.log(`came, stood in the line and was called: ${code}`);
  await context.close();
} finally {
  await browser.close();
}
