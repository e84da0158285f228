// What a scan says by the list of the day, without a network: never that somebody may simply go in.

const SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWX";
const CODE_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CONTEXT = new TextEncoder().encode("antrian ticket v1\0");
// Bytes of a ticket besides the office's id, and of its signature.
const FIXED = 76;
const SIGNATURE = 64;
const EPOCH = Date.UTC(2020, 0, 1);
const DAY_MS = 86_400_000;

function bytesOf(symbols, count) {
  let number = 0n;
  for (const symbol of symbols) {
    const value = SYMBOLS.indexOf(symbol);
    if (value < 0) return null;
    number = number * 34n + BigInt(value);
  }
  if (number >> BigInt(8 * count)) return null;
  const digits = number.toString(16).padStart(2 * count, "0");
  return Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
}

/** The bytes of a ticket in whatever a scanner makes of it; a ticket knows its own length. */
function ticketBytes(text) {
  const folded = text.toUpperCase();
  const at = folded.indexOf("AN2");
  for (let office = 2; at >= 0 && office <= 20; office += 1) {
    const count = office + FIXED;
    const length = Math.floor(count * 8 / Math.log2(34)) + 1;
    const symbols = folded.slice(at + 3, at + 3 + length);
    const bytes = symbols.length === length ? bytesOf(symbols, count) : null;
    if (bytes && bytes[1] === office) return bytes;
  }
  return null;
}

function claimsOf(bytes) {
  const end = 2 + bytes[1];
  const view = new DataView(bytes.buffer);
  let bits = 0n;
  for (const byte of bytes.subarray(end + 4, end + 10)) bits = bits << 8n | BigInt(byte);
  const code = Array.from({ length: 9 }, (_, nth) => CODE_SYMBOLS[Number(bits >> BigInt(5 * (8 - nth)) & 31n)]).join("");
  const date = new Date(EPOCH + view.getUint16(end) * DAY_MS).toISOString().slice(0, 10);
  return { office: new TextDecoder().decode(bytes.subarray(2, end)), date, code };
}

/** Whether the list's keys have signed it; `null`: this browser cannot tell, or does not know the key. */
async function isGenuine(bytes, keys) {
  const key = keys?.[bytes[0]];
  if (!key) return null;
  try {
    const raw = Uint8Array.from(key.match(/../g), (pair) => parseInt(pair, 16));
    const imported = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    const payload = bytes.subarray(0, -SIGNATURE);
    const signed = new Uint8Array([...CONTEXT, ...payload]);
    return await crypto.subtle.verify("Ed25519", imported, bytes.subarray(-SIGNATURE), signed);
  } catch {
    return null;
  }
}

/** What was scanned: nine symbols of a code, and what the ticket says if it is one. */
export async function scanned(text, list) {
  const bytes = ticketBytes(text);
  if (bytes) return { ...claimsOf(bytes), genuine: await isGenuine(bytes, list?.keys) };
  const typed = text.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return typed.length === 10 ? { code: typed.slice(0, 9), genuine: null } : { code: "", genuine: null };
}

const IS_IN = ["checked_in", "awaiting_documents", "served"];

/** The verdict: its kind, which words say it, and whether the scan is to be kept. `seen` is what this device
    knows of an earlier scan of the same: one that waits to be handed in stands for this one, too; what became
    of any other the table knows better. `now` is by the office's clock. */
export function judge(list, scan, seen, now) {
  if (scan.genuine === false) return { kind: "bad", word: "forged", keep: false };
  if (seen) return { kind: "wait", word: "again", said: "again-here", keep: !seen.waits };
  if (!list) return { kind: "wait", word: "noted", warn: "no-list", keep: true };
  const visit = scan.code && list.visits.find(({ code }) => code.replace("-", "").startsWith(scan.code));
  if (!visit) {
    const isOther = scan.date && (scan.date !== list.date || scan.office !== list.office);
    return { kind: "wait", word: "noted", warn: "unknown", also: isOther ? scan.date : null, keep: true };
  }
  if (IS_IN.includes(visit.status)) return { kind: "wait", word: "again", said: "again-list", visit, keep: true };
  const isTime = Date.parse(visit.check_in_from) <= now && now < Date.parse(visit.check_in_until);
  return { kind: "wait", word: "noted", warn: isTime ? null : "not-now", visit, keep: true };
}
