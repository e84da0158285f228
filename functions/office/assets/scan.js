// The scan page: reads a scanner wherever the focus is, by the keys' places and not by the keyboard's layout;
// shows verdicts newest first; tells two sounds apart. Without it the page is a form.

const form = document.getElementById("pindai");
const results = document.getElementById("hasil");
const field = form.elements.isi;

// What the keys of an English (US) keyboard mean, plain and with shift.
const SIGNS = {
  Minus: "-_", Equal: "=+", Semicolon: ";:", Period: ".>", Slash: "/?", Comma: ",<", Quote: "'\"", Space: "  ",
  NumpadAdd: "++", NumpadSubtract: "--", NumpadMultiply: "**", NumpadDivide: "//", NumpadDecimal: "..",
};
const SHIFTED_DIGITS = ")!@#$%^&*(";

function meant(event) {
  const { code, shiftKey } = event;
  const letter = /^Key([A-Z])$/.exec(code);
  if (letter) return letter[1];
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code);
  if (digit) return shiftKey && code.startsWith("Digit") ? SHIFTED_DIGITS[+digit[1]] : digit[1];
  if (SIGNS[code]) return SIGNS[code][shiftKey ? 1 : 0];
  return event.key.length === 1 ? event.key : "";
}

// A scanner's keys follow each other within this time; a person's rarely do.
const PAUSE_MS = 80;
// A pause ends what is as long as a ticket, which has 120 to 154 signs.
const TICKET = 110;
// What is longer than anybody types so fast waits for its rest: the computer was busy. Then it is read as it is.
const BEGUN = 20;
const REST_MS = 400;
// Enter or Tab end what is as long as a code.
const CODE = 8;

let burst = null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const isEnd = ["Enter", "NumpadEnter", "Tab"].includes(event.code) || event.key === "Enter" || event.key === "Tab";
  if (isEnd) {
    if (burst && burst.meant.length >= CODE) {
      event.preventDefault();
      event.stopPropagation();
      finish();
    }
    forget();
    return;
  }
  const sign = meant(event);
  if (!sign) return;
  if (!burst) burst = begin(event.target);
  clearTimeout(burst.timer);
  burst.meant += sign;
  burst.typed += event.key.length === 1 ? event.key : sign;
  const { length } = burst.meant;
  const waits = length >= BEGUN && length < TICKET ? REST_MS : PAUSE_MS;
  burst.timer = setTimeout(() => (length >= BEGUN ? finish() : forget()), waits);
  // A button or a box that has the focus is not pressed by a scanner's blank.
  if (event.code === "Space" && burst.meant.length > 3) event.preventDefault();
}, true);

// What a field held before, to give it back: a scan is no part of a gate's name.
function begin(target) {
  const isField = target instanceof HTMLInputElement && "value" in target && target.type !== "checkbox" && target.type !== "radio";
  return { meant: "", typed: "", timer: 0, field: isField ? target : null, before: isField ? target.value : "" };
}

function forget() {
  clearTimeout(burst?.timer);
  burst = null;
}

function finish() {
  const { meant, typed, field: touched, before } = burst;
  forget();
  // The scan box may hold what was typed by hand just now: a scan does not go on where it ended.
  if (touched) touched.value = touched === field ? "" : before;
  read(meant, typed);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value;
  field.value = "";
  if (text.trim()) read(text, text);
});

// The same ticket within this time is the scanner's stutter, or is still before the camera.
const STUTTER_MS = 2000;
let last = { text: "", at: 0 };

let turn = Promise.resolve();

// Goes on without a network, where the browser can keep what is scanned.
let offline = null;
const starting = import(form.dataset.offline).then(({ begin: start }) => start(form)).then((it) => { offline = it; }, () => {});
const started = async () => offline ?? Promise.race([starting, new Promise((resume) => setTimeout(resume, KEEPING_MS))]).then(() => offline);

function read(text, typed) {
  const now = performance.now();
  const isSame = text === last.text && now - last.at < STUTTER_MS;
  last = { text, at: now };
  if (isSame) return;
  sound([[880, 0, 0.05]]);
  fold();
  const place = waits();
  results.prepend(place);
  const body = new URLSearchParams({ isi: text, tertulis: typed, gerbang: form.elements.gerbang.value });
  // What tells it apart if it is handed in once more, and when it was made.
  const scan = { text, typed, id: crypto.randomUUID?.(), pada: new Date().toISOString() };
  // One after the other: the first scan wins, in the order in which they were made.
  turn = turn.then(() => send(form.action, body, place, { whenOver: () => keep(text, typed), scan }));
}

function waits() {
  const place = document.createElement("article");
  place.className = "verdict";
  place.textContent = form.dataset.reads;
  return place;
}

