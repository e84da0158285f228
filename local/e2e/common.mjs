// What the browser tests of pages share: the browser, the person's phone, and the steps to a held seat.

import assert from "node:assert/strict";
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
