// Somebody who runs an office closes a day that people have booked: sees what it does first, closes, watches everybody
// being moved. In every form in which it is read.
//
//   node closing.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { books, signsIn } from "./clerk.mjs";
import { DESKTOP, base, folder, launch, lookEverywhere, post } from "./common.mjs";

const OFFICE = "demo-kecil";
const pictures = join(folder, "closing");
mkdirSync(pictures, { recursive: true });

const own = async ({ code, token }) => (await fetch(`${base}/v1/bookings/${code}`, { headers: { authorization: `Bearer ${token}` } })).json();

const browser = await launch();
try {
  const people = [];
  for (const number of [701, 702, 703]) people.push(await books(number, OFFICE));
  const { date } = people[0];
  const booked = people.filter((person) => person.date === date).length;
  const context = await browser.newContext({ viewport: DESKTOP, locale: "id-ID" });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const look = (name) => lookEverywhere(page, pictures, name);
  await signsIn(page, "Direktur Contoh");
  await page.locator(`a[href="/petugas/${OFFICE}/tutup"]`).click();
  await page.getByLabel("Tutup mulai").fill(date);
  await page.getByLabel("Alasan, untuk pemohon").fill("Pemadaman listrik");
  await look("1-form");
  await page.getByRole("button", { name: "Lihat akibatnya" }).click();
  await page.getByRole("heading", { name: "Akibat penutupan" }).waitFor();
  await page.locator(".note", { hasText: `${booked} janji terkena` }).waitFor();
  await look("2-plan");
  assert.equal((await own(people[0])).date, date, "nothing was changed by looking");
  await page.getByRole("button", { name: /^Tutup dan pindahkan/ }).click();
  await page.getByRole("heading", { name: /^Pemindahan/ }).waitFor();
  await post("/local/clock", { advance_seconds: 40 });
  const end = Date.now() + 90_000;
  const moved = async () => (await Promise.all(people.map(own))).every((now) => now.status === "confirmed" && now.date > date);
  while (!(await moved())) {
    assert.ok(Date.now() < end, "everybody is moved within a minute or two");
    await new Promise((resume) => setTimeout(resume, 500));
  }
  await page.getByRole("link", { name: "Muat ulang" }).click();
  await page.locator(".counts div", { hasText: String(booked) }).first().waitFor();
  await look("3-moved");
  console.log(`closed ${date}: ${booked} people moved`);
} finally {
  await browser.close();
}
