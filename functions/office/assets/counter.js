// A counter's page without a mouse: a key for each button, and a list that keeps up.

const PAUSE = 3000; // between two looks at the line
const state = document.getElementById("keadaan");
const lost = document.getElementById("putus");
let busy = false;

// Whoever speaks to the computer, or leans on its keys, turns the keys off; this browser remembers it.
const keys = document.querySelector("#pintas input");
const KEPT = "loket-pintas";
try {
  keys.checked = localStorage.getItem(KEPT) !== "mati";
} catch {
  // Nothing is kept here: on until it is turned off.
}
keys.closest("p").hidden = false;
keys.addEventListener("change", () => {
  hint();
  try {
    localStorage.setItem(KEPT, keys.checked ? "hidup" : "mati");
  } catch {
    // For this page alone.
  }
});
function hint() {
  for (const key of document.querySelectorAll("kbd")) key.style.display = keys.checked ? "" : "none";
}
hint();

addEventListener("keydown", (event) => {
  if (!keys.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const { activeElement: on } = document;
  if (event.key === "Escape") return on?.blur();
  if (on?.matches("input:not([type=checkbox]), textarea, select")) return;
  const key = event.key.toLowerCase();
  const field = document.querySelector(`[data-focus="${CSS.escape(key)}"]`);
  const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (key === "o") {
    const details = document.querySelector("details");
    details.open = true;
    details.querySelector("input, button").focus();
  } else if (field) {
    field.focus();
    field.select();
  } else if (button) {
    button.click();
  } else return;
  event.preventDefault();
});

// A form is sent once, however often the key is pressed.
addEventListener("submit", (event) => {
  if (busy) event.preventDefault();
  busy = true;
});
addEventListener("pageshow", () => { busy = false; });

async function look() {
  try {
    const answer = await fetch(state.dataset.from, { headers: { "x-bagian": "keadaan" }, signal: AbortSignal.timeout(4000) });
    if (answer.redirected || answer.status === 401) return location.reload();
    const text = await answer.text();
    if (answer.ok && !busy && !state.contains(document.activeElement)) state.innerHTML = text;
    hint();
    lost.hidden = answer.ok;
  } catch {
    lost.hidden = false;
  }
  setTimeout(look, PAUSE);
}
setTimeout(look, PAUSE);
