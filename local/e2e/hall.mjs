// The display in the hall: a real call reaches it, with and without script; it says when it is cut off and
// heals within ten seconds, speaks, reloads itself at night, and does not grow in eight hours. Pictures of
// both themes on two televisions and a phone held upright.
//
//   node hall.mjs BASE_URL CHROMIUM FOLDER_FOR_SCREENSHOTS

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { base, folder, launch, post, says } from "./common.mjs";

const OFFICE = "demo-kecil";
const ADDRESS = `${base}/papan/${OFFICE}`;
const pictures = join(folder, "hall");
mkdirSync(pictures, { recursive: true });

const isShown = (page, number) => page.locator(`li[data-number="${number}"]`);
const stale = (page) => page.locator("#putus");

/** Somebody books at the office, comes on the day, and is in the line. */
async function arrives(number) {
  const from = `62800000007${number}`;
  const begun = await post("/v1/registrations", {});
  await says(from, begun.code);
  await says(from, begun.match_number);
  let session;
  for (let tries = 0; !session && tries < 50; tries += 1) {
    session = await post(`/v1/registrations/${begun.id}/token`, { secret: begun.secret }).catch(() => undefined);
    if (!session) await new Promise((done) => setTimeout(done, 200));
  }
  const person = { name: "Budi Contoh", nik: `9971010101907${number}`, birth_date: "1990-01-01", ktp_regency: "Bandung" };
  await post("/v1/me/applicants", person, session.token);
  const wish = { applicant_id: "p1", office: OFFICE, service: "passport_new" };
  const held = await post("/v1/bookings", wish, session.token);
  const booking = await post(`/v1/bookings/${held.code}/confirm`, {}, session.token);
  const { now } = await post("/local/clock", { to: booking.starts_at });
  const { token } = await post("/local/staff-token", { office: OFFICE, scopes: ["desk"] });
  const scanned = await post("/v1/check-ins", { ticket: booking.ticket, gate: "Gerbang 1" }, token);
  return { token, number: scanned.queue_number, now };
}

const counts = (desk, what, body) => post(`/v1/offices/${OFFICE}/queue/${what}`, body, desk.token);

async function opens(desk, counter) {
  const address = `${base}/v1/offices/${OFFICE}/counters/${counter}`;
  const headers = { authorization: `Bearer ${desk.token}`, "content-type": "application/json" };
  const answer = await fetch(address, { method: "PUT", headers, body: JSON.stringify({ open: true }) });
  assert.equal(answer.status, 200);
}

