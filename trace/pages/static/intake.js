// The scan box: a gun, a keyboard or the clipboard in; one card a code out. No scan is lost: the queue is kept on the device
// until the service has answered, and a scan that is sent twice carries the same time and so is recorded once.

const desk = document.getElementById("intake");
const form = desk.querySelector("form");
const box = form.elements.codes;
const results = desk.querySelector("[data-results]");
const ahead = Date.parse(desk.dataset.now) - Date.now(); // how far the service's clock is ahead of this device's
const KEPT = `zhuisu.queue.${desk.dataset.who}`;
const RETRY = 4000;

// A gun types a key every few milliseconds, a person none under 30; the median gap tells them apart.
const GUN = 20;
const PAUSE = 250;
const SHORTEST = 4;

const counts = { waiting: 0, sent: 0, refused: 0 };
let queue = [];
try { queue = JSON.parse(localStorage.getItem(KEPT)) ?? []; } catch { /* a browser that keeps nothing */ }
let sending = false;

// ---- the gun: an input method swallows characters (key is "Process"), so the position of the key says which it was ------

const SIGNS = {
  Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", Semicolon: ";:", Quote: "'\"",
  Comma: ",<", Period: ".>", Slash: "/?", Backquote: "`~", Space: "  ", IntlBackslash: "\\|",
  NumpadDecimal: "..", NumpadDivide: "//", NumpadMultiply: "**", NumpadSubtract: "--", NumpadAdd: "++",
};
const DIGITS = ")!@#$%^&*(";

function character(event) {
  const { code, shiftKey } = event;
  if (event.ctrlKey && code === "BracketRight") return "\x1d"; // FNC1 as most guns send it: GS, Ctrl+]
  if (event.ctrlKey || event.altKey || event.metaKey) return "";
  if (/^[ -~]$/.test(event.key)) return event.key; // no input method in the way: the layout knows best
  if (/^Key[A-Z]$/.test(code)) return shiftKey !== event.getModifierState("CapsLock") ? code[3] : code[3].toLowerCase();
  if (/^Digit\d$/.test(code)) return shiftKey ? DIGITS[code[5]] : code[5];
  if (/^Numpad\d$/.test(code)) return code[6];
  return SIGNS[code]?.[shiftKey ? 1 : 0] ?? "";
}

let typed = "";
let gaps = [];
let last = 0;

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Infinity;
}

document.addEventListener("keydown", (event) => {
  const elsewhere = event.target.closest("select, button, a, summary, input");
  const gap = event.timeStamp - last;
  if (gap > PAUSE) { typed = ""; gaps = []; }
  if (event.code === "Enter" || event.code === "NumpadEnter" || event.code === "Tab") {
    const gun = typed.length >= SHORTEST && median(gaps) <= GUN;
    if (gun) {
      event.preventDefault();
      const text = typed;
      typed = ""; gaps = [];
      clear();
      scanned([text]);
    } else if (!elsewhere && event.code !== "Tab" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
    return;
  }
  const sign = character(event);
  if (!sign) return;
  if (sign === "\x1d") event.preventDefault();
  if (typed) gaps.push(gap);
  typed += sign;
  last = event.timeStamp;
  if (!elsewhere) box.focus();
}, true);

function clear() {
  box.value = "";
  box.blur(); // ends what the input method was composing …
  setTimeout(() => { box.value = ""; box.focus(); }); // … and drops what it left
}

// ---- keyboard and clipboard -------------------------------------------------------------------------------------------

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const lines = box.value.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  if (lines.length) scanned(lines);
  box.value = "";
  box.focus();
});
box.addEventListener("paste", () => setTimeout(() => { if (box.value.includes("\n")) form.requestSubmit(); }));
document.addEventListener("click", (event) => { if (!event.target.closest("a, button, select, input, textarea, label, summary")) box.focus(); });
form.addEventListener("change", (event) => { if (event.target.tagName === "SELECT") { outward(); box.focus(); } });

const destination = form.querySelector("[data-to]");
function sends() { return destination.dataset.to.split(" ").includes(form.elements.step.value); }
function outward() { destination.hidden = !sends(); }

