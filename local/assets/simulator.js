// The phones on the screen. The stack stores their messages, this browser which phones are shown.

const $ = (selector, within = document) => within.querySelector(selector);
const STORAGE_KEY = "antrian-simulator-phones";
const ZONE = "Asia/Jakarta";
const say = (time, options) => new Intl.DateTimeFormat("id-ID", { timeZone: ZONE, ...options }).format(time);
const MARKS = {
  accepted: ["…", "diterima · accepted"], sent: ["✓", "terkirim · sent"], delivered: ["✓✓", "sampai · delivered"],
  read: ["✓✓", "dibaca · read"], failed: ["!", "gagal · failed"],
};
const KINDS = {
  image: "Foto · Picture", audio: "Pesan suara · Voice message", location: "Lokasi · Location",
  reaction: "Reaksi · Reaction", request_welcome: "Membuka percakapan · Opened the chat",
};

let phones = loadPhones();
let cursor = 0;
let people = [];
let ahead = 0;
const messages = new Map();
const shown = new Map();

function loadPhones() {
  try {
    const list = JSON.parse(localStorage.getItem(STORAGE_KEY));
    if (Array.isArray(list) && list.every((phone) => phone && (phone.phone || phone.user_id))) return list;
  } catch { /* unreadable: begin with the default */ }
  return [{ name: "Budi Contoh", phone: "6280000000123", user_id: "" }];
}