async function aRealCall(browser) {
  const desk = await arrives("101");
  const scripted = await browser.newPage();
  await scripted.goto(ADDRESS);
  await scripted.locator(".none").waitFor();
  // The office's time by our clock, which is days ahead of the browser's.
  const timeZone = await scripted.locator("#papan").getAttribute("data-zone");
  const clock = new Intl.DateTimeFormat("id-ID", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const ours = (late) => clock.format(new Date(desk.now).getTime() + late);
  assert.ok([0, 60000].map(ours).includes(await scripted.locator("#jam").textContent()), "our time");
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const scriptless = await plain.newPage();
  await scriptless.goto(ADDRESS);
  await opens(desk, "5");
  await counts(desk, "call", { counter: "3" });
  for (const page of [scripted, scriptless]) {
    await isShown(page, desk.number).waitFor({ timeout: 8000 });
    assert.match(await isShown(page, desk.number).textContent(), /Loket\s+3/);
  }
  assert.match(await isShown(scripted, desk.number).getAttribute("class"), /\bnew\b/);
  assert.equal(await scripted.locator("#disebut").textContent(), `${desk.number}, loket 3`);
  // A cable that is pulled for twenty seconds.
  await scripted.context().setOffline(true);
  await stale(scripted).waitFor({ timeout: 21000 });
  await counts(desk, "transfer", { counter: "3", to_counter: "5" });
  await counts(desk, "call", { counter: "5" });
  await scripted.context().setOffline(false);
  const healed = Date.now();
  await scripted.locator(`li[data-number="${desk.number}"][data-counter="5"]`).waitFor({ timeout: 10000 });
  assert.ok(await stale(scripted).isHidden());
  console.log(`a real call, with and without script; healed ${Date.now() - healed} ms after the cable was back`);
  await scripted.close();
  await plain.close();
}

/** The content as the server writes it. `calls`: [number, counter, state, times, when]. */
const content = (calls) => `<ol class="calls" data-page="SCRIPT">${calls.map(([number, counter, state, times = 1, at = 0]) =>
  `<li class="${state}" data-number="${number}" data-counter="${counter}" data-calls="${times}" data-at="${at}"><b>${number}</b>
   <span class="arrow" aria-hidden="true"></span> <span class="at"><small>Loket</small> ${counter}</span></li>`).join("")}</ol>
  <ul class="lines"><li><b>A</b> <span class="what">Paspor baru <span lang="en">New passport</span></span>
  <span class="count"><b>12</b> menunggu <span lang="en">waiting</span> · 20–40 menit <span lang="en">min</span></span></li>
  <li><b>B</b> <span class="what">Penggantian paspor <span lang="en">Passport replacement</span></span>
  <span class="count"><b>3</b> menunggu <span lang="en">waiting</span></span></li></ul>`;

const FULL = [["A-114", "FOTO 1", "called"], ["B-007", "12B", "called"], ["A-113", "3", "serving"], ["C-210", "4", "serving"],
  ["A-112", "5", "serving"], ["B-006", "6", "serving"], ["A-111", "7", "serving"], ["A-110", "8", "serving"]];

/** A display whose content and network the test has in hand, and whose clock it moves. */
async function staged(browser, { at = "2026-12-02T01:00:00Z" } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  await page.addInitScript((html) => {
    const real = window.fetch.bind(window);
    window.stage = { fails: false, asked: 0, html, spoken: 0 };
    window.fetch = async (address, options) => {
      if (!String(address).endsWith("/isi")) return real(address, options);
      window.stage.asked += 1;
      if (window.stage.fails) throw new TypeError("no network");
      const script = new URL(document.querySelector("script[type=module]").src).pathname;
      return new Response(window.stage.html.replace("SCRIPT", script));
    };
    const begin = AudioBufferSourceNode.prototype.start;
    AudioBufferSourceNode.prototype.start = function start(...given) {
      window.stage.spoken += 1;
      return begin.apply(this, given);
    };
  }, content([]));
  // The clock is the test's: the page does not know ours.
  await page.route(ADDRESS, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/ data-now="\d+"/, "") });
  });
  await page.clock.install({ time: new Date(at) });
  await page.goto(ADDRESS);
  const source = await page.evaluate(() => document.querySelector("script[type=module]").src);
  const shows = (calls) => page.evaluate((html) => { window.stage.html = html; }, content(calls));
  return { context, page, source, shows };
}

