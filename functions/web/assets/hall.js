// The display in the hall: asks for its content, shows and calls out what is new, says when it is cut off,
// and loads itself again at night. Whatever it keeps has a bound: it runs for weeks.

const PAUSE = 2500; // between two questions
const LIMIT = 4000; // for an answer: with the pause, a network that returns is noticed within ten seconds
const OLD = 15000; // older content is told as such
const FRESH = 20000; // so long a call stands out
const SOONEST = 600000; // between two loadings: two releases may answer in turn while one is deployed
const HEARD = 500; // calls that are remembered: more than an office makes while one of them is on the screen
const WAITING = 8; // calls to be spoken: older ones are on the screen by then

const $ = (id) => document.getElementById(id);
const board = $("papan");
const { content, zone } = board.dataset;
// How far the display's own clock is behind ours; a page that does not say it is believed to be right.
const behind = Number(board.dataset.now) - Date.now() || 0;
const rows = () => [...board.querySelectorAll("li[data-number]")];
const key = ({ dataset: of }) => `${of.number}@${of.counter}#${of.calls}/${of.at}`;
const inZone = (options) => new Intl.DateTimeFormat("id-ID", { timeZone: zone, ...options });
const clock = inZone({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const date = inZone({ dateStyle: "short" });
const hour = inZone({ hour: "numeric", hourCycle: "h23" });

// What was on the screen, the latest last: a row that goes and comes back is not called out again.
const known = new Set();
let fresh = new Map();
let last, timer, busy = false, good = Date.now();
const begun = good;
const loaded = date.format(begun + behind);

function remember(calls) {
  for (const call of calls) {
    known.delete(call);
    known.add(call);
  }
  for (const call of known) {
    if (known.size <= HEARD) return;
    known.delete(call);
  }
}
remember(rows().map(key));

function show(text) {
  good = Date.now();
  if (text !== last) {
    last = text;
    const next = document.createElement("template");
    next.innerHTML = text;
    board.replaceChildren(next.content);
    const now = rows();
    const called = now.filter((row) => row.classList.contains("called") && !known.has(key(row)));
    remember(now.map(key));
    for (const row of called.reverse()) {
      fresh.set(key(row), good);
      announce({ ...row.dataset });
    }
  }
  fresh = new Map([...fresh].filter(([, at]) => good - at < FRESH));
  for (const row of rows()) row.classList.toggle("new", fresh.has(key(row)));
}

function tell() {
  const now = Date.now();
  const old = now - good > OLD;
  $("jam").textContent = clock.format(now + behind);
  $("putus").querySelector("[data-since]").textContent = clock.format(good + behind);
  if ($("putus").hidden === old) $("putus").hidden = !old;
  document.body.classList.toggle("old", old);
  // Once a night, and when a newer release has other pages; never while it would find nothing.
  const script = board.querySelector("[data-page]")?.dataset.page;
  const isNewer = script && new URL(import.meta.url).pathname !== script;
  const isNight = date.format(now + behind) !== loaded && Number(hour.format(now + behind)) >= 2;
  const isQuiet = now - good < PAUSE && now - begun > SOONEST;
  if (isQuiet && (isNewer || isNight)) location.reload();
}

async function poll() {
  if (busy) return;
  busy = true;
  clearTimeout(timer);
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), LIMIT);
  try {
    const answer = await fetch(content, { cache: "no-cache", signal: stop.signal });
    if (answer.ok) show(await answer.text());
  } catch {
    // Cut off: the next question tells.
  }
  clearTimeout(limit);
  tell();
  busy = false;
  timer = setTimeout(poll, PAUSE);
}

addEventListener("online", poll);
tell();
poll();

// The voice. Browsers are silent until somebody presses a button, unless they were started otherwise
// (`--autoplay-policy=no-user-gesture-required`).
const wanted = (new URLSearchParams(location.search).get("suara") ?? "id,en").split(",");
const voices = ["id", "en"].filter((language) => wanted.includes(language));
const line = [];
let audio, sounds, speaking = false;

async function load(language) {
  const at = (what) => board.dataset[what + (language === "id" ? "Id" : "En")];
  const [words, sound] = await Promise.all([
    fetch(at("words")).then((answer) => answer.json()),
    fetch(at("sound")).then((answer) => answer.arrayBuffer()).then((bytes) => audio.decodeAudioData(bytes)),
  ]);
  return { language, words, sound };
}

async function start() {
  audio ??= new AudioContext();
  await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, 500))]);
  $("suara").hidden = audio.state === "running";
  if (audio.state !== "running") return;
  // Where the files do not come, or are not understood, the gong is heard all the same.
  sounds ??= (await Promise.allSettled(voices.map(load))).flatMap(({ value }) => value ?? []);
  if (sounds.length < voices.length) setTimeout(() => { sounds = undefined; start(); }, 60000);
}
$("suara").addEventListener("click", start);
start();

function announce(call) {
  $("disebut").textContent = `${call.number}, loket ${call.counter}`;
  line.push(call);
  while (line.length > WAITING) line.shift();
  if (!speaking) speak();
}

async function speak() {
  speaking = true;
  while (line.length && audio?.state === "running") {
    const call = line.shift();
    let end = gong(audio.currentTime + 0.05);
    for (const voice of sounds ?? []) end = say(voice, call, end + 0.15);
    await new Promise((done) => setTimeout(done, (end - audio.currentTime + 0.4) * 1000));
  }
  line.length = 0;
  speaking = false;
}

function gong(at) {
  for (const [nth, tone] of [659, 523].entries()) {
    const [begin, source, volume] = [at + nth * 0.45, audio.createOscillator(), audio.createGain()];
    source.frequency.value = tone;
    volume.gain.setValueAtTime(0.5, begin);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.9);
    source.connect(volume).connect(audio.destination);
    source.start(begin);
    source.stop(begin + 0.9);
  }
  return at + 1.3;
}

function say({ language, words, sound }, { number, counter }, at) {
  for (const word of sentence(language, number, counter).filter((word) => words[word])) {
    const [from, secs] = words[word];
    const source = audio.createBufferSource();
    source.buffer = sound;
    source.connect(audio.destination);
    source.start(at, from, secs);
    at += secs + (word === "number" || word === "to" ? 0.1 : 0.06);
  }
  return at;
}

/** "A-014" to "3": which words are heard. A longer number than three digits is told digit by digit. */
export function sentence(language, number, counter) {
  const [letter, digits] = number.split("-");
  return ["number", ...spelled(language, letter), ...spelled(language, digits.replace(/^0+/, "")),
    "to", ...spelled(language, counter)];
}

function spelled(language, text) {
  return text.toLowerCase().match(/\d+|[a-z]/g)?.flatMap((part) => {
    if (!/\d/.test(part)) return [part];
    return part.length > 3 || part.startsWith("0") ? [...part] : count(language, Number(part));
  }) ?? [];
}

function count(language, of) {
  const hundreds = Math.floor(of / 100);
  const rest = of % 100;
  const small = rest || !hundreds ? below(language, rest) : [];
  if (!hundreds) return small;
  if (language === "id" && hundreds === 1) return ["100", ...small];
  return [String(hundreds), "hundred", ...small];
}

function below(language, of) {
  const [tens, ones] = [Math.floor(of / 10), of % 10];
  if (language === "en") {
    if (of < 20) return [String(of)];
    return ones ? [`${tens}0`, String(ones)] : [`${tens}0`];
  }
  if (of < 12) return [String(of)];
  if (of < 20) return [String(ones), "teen"];
  return ones ? [String(tens), "ty", String(ones)] : [String(tens), "ty"];
}
