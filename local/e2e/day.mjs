// A day of a large office, smaller than the one in `tests/blackbox/simulated_day.rs`: people book, come, lack a
// document, are called by six counters, walk in, do not come; for twenty minutes the gate has no power. The
// day's report says what was counted here. Leaves the pictures of `docs/day.md`.
//
//   node day.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { registers, scans, signsIn } from "./clerk.mjs";
import { DESKTOP, base, folder, launch, post } from "./common.mjs";

const OFFICE = "jakarta-pusat";
const ZONE = "+07:00";
const SERVICES = ["passport_new", "passport_replacement"];
const FAMILIES = 24;
const WALK_INS = 12;
const COUNTERS = { 1: ["A"], 2: ["A"], 3: ["A", "B"], 4: ["B"], 5: ["B"], 6: ["B"] };
const POWER_CUT = ["10:10", "10:30"];
const NAMES = ["Ani", "Budi", "Citra", "Darma", "Eka", "Fajar", "Gita", "Hadi", "Indah", "Joko", "Kirana", "Lestari", "Made",
  "Nur", "Oki", "Putri", "Rahmat", "Sari", "Tono", "Umi", "Wayan", "Yanti"];
const pictures = join(folder, "day");
mkdirSync(pictures, { recursive: true });

/** The same numbers each time. */
function dice(seed) {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}
const roll = dice(20261202);

const minutes = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

let nth = 0;
function somebody() {
  nth += 1;
  const [day, month, year] = [10 + (nth % 18), 1 + (nth % 12), 1961 + (nth % 45)].map(String);
  const born = [day, month.padStart(2, "0"), year];
  return { name: `${NAMES[nth % NAMES.length]} Contoh`, nik: `998101${born[0]}${born[1]}${year.slice(2)}9${String(nth).padStart(3, "0")}`,
    birth_date: born.toReversed().join("-"), ktp_regency: "Jakarta Pusat", category: Number(year) < 1966 ? "elderly" : "general" };
}

