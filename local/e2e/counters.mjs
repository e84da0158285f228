// A clerk at a counter with a keyboard and no mouse, beside the display in the hall: calls, serves, parks,
// sends on, puts back, finishes. Pictures in both themes.
//
//   node counters.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { signsIn } from "./clerk.mjs";
import { DESKTOP, base, folder, launch, post, says } from "./common.mjs";

const OFFICE = "demo-kecil";
const pictures = join(folder, "counters");
mkdirSync(pictures, { recursive: true });

async function session(number) {
  const begun = await post("/v1/registrations", {});
  await says(`62800000008${number}`, begun.code);
  await says(`62800000008${number}`, begun.match_number);
  for (let tries = 0; tries < 50; tries += 1) {
    const token = await post(`/v1/registrations/${begun.id}/token`, { secret: begun.secret }).catch(() => undefined);
    if (token) return token.token;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error("not signed in");
}

/** Two people of one slot who are in the line; their numbers. */
async function arrive() {
  const bookings = [];
  for (const number of ["101", "102"]) {
    const own = await session(number);
    await post("/v1/me/applicants", { name: `Contoh ${number}`, nik: `9971010101908${number}`, birth_date: "1990-01-01", ktp_regency: "Bandung" }, own);
    const first = bookings[0];
    const slot = first ? { date: first.date, slot: first.slot } : {};
    const held = await post("/v1/bookings", { applicant_id: "p1", office: OFFICE, service: "passport_new", ...slot }, own);
    bookings.push(await post(`/v1/bookings/${held.code}/confirm`, {}, own));
  }
  await post("/local/clock", { to: bookings[0].starts_at });
  const { token } = await post("/local/staff-token", { office: OFFICE, scopes: ["desk"] });
  const open = await fetch(`${base}/v1/offices/${OFFICE}/counters/5`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ open: true }),
  });
  assert.equal(open.status, 200, "somebody sits at counter 5");
  const numbers = [];
  for (const { ticket } of bookings) numbers.push((await post("/v1/check-ins", { ticket, gate: "Gerbang 1" }, token)).queue_number);
  return numbers;
}

const browser = await launch();
const TIMEOUT = 8000;
try {
  const [first, second] = await arrive();
  const context = await browser.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  await signsIn(page, "Direktur Contoh");
  page.setDefaultTimeout(TIMEOUT);
  // A page takes keys once its script has run: no person is faster, a test is.
  const press = async (key) => {
    await page.waitForLoadState("load");
    await page.keyboard.press(key);
  };
  const types = async (field, text) => {
    await page.locator(`${field}:focus`).waitFor();
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
  };
  await page.goto(`${base}/petugas/${OFFICE}/loket`);
  await types("[name=loket]", "3");
  const hall = await browser.newPage();
  await hall.goto(`${base}/papan/${OFFICE}`);
  const has = (number) => page.locator("#keadaan .number b", { hasText: number }).waitFor();
  const free = () => page.locator("[data-key=n]").waitFor();
  const shown = (number, counter) => hall.locator(`li[data-number="${number}"][data-counter="${counter}"]`).waitFor({ timeout: 8000 });
  const look = async (name) => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`), fullPage: true });
      const { violations } = await new AxeBuilder({ page }).analyze();
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], `${name}, ${colorScheme}`);
    }
  };
  await free();
  await look("free");
  const keys = page.getByLabel("Tombol papan ketik aktif");
  await keys.uncheck();
  await press("n");
  await page.reload();
  assert.equal(await keys.isChecked(), false, "this browser remembers it");
  await free();
  await keys.check();
  await press("n");
  await has(first);
  await shown(first, "3");
  await press("l");
  await page.locator(".number.called").waitFor();
  await look("serving");
  await press("t");
  await page.locator("[data-key=r]").waitFor();
  await press("r");
  await has(first);
  await press("p");
  await types("[data-focus=p]", "5");
  await free();
  await press("n");
  await has(second);
  await press("k");
  await free();
  await press("c");
  await types("[data-focus=c]", second.toLowerCase().replace("-", ""));
  await has(second);
  await press("w");
  await page.getByRole("heading", { name: /Dilewati/ }).waitFor();
  await look("skipped");
  await press("c");
  await types("[data-focus=c]", first);
  await has(first);
  await press("s");
  await press("l");
  await page.locator(".number.called").waitFor();
  await press("s");
  await free();
  await press("o");
  await press("Escape");
  console.log("a counter by keyboard alone, with the hall beside it");
} catch (error) {
  for (const one of browser.contexts().flatMap((context) => context.pages())) console.error(one.url(), (await one.locator("main").innerText().catch(() => "?")).slice(0, 700));
  throw error;
} finally {
  await browser.close();
}
