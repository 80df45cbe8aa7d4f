// Where the phone is, asked for once and never waited for. Without it everything works the same.

let last = null;

/** Ask in the background; the browser asks the person the first time. */
export function watchPosition() {
  navigator.geolocation?.getCurrentPosition(
    (found) => {
      last = found.coords;
    },
    () => {
      last = null;
    },
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 },
  );
}

/** As the payload (`place`) and as the photo header; empty while unknown. Rounded so that its JSON is the same anywhere. */
export function lastPosition() {
  if (!last) return { place: undefined, header: "" };
  const lon = Number(last.longitude.toFixed(6)),
    lat = Number(last.latitude.toFixed(6));
  const accuracy_m = Math.round(last.accuracy);
  return { place: { lon, lat, accuracy_m }, header: `${lon},${lat},${accuracy_m}` };
}