function savePhones() {
  localStorage.setItem(STORAGE_KEY, JSON.stringify(phones));
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

function trouble(text) {
  const line = $("#trouble");
  line.hidden = !text;
  line.textContent = text;
}

async function act(phone, message) {
  const body = { name: phone.name || undefined, message };
  if (phone.phone && phone.user_id) body.user_id = phone.user_id;
  try {
    const posted = await post(`/local/phones/${encodeURIComponent(phone.phone || phone.user_id)}/messages`, body);
    trouble(posted.webhook_status === 200 ? "" : `Webhook: ${posted.webhook_status}`);
    return true;
  } catch (error) {
    trouble(`Tidak terkirim · Not sent (${error.message})`);
    return false;
  }
}

// WhatsApp's *bold*, _italic_, ~struck~, ```fixed``` and links, as elements: never as markup.
const STYLES = [
  [/```([^`]+)```/, "code"], [/(?<![\w*])\*(?! )([^*\n]+)(?<! )\*(?![\w*])/, "strong"],
  [/(?<![\w_])_(?! )([^_\n]+)(?<! )_(?![\w_])/, "em"], [/(?<![\w~])~(?! )([^~\n]+)(?<! )~(?![\w~])/, "s"],
  [/(https?:\/\/[^\s]+)/, "a"],
];

function styled(text) {
  const found = STYLES.map(([form, tag]) => ({ match: form.exec(text), tag })).filter(({ match }) => match);
  if (found.length === 0) return text === "" ? [] : [text];
  const { match, tag } = found.reduce((first, next) => (next.match.index < first.match.index ? next : first));
  const inner = tag === "a"
    ? make("a", { href: match[1], target: "_blank", rel: "noopener noreferrer" }, match[1])
    : make(tag, {}, ...(tag === "code" ? [match[1]] : styled(match[1])));
  return [...styled(text.slice(0, match.index)), inner, ...styled(text.slice(match.index + match[0].length))];
}

function enlarge(message) {
  const dialog = $("#enlarged");
  const address = pictureOf(message);
  $("img", dialog).src = address;
  $("img", dialog).alt = message.text.split("\n")[0];
  $("a", dialog).href = address;
  dialog.showModal();
}

const pictureOf = (message) => `/local/pictures/${encodeURIComponent(message.id)}`;

function openList(phone, message, list) {
  const sheet = $("#sheet");
  const choose = (row) => () => {
    sheet.close();
    act(phone, { type: "choice", message_id: message.id, id: row.id });
  };
  const option = (row) => make("button", { type: "button", class: "option", onclick: choose(row) },
    row.title, ...(row.description ? [make("small", {}, row.description)] : []));
  const sections = list.sections.flatMap((section) => [
    ...(section.title ? [make("h3", {}, section.title)] : []), ...section.rows.map(option)]);
  const close = make("button", { type: "button", onclick: () => sheet.close() }, "Tutup · Close");
  sheet.replaceChildren(make("h2", { id: "sheet-title" }, list.button), ...sections, close);
  sheet.showModal();
}

function taps(phone, message) {
  const choices = message.choices;
  if (!choices) return [];
  const button = (title, onclick) => make("button", { type: "button", onclick }, title);
  const buttons = choices.buttons
    ? choices.buttons.map((choice) => button(choice.title, () => act(phone, { type: "choice", message_id: message.id, id: choice.id })))
    : [button(`☰ ${choices.list.button}`, () => openList(phone, message, choices.list))];
  return [make("div", { class: "taps" }, ...buttons)];
}

function bubble(phone, message) {
  const parts = [];
  if (message.picture) {
    const image = make("img", { src: pictureOf(message), alt: "" });
    image.addEventListener("load", () => toEnd(shown.get(phone)));
    parts.push(make("button", { type: "button", class: "picture", "aria-label": "Perbesar gambar · Enlarge picture", onclick: () => enlarge(message) }, image));
  }
  if (KINDS[message.kind] && !message.picture) parts.push(make("p", { class: "kind" }, KINDS[message.kind]));
  parts.push(make("div", { class: "words" }, ...styled(message.text)));
  const [sign, words] = MARKS[message.mark];
  const mark = make("span", { class: `mark ${message.mark}`, role: "img", "aria-label": words, title: words }, sign);
  const time = make("time", { datetime: message.at }, say(new Date(message.at), { hour: "2-digit", minute: "2-digit" }));
  const template = message.template ? [make("span", {}, `templat ${message.template.name}`)] : [];
  parts.push(make("div", { class: "meta" }, ...template, time, mark), ...taps(phone, message));
  return make("div", { class: message.incoming ? "bubble mine" : "bubble", "data-id": message.id }, ...parts);
}

// Messages that come into view are read.
const unread = new Map();
const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    const of = unread.get(target.dataset.id);
    if (isIntersecting && of && document.visibilityState === "visible") {
      unread.delete(target.dataset.id);
      watcher.unobserve(target);
      post(`/local/phones/${encodeURIComponent(of)}/seen`, { message_ids: [target.dataset.id] }).catch(() => {});
    }
  }
}, { threshold: 0.1 });

document.addEventListener("visibilitychange", () => {
  for (const id of unread.keys()) {
    const target = document.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (target) { watcher.unobserve(target); watcher.observe(target); }
  }
});

function isTheirs(phone, person) {
  return Boolean(person) && ((phone.phone && person.phone === phone.phone) || (phone.user_id && person.user_id === phone.user_id));
}

// Follows the end of the chat, unless its reader has gone back in it.
function toEnd(view) {
  if (view?.following) view.chat.scrollTop = view.chat.scrollHeight;
}

const dayOf = (message) => say(new Date(message.at), { weekday: "long", day: "numeric", month: "long", year: "numeric" });

function place(phone, view, message) {
  const fresh = bubble(phone, message);
  const old = view.bubbles.get(message.id);
  view.bubbles.set(message.id, fresh);
  if (old) {
    const focused = old.contains(document.activeElement) ? [...old.querySelectorAll("button,a")].indexOf(document.activeElement) : -1;
    watcher.unobserve(old);
    old.replaceWith(fresh);
    if (focused >= 0) fresh.querySelectorAll("button,a")[focused]?.focus();
  } else {
    const day = dayOf(message);
    if (view.day !== day) {
      view.chat.append(make("p", { class: "day" }, day));
      view.day = day;
    }
    view.chat.append(fresh);
    view.hints.hidden = true;
    view.following = true;
    toEnd(view);
  }
  if (!message.incoming && ["accepted", "sent", "delivered"].includes(message.mark)) {
    unread.set(message.id, phone.phone || phone.user_id);
    watcher.observe(fresh);
  }
}

function update(list) {
  for (const message of list) messages.set(message.id, message);
  for (const [phone, view] of shown) {
    const person = people.findIndex((person) => isTheirs(phone, person));
    for (const message of list) if (message.person === person) place(phone, view, message);
    view.typing.textContent = people[person]?.typing ? "sedang mengetik… · typing…" : "";
  }
}

// A working day soon, as people write it in these messages: 02122026.
function visitDay() {
  const day = new Date(Date.now() + ahead + 2 * 86_400_000);
  while ([0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() + 1);
  return say(day, { day: "2-digit", month: "2-digit", year: "numeric" }).replaceAll("/", "");
}

function hint(view, label, text) {
  const use = () => {
    view.input.value = text();
    view.input.focus();
  };
  return make("button", { type: "button", onclick: use }, label);
}

function show(phone) {
  const section = $("#phone").content.cloneNode(true).firstElementChild;
  const view = { section, chat: $(".chat", section), typing: $(".typing", section), input: $("input", section), hints: $(".hints", section), bubbles: new Map(), day: "", following: true };
  view.chat.addEventListener("scroll", () => {
    view.following = view.chat.scrollHeight - view.chat.scrollTop - view.chat.clientHeight < 80;
  });
  new ResizeObserver(() => toEnd(view)).observe(view.chat);
  const ids = [phone.phone && `+${phone.phone}`, phone.user_id].filter(Boolean).join(" · ");
  section.setAttribute("aria-label", `Ponsel · Phone ${phone.name || ids}`);
  $("h2", section).textContent = phone.name || ids;
  $(".who p", section).textContent = ids;
  $(".face", section).textContent = (phone.name || "?").slice(0, 1).toUpperCase();
  $(".remove", section).addEventListener("click", () => {
    phones = phones.filter((other) => other !== phone);
    savePhones();
    shown.delete(phone);
    section.remove();
  });
  view.hints.append(make("p", { class: "dim" }, "Mulai dengan · Begin with"),
    hint(view, `#Budi Contoh#9971010101909001#${visitDay()}`, () => `#Budi Contoh#9971010101909001#${visitDay()}`),
    hint(view, "MENU", () => "MENU"));
  $("form", section).addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = view.input.value;
    if (!text.trim()) return;
    view.input.value = "";
    if (!await act(phone, { type: "text", text })) view.input.value ||= text;
  });
  for (const button of section.querySelectorAll("[data-say]")) {
    button.addEventListener("click", () => other(phone, button.dataset.say));
  }
  $("#phones").append(section);
  shown.set(phone, view);
  const person = people.findIndex((person) => isTheirs(phone, person));
  for (const message of messages.values()) if (message.person === person) place(phone, view, message);
}

