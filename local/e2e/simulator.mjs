// Drives the simulator's page as a person does: writes, reads the answer, taps, looks at a picture.
//
//   node simulator.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, executablePath, folder] = process.argv.slice(2);
const PHONE = "6280000000123";
const GRAPH = `${base}/local/graph/v26.0/100000000000001`;
const TOKEN = { authorization: "Bearer local-access-token" };
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
/** A picture of one grey dot. */
const DOT = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==", "base64");

async function answered(answer) {
  assert.ok(answer.ok, `${answer.url}: ${answer.status} ${answer.ok ? "" : await answer.text()}`);
  return answer.json();
}

const post = async (url, body, headers = {}) => answered(await fetch(url, {
  method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body),
}));

/** Sends as the business does. */
const send = (message) => post(`${GRAPH}/messages`, { messaging_product: "whatsapp", to: PHONE, ...message }, TOKEN);

async function upload() {
  const form = new FormData();
  form.set("messaging_product", "whatsapp");
  form.set("type", "image/png");
  form.set("file", new Blob([DOT], { type: "image/png" }), "dot.png");
  return answered(await fetch(`${GRAPH}/media`, { method: "POST", headers: TOKEN, body: form }));
}

/** Waits for a webhook whose value satisfies `is`; the bodies are those that were signed. */
async function webhook(is) {
  for (let left = 50; left > 0; left -= 1) {
    const { webhooks } = await answered(await fetch(`${base}/local/webhooks-sent`));
    const values = webhooks.map(({ body }) => JSON.parse(body).entry[0].changes[0].value);
    const found = values.find(is);
    if (found) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no such webhook: ${is}`);
}

async function registers(page, phone) {
  const begun = await post(`${base}/v1/registrations`, { locale: "id" });
  await phone.getByRole("textbox").fill(begun.code);
  await phone.getByRole("textbox").press("Enter");
  await phone.locator(".bubble.mine", { hasText: begun.code }).waitFor();
  await phone.locator(".bubble:not(.mine)", { hasText: "Seseorang ingin mendaftar" }).waitFor();
  await phone.getByRole("button", { name: "Pilih" }).last().click();
  await page.getByRole("dialog").getByRole("button", { name: begun.match_number }).first().click();
  await phone.locator(".bubble:not(.mine)", { hasText: "terverifikasi" }).waitFor();
  await post(`${base}/v1/registrations/${begun.id}/token`, { secret: begun.secret });
}

const NIK = (number) => `997101010190${9000 + number}`;
const DAY_MS = 24 * 3600 * 1000;

/** A person on the web whose number is proved by a message. */
async function signsIn(from) {
  const begun = await post(`${base}/v1/registrations`, { locale: "id" });
  for (const text of [begun.code, begun.match_number]) await post(`${base}/local/whatsapp`, { from, text });
  for (let left = 50; left > 0; left -= 1) {
    const url = `${base}/v1/registrations/${begun.id}/token`;
    const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ secret: begun.secret }) });
    if (answer.ok) return { authorization: `Bearer ${(await answer.json()).token}` };
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the number was not proved");
}

/** Fills a date of the small demo office. */
async function fills(date) {
  for (const number of [1, 2, 3, 4]) {
    const own = await signsIn(`628000000090${number}`);
    await post(`${base}/v1/me/applicants`, { name: `Contoh ${number}`, nik: NIK(number), birth_date: "1990-01-01", ktp_regency: "Kota Parepare" }, own);
    const held = await post(`${base}/v1/bookings`, { applicant_id: "p1", office: "demo-kecil", service: "passport_new", date }, own);
    await post(`${base}/v1/bookings/${held.code}/confirm`, {}, own);
  }
}

/** From a full date by an alternative to a queue number, all of it in the chat. */
async function books(page, phone) {
  const date = new Date(Date.now() + 7 * DAY_MS).toISOString().slice(0, 10);
  await fills(date);
  const says = async (text) => {
    await phone.getByRole("textbox").fill(text);
    await phone.getByRole("textbox").press("Enter");
  };
  const heard = (text) => phone.locator(".bubble:not(.mine)", { hasText: text }).last().waitFor();
  const chooses = async (row) => {
    await phone.getByRole("button", { name: "Pilih" }).last().click();
    await page.getByRole("dialog").getByRole("button", { name: row }).first().click();
  };
  const [year, month, day] = date.split("-");
  await says(`#Budi Contoh#${NIK(500)}#${day}-${month}-${year}`);
  await heard("Di kantor mana?");
  await says("Parepare");
  await heard("Layanan apa");
  await chooses("Paspor baru");
  await heard("sudah penuh");
  await page.screenshot({ path: join(folder, "simulator-full.png") });
  await chooses("09.00");
  await heard("belum terkonfirmasi");
  const hold = await phone.locator(".bubble:not(.mine)", { hasText: "belum terkonfirmasi" }).last().textContent();
  const code = hold.match(/[0-9A-Z]{5}-[0-9A-Z]{5}/)[0];
  await says(code.toLowerCase());
  await heard("sudah terkonfirmasi");
  await phone.getByRole("button", { name: "Perbesar gambar" }).last().waitFor();
  await page.screenshot({ path: join(folder, "simulator-ticket.png") });

  const own = await signsIn(PHONE);
  const { bookings } = await answered(await fetch(`${base}/v1/me/bookings`, { headers: own }));
  const same = bookings.find((booking) => booking.code === code.replace("-", ""));
  assert.equal(same?.status, "confirmed", "the web shows the same booking");
  await post(`${base}/local/clock`, { to: same.starts_at });
  const { token } = await post(`${base}/local/staff-token`, { office: "demo-kecil", scopes: ["desk"] });
  const scanned = await post(`${base}/v1/check-ins`, { ticket: same.ticket, gate: "Gerbang 1" }, { authorization: `Bearer ${token}` });
  assert.equal(scanned.queue_number, "A-001");
}

async function taps(page, phone) {
  const button = (id, title) => ({ type: "reply", reply: { id, title } });
  await send({ type: "interactive", interactive: { type: "button", body: { text: "Apakah *data* ini benar?" },
    action: { buttons: [button("yes-1", "Ya, benar"), button("no-1", "Ubah")] } } });
  await phone.getByRole("button", { name: "Ya, benar" }).click();
  await phone.locator(".bubble.mine", { hasText: "Ya, benar" }).waitFor();
  await webhook((value) => value.messages?.[0].interactive?.button_reply?.id === "yes-1");

  await send({ type: "interactive", interactive: { type: "list", body: { text: "Pilih tanggal:" }, action: { button: "Lihat tanggal",
    sections: [{ rows: [{ id: "d1", title: "Rabu, 2 Des", description: "4 kursi" }, { id: "d2", title: "Kamis, 3 Des" }] }] } } });
  await phone.getByRole("button", { name: "Lihat tanggal" }).press("Enter");
  await page.screenshot({ path: join(folder, "simulator-list.png") });
  await page.getByRole("dialog").getByRole("button", { name: "Rabu, 2 Des" }).click();
  await webhook((value) => value.messages?.[0].interactive?.list_reply?.description === "4 kursi");
}

async function looks(page, phone) {
  const { id } = await upload();
  const sent = await send({ type: "image", image: { id, caption: "Tiket Anda" } });
  await phone.getByRole("button", { name: "Perbesar gambar" }).click();
  const link = page.getByRole("link", { name: "Buka PNG" });
  const png = await fetch(base + await link.getAttribute("href"));
  assert.deepEqual(Buffer.from(await png.arrayBuffer()), DOT);
  await page.getByRole("button", { name: "Tutup" }).click();
  await webhook((value) => value.statuses?.[0].id === sent.messages[0].id && value.statuses[0].status === "read");
  await phone.locator(".bubble", { hasText: "Tiket Anda" }).locator(".mark.read").waitFor();
}

async function sendsMore(phone) {
  for (const [name, type] of [["Foto", "image"], ["Suara", "audio"], ["Lokasi", "location"], ["Reaksi", "reaction"]]) {
    await phone.getByRole("button", { name, exact: false }).last().click();
    await webhook((value) => value.messages?.[0].type === type);
  }
}

async function addsAPhone(page) {
  await page.getByRole("button", { name: "Tambah ponsel" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Nama").fill("Siti Contoh");
  await dialog.getByLabel("ID pengguna").fill("ID.1234567890");
  await dialog.getByRole("button", { name: "Tambah" }).click();
  const phone = page.getByRole("region", { name: "Siti Contoh" });
  await phone.getByRole("button", { name: "MENU" }).click();
  await phone.getByRole("textbox").press("Enter");
  const sent = await webhook((value) => value.contacts[0].user_id === "ID.1234567890");
  assert.equal(sent.messages[0].from, undefined, "somebody without a number has none");
  await page.reload();
  await page.getByRole("region", { name: "Siti Contoh" }).locator(".bubble.mine", { hasText: "MENU" }).waitFor();
}

const profile = mkdtempSync(join(tmpdir(), "antrian-browser-"));
const context = await chromium.launchPersistentContext(profile, { executablePath, args: FLAGS, viewport: { width: 1100, height: 800 }, locale: "id-ID" });
try {
  const page = context.pages()[0] ?? await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(base) && !request.url().startsWith("data:")) complaints.push(`asked for ${request.url()}`); });
  await page.goto(`${base}/simulator`);
  const phone = page.getByRole("region", { name: "Budi Contoh" });
  await page.screenshot({ path: join(folder, "simulator-begin.png") });
  await registers(page, phone);
  await taps(page, phone);
  await looks(page, phone);
  await sendsMore(phone);
  await addsAPhone(page);
  await books(page, page.getByRole("region", { name: "Budi Contoh" }));
  await page.screenshot({ path: join(folder, "simulator.png") });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 800 });
  await page.screenshot({ path: join(folder, "simulator-dark.png") });
  assert.deepEqual(complaints, [], "the page complains");
  console.log("the simulator's page works");
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
