// The map of a selection. What lies where is asked of the server for the part that is looked at; tiles are asked for only where the
// page names their source. Everything it shows stands in the table beside it.
(function () {
  "use strict";
  /** @type {any} */
  const L = /** @type {any} */ (window)["L"];
  const box = document.getElementById("map");
  const said = document.getElementById("map-said");
  const told = document.getElementById("map-drawing");
  if (!L || !box || !said || !told) return;
  const drawing = JSON.parse(told.textContent || "{}");
  const GRADES = ["有重大隐患", "有疑似重大隐患", "一般隐患"];
  const SHAPES = ["▲", "△", "●"];

  const map = L.map(box, { zoomControl: false, attributionControl: false, maxZoom: drawing.deepest, minZoom: 3 });
  L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  const Scale = L.Control.Scale.extend({
    _updateMetric: function (/** @type {number} */ most) {
      const metres = this._getRoundNum(most);
      this._updateScale(this._mScale, metres < 1000 ? metres + " 米" : metres / 1000 + " 千米", metres / most);
    },
  });
  new Scale({ imperial: false }).addTo(map);
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", "地图，方向键移动，加号减号缩放；图上的场所都在旁边的表里");

  if (drawing.layers.length) {
    L.control.attribution({ prefix: false }).addAttribution(escaped(drawing.credit)).addTo(map);
    drawing.layers.forEach(function (/** @type {string} */ address) {
      L.tileLayer(address, { maxZoom: drawing.deepest }).addTo(map);
    });
  } else {
    const Squares = L.GridLayer.extend({
      createTile: function () {
        const tile = document.createElement("div");
        tile.className = "map-square";
        return tile;
      },
    });
    new Squares().addTo(map);
  }

  function escaped(/** @type {string} */ words) {
    const holder = document.createElement("span");
    holder.textContent = words;
    return holder.innerHTML;
  }

  /** @param {string} address */
  async function asked(address) {
    const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return answer;
  }

  const marks = L.layerGroup().addTo(map);
  let latest = 0;

  async function show() {
    const mine = ++latest;
    const bounds = map.getBounds();
    const view = new URLSearchParams({
      west: String(bounds.getWest()),
      south: String(bounds.getSouth()),
      east: String(bounds.getEast()),
      north: String(bounds.getNorth()),
      zoom: String(map.getZoom()),
    });
    try {
      const found = await (await asked(drawing.points + (drawing.points.includes("?") ? "&" : "?") + view)).json();
      if (mine !== latest) return;
      marks.clearLayers();
      (found.places || []).forEach(place);
      (found.squares || []).forEach(square);
      say(found);
    } catch {
      if (mine === latest && said) said.textContent = "没有取到图上的场所。移动一下地图会再取，表里的都在。";
    }
  }

  function say(/** @type {any} */ found) {
    if (!said) return;
    const places =
      (found.places || []).length ||
      (found.squares || []).reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one[2], 0);
    const number = (found.places || found.squares || []).reduce(
      (/** @type {number} */ sum, /** @type {any} */ one) => sum + one[3],
      0,
    );
    said.textContent =
      "这一片有 " +
      places +
      " 家，" +
      number +
      " 件" +
      (found.squares ? "。家数多，挨着的合在一起，放大就分开。" : "。");
  }

  /** @param {[string, number, number, number, number, string]} row */
  function place(row) {
    const [id, lon, lat, number, worst, name] = row;
    const words = name + "，" + number + " 件，" + GRADES[worst];
    const mark = marker(
      lon,
      lat,
      "mark mark-" + worst,
      SHAPES[worst] + (number > 1 ? number : ""),
      words,
      number > 1 ? 40 : 28,
    );
    mark.on("click", () => void open(id));
  }

  /** @param {[number, number, number, number, number]} row */
  function square(row) {
    const [lon, lat, places, number, worst] = row;
    const words = places + " 家在一起，" + number + " 件，最重的：" + GRADES[worst];
    const wide = number > 999 ? 60 : number > 99 ? 52 : 44;
    const mark = marker(
      lon,
      lat,
      "mark mark-many mark-many-" + worst,
      (worst < 2 ? SHAPES[worst] : "") + number,
      words,
      wide,
    );
    mark.on("click", () => map.setView([lat, lon], Math.min(map.getZoom() + 2, drawing.deepest)));
  }

  /** @param {number} lon @param {number} lat @param {string} look @param {string} shown @param {string} words @param {number} wide */
  function marker(lon, lat, look, shown, words, wide) {
    const inside = document.createElement("span");
    inside.textContent = shown;
    const icon = L.divIcon({ className: look, html: inside, iconSize: [wide, 28] });
    const mark = L.marker([lat, lon], { icon, title: words }).addTo(marks);
    mark.getElement().setAttribute("aria-label", words);
    // Leaflet lets a mark be reached by the keyboard, but presses it only where it holds a card of its own.
    mark.on("keydown", (/** @type {any} */ event) => {
      if (event.originalEvent.key === "Enter") mark.fire("click");
    });
    return mark;
  }

  /** Open the card of a place where it lies; one that is off the view is moved to first. @param {string} id */
  async function open(id) {
    try {
      const html = await (await asked(drawing.card.replace(drawing.blank, id))).text();
      const part = new DOMParser().parseFromString(html, "text/html").querySelector(".map-card");
      const there = /** @type {HTMLElement | null} */ (part);
      if (!there) throw new Error("no card");
      const row = there.dataset;
      const at = L.latLng(Number(row.lat), Number(row.lon));
      L.popup({ minWidth: 220, maxWidth: 280, closeButton: true }).setLatLng(at).setContent(there).openOn(map);
      const close = box && box.querySelector(".leaflet-popup-close-button");
      if (close) close.setAttribute("aria-label", "关上");
      there.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        map.closePopup();
        box.focus();
      });
      const link = there.querySelector("a");
      if (link) link.focus();
    } catch {
      if (said) said.textContent = "没有取到这一家。表里点它的名称，可以看它的隐患。";
    }
  }

  document.addEventListener("click", function (event) {
    const button = event.target instanceof Element ? event.target.closest("[data-place]") : null;
    if (!(button instanceof HTMLElement) || !button.dataset.place) return;
    if (map.getZoom() < 15) map.setZoom(15, { animate: false });
    box.scrollIntoView({ block: "nearest" });
    void open(button.dataset.place);
  });

  async function outline() {
    if (!drawing.outlines) return;
    const shapes = await (await asked(drawing.outlines)).json();
    const streets = L.geoJSON(shapes, {
      interactive: false,
      style: { className: "map-outline", weight: 2 },
      onEachFeature: function (/** @type {any} */ feature, /** @type {any} */ layer) {
        const name = document.createElement("span");
        name.textContent = feature.properties.name;
        layer.bindTooltip(name, { permanent: true, direction: "center", className: "map-street" });
      },
    }).addTo(map);
    if (!drawing.corners.length) map.fitBounds(streets.getBounds());
  }

  const corners = drawing.corners.map((/** @type {number[]} */ one) => [one[1], one[0]]);
  if (corners.length) map.fitBounds(corners, { padding: [24, 24], maxZoom: 17 });
  else map.setView([35, 105], 4);
  outline().catch(() => undefined);
  map.on("moveend", () => void show());
  void show();
})();
