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

/** What to say about where a photo was taken. */
export function whereWords({ position }) {
  if (!position) return "没有定位，照片照样能用。";
  const metres = metresFrom(position);
  if (metres === null) return "";
  const about = metres < 100 ? Math.round(metres) : Math.round(metres / 10) * 10;
  const accuracy = Number(position.split(",")[2]) || 0;
  return metres > FAR + accuracy ? `拍摄地离场所约 ${about} 米。是这一家吗` : `离场所约 ${about} 米。`;
}