// ---- the queue ---------------------------------------------------------------------------------------------------------

function scanned(codes) {
  const at = moment(Date.now() + ahead);
  const { site, step, to } = form.elements;
  const sent = sends() && to.value.trim();
  for (let start = 0; start < codes.length; start += 200) {
    const part = codes.slice(start, start + 200);
    queue.push({ codes: part, step: step.value, at, ...(site.value && { site: site.value }), ...(sent && { to: sent }) });
  }
  keep();
  send();
}

// The time with this place's own offset, 2026-06-01T08:00:00.000+08:00: events are told in the time of their place.
function moment(time) {
  const offset = -new Date(time).getTimezoneOffset();
  const two = (value) => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  const there = new Date(time + offset * 60000).toISOString().slice(0, -1);
  return `${there}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}

function keep() {
  try { localStorage.setItem(KEPT, JSON.stringify(queue)); } catch { /* kept in this page only */ }
  counts.waiting = queue.reduce((sum, one) => sum + one.codes.length, 0);
  for (const [name, count] of Object.entries(counts)) desk.querySelector(`[data-count=${name}]`).textContent = count;
}

function tell(away, signedOut) {
  desk.querySelector("[data-away]").hidden = !away;
  desk.querySelector("[data-signin]").hidden = !signedOut;
}

async function send() {
  if (sending) return;
  sending = true;
  try {
    while (queue.length) {
      const answer = await fetch("/scan/intake", {
        method: "POST",
        headers: { "Content-Type": "application/json", "Accept": "application/json", "Accept-Language": desk.dataset.lang },
        body: JSON.stringify(queue[0]),
      });
      if (answer.status === 401) { tell(false, true); return; }
      if (answer.status >= 500 || answer.status === 429) throw new Error(answer.statusText);
      const body = await answer.json();
      const request = queue.shift();
      counts.sent += request.codes.length;
      if (answer.ok) body.results.forEach(show);
      else {
        const said = (desk.dataset.lang === "zh" && body.zh) || body;
        for (const code of request.codes) show({ code, verdict: "refuse", reasons: [{ text: said.detail ?? said.title, next: said.mend }] });
      }
      keep();
      tell(false, false);
    }
  } catch {
    tell(true, false);
    setTimeout(send, RETRY);
  } finally {
    sending = false;
  }
}

addEventListener("online", send);

// ---- the answer --------------------------------------------------------------------------------------------------------

function show(result) {
  const card = document.querySelector(`template[data-card=${result.verdict}]`).content.cloneNode(true);
  const link = document.createElement("a");
  link.href = "/path/" + encodeURIComponent(result.code);
  link.textContent = result.label ?? result.code;
  card.querySelector("[data-code]").append(link);
  if (result.goods) card.querySelector("[data-goods]").appendChild(document.createElement("b")).textContent = result.goods;
  const list = card.querySelector(".reasons");
  for (const reason of result.reasons) {
    const item = document.createElement("li");
    for (const [tag, text] of [["p", reason.text], ["small", reason.law], ["b", reason.next && "→ " + reason.next]]) {
      if (!text) continue;
      const line = document.createElement("p");
      const inner = tag === "p" ? line : line.appendChild(document.createElement(tag));
      inner.textContent = text;
      item.append(line);
    }
    list.append(item);
  }
  if (result.verdict === "refuse") counts.refused += 1;
  results.querySelector("[data-empty]")?.remove();
  results.prepend(card);
  while (results.children.length > 200) results.lastElementChild.remove();
  beep(result.verdict);
}

let audio;
function beep(verdict) {
  try {
    audio ??= new AudioContext();
    const tones = { accept: [[1320, 0, .09]], warn: [[880, 0, .1], [880, .16, .1]], refuse: [[196, 0, .5]] }[verdict];
    for (const [pitch, wait, length] of tones) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      volume.gain.value = .15;
      tone.frequency.value = pitch;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + wait);
      tone.stop(audio.currentTime + wait + length);
    }
  } catch { /* a device without sound */ }
}

desk.querySelector("[data-counts]").hidden = false;
outward();
keep();
send();
box.focus();
