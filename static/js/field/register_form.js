// The register of places as it comes over the wire and lies in this page: column by column, each place at the same spot of
// every column. The server writes it in premises/compact.py; tests/contracts/register.json holds both to it.

export const FORM = 1;
const GRID = 100000,
  ID = 16;

/** @typedef {{lon: (number | null)[], lat: (number | null)[], facts: Record<string, any[]>, codes: Uint32Array, doors: Uint32Array}} More */
/** What this phone carries: `ids` and `more` come after the names, and are null until then. Ids are in their order.
 *  @typedef {{cursor: string, order: string, size: number, names: string[], addresses: string[], kinds: string[], statuses: string[],
 *  ids: Uint8Array | null, more: More | null}} Register */

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Characters that stand for letters, in their order. */
function* marks() {
  for (const [from, to] of [
    [0x21, 0x7f],
    [0xa1, 0xd800],
    [0xe000, 0x110000],
  ])
    for (let mark = from; mark < to; mark += 1) if (mark !== 0x22 && mark !== 0x5c) yield mark;
}

function texts([letters, written], size) {
  const meant = new Map([[" ", "\n"]]),
    next = marks();
  for (const letter of letters) meant.set(String.fromCodePoint(/** @type {number} */ (next.next().value)), letter);
  let text = "";
  for (const mark of written) text += meant.get(mark);
  return size ? text.split("\n") : [];
}

const choices = ([known, written]) => Array.from(written, (letter) => known[letter.charCodeAt(0) - 97]);
const degrees = ([least, steps]) => steps.map((step) => (step === null ? null : (least + step) / GRID));

function hashes(text) {
  const bytes = bytesOf(text),
    view = new DataView(bytes.buffer);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(at * 4));
}

/** The names of a whole register, without the rest of it.
 *  @returns {Register} */
export const readNames = ({ cursor, order, size, names, addresses, kinds, statuses }) => ({
  cursor,
  order,
  size,
  names: texts(names, size),
  addresses: texts(addresses, size),
  kinds: choices(kinds),
  statuses: choices(statuses),
  ids: null,
  more: null,
});

/** The ids that belong to the names, 16 bytes each. */
export function readIds({ size, lengths, distances }) {
  const ids = new Uint8Array(size * ID),
    bytes = bytesOf(distances);
  let read = 0;
  bytesOf(lengths).forEach((length, at) => {
    const end = (at + 1) * ID - 1;
    if (at) ids.copyWithin(at * ID, (at - 1) * ID, at * ID);
    let carry = 0;
    for (let back = 0; back < length || carry; back += 1) {
      const sum = ids[end - back] + (back < length ? bytes[read + length - 1 - back] : 0) + carry;
      ids[end - back] = sum & 255;
      carry = sum >> 8;
    }
    read += length;
  });
  return ids;
}

/** What a visit without a signal asks besides.
 *  @returns {More} */
export const readMore = ({ lon, lat, facts, codes, doors }) => ({
  lon: degrees(lon),
  lat: degrees(lat),
  facts,
  codes: hashes(codes),
  doors: hashes(doors),
});

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** The checksum under which a code is known here. */
export const hashOf = (code) => crc(new TextEncoder().encode(code));

/** What parts that lie side by side have in common. */
export const orderOf = (ids) => `${ids.length / ID}-${crc(ids)}`;

export function idAt(ids, at) {
  let hex = "";
  for (let byte = at * ID; byte < (at + 1) * ID; byte += 1) hex += ids[byte].toString(16).padStart(2, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The first spot whose id is not less than this one. */
function spotOf(ids, id) {
  let low = 0,
    high = ids.length / ID;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (idAt(ids, middle) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a place stands, or -1.
 *  @param {Register} register */
export function indexOf({ ids }, id) {
  if (!ids) return -1;
  const at = spotOf(ids, id);
  return at * ID < ids.length && idAt(ids, at) === id ? at : -1;
}

/** A place in words, as far as it has come: without `id` as long as it cannot be opened.
 *  @param {Register} register */
export function placeAt({ ids, names, addresses, kinds, statuses, more }, at) {
  const facts = Object.entries(more?.facts ?? {}).flatMap(([name, values]) =>
    values[at] === null || values[at] === undefined ? [] : [[name, values[at]]],
  );
  const [lon, lat] = [more?.lon[at] ?? null, more?.lat[at] ?? null];
  return {
    ...(ids ? { id: idAt(ids, at) } : {}),
    name: names[at],
    address: addresses[at],
    kind: kinds[at],
    status: statuses[at],
    ...(lon === null || lat === null ? {} : { position: [lon, lat] }),
    ...(facts.length ? { facts: Object.fromEntries(facts) } : {}),
  };
}

/** The register after changes of it, another one: what is gone is not in it, what is new stands where its id belongs.
 *  @param {Register} before
 *  @returns {Register} */
export function changed(before, { rows, gone, cursor }) {
  if (!rows.length && !gone.length) return { ...before, cursor };
  const ids = /** @type {Uint8Array} */ (before.ids),
    left = new Set([...gone, ...rows.map(([id]) => id)].map((id) => indexOf(before, id)));
  const coming = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map((row) => ({ row, spot: spotOf(ids, row[0]) }));
  /** Each of the places from now on: a spot of before, or a row. @type {any[]} */
  const line = [];
  for (let at = 0, next = 0; at <= before.size; at += 1) {
    for (; next < coming.length && coming[next].spot === at; next += 1) line.push(coming[next].row);
    if (at < before.size && !left.has(at)) line.push(at);
  }
  const column = (old, part) => line.map((one) => (typeof one === "number" ? old[one] : part(one)));
  const after = new Uint8Array(line.length * ID);
  line.forEach((one, at) => {
    after.set(typeof one === "number" ? ids.subarray(one * ID, (one + 1) * ID) : bytesOfId(one[0]), at * ID);
  });
  return {
    cursor,
    order: orderOf(after),
    size: line.length,
    names: column(before.names, (row) => row[1]),
    addresses: column(before.addresses, (row) => row[2]),
    kinds: column(before.kinds, (row) => row[3]),
    statuses: column(before.statuses, (row) => row[4]),
    ids: after,
    more: before.more && moreOf(before.more, rows, column),
  };
}

const bytesOfId = (id) => Uint8Array.from(id.replaceAll("-", "").match(/../g), (byte) => parseInt(byte, 16));

function moreOf({ lon, lat, facts, codes, doors }, rows, column) {
  const names = new Set([...Object.keys(facts), ...rows.flatMap((row) => Object.keys(row[6]))]);
  return {
    lon: column(lon, (row) => (row[5] ? row[5][0] / GRID : null)),
    lat: column(lat, (row) => (row[5] ? row[5][1] / GRID : null)),
    facts: Object.fromEntries(
      [...names].map((name) => [name, column(facts[name] ?? [], (row) => row[6][name] ?? null)]),
    ),
    codes: Uint32Array.from(column(codes, (row) => row[7])),
    doors: Uint32Array.from(column(doors, (row) => row[8])),
  };
}