async function put(path, body, token) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const answer = await fetch(base + path, { method: "PUT", headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.text()}`);
}

/** The first date with many free seats, and its hours. */
async function chooses() {
  const { now } = await post("/local/clock", { advance_seconds: 0 });
  const from = new Date(Date.parse(now) + 36 * 3_600_000).toISOString().slice(0, 10);
  const to = new Date(Date.parse(now) + 9 * 86_400_000).toISOString().slice(0, 10);
  const days = new Map();
  for (const service of SERVICES) {
    const seen = await (await fetch(`${base}/v1/offices/${OFFICE}/availability?service=${service}&from=${from}&to=${to}`)).json();
    for (const { date, slots } of seen.days) {
      const hours = slots.filter(({ seats_free }) => seats_free >= 5).map(({ slot, seats_free }) => ({ service, slot, seats: seats_free }));
      days.set(date, [...(days.get(date) ?? []), ...hours]);
    }
  }
  const seats = (hours) => hours.reduce((sum, hour) => sum + Math.floor(hour.seats / 5), 0);
  const [date, hours] = [...days].find(([, all]) => seats(all) >= FAMILIES);
  return { date, hours };
}

/** A family of five with tickets of the same hour. */
async function family(number, date, hour) {
  const token = await registers(`628000000${String(9000 + number)}`);
  const people = Array.from({ length: 5 }, somebody);
  for (const person of people) await post("/v1/me/applicants", person, token);
  const wish = { applicant_ids: ["p1", "p2", "p3", "p4", "p5"], office: OFFICE, service: hour.service, date, slot: hour.slot };
  const { bookings } = await post("/v1/group-bookings", wish, token);
  await post(`/v1/bookings/${bookings[0].code}/confirm`, {}, token);
  const read = async ({ code }) => (await fetch(`${base}/v1/bookings/${code}`, { headers: { authorization: `Bearer ${token}` } })).json();
  return (await Promise.all(bookings.map(read))).map((booking, place) => ({ ...booking, name: people[place].name }));
}

async function everybody(date, hours) {
  const wishes = [];
  for (let round = 0; wishes.length < FAMILIES; round += 1) {
    for (const hour of hours) if (hour.seats >= 5 * (round + 1) && wishes.length < FAMILIES) wishes.push(hour);
  }
  const booked = [];
  for (let first = 0; first < wishes.length; first += 5) {
    const some = wishes.slice(first, first + 5);
    booked.push(...(await Promise.all(some.map((hour, place) => family(first + place, date, hour)))).flat());
  }
  for (const one of booked) {
    const fate = roll(100);
    const begin = minutes(one.slot);
    if (fate < 10) one.at = undefined;
    else if (fate < 22) one.at = begin + 5 * (1 + roll(5));
    else one.at = begin - 5 * (1 + roll(11));
    // Of those who come while there is no power the two on the scan page are enough.
    if (one.at > minutes(POWER_CUT[0]) - 5 && one.at < minutes(POWER_CUT[1])) one.at = minutes(POWER_CUT[0]) - 5;
    one.lacks = roll(100) < 10;
  }
  return booked;
}

class Day {
  constructor(date, booked) {
    Object.assign(this, { date, booked, counters: {}, fetching: [], walkedIn: 0, count: { booked: booked.length, came: 0, served: 0, walkIns: 0 } });
  }

  /** For eight hours. */
  async signsIn() {
    ({ token: this.token } = await post("/local/staff-token", { office: OFFICE, scopes: ["desk"] }));
  }

  async reach(time) {
    await post("/local/clock", { to: `${this.date}T${time}:00${ZONE}` });
  }

  async opens() {
    for (const [counter, groups] of Object.entries(COUNTERS)) {
      await put(`/v1/offices/${OFFICE}/counters/${counter}`, { open: true, groups }, this.token);
      this.counters[counter] = undefined;
    }
  }

  async scans(one, minute) {
    one.isIn = true;
    const visit = await post("/v1/check-ins", { ticket: one.ticket, gate: "Pintu Utama" }, this.token);
    this.count.came += 1;
    const decision = (body) => post(`/v1/check-ins/${one.code}/documents`, body, this.token);
    if (!one.lacks) return decision({ decision: "complete" });
    this.fetching.push({ at: minute + 45, one });
    const deadline = `${this.date}T${clock(minute + 120)}:00${ZONE}`;
    return decision({ decision: "incomplete", missing: [visit.documents[0].id], deadline });
  }

  async walksIn() {
    const { name, nik, birth_date, ktp_regency, category } = somebody();
    const service = SERVICES[roll(2)];
    const answer = await post(`/v1/offices/${OFFICE}/walk-ins`, { name, nik, birth_date, ktp_regency, category, service }, this.token).catch((refused) => {
      assert.match(String(refused), /slot_full/);
    });
    if (!answer) return;
    this.count.walkIns += 1;
    this.count.booked += 1;
    this.count.came += 1;
  }

  queue(what, body) {
    return post(`/v1/offices/${OFFICE}/queue/${what}`, body, this.token);
  }

  async finishes(counter) {
    await this.queue("finish", { counter });
    this.count.served += 1;
  }

  async works(minute) {
    for (const counter of Object.keys(this.counters)) {
      const until = this.counters[counter];
      if (until > minute) continue;
      if (until) await this.finishes(counter);
      this.counters[counter] = undefined;
      const called = await this.queue("call", { counter }).catch((refused) => assert.match(String(refused), /queue_empty/));
      if (!called) continue;
      await this.queue("serve", { counter });
      this.counters[counter] = minute + 5 * (1 + roll(5));
    }
  }

  /** From one time to another in steps of five minutes. */
  async goesOn(from, until) {
    for (let minute = minutes(from); minute < minutes(until); minute += 5) {
      await this.reach(clock(minute));
      await Promise.all(this.booked.filter((one) => !one.isIn && one.at <= minute).map((one) => this.scans(one, minute)));
      const back = this.fetching.filter(({ at }) => at <= minute);
      this.fetching = this.fetching.filter(({ at }) => at > minute);
      for (const { one } of back) await post(`/v1/check-ins/${one.code}/documents`, { decision: "complete" }, this.token);
      if (minute % 30 === 5 && this.walkedIn < WALK_INS) {
        this.walkedIn += 1;
        await this.walksIn();
      }
      await this.reach(clock(minute + 2));
      await this.works(minute);
    }
  }

  /** Somebody of an hour who has not come yet. */
  takes(slot) {
    const one = this.booked.find((it) => it.slot === slot && !it.isIn);
    one.isIn = true;
    this.count.came += 1;
    return one;
  }
}

const browser = await launch();
const begun = Date.now();
try {
  const { date, hours } = await chooses();
  const booked = await everybody(date, hours);
  console.log(`${booked.length} people are booked for ${date} after ${Date.now() - begun} ms`);
  await post("/local/clock", { to: `${date}T06:55:00${ZONE}` });
  const day = new Day(date, booked);
  await day.signsIn();

  const contexts = {};
  const opens = async (name, clerk, options = {}) => {
    contexts[name] = await browser.newContext({ viewport: DESKTOP, locale: "id-ID", ...options });
    const page = await contexts[name].newPage();
    page.setDefaultTimeout(15_000);
    if (clerk) await signsIn(page, clerk);
    return page;
  };
  const shot = (page, name, height = 800) =>
    page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true, animations: "disabled", clip: { x: 0, y: 0, width: page.viewportSize().width, height } });
  const verdict = (page, kind, text) => page.locator(`#hasil article:first-child[data-verdict=${kind}]`, { hasText: text }).waitFor();

  await day.goesOn("07:00", "07:50");
  await day.opens();
  await day.goesOn("07:50", "08:40");

  const gate = await opens("gate", "Dewi Contoh");
  await gate.goto(`${base}/petugas/${OFFICE}/pindai`);
  await gate.locator("#tunggu[data-list=ready][data-page=kept]").waitFor();
  await scans(gate, day.takes("09:00").ticket);
  await verdict(gate, "good", "MASUK");
  await shot(gate, "scan", 1060);
  const first = gate.locator("#hasil article").first();
  await first.getByRole("button", { name: "Semua lengkap" }).click();
  await verdict(gate, "good", "DOKUMEN LENGKAP");
  const lacking = day.takes("09:00");
  await scans(gate, lacking.ticket);
  await verdict(gate, "good", "MASUK");
  await first.getByRole("checkbox").first().check();
  await first.getByRole("radio").nth(0).check();
  await first.getByRole("button", { name: "Simpan yang dicentang saja" }).click();
  await verdict(gate, "wait", "DOKUMEN KURANG");
  await shot(gate, "missing", 1130);
  day.fetching.push({ at: minutes("09:40"), one: lacking });

  await day.goesOn("08:40", "10:05");
  const hall = await opens("hall", undefined, { viewport: { width: 1920, height: 1080 } });
  const counter = await opens("counter", "Lukman Contoh");
  await counter.goto(`${base}/petugas/${OFFICE}/loket?loket=3`);
  await counter.locator("#keadaan .number.called").waitFor();
  await shot(counter, "counter");
  await day.goesOn("10:05", POWER_CUT[0]);
  // One who has been called and is on the way, on a display whose clock is the office's.
  await day.reach("10:08");
  await day.finishes("3");
  const { queue_number: onTheWay } = await day.queue("call", { counter: "3" });
  await hall.clock.setFixedTime(new Date(`${date}T10:08:20${ZONE}`));
  await hall.goto(`${base}/papan/${OFFICE}`);
  await hall.locator(`li.called[data-number="${onTheWay}"]`).waitFor();
  await shot(hall, "hall", 1080);
  await day.queue("serve", { counter: "3" });

  await day.reach("10:15");
  await gate.reload();
  await gate.locator("#tunggu[data-list=ready][data-page=kept]").waitFor();
  await contexts.gate.setOffline(true);
  for (let left = 2; left > 0; left -= 1) {
    await scans(gate, day.takes("11:00").ticket);
    await verdict(gate, "wait", "Tanpa jaringan");
    await gate.waitForTimeout(300);
  }
  await shot(gate, "offline");
  await day.reach(POWER_CUT[1]);
  await contexts.gate.setOffline(false);
  await gate.locator("#tunggu b", { hasText: /^0$/ }).waitFor();

  await day.goesOn(POWER_CUT[1], "10:40");
  await gate.goto(`${base}/petugas/${OFFICE}/kunjungan`);
  await gate.getByRole("row").nth(5).waitFor();
  await shot(gate, "roster");

  await day.goesOn("10:40", "12:00");
  await day.signsIn();
  await day.goesOn("12:00", "14:55");
  for (let minute = minutes("14:55"); Object.values(day.counters).some(Boolean) || minute < minutes("15:30"); minute += 5) {
    assert.ok(minute < minutes("18:00"), "everybody is done in the evening");
    await day.goesOn(clock(minute), clock(minute + 5));
  }
  await day.reach("18:00");
  const report = await opens("report", "Audit Contoh");
  await report.goto(`${base}/petugas/${OFFICE}/laporan`);
  await report.getByRole("heading", { name: /^Laporan/ }).waitFor();
  await shot(report, "report", 1120);
  const count = async (name) => Number(await report.locator(".counts div", { hasText: name }).locator("dd").first().innerText());
  const seen = { booked: await count("terjadwal"), came: await count("datang"), served: await count("selesai") };
  const { booked: all, came, served, walkIns } = day.count;
  assert.deepEqual(seen, { booked: all, came, served }, "the report says what was counted here");
  assert.equal(came, served, "whoever came was served");
  console.log(`a day: ${all} booked, ${walkIns} of them at the door, ${came} came and were served; ${((Date.now() - begun) / 1000).toFixed(0)} s`);
} catch (error) {
  for (const page of browser.contexts().flatMap((context) => context.pages())) console.error(page.url(), (await page.locator("main").innerText().catch(() => "?")).slice(0, 700));
  throw error;
} finally {
  await browser.close();
}