// Whoever waits longer for one scan keeps the line of all the others; a scan that can be kept waits for less.
const PATIENCE_MS = 10_000;
const KEEPING_MS = 2000;

// `instead`: the visit whose place the answer takes; a refusal leaves it where it is. `scan`: what was scanned.
async function send(url, body, place, { whenOver, instead, scan } = {}) {
  const keeper = scan && await started();
  try {
    if (keeper?.isDown()) throw new Error("no network");
    if (keeper) [["pemindai", keeper.device], ["kunci", scan.id]].forEach(([name, value]) => body.set(name, value));
    const signal = AbortSignal.timeout(keeper ? KEEPING_MS : PATIENCE_MS);
    const answer = await fetch(url, { method: "POST", body, headers: { "x-bagian": "ya", accept: "application/json" }, redirect: "error", signal });
    if (answer.status === 401) {
      whenOver?.();
      location.assign(`/petugas/masuk?ke=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    if (keeper && answer.status >= 500) throw new Error("no answer");
    const kind = answer.headers.get("content-type") ?? "";
    if (keeper && answer.ok) keeper.note(scan).catch(() => {});
    if (answer.ok) instead?.remove();
    show(place, kind.startsWith("text/html") ? await answer.text() : failed(await answer.json().catch(() => ({}))));
  } catch {
    const kept = await keeper?.take(scan).catch(() => null);
    show(place, kept ?? failed({}));
  }
}

function failed(problem) {
  const article = document.createElement("article");
  article.className = "verdict wait";
  article.dataset.verdict = "bad";
  const word = document.createElement("p");
  word.className = "word";
  word.textContent = form.dataset.failed;
  const said = document.createElement("p");
  said.className = "lead";
  said.textContent = (document.documentElement.lang === "en" ? problem.detail_en : problem.detail) ?? form.dataset.lost;
  article.append(word, said);
  return article.outerHTML;
}

function show(place, html) {
  const part = document.createRange().createContextualFragment(html).querySelector("article");
  place.replaceWith(part);
  if (part !== results.firstElementChild) part.querySelectorAll("details").forEach((one) => { one.open = false; });
  sound(part.dataset.verdict === "good" ? [[660, 0, 0.1], [990, 0.1, 0.15]] : [[220, 0, 0.4]]);
}

const MOST = 30;

function fold() {
  results.querySelectorAll("details[open]").forEach((one) => { one.open = false; });
  while (results.children.length >= MOST) results.lastElementChild.remove();
}

// Documents and the undoing of a scan, without leaving the page.
results.addEventListener("submit", (event) => {
  event.preventDefault();
  const [instead, place] = [event.target.closest("article"), waits()];
  const body = new URLSearchParams(new FormData(event.target, event.submitter));
  instead.before(place);
  send(event.target.action, body, place, { instead });
});

let audio;

function sound(tones) {
  try {
    audio ??= new AudioContext();
    for (const [pitch, after, secs] of tones) {
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      tone.frequency.value = pitch;
      volume.gain.value = 0.2;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + after);
      tone.stop(audio.currentTime + after + secs);
    }
  } catch { /* a browser without sound still shows */ }
}

// Scans that met the end of a session are read again after the sign-in.
const KEPT = "antrian-pindaian";

function keep(text, typed) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
    sessionStorage.setItem(KEPT, JSON.stringify([...kept, [text, typed]]));
  } catch { /* it is scanned again */ }
}

try {
  const kept = JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
  sessionStorage.removeItem(KEPT);
  for (const [text, typed] of kept) read(text, typed);
} catch { /* nothing was kept */ }

// The gate stays with this computer.
const GATE = "antrian-gerbang";
const gate = form.elements.gerbang;
try {
  gate.value ||= localStorage.getItem(GATE) ?? "";
  gate.addEventListener("change", () => localStorage.setItem(GATE, gate.value));
} catch { /* it is typed again */ }

// The camera, where the browser reads codes itself.
const button = document.getElementById("kamera");
if ("BarcodeDetector" in window && navigator.mediaDevices) {
  button.hidden = false;
  button.addEventListener("click", watch, { once: true });
}

async function watch() {
  const [video, detector] = [document.getElementById("gambar"), new BarcodeDetector({ formats: ["qr_code"] })];
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    button.addEventListener("click", watch, { once: true });
    return;
  }
  [video.hidden, button.hidden] = [false, true];
  await video.play();
  const look = async () => {
    const found = await detector.detect(video).catch(() => []);
    if (found[0]) read(found[0].rawValue, found[0].rawValue);
    setTimeout(look, 250);
  };
  look();
}
