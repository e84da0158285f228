// What the browser tests of pages share: the browser, the person's phone, and the steps to a held seat.

import assert from "node:assert/strict";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";

export const [base, executablePath, folder] = process.argv.slice(2);
export const PHONE = { width: 360, height: 640 };
export const DESKTOP = { width: 1280, height: 800 };
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export const launch = (...flags) => chromium.launch({ executablePath, args: [...FLAGS, ...flags] });

export async function post(path, body, token) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}

/** What the person's phone sends. */
export const says = (from, text) => post("/local/whatsapp", { from, text });

/** Everybody can read the page, and nobody scrolls sideways. */
export async function isReadable(page, name) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], name);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `${name} scrolls sideways by ${wider}`);
}

/** Looks at the page on a desktop, in the dark and on a small phone; pictures are left. */
export async function lookEverywhere(page, pictures, name) {
  for (const [form, size, colorScheme] of [["desktop", DESKTOP, "light"], ["dark", DESKTOP, "dark"], ["phone", PHONE, "light"]]) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(pictures, `${name}-${form}.png`), fullPage: true });
    await isReadable(page, `${name}, ${form}`);
  }
}