function other(phone, type) {
  if (type !== "reaction") {
    act(phone, type === "image" ? { type, caption: "" } : { type });
    return;
  }
  const person = people.findIndex((person) => isTheirs(phone, person));
  const last = [...messages.values()].filter((message) => message.person === person && !message.incoming).at(-1);
  if (last) act(phone, { type, message_id: last.id, emoji: "👍" });
  else trouble("Belum ada pesan untuk ditanggapi · No message to react to yet");
}

function reset() {
  messages.clear();
  unread.clear();
  for (const view of shown.values()) {
    view.chat.replaceChildren();
    view.bubbles.clear();
    view.day = "";
    view.hints.hidden = false;
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// The stack answers when something has changed, or after ten seconds.
async function poll() {
  for (;;) {
    try {
      const answer = await fetch(`/local/phones?after=${cursor}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const feed = await answer.json();
      if (feed.cursor < cursor) {
        reset();
        cursor = 0;
        continue;
      }
      ({ cursor, people } = feed);
      ahead = new Date(feed.now) - Date.now();
      update(feed.messages);
      if ($("#trouble").dataset.lost) { delete $("#trouble").dataset.lost; trouble(""); }
      await pause(150);
    } catch {
      $("#trouble").dataset.lost = "1";
      trouble("Sistem tidak menjawab · The stack does not answer");
      await pause(3000);
    }
  }
}

function tick() {
  const now = new Date(Date.now() + ahead);
  $("#clock").textContent = `${say(now, { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" })} WIB`;
}

for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { now } = await post("/local/clock", { advance_seconds: Number(button.dataset.advance) });
      ahead = new Date(now) - Date.now();
      tick();
    } catch (error) {
      trouble(error.message);
    }
    button.disabled = false;
    button.focus();
  });
}

const adding = $("#adding");
$("#add").addEventListener("click", () => adding.showModal());
$("form", adding).addEventListener("submit", (event) => {
  if (event.submitter?.value !== "add") return;
  const given = Object.fromEntries(new FormData(event.target));
  const phone = { name: given.name.trim(), phone: given.phone.replace(/\D/g, ""), user_id: given.user_id.trim() };
  const line = $("#adding-trouble");
  line.hidden = Boolean(phone.phone || phone.user_id);
  line.textContent = "Isi nomor atau ID · A number or an id is needed";
  if (!line.hidden) {
    event.preventDefault();
    return;
  }
  phones.push(phone);
  savePhones();
  show(phone);
  event.target.reset();
});
$("#enlarged [data-close]").addEventListener("click", () => $("#enlarged").close());

phones.forEach(show);
// A page that opens "WhatsApp" brings the text along, as a link to WhatsApp does.
const brought = new URLSearchParams(location.search).get("text");
if (brought) {
  const { input } = shown.values().next().value;
  input.value = brought;
  input.focus();
  history.replaceState(null, "", location.pathname);
}
setInterval(tick, 1000);
tick();
poll();
