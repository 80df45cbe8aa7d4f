// The camera in the page: what it sees, the shutter, and each photo on disk before the next one is taken.

import { forget, prefer, refuse, remember, showBefore } from "./camera.js";
import { make, painted } from "./dom.js";
import { hintOf } from "./hints.js";
import * as photos from "./photos.js";
import { button, openSheet } from "./sheet.js";

const PATIENCE = 4000;
const WISHED = {
  audio: false,
  video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1440 } },
};
let takes = true; // until takePhoto() fails once

/** Open the camera for a strip; resolves when it is closed again. */
export async function open(strip) {
  remember(strip).catch(console.error); // the camera waits for nothing
  const video = make("video", { muted: true, autoplay: true, playsInline: true });
  video.setAttribute("playsinline", "");
  const said = make("p", { className: "said" }),
    last = make("img", { alt: "", className: "hidden" });
  said.setAttribute("role", "status");
  const finder = make("div", { className: "finder" }, video),
    extras = make("div", { className: "row extras" });
  const shutter = button("拍", () => shoot(), "main shutter"),
    done = button("完成", () => close());
  shutter.setAttribute("aria-label", "拍一张");
  shutter.disabled = true;
  const outside = button(
    "用手机自带的相机",
    () => {
      prefer("phone");
      close();
      strip.shootOutside();
    },
    "calm",
  );
  const { closed, close } = openSheet(
    "拍照",
    "live",
    finder,
    said,
    extras,
    make("div", { className: "shooting" }, last, shutter, done),
  );
  const replaces = Boolean(strip.replacing);
  let track = null,
    taken = 0;

  if (strip.before) extras.append(ghost(finder, strip.before));
  extras.append(outside);

  /** Never rejects: what fails is said in the camera's place. */
  async function start() {
    said.textContent = "正在打开相机";
    try {
      const stream = await navigator.mediaDevices.getUserMedia(WISHED);
      if (!video.isConnected || document.hidden) return halt(stream); // gone while the phone asked
      halt(video.srcObject);
      [track] = stream.getVideoTracks();
      track.addEventListener("ended", () => fail("相机被别的应用用着。"), { once: true });
      video.srcObject = stream;
      await video.play();
      offerTorch(extras, track);
      shutter.disabled = false;
      said.textContent = taken ? takenWords(taken) : "请尽量不拍到人脸和证件。";
    } catch (fault) {
      const { name } = /** @type {Error} */ (fault);
      fail(WHY[name] ?? "这里的相机打不开。", ["NotAllowedError", "NotFoundError", "SecurityError"].includes(name));
    }
    return undefined;
  }

  function stop() {
    halt(video.srcObject);
    video.srcObject = track = null;
    shutter.disabled = true;
    extras.querySelector("[data-torch]")?.remove();
  }

  function fail(words, lasting = false) {
    stop();
    if (lasting) refuse();
    said.textContent = `${words}可以用手机自带的相机。`;
    outside.className = "main";
  }

  async function shoot() {
    if (shutter.disabled) return;
    shutter.disabled = true;
    said.textContent = "正在存";
    try {
      const blob = await grab(video, track);
      const [id] = await strip.add([new File([blob], "photo", { type: blob.type || "image/jpeg" })], "camera");
      if (id)
        await stored(id).catch(console.error); // it is on disk, whatever can be shown of it
      else said.textContent = strip.fault;
    } catch (fault) {
      console.error(fault);
      said.textContent = "这一张没有拍下来，请再拍一次。";
    }
    shutter.disabled = !track;
  }

  async function stored(id) {
    taken += 1;
    said.textContent = takenWords(taken);
    if (replaces) return close();
    await photos.prepared(id);
    void photos.show(last, id);
    last.classList.remove("hidden");
    const hint = await hintOf(id);
    if (hint) said.textContent = `${takenWords(taken)}${hint}`;
    return undefined;
  }

  const seen = () => (document.hidden ? stop() : start());
  document.addEventListener("visibilitychange", seen);
  addEventListener("pagehide", stop);
  void start();
  await closed;
  await painted(); // the sheet is gone before the camera is shut, which takes longer than a tap may
  stop();
  document.removeEventListener("visibilitychange", seen);
  removeEventListener("pagehide", stop);
  last.removeAttribute("src");
  await forget();
}

const WHY = {
  NotAllowedError: "没有让这一页用相机。",
  NotFoundError: "这里没有找到相机。",
  NotReadableError: "相机被别的应用用着。",
};
const takenWords = (count) => `已拍 ${count} 张，都存在手机里。`;
const halt = (stream) => stream?.getTracks().forEach((one) => one.stop());

/** The photo to take this one like, lying over the live picture. */
function ghost(finder, before) {
  const image = make("img", { alt: "", className: "ghost" });
  const align = button("对齐底图", () => {
    const shown = align.getAttribute("aria-pressed") !== "true";
    align.setAttribute("aria-pressed", String(shown));
    image.classList.toggle("hidden", !shown);
  });
  align.setAttribute("aria-pressed", "true");
  showBefore(image, before);
  finder.append(image);
  return align;
}

function offerTorch(extras, track) {
  if (!track.getCapabilities?.().torch) return;
  const torch = button("开灯", async () => {
    const on = torch.textContent === "开灯";
    try {
      await track.applyConstraints({ advanced: [{ torch: on }] });
      torch.textContent = on ? "关灯" : "开灯";
    } catch {
      torch.remove(); // promised and not there
    }
  });
  torch.dataset.torch = "";
  extras.prepend(torch);
}

/** What the camera sees now, as large as it gives it. */
async function grab(video, track) {
  if (window.ImageCapture && takes) {
    try {
      return await soon(new ImageCapture(track).takePhoto());
    } catch {
      takes = false; // some phones promise it and hang: the picture on the screen serves
    }
  }
  const canvas = make("canvas", { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  canvas.width = canvas.height = 0;
  if (!blob) throw new Error("the frame could not be kept");
  return blob;
}

const soon = (promise) =>
  Promise.race([
    promise,
    new Promise((_, failed) => {
      setTimeout(() => failed(new Error("late")), PATIENCE);
    }),
  ]);