async function lookedAt(browser) {
  const { context, page, shows } = await staged(browser);
  await shows(FULL.slice(1));
  await page.clock.runFor(3000);
  await shows(FULL);
  await page.clock.runFor(3000);
  assert.match(await page.locator("li").first().getAttribute("class"), /\bnew\b/);
  for (const [name, width, height] of [["720", 1280, 720], ["1080", 1920, 1080], ["phone", 360, 640]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`), animations: "disabled" });
      const { violations } = await new AxeBuilder({ page }).analyze();
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], `${name}, ${colorScheme}`);
    }
    const cut = await page.evaluate(() => [...document.querySelectorAll(".calls li, .calls .at, .lines li")]
      .filter((of) => of.scrollWidth > of.clientWidth + 1 || (innerWidth > innerHeight && of.getBoundingClientRect().bottom > innerHeight + 1))
      .map((of) => of.textContent));
    assert.deepEqual(cut, [], `${name}: all of it is on the screen`);
  }
  // Eight hundredths of the height: on a screen of 43 inches the figures are 3 cm high, read from ten metres.
  await page.setViewportSize({ width: 1280, height: 720 });
  const sizes = await page.evaluate(() => [...document.querySelectorAll(".calls li b")].map((of) => parseFloat(getComputedStyle(of).fontSize)));
  assert.ok(Math.min(...sizes) >= 57, `${sizes}`);
  await page.evaluate(() => { window.stage.fails = true; });
  await page.clock.runFor(20000);
  await page.screenshot({ path: join(pictures, "cut-off.png") });
  await shows([]);
  await page.evaluate(() => { window.stage.fails = false; });
  await page.clock.runFor(5000);
  await context.close();
  console.log("looked at: two televisions and a phone, light and dark, cut off");
}

async function cutOff(browser) {
  const { context, page, shows } = await staged(browser);
  await shows(FULL.slice(3));
  await page.clock.runFor(3000);
  await page.evaluate(() => { window.stage.fails = true; });
  await page.clock.runFor(12000);
  assert.ok(await stale(page).isHidden(), "a short gap is nobody's business");
  await page.clock.runFor(6000);
  assert.ok(await stale(page).isVisible(), "what is older than fifteen seconds is told as such");
  assert.equal(await page.locator("li[data-number]").count(), 5, "and stays to be read");
  await page.clock.runFor("01:00:00");
  await shows(FULL);
  await page.evaluate(() => { window.stage.fails = false; });
  await page.clock.runFor(10000);
  assert.ok(await stale(page).isHidden());
  assert.equal(await page.locator("li[data-number]").count(), 8, "healed within ten seconds");
  await context.close();
  console.log("a network that fails for an hour: told after 15 s, healed within 10 s");
}

/** Lets the page's clock and the machine's go on until it is so. */
async function until(page, what, is) {
  for (let tries = 0; tries < 60; tries += 1) {
    if (await page.evaluate(is)) return;
    await page.clock.runFor(300);
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail(`${what}: ${await page.evaluate(() => JSON.stringify(window.stage))}`);
}

async function spoken(browser) {
  const { context, page, source, shows } = await staged(browser);
  const said = (...call) => page.evaluate(async ([script, ...of]) =>
    (await import(script)).sentence(...of).join(" "), [source, ...call]);
  for (const [language, number, counter, words] of [
    ["id", "A-014", "3", "number a 4 teen to 3"], ["id", "B-100", "12B", "number b 100 to 2 teen b"],
    ["id", "A-011", "10", "number a 11 to 10"], ["id", "A-257", "FOTO 1", "number a 2 hundred 5 ty 7 to f o t o 1"],
    ["en", "A-014", "3", "number a 14 to 3"], ["en", "C-340", "21", "number c 3 hundred 40 to 20 1"],
    ["en", "A-1203", "100", "number a 1 2 0 3 to 1 hundred"],
  ]) assert.equal(await said(language, number, counter), words, `${language} ${number} ${counter}`);
  // Every word that a sentence can have is in the files.
  const missing = await page.evaluate(async (script) => {
    const { sentence } = await import(script);
    const board = document.getElementById("papan").dataset;
    const missing = new Set();
    for (const [language, index] of [["id", board.wordsId], ["en", board.wordsEn]]) {
      const words = await (await fetch(index)).json();
      for (let number = 1; number < 1300; number += 1) {
        const letter = String.fromCharCode(65 + (number % 26));
        for (const word of sentence(language, `${letter}-${String(number).padStart(3, "0")}`, String(number))) {
          if (!words[word]) missing.add(`${language} ${word}`);
        }
      }
    }
    return [...missing];
  }, source);
  assert.deepEqual(missing, []);
  const button = page.getByRole("button", { name: /Nyalakan suara/ });
  await page.clock.runFor(1000);
  await button.click();
  await until(page, "sound", () => document.getElementById("suara").hidden);
  await new Promise((done) => setTimeout(done, 1000)); // the files
  await shows(FULL.slice(2));
  await page.clock.runFor(3000);
  assert.equal(await page.evaluate(() => window.stage.spoken), 0, "who is served is not called out");
  await shows([["A-014", "3", "called"], ...FULL.slice(2)]);
  // Indonesian and English: number, letter, fourteen, to, three.
  await until(page, "called out", () => window.stage.spoken === 6 + 5);
  await shows([["A-014", "3", "called", 2], ...FULL.slice(2)]);
  await until(page, "recalled", () => window.stage.spoken === 22);
  assert.equal(await page.locator("#disebut").textContent(), "A-014, loket 3");
  // A row that goes because others are newer, and comes back, is no call; one that was passed back and made
  // again is.
  for (const calls of [FULL.slice(2), [["A-014", "3", "called", 2], ...FULL.slice(2)]]) {
    await shows(calls);
    await page.clock.runFor(3000);
  }
  await new Promise((done) => setTimeout(done, 500));
  assert.equal(await page.evaluate(() => window.stage.spoken), 22, "an old call is not called out again");
  await shows([["A-014", "3", "called", 2, 60], ...FULL.slice(2)]);
  await until(page, "called anew", () => window.stage.spoken === 33);
  await context.close();
  console.log("spoken in two languages, again when recalled");
}

async function atNight(browser) {
  // 23:30 at the office.
  const { context, page, shows } = await staged(browser, { at: "2026-12-02T15:30:00Z" });
  let loads = 0;
  page.on("load", () => { loads += 1; });
  await shows(FULL);
  await page.clock.runFor("02:00:00");
  assert.equal(loads, 0, "not at midnight");
  await page.evaluate(() => { window.stage.fails = true; });
  await page.clock.runFor("01:30:00");
  assert.equal(loads, 0, "not while there is no network: it would find nothing");
  await page.evaluate(() => { window.stage.fails = false; });
  const reloaded = page.waitForEvent("load", { timeout: 10000 });
  await page.clock.runFor(10000).catch(() => undefined);
  await reloaded;
  await page.clock.runFor("00:20:00");
  assert.equal(loads, 1, "once a night");
  await context.close();
  console.log("loads itself again at night, once, with a network");
}

async function eightHours(browser) {
  const { context, page } = await staged(browser);
  const inspector = await context.newCDPSession(page);
  await inspector.send("Performance.enable");
  const size = async () => {
    await inspector.send("HeapProfiler.collectGarbage");
    const { metrics } = await inspector.send("Performance.getMetrics");
    const of = (name) => metrics.find((metric) => metric.name === name).value;
    return { nodes: of("Nodes"), heap: of("JSHeapUsedSize"), listeners: of("JSEventListeners") };
  };
  const hour = async (nth) => {
    // A call every twenty seconds, one of them in a network failure of up to a minute.
    for (let part = 0; part < 18; part += 1) {
      const number = `A-${String(1 + (nth * 18 + part) % 900).padStart(3, "0")}`;
      const html = content([[number, "3", "called"], ...FULL.slice(1)]);
      await page.evaluate(([next, fails]) => Object.assign(window.stage, { html: next, fails }), [html, part % 6 === 5]);
      await page.clock.runFor(20000);
      await page.evaluate(() => { window.stage.fails = false; });
      await page.clock.runFor(180000);
    }
  };
  await hour(0);
  const first = await size();
  for (let nth = 1; nth < 8; nth += 1) await hour(nth);
  const last = await size();
  const asked = await page.evaluate(() => window.stage.asked);
  assert.ok(asked > 8 * 3600 / 3.5, `${asked} questions`);
  assert.ok(await stale(page).isHidden());
  assert.ok(last.nodes - first.nodes < 300, JSON.stringify({ first, last }));
  assert.ok(last.listeners - first.listeners < 20, JSON.stringify({ first, last }));
  assert.ok(last.heap - first.heap < 1_500_000, JSON.stringify({ first, last }));
  await context.close();
  console.log(`eight hours, ${asked} questions: ${JSON.stringify({ first, last })}`);
}

const browser = await launch();
try {
  await aRealCall(browser);
  await lookedAt(browser);
  await cutOff(browser);
  await spoken(browser);
  await atNight(browser);
  await eightHours(browser);
} finally {
  await browser.close();
}
