// The pages of whoever holds a paper: photos are made smaller, kept over a reload, and sent when there is a signal. Without
// this script the same form sends the files as they are.

import { uuid } from "./field/hash.js";
import { forget, keep, kept, keptUnder } from "./portal/kept.js";
import { NoPhoto, photoOf } from "./portal/photo.js";
import { NotThrough, SaidNo, send } from "./portal/sending.js";

const AGAIN_AFTER = [3, 6, 12, 30, 60]; // seconds
const NO_SIGNAL = "没有信号，先存在手机里。请别清掉微信缓存，有信号时打开这一页会接着发。";
const ONLY_OPEN = "没有信号。这个浏览器存不下照片，请别关这一页，有信号会接着发。";

const page = document.querySelector("main");
const token = () => page.getAttribute("data-token") ?? "";

/** The sentence beside a button or a line, spoken once. */
function say(place, words, link = "") {
  place.textContent = words;
  place.hidden = !words;
  if (!link) return;
  const there = document.createElement("a");
  there.href = link;
  there.textContent = "去输验证码";
  place.append(" ", there);
}

/** Send an answer until it has arrived or the server says no; `tell(words, link)` says how it stands. True once it is there. */
async function deliver(answer, tell) {
  const lasting = await keep(answer);
  for (let tries = 0; ; tries += 1) {
    try {
      await send(answer, token(), tell);
      await forget(answer.key);
      show(answer);
      return true;
    } catch (fault) {
      if (fault instanceof SaidNo) return saidNo(answer, fault, tell);
      if (!(fault instanceof NotThrough)) throw fault;
      tell(lasting ? NO_SIGNAL : ONLY_OPEN);
      await signalOr(AGAIN_AFTER[Math.min(tries, AGAIN_AFTER.length - 1)]);
    }
  }
}

/** The paper as it stands now, at the line that was answered. */
function show({ paper, line }) {
  const there = new URL(`${paper}?heard=${line}#line-${line}`, location.href);
  const same = there.pathname + there.search === location.pathname + location.search;
  location.assign(there);
  if (same) location.reload(); // only the line would be another: nothing would be fetched
}

async function saidNo(answer, fault, tell) {
  if (fault.code) {
    tell(fault.message, answer.paper); // it stays to be sent: with the code it goes by itself
    return false;
  }
  await keep({ ...answer, wanted: false });
  tell(fault.message);
  return false;
}

/** A signal that comes back, or so many seconds. */
const signalOr = (seconds) => {
  /** @type {Promise<void>} */
  const heard = new Promise((done) => {
    const clock = setTimeout(done, seconds * 1000);
    addEventListener(
      "online",
      () => {
        clearTimeout(clock);
        done();
      },
      { once: true },
    );
  });
  return heard;
};

// ---- the form with the photos

async function fill(form) {
  const key = form.getAttribute("action"),
    input = form.querySelector("input[type=file]"),
    shots = form.querySelector("[data-shots]"),
    said = form.querySelector("[data-said]"),
    words = form.querySelector("textarea");
  const answer = (await kept(key)) ?? {
    key,
    line: form.dataset.line,
    paper: form.dataset.paper,
    uploads: form.dataset.photos,
    once: uuid(),
    begun: Date.now(),
    words: "",
    photos: [],
    wanted: false,
  };
  if (answer.words && !words.value) words.value = answer.words;
  const tell = (text, link) => say(said, text, link);
  let busy = false;

  function draw() {
    shots.replaceChildren(...answer.photos.map(shot));
    // One thing is loud: first to take a photo, then to send it.
    const some = answer.photos.length > 0;
    form.querySelector(".file label").classList.toggle("main", !some);
    form.querySelector("button[type=submit]").classList.toggle("main", some);
  }

  function shot(photo, index) {
    const figure = document.createElement("figure"),
      image = document.createElement("img"),
      away = document.createElement("button");
    image.src = URL.createObjectURL(new Blob([photo.data], { type: photo.type }));
    image.alt = `您选的第 ${index + 1} 张照片`;
    image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    away.type = "button";
    away.className = "calm wide";
    away.textContent = "去掉";
    away.setAttribute("aria-label", `去掉第 ${index + 1} 张`);
    away.addEventListener("click", () => {
      answer.photos = answer.photos.filter((one) => one !== photo);
      draw();
      tell("");
      keep(answer).catch(console.error);
      input.focus();
    });
    figure.append(image, away);
    return figure;
  }

  async function chosen() {
    for (const file of [...input.files]) {
      tell("正在把照片压小。");
      try {
        const photo = await photoOf(file);
        if (answer.photos.some((one) => one.original_sha256 === photo.original_sha256)) tell("这一张已经选过了。");
        else {
          answer.photos.push(photo);
          tell(`选好了 ${answer.photos.length} 张，按“发出”就送给我们。`);
        }
      } catch (fault) {
        if (!(fault instanceof NoPhoto)) throw fault;
        tell(fault.message);
      }
    }
    input.value = "";
    draw();
    await keep(answer);
  }

  async function submit() {
    if (busy) return;
    if (!answer.photos.length) return tell("请先拍一张照片。");
    busy = true;
    answer.words = words.value;
    answer.wanted = true;
    try {
      await deliver(answer, tell);
    } finally {
      busy = false;
    }
  }

  /** What this browser cannot do at all the plain form does. */
  function plainly(fault) {
    console.error(fault);
    const files = new DataTransfer();
    for (const photo of answer.photos) files.items.add(new File([photo.data], `${photo.id}.jpg`, { type: photo.type }));
    input.files = files.files;
    form.submit();
  }

  input.addEventListener("change", () => {
    chosen().catch((fault) => {
      console.error(fault);
      tell("这张照片没有收下，请再选一次。");
    });
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit().catch(plainly);
  });
  words.addEventListener("change", () => {
    answer.words = words.value;
    if (answer.photos.length) keep(answer).catch(console.error);
  });
  draw();
  if (answer.wanted) await submit();
  else if (answer.photos.length) tell(`上次选好的 ${answer.photos.length} 张还在，按“发出”就送给我们。`);
}

const FORGOTTEN_AFTER = 40 * 86400000; // longer than anybody is given

// ---- the paper: what waits is said at its line and sent

async function goOn(places) {
  for (const old of await keptUnder("/")) if (Date.now() - old.begun > FORGOTTEN_AFTER) await forget(old.key);
  for (const answer of await keptUnder(`${location.pathname}/`)) {
    const place = places.find((one) => one.getAttribute("data-kept") === String(answer.line));
    if (!place)
      await forget(answer.key); // that line takes no answer any more, and says so itself
    else if (answer.wanted && (await deliver(answer, (words, link) => say(place, words, link)))) return;
    else if (!answer.wanted && answer.photos.length) say(place, "拍好的照片还没有发出，按“拍照”接着发。");
  }
}

const form = document.querySelector("form[data-send]");
if (form) fill(form).catch(console.error);
else goOn([...document.querySelectorAll("[data-kept]")]).catch(console.error);
