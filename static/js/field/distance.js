// How far a photo was taken from the place it is about.

import { page } from "./ledger.js";

const EARTH = 6371000,
  FAR = 300;
const radians = (degrees) => (degrees * Math.PI) / 180;

/** Metres between a photo's position (`lon,lat,accuracy`) and the place, both WGS-84; null where one is not known. */
export function metresFrom(position) {
  if (!position || !page.visiting.place_position) return null;
  const [lon, lat] = position.split(",").map(Number),
    { lon: lon2, lat: lat2 } = page.visiting.place_position;
  const half =
    Math.sin(radians(lat2 - lat) / 2) ** 2 +
    Math.cos(radians(lat)) * Math.cos(radians(lat2)) * Math.sin(radians(lon2 - lon) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.sqrt(half));
}

/** Whether a photo was taken farther from the place than its accuracy explains: then somebody is asked. */
export function isFar({ position }) {
  const metres = metresFrom(position);
  return metres !== null && metres > FAR + (Number(position.split(",")[2]) || 0);
}

/** What to say about where a photo was taken. */
export function whereWords({ position }) {
  if (!position) return "没有定位，照片照样能用。";
  const metres = metresFrom(position);
  if (metres === null) return "";
  return `${isFar({ position }) ? "拍摄地" : ""}离场所约 ${lengthWords(metres)}。`;
}

/** As exact as a phone is: 12 米, 900 米, 9.3 公里, 120 公里. */
function lengthWords(metres) {
  if (metres < 100) return `${Math.round(metres)} 米`;
  if (metres < 995) return `${Math.round(metres / 10) * 10} 米`;
  return `${Math.round(metres / (metres < 9950 ? 100 : 1000)) / (metres < 9950 ? 10 : 1)} 公里`;
}
