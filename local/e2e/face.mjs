// Draws the pictures of the pages' face from their own SVG: icons for home screens, and the picture that
// chats show beside a link. They are checked in; run it again when an SVG changes.
//
//   node face.mjs CHROMIUM FOLDER_OF_ASSETS

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [executablePath, folder] = process.argv.slice(2);
const icon = readFileSync(new URL("../../pages/assets/icon.svg", import.meta.url), "utf8");
const preview = readFileSync(join(folder, "preview.svg"), "utf8");
// Phones cut their own shape out of an icon: its ground reaches the edge, and what is drawn on it keeps
// to the middle four fifths.
const inner = icon.replace(/<svg[^>]*>|<\/svg>|<rect[^>]*>/g, "");
const whole = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="#0b5d4b"/>` +
  `<g transform="translate(3.2 3.2) scale(.8)">${inner}</g></svg>`;

const PICTURES = [
  ["icon-192.png", icon, 192, 192],
  ["icon-512.png", icon, 512, 512],
  ["maskable-512.png", whole, 512, 512],
  ["apple-180.png", whole, 180, 180],
  ["preview.png", preview, 1200, 630],
];

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  for (const [name, svg, width, height] of PICTURES) {
    const page = await browser.newPage({ viewport: { width, height } });
    const sized = svg.replace("<svg ", `<svg width="${width}" height="${height}" `);
    await page.setContent(`<style>*{margin:0}svg{display:block}</style>${sized}`);
    const drawn = await page.screenshot({ omitBackground: true });
    writeFileSync(join(folder, name), drawn);
    console.log(`${name}: ${drawn.length} bytes`);
    await page.close();
  }
} finally {
  await browser.close();
}
