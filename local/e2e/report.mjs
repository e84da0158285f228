// The report of the day on which others were called, in every form in which it is read: on a desktop, on a
// small phone, in the dark, on paper, and as a file.
//
//   node report.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { signsIn } from "./clerk.mjs";
import { DESKTOP, PHONE, folder, isReadable, launch } from "./common.mjs";

const OFFICE = "demo-kecil";
const pictures = join(folder, "report");
mkdirSync(pictures, { recursive: true });

const browser = await launch();
try {
  const context = await browser.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  await signsIn(page, "Audit Contoh");
  await page.locator(`a[href="/petugas/${OFFICE}/laporan"]`).click();
  await page.getByRole("heading", { name: /^Laporan/ }).waitFor();
  const count = async (name) => Number(await page.locator(".counts div", { hasText: name }).locator("dd").first().innerText());
  assert.ok((await count("selesai")) > 0, "somebody was served today");
  await page.getByText("Menunggu dipanggil:").waitFor();

  const shot = async (name) => {
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    await isReadable(page, name);
  };
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await shot(`day-desktop-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(PHONE);
  await shot("day-phone");
  await page.setViewportSize(DESKTOP);
  await page.getByRole("link", { name: "Minggu ini" }).click();
  await page.getByRole("heading", { name: "Menurut tanggal" }).first().waitFor();
  await shot("week-desktop");
  await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: join(pictures, "week-paper.png"), fullPage: true });
  await page.emulateMedia({ media: "screen" });

  const booked = await count("terjadwal");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Unduh CSV" }).click()]);
  const [names, ...lines] = readFileSync(await download.path(), "utf8").trim().split(/\r?\n/).map((line) => line.split(","));
  const at = names.indexOf("booked");
  assert.equal(lines.reduce((sum, line) => sum + Number(line[at]), 0), booked, "the file adds up to the page");
  console.log(`report: ${booked} booked this week, on the page and in the file`);
} finally {
  await browser.close();
}
