// The head of an office takes its settings as a file, changes a quota in it, sends it back, sees what that does, saves,
// and brings the version before back. In every form in which it is read.
//
//   node settings.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { signsIn } from "./clerk.mjs";
import { DESKTOP, base, folder, launch, lookEverywhere } from "./common.mjs";

const OFFICE = "demo-kecil";
const pictures = join(folder, "settings");
mkdirSync(pictures, { recursive: true });

const browser = await launch();
try {
  const page = await (await browser.newContext({ viewport: DESKTOP, locale: "id-ID" })).newPage();
  page.setDefaultTimeout(10_000);
  const look = (name) => lookEverywhere(page, pictures, name);
  const sends = async (text) => {
    await page.getByLabel("Berkas yang sudah diubah").setInputFiles({ name: "kantor.json", mimeType: "application/json", buffer: Buffer.from(text) });
    await page.getByRole("button", { name: "Lihat akibatnya" }).click();
  };
  await signsIn(page, "Direktur Contoh");
  await page.locator(`a[href="/petugas/${OFFICE}/pengaturan"]`).click();
  await look("1-settings");
  const newest = async () => Number(await page.locator("#versi ~ .scroll tbody th").first().innerText());
  const before = await newest();
  const kept = page.waitForEvent("download");
  await page.getByRole("link", { name: "Unduh berkas" }).click();
  const file = JSON.parse(readFileSync(await (await kept).path(), "utf8"));
  await sends("{");
  await page.getByRole("alert").waitFor();
  await look("2-not-a-file");
  file.offices[0].sessions[0].quota += 3;
  await sends(JSON.stringify(file));
  await page.getByRole("heading", { name: "Akibat berkas ini" }).waitFor();
  await look("3-plan");
  await page.getByRole("button", { name: "Simpan" }).click();
  await page.getByRole("status").filter({ hasText: "sudah disimpan" }).waitFor();
  await page.getByRole("link", { name: `Bandingkan ${before}`, exact: true }).click();
  await page.getByRole("heading", { name: `Kembali ke versi ${before}` }).waitFor();
  await look("4-version");
  await page.getByRole("button", { name: "Simpan" }).click();
  await page.getByRole("status").filter({ hasText: "sudah disimpan" }).waitFor();
  assert.equal(await newest(), before + 2, "each write left a version");
  console.log("settings were sent as a file and brought back");
} finally {
  await browser.close();
}
