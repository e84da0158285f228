// What the browser tests of the desk share: people with tickets, a clerk who signs in, a scanner.

import { base, post, says } from "./common.mjs";

/** A phone's account: its session. */
export async function registers(phone) {
  const begun = await post("/v1/registrations", {});
  for (const text of [begun.code, begun.match_number]) await says(phone, text);
  let token;
  for (let left = 100; left > 0 && !token; left -= 1) {
    token = await post(`/v1/registrations/${begun.id}/token`, { secret: begun.secret }).then((it) => it.token, () => null);
    if (!token) await new Promise((resume) => setTimeout(resume, 100));
  }
  return token;
}

/** Somebody with a ticket of the office's earliest free hour. */
export async function books(number, office) {
  const digits = String(number).padStart(3, "0");
  const token = await registers(`6280000010${digits}`);
  await post("/v1/me/applicants", { name: `Contoh ${digits}`, nik: `9971010101909${digits}`, birth_date: "1990-01-01",
    ktp_regency: "Kota Bandung", category: number % 5 ? "general" : "pregnant" }, token);
  const { code } = await post("/v1/bookings", { applicant_id: "p1", office, service: "passport_new" }, token);
  return { ...await post(`/v1/bookings/${code}/confirm`, {}, token), token };
}

/** To the offices of a clerk, who may be signed in already. */
export async function signsIn(page, clerk) {
  await page.goto(`${base}/petugas`);
  const begin = page.getByRole("link", { name: "Masuk", exact: true });
  const offices = page.getByRole("heading", { name: "Kantor saya" });
  await begin.or(offices).waitFor();
  if (await begin.isVisible()) {
    await begin.click();
    await page.getByRole("button", { name: clerk }).click();
  }
  await offices.waitFor();
}

// What a key says on keyboards of other countries, by its place.
export const LAYOUTS = {
  english: (code) => code.at(-1),
  french: (code) => ({ KeyA: "q", KeyQ: "a", KeyW: "z", KeyM: ",", Digit0: "à", Digit1: "&", Digit2: "é", Digit3: "\"", Digit4: "'",
    Digit5: "(", Digit6: "-", Digit7: "è", Digit8: "_", Digit9: "ç" })[code] ?? code.at(-1).toLowerCase(),
  greek: (code) => ({ KeyA: "α", KeyB: "β", KeyC: "ψ", KeyD: "δ", KeyE: "ε", KeyX: "χ", KeyS: "σ" })[code] ?? code.at(-1).toLowerCase(),
};

export const keysOf = (text, layout) => [...text].map((sign) => {
  const code = /\d/.test(sign) ? `Digit${sign}` : `Key${sign}`;
  return { code, key: LAYOUTS[layout](code) };
});

/** A scanner: keys by their place, faster than anybody types, and perhaps a key that ends it. */
export async function scans(page, text, { layout = "english", end = "Enter" } = {}) {
  const keys = keysOf(text, layout).concat(end ? [{ code: end, key: end }] : []);
  await page.evaluate((all) => {
    for (const key of all) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { ...key, bubbles: true, cancelable: true }));
  }, keys);
}
