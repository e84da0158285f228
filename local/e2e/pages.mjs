// Books as a person does, on a small phone and on a desktop, with and without script, and leaves a picture
// of every page: on a phone, on a desktop, in the dark and on paper.
//
//   node pages.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";

const [base, executablePath, folder] = process.argv.slice(2);
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const PHONE = { width: 360, height: 640 };
const DESKTOP = { width: 1280, height: 800 };
const pictures = join(folder, "pages");
mkdirSync(pictures, { recursive: true });

async function post(path, body) {
  const answer = await fetch(base + path, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
}

/** What the person's phone sends. */
const says = (from, text) => post("/local/whatsapp", { from, text });

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

const browser = await chromium.launch({ executablePath, args: FLAGS });
try {
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
    await context.close();
    console.log(`booked ${code}: ${viewport.width} pixels, ${scripted ? "with" : "without"} script, ${lang}`);
  }
} finally {
  await browser.close();
}
