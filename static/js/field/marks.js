// What somebody circles on a photo: shapes as fractions of the upright picture, drawn over it and never into its bytes.
// inspect_app/evidence/marks.py reads, names and draws them the same way.

import * as ledger from "./ledger.js";
import { send } from "./sender.js";

export const MOST_MARKS = 12;
export const NINE = ["左上", "上方", "右上", "左边", "正中", "右边", "左下", "下方", "右下"];
const SVG = "http://www.w3.org/2000/svg";
const YELLOW = "#FFD400",
  BLACK = "#000000",
  LINE = 0.0074,
  EDGE = 0.0133,
  HEAD = 0.045;
let known = null,
  knownOf = null; // of the visit that is open

/** The newest marks by photo: what the page knows, and what this phone itself wrote since. */
async function everyMark() {
  const found = new Map(Object.entries(ledger.page.visiting.marks ?? {}));
  for (const { payload } of await ledger.ofKind("photo.mark", "waiting", "sent"))
    found.set(payload.photo, payload.marks);
  return found;
}

function marksHere() {
  if (!known || knownOf !== ledger.page.visiting) [known, knownOf] = [everyMark(), ledger.page.visiting];
  return known;
}

export const marksOf = async (photo) => (await marksHere()).get(photo) ?? [];

/** Written down as one operation that carries all marks of the photo. */
export async function saveMarks(photo, marks) {
  await ledger.record(["photo.mark", { photo, marks }]);
  (await marksHere()).set(photo, marks);
  void send();
}

/** Whether a photo was taken at its place, as was last answered on this phone; undefined where nobody was asked. */
export async function hereOf(photo) {
  const said = await ledger.ofKind("photo.mark", "waiting", "sent");
  return said.filter(({ payload }) => payload.photo === photo && typeof payload.here === "boolean").at(-1)?.payload
    .here;
}

/** The answer, written down with all marks of the photo. */
export async function sayHere(photo, here) {
  await ledger.record(["photo.mark", { photo, marks: await marksOf(photo), here }]);
  void send();
}

/** Three decimals: the server writes such numbers exactly as this side does. */
const fraction = (value) => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;

export const mark = (shape, x, y, x2, y2) => ({
  shape,
  x: fraction(x),
  y: fraction(y),
  x2: fraction(x2),
  y2: fraction(y2),
});

/** One of the nine parts of a picture, counted like reading. */
export const ninth = (number) =>
  mark("place", (number % 3) / 3, Math.floor(number / 3) / 3, ((number % 3) + 1) / 3, (Math.floor(number / 3) + 1) / 3);

/** 左上、正中: where the marks are; of an arrow, where it points. */
export const where = (marks) => [...new Set(marks.map((one) => NINE[ninthOf(one)]))].join("、");

export function ninthOf({ shape, x, y, x2, y2 }) {
  const [across, down] = shape === "arrow" ? [x2, y2] : [(x + x2) / 2, (y + y2) / 2];
  return Math.min(2, Math.floor(down * 3)) * 3 + Math.min(2, Math.floor(across * 3));
}

/** The layer to lie over a picture of this size, cut as the picture is where `crop`; `bold` where it is shown small. */
export function layer(marks, width, height, { bold = false, crop = false } = {}) {
  const svg = document.createElementNS(SVG, "svg"),
    high = Math.round((1000 * height) / width);
  svg.setAttribute("class", "marks");
  svg.setAttribute("viewBox", `0 0 1000 ${high}`);
  svg.setAttribute("preserveAspectRatio", crop ? "xMidYMid slice" : "xMidYMid meet");
  svg.setAttribute("aria-hidden", "true");
  const paths = marks.map((one) => path(one, 1000, high)).join(" "),
    size = (1000 + high) * (bold ? 2 : 1);
  /** @type {[string, number][]} */
  const strokes = [
    [BLACK, EDGE],
    [YELLOW, LINE],
  ];
  for (const [colour, part] of strokes) {
    const line = document.createElementNS(SVG, "path");
    const drawn = {
      d: paths,
      fill: "none",
      stroke: colour,
      "stroke-width": size * part,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    };
    for (const [name, value] of Object.entries(drawn)) line.setAttribute(name, value);
    svg.append(line);
  }
  return svg;
}

function path(one, width, height) {
  const x = one.x * width,
    y = one.y * height,
    x2 = one.x2 * width,
    y2 = one.y2 * height;
  if (one.shape === "arrow") return arrow(x, y, x2, y2, (width + height) * HEAD);
  let [left, right, top, bottom] = [Math.min(x, x2), Math.max(x, x2), Math.min(y, y2), Math.max(y, y2)];
  if (one.shape === "place") {
    const inset = (width + height) * EDGE; // so that one at the edge shows whole
    [left, right, top, bottom] = [left + inset, right - inset, top + inset, bottom - inset];
    return `M${left} ${top}H${right}V${bottom}H${left}Z`;
  }
  const half = `A${(right - left) / 2} ${(bottom - top) / 2} 0 0 1`,
    middle = (top + bottom) / 2;
  return `M${left} ${middle}${half} ${right} ${middle}${half} ${left} ${middle}Z`;
}

function arrow(x, y, x2, y2, head) {
  const angle = Math.atan2(y2 - y, x2 - x);
  const [a, b] = [-0.5, 0.5].map(
    (turn) => `${x2 - head * Math.cos(angle + turn)} ${y2 - head * Math.sin(angle + turn)}`,
  );
  return `M${x} ${y}L${x2} ${y2}M${a}L${x2} ${y2}L${b}`;
}
