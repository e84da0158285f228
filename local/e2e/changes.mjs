// A clerk moves somebody's visit, cancels it, and reads what became of it; the head of the office changes a quota; in
// every form in which it is read.
//
//   node changes.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { books, signsIn } from "./clerk.mjs";
import { DESKTOP, base, folder, launch, lookEverywhere } from "./common.mjs";

const OFFICE = "demo-kecil";
const pictures = join(folder, "changes");
mkdirSync(pictures, { recursive: true });

const browser = await launch();
try {
  const person = await books(711, OFFICE);
  const own = async () => (await fetch(`${base}/v1/bookings/${person.code}`, { headers: { authorization: `Bearer ${person.token}` } })).json();
  const page = await (await browser.newContext({ viewport: DESKTOP })).newPage();
  page.setDefaultTimeout(10_000);
  const look = (name) => lookEverywhere(page, pictures, name);
  await signsIn(page, "Direktur Contoh");
  await page.goto(`${base}/petugas/${OFFICE}/kunjungan?tanggal=${person.date}`);
  await page.getByRole("link", { name: person.code }).click();
  await page.getByRole("link", { name: "Pindahkan, batalkan, lihat riwayat" }).click();
  await look("1-booked");
  await page.getByRole("link", { name: "Perbaiki data pemohon" }).click();
  await look("4-correct");
  await page.getByLabel("Nama lengkap").fill("Contoh Benar");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "sudah diperbaiki" }).waitFor();
  const to = await page.locator("#ke optgroup").last().locator("option").last().getAttribute("value");
  await page.getByLabel("Ke", { exact: true }).selectOption(to);
  await page.getByLabel("Kantor tidak dapat melayani pada waktunya").check();
  await page.getByRole("button", { name: "Pindahkan" }).click();
  await page.getByRole("status").filter({ hasText: "sudah dipindahkan" }).waitFor();
  await look("2-moved");
  const moved = await own();
  assert.equal(`${moved.date} ${moved.slot}`, to, "the person sees it");
  await page.getByLabel("Cari mulai", { exact: false }).fill("2099-01-01");
  await page.getByRole("button", { name: "Cari", exact: true }).click();
  await page.getByText("Tidak ada kursi dalam dua minggu").waitFor();
  await page.getByLabel("Orang yang sama punya jadwal lain").check();
  await page.getByRole("button", { name: "Batalkan jadwal ini" }).click();
  await page.getByRole("status").filter({ hasText: "sudah dibatalkan" }).waitFor();
  await look("3-cancelled");
  assert.equal((await own()).status, "cancelled");
  await page.goto(`${base}/petugas`);
  await page.locator(`a[href="/petugas/${OFFICE}/kuota"]`).click();
  await page.getByLabel("Tanggal").fill(moved.date);
  await page.getByRole("button", { name: "Lihat", exact: true }).click();
  await look("5-quotas");
  const quota = page.getByRole("textbox", { name: /^Kuota / }).first();
  const more = String(Number(await quota.inputValue()) + 2);
  await quota.fill(more);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Akibat perubahan kuota" }).waitFor();
  await look("6-plan");
  await page.getByRole("button", { name: "Simpan kuota" }).click();
  await page.getByRole("status").filter({ hasText: "sudah disimpan" }).waitFor();
  assert.equal(await quota.inputValue(), more);
  console.log("a visit was moved and cancelled on its page");
} finally {
  await browser.close();
}
