// The bridge between the crate `map` and MapLibre GL JS. Its types are those of `src/protocol.rs`;
// it is served as it is, under a hashed name, and loaded by `import()`.

const FONTS = ["PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "sans-serif"];
const NOTHING = { type: "FeatureCollection", features: [] };
// Width of the drawing in its own units.
const DRAWING = 640;
// Squares of a base map that are kept.
const MOST_SQUARES = 64;
// MAX_ZOOM of the crate.
const MAX_ZOOM = 18;

/** What this module needs to say why there is no map: a `Reason` of the protocol. */
class Failure extends Error {
  constructor(reason, detail) {
    super(detail);
    this.reason = reason;
  }
}

/** The open maps by their handle. */
const maps = new Map();
let lastHandle = 0;

/** The library and its styles; forgotten when they fail, so that a second try is one. */
let library = null;

/** @returns {Promise<string>} an `Answer`, in lines; never rejects */
export async function open(requestJson, assetsJson) {
  try {
    const request = JSON.parse(requestJson);
    const maplibre = await load(JSON.parse(assetsJson));
    return ["open", await show(maplibre, request)].join("\n");
  } catch (error) {
    const reason = error instanceof Failure ? error.reason : "refused";
    return ["failed", reason, error?.message ?? error].join("\n");
  }
}

export function close(handle) {
  const opened = maps.get(handle);
  if (!opened) return;
  maps.delete(handle);
  opened.end();
}

/**
 * Hands the ground of an open map to who draws on it: `pressed` hears where, `moved` that the view is another.
 * The keys are theirs from then on, and two quick presses are two.
 */
export function drawOn(handle, pressed, moved) {
  const { map } = maps.get(handle);
  map.keyboard.disable();
  map.doubleClickZoom.disable();
  map.on("click", ({ lngLat: { lng, lat } }) => pressed(lng, lat));
  map.on("move", () => moved());
  map.on("resize", () => moved());
  const still = { animate: false };
  return {
    at(longitude, latitude) {
      const { x, y } = map.project([longitude, latitude]);
      return [x, y];
    },
    under(x, y) {
      const { lng, lat } = map.unproject([x, y]);
      return [lng, lat];
    },
    pan: (x, y) => map.panBy([x, y], still),
    zoom: (steps) => map.zoomTo(map.getZoom() + steps, still),
    go: (...box) => map.fitBounds(corners(box), { ...still, padding: 48, maxZoom: MAX_ZOOM - 1 }),
    oneFinger: (moves) => map.cooperativeGestures[moves ? "disable" : "enable"](),
  };
}

function load(assets) {
  library ??= Promise.all([import(assets.library), addStyles(assets.styles)]).then(
    ([maplibre]) => {
      // From this site, so that `worker-src 'self'` is enough.
      maplibre.setWorkerUrl(new URL(assets.worker, document.baseURI).href);
      return maplibre;
    },
    (error) => {
      library = null;
      throw new Failure("unreachable", error.message);
    },
  );
  return library;
}

function addStyles(url) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = url;
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      reject(new Error(`${url} did not arrive`));
    };
    document.head.append(link);
  });
}

async function show(maplibre, request) {
  const container = document.getElementById(request.container);
  if (!container) throw new Failure("noContainer", request.container);

  // The map gets an element of its own over what the server has drawn, unseen until it has drawn
  // too. Its place is set here and not in a style sheet: MapLibre's would overrule that.
  if (getComputedStyle(container).position === "static") container.style.position = "relative";
  const canvas = document.createElement("div");
  canvas.className = "map-canvas";
  Object.assign(canvas.style, { position: "absolute", inset: "0", visibility: "hidden" });
  container.append(canvas);
  const unit = (container.clientWidth || DRAWING) / DRAWING;
  const paint = { request, container, unit, base: NOTHING };

  let map;
  try {
    map = make(maplibre, paint, canvas);
    map.on("style.load", () => stamp(map, paint));
    await drawn(map);
  } catch (error) {
    map?.remove();
    canvas.remove();
    throw error;
  }

  const stopNaming = nameThings(map, paint, canvas);
  const night = matchMedia("(prefers-color-scheme: dark)");
  const repaint = () => {
    map.setStyle(style(paint));
    stamp(map, paint);
  };
  night.addEventListener("change", repaint);
  canvas.dataset.numbers = (request.numbers ?? []).map(({ number }) => number).join(" ");
  canvas.dataset.hatches = request.hatches.map(({ id }) => id).filter((id) => map.getLayer(id)).join(" ");
  canvas.style.visibility = "";
  container.dataset.map = "open";

  const handle = ++lastHandle;
  maps.set(handle, {
    map,
    end() {
      night.removeEventListener("change", repaint);
      stopNaming();
      map.remove();
      canvas.remove();
      delete container.dataset.map;
    },
  });
  return handle;
}

function make(maplibre, paint, canvas) {
  const { request } = paint;
  const { words } = request;
  const bounds = corners(request.bounds);
  let map;
  try {
    map = new maplibre.Map({
      container: canvas,
      style: style(paint),
      bounds,
      // Whose limits are all the earth the library cannot hold: one that brings squares has none.
      ...(request.squares ? {} : { maxBounds: corners(request.limits) }),
      maxZoom: Math.min(request.maxZoom, MAX_ZOOM),
      attributionControl: false,
      maplibreLogo: false,
      // A plan is read with north up; turning it by accident helps nobody.
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      // The page scrolls over the map; two fingers or the control key move it.
      cooperativeGestures: true,
      reduceMotion: matchMedia("(prefers-reduced-motion: reduce)").matches || undefined,
      fadeDuration: 0,
      renderWorldCopies: false,
      localIdeographFontFamily: FONTS.join(", "),
      locale: {
        "Map.Title": words.title,
        "NavigationControl.ZoomIn": words.zoomIn,
        "NavigationControl.ZoomOut": words.zoomOut,
        "ScaleControl.Meters": words.metres,
        "ScaleControl.Kilometers": words.kilometres,
        "CooperativeGesturesHandler.MobileHelpText": words.twoFingers,
        "CooperativeGesturesHandler.WindowsHelpText": words.ctrlScroll,
        "CooperativeGesturesHandler.MacHelpText": words.commandScroll,
      },
    });
  } catch (error) {
    throw new Failure("noWebgl", error.message);
  }
  // Not as an option: the library would look for its limits before it has them.
  if (request.squares) map.setMinZoom(request.squares.minZoom);
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-left");
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "bottom-right");
  map.addControl(standing(wayBack(words.back, () => map.fitBounds(bounds))), "top-left");
  map.addControl(standing(northArrow(words.north, paint.container)), "top-right");
  for (const one of request.numbers ?? []) {
    const element = numbered(one, paint.container);
    new maplibre.Marker({ element, anchor: "bottom" }).setLngLat(one.at).addTo(map);
  }
  return map;
}

/** A place by its number: the chip of the drawing, as a link to what is said of it. */
function numbered({ number, name, leadsTo }, container) {
  const chip = container.querySelector(`g[data-number="${number}"]`);
  if (!chip) throw new Failure("refused", `no number ${number}`);
  const link = document.createElement("a");
  link.className = "map-number";
  link.href = leadsTo;
  link.setAttribute("aria-label", name);
  const svg = document.createElementNS(chip.namespaceURI, "svg");
  const { width, height } = chip.querySelector("rect").getBBox();
  svg.setAttribute("viewBox", `-2 -2 ${width + 4} ${height + 4}`);
  svg.setAttribute("aria-hidden", "true");
  const own = chip.cloneNode(true);
  own.removeAttribute("transform");
  svg.append(own);
  link.append(svg);
  return link;
}

const corners = ([west, south, east, north]) => [[west, south], [east, north]];

/** An element of ours as a control of the library. */
function standing(element) {
  return { onAdd: () => element, onRemove: () => element.remove() };
}

function wayBack(label, go) {
  const group = document.createElement("div");
  group.className = "maplibregl-ctrl maplibregl-ctrl-group";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "map-back";
  button.textContent = label;
  button.addEventListener("click", go);
  group.append(button);
  return group;
}

/** The arrow of the drawing: north is up in both. */
function northArrow(label, container) {
  const arrow = document.createElement("div");
  arrow.className = "maplibregl-ctrl map-north";
  arrow.setAttribute("aria-hidden", "true");
  const { namespaceURI } = container.querySelector("svg");
  const svg = document.createElementNS(namespaceURI, "svg");
  svg.setAttribute("viewBox", "0 0 20 22");
  const path = document.createElementNS(namespaceURI, "path");
  path.setAttribute("d", "M10 1l7 18l-7 -5l-7 5z");
  svg.append(path);
  arrow.append(svg, label);
  return arrow;
}

function drawn(map) {
  return new Promise((resolve, reject) => {
    map.once("load", resolve);
    // Before the first picture an error means that there will be none; later ones (a part of the
    // base map that did not arrive) leave a map that can be used.
    map.once("error", ({ error }) => {
      const webgl = /webgl/i.test(error?.message ?? "");
      reject(new Failure(webgl ? "noWebgl" : "refused", error?.message ?? "unknown"));
    });
  });
}

/** Gives the map the patterns of the drawing, as large and in the colours they have there. */
function stamp(map, { request, container, unit }) {
  const ratio = Math.min(Math.max(Math.ceil(devicePixelRatio), 1), 3);
  for (const { id } of request.hatches) {
    const pattern = container.querySelector(`pattern[id="${id}"]`);
    if (!pattern) throw new Failure("refused", `no pattern ${id}`);
    const size = Number(pattern.getAttribute("width"));
    const pixels = Math.max(Math.round(size * unit * ratio), 4);
    const tile = Object.assign(document.createElement("canvas"), { width: pixels, height: pixels });
    const pen = tile.getContext("2d");
    pen.scale(pixels / size, pixels / size);
    for (const path of pattern.querySelectorAll("path")) {
      const { stroke, strokeWidth, strokeDasharray, strokeLinecap } = getComputedStyle(path);
      pen.strokeStyle = stroke;
      pen.lineWidth = parseFloat(strokeWidth);
      pen.lineCap = strokeLinecap;
      pen.setLineDash(strokeDasharray === "none" ? [] : strokeDasharray.split(",").map(parseFloat));
      pen.stroke(new Path2D(path.getAttribute("d")));
    }
    const image = pen.getImageData(0, 0, pixels, pixels);
    if (map.hasImage(id)) map.updateImage(id, image);
    else map.addImage(id, image, { pixelRatio: ratio });
  }
}

/** Brings the base map, and names what of it is in view, each name whole, whenever the view rests. */
function nameThings(map, paint, canvas) {
  const { request, unit } = paint;
  const size = textSize(unit);
  let asked = false;
  const rest = () => {
    const view = map.getBounds();
    canvas.dataset.view = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].join(",");
    const { clientWidth: width, clientHeight: height } = canvas;
    const box = [0, 0, width, height];
    const clear = keptClear(map, request.place, width * height);
    const named = paint.base.features.filter(({ properties }) => properties.name);
    const points = named.flatMap(({ geometry, properties: { name: written, letters, kind } }) => {
      const name = (request.letters && letters) || written;
      const at = anchor(geometry, (position) => map.project(position), box);
      const half = at && halfWidth(name, size);
      const whole = at && at[0] - half > 4 && at[0] + half < width - 4 && at[1] > size && at[1] < height - size;
      if (!whole || clear(at, half, size)) return [];
      const { lng, lat } = map.unproject(at);
      const rank = ["label", "road_major", "water", "green", "road"].indexOf(kind);
      const point = { type: "Point", coordinates: [lng, lat] };
      return rank < 0 ? [] : [{ type: "Feature", geometry: point, properties: { name, kind, rank } }];
    });
    canvas.dataset.names = points.map(({ properties }) => properties.name).join("\n");
    map.getSource("names")?.setData({ type: "FeatureCollection", features: points });
  };
  let ended = false;
  const put = (base) => {
    // What was on its way when the map was taken away.
    if (ended) return;
    paint.base = base;
    map.getSource("base")?.setData(base);
    rest();
  };
  const squares = request.squares && squaresOf(request.squares, put);
  const bring = async () => {
    if (squares) return squares(map.getBounds());
    if (asked || !request.base) return;
    asked = true;
    try {
      put(await json(request.base));
    } catch {
      // Asked for again at the next move.
      asked = false;
    }
  };
  const settled = () => {
    rest();
    bring();
  };
  map.on("moveend", settled);
  settled();
  return () => {
    map.off("moveend", settled);
    ended = true;
    paint.base = NOTHING;
  };
}

async function json(address) {
  const answer = await fetch(new URL(address, document.baseURI));
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

/** Brings the squares of a base map that are in view, each once, and puts all of them on the map. */
function squaresOf({ address, aDegree }, put) {
  const had = new Map();
  const numbers = (from, to) => {
    const first = Math.floor(from * aDegree);
    return Array.from({ length: Math.floor(to * aDegree) - first + 1 }, (_, at) => first + at);
  };
  return async (view) => {
    const rows = numbers(view.getSouth(), view.getNorth());
    const names = numbers(view.getWest(), view.getEast()).flatMap((column) => rows.map((row) => `${column}/${row}`));
    // Those that were looked at last stay: somebody goes back and forth.
    for (const name of had.keys()) {
      if (had.size < MOST_SQUARES || names.includes(name)) break;
      had.delete(name);
    }
    const fresh = names.filter((name) => !had.has(name));
    for (const name of fresh) had.set(name, []);
    await Promise.all(fresh.map(async (name) => {
      try {
        had.set(name, (await json(`${address}/${name}`)).features);
      } catch {
        // Asked for again at the next move.
        had.delete(name);
      }
    }));
    if (!fresh.length) return;
    // What touches several squares comes with each.
    const whole = new Map([...had.values()].flat().map((feature) => [JSON.stringify(feature), feature]));
    put({ ...NOTHING, features: [...whole.values()] });
  };
}

/** Whether a name would lie on the place, as long as that leaves room for names beside it. */
function keptClear(map, place, view) {
  const corners = place.coordinates?.flat(3) ?? [];
  const axis = (odd) => corners.filter((_, at) => at % 2 === odd);
  if (corners.length < 8) return () => false;
  const at = (x, y) => map.project([x, y]);
  const [low, high] = [at(Math.min(...axis(0)), Math.max(...axis(1))), at(Math.max(...axis(0)), Math.min(...axis(1)))];
  if ((high.x - low.x) * (high.y - low.y) > view / 2) return () => false;
  return ([x, y], half, size) =>
    x + half > low.x && x - half < high.x && y + size / 2 > low.y && y - size / 2 < high.y;
}

const textSize = (unit) => Math.max(12, 22 * unit);

/** Half of what a name takes: a Chinese character is as wide as it is high, a letter half of that. */
function halfWidth(name, size) {
  const ems = [...name].reduce((sum, letter) => sum + (letter.charCodeAt(0) < 128 ? 0.55 : 1), 0);
  return (ems * size) / 2 + 2;
}

/** Where in the box a name stands, in pixels: the middle of what is in view; null for nothing. */
function anchor(geometry, project, box) {
  const line = (positions) => positions.map(project).map(({ x, y }) => [x, y]);
  switch (geometry.type) {
    case "Point":
      return line([geometry.coordinates])[0];
    case "LineString":
      return middleOf([geometry.coordinates].map(line), box);
    case "MultiLineString":
      return middleOf(geometry.coordinates.map(line), box);
    case "Polygon":
      return within([geometry.coordinates].map((rings) => rings.map(line)), box);
    case "MultiPolygon":
      return within(geometry.coordinates.map((rings) => rings.map(line)), box);
    default:
      return null;
  }
}

/** Half-way along the longest run of these lines in the box. */
function middleOf(lines, box) {
  let best = { length: 0, run: null };
  for (const line of lines) {
    let run = [];
    let length = 0;
    const close = () => {
      if (length > best.length) best = { length, run };
      run = [];
      length = 0;
    };
    for (let at = 1; at < line.length; at += 1) {
      const part = cut(line[at - 1], line[at], box);
      if (!part) close();
      else {
        const [from, to] = part;
        if (run.length && run.at(-1)[1] !== line[at - 1]) close();
        run.push([from, to]);
        length += Math.hypot(to[0] - from[0], to[1] - from[1]);
        if (to !== line[at]) close();
      }
    }
    close();
  }
  let left = best.length / 2;
  for (const [from, to] of best.run ?? []) {
    const long = Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (long >= left && long > 0) {
      return [0, 1].map((axis) => from[axis] + ((to[axis] - from[axis]) * left) / long);
    }
    left -= long;
  }
  return null;
}

/** What of an edge lies in the box (Liang and Barsky); ends that are in it stay what they are. */
function cut(from, to, [west, south, east, north]) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  let [enter, leave] = [0, 1];
  for (const [step, room] of [[-dx, from[0] - west], [dx, east - from[0]], [-dy, from[1] - south], [dy, north - from[1]]]) {
    if (step === 0 && room < 0) return null;
    if (step < 0) enter = Math.max(enter, room / step);
    if (step > 0) leave = Math.min(leave, room / step);
  }
  if (enter > leave) return null;
  const at = (share) => [from[0] + dx * share, from[1] + dy * share];
  return [enter === 0 ? from : at(enter), leave === 1 ? to : at(leave)];
}

/** The middle of the widest stretch of these areas along a level line through their part in view. */
function within(areas, [west, south, east, north]) {
  let best = { wide: 0, at: null };
  for (const rings of areas) {
    const heights = rings[0].map(([, y]) => Math.min(Math.max(y, south), north));
    const level = (Math.min(...heights) + Math.max(...heights)) / 2 + 0.01;
    const crossings = rings.flatMap((ring) => ring.slice(1).flatMap((to, at) => {
      const from = ring[at];
      if (from[1] > level === to[1] > level) return [];
      return [from[0] + ((to[0] - from[0]) * (level - from[1])) / (to[1] - from[1])];
    })).sort((a, b) => a - b);
    for (let at = 1; at < crossings.length; at += 2) {
      const [left, right] = [Math.max(crossings[at - 1], west), Math.min(crossings[at], east)];
      if (right - left > best.wide) best = { wide: right - left, at: [(left + right) / 2, level] };
    }
  }
  return best.at;
}

function style({ request, container, unit, base }) {
  const tokens = getComputedStyle(container);
  const token = (name) => tokens.getPropertyValue(`--${name}`).trim();
  const kind = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];
  // As wide as in the drawing where the map opens, and by the zoom from there.
  const [west, , east] = request.bounds;
  const opens = Math.log2(((360 / (east - west)) * DRAWING * unit) / 512);
  const width = (units) => {
    const wide = units * unit;
    return ["interpolate", ["exponential", 1.6], ["zoom"], opens - 2, wide / 2.56, opens, wide, opens + 4, wide * 6.55];
  };
  const fill = (id) => ({
    id, type: "fill", source: "base", filter: kind(id), paint: { "fill-color": token(`map-${id}`) },
  });
  const line = (id, kinds, color, lineWidth, more = {}) => ({
    id, type: "line", source: "base", filter: kind(...kinds),
    layout: { "line-cap": more["line-dasharray"] ? "butt" : "round", "line-join": "round" },
    paint: { "line-color": token(color), "line-width": lineWidth, ...more },
  });
  // Of several places each has the colour of what is said of it.
  const tones = ["seal", "amber", "muted"].flatMap((tone) => [tone, token(tone)]);
  const tone = ["match", ["get", "tone"], ...tones, token("primary")];
  const hatched = [...request.hatches].reverse();
  const ink = (id) => getComputedStyle(container.querySelector(`pattern[id="${id}"] path`)).stroke;
  // The boundary of the place softens before the zoom ends (rule M6).
  const cap = Math.min(request.maxZoom, MAX_ZOOM);
  const soften = (from, to) => ["interpolate", ["linear"], ["zoom"], cap - 1, from, cap, to];
  return {
    version: 8,
    // No `glyphs`: the browser draws the names with its own fonts.
    sources: {
      base: { type: "geojson", data: base },
      names: { type: "geojson", data: NOTHING },
      place: { type: "geojson", data: request.place },
      ...Object.fromEntries(hatched.map(({ id, ground }) => [id, { type: "geojson", data: ground }])),
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": token("map-ground") } },
      fill("green"),
      fill("water"),
      fill("building"),
      line("rail", ["rail"], "map-boundary", width(3), { "line-dasharray": [4, 2] }),
      line("road-edge", ["road"], "map-road-edge", width(8)),
      line("road-edge-major", ["road_major"], "map-road-edge", width(14.5)),
      line("road", ["road"], "map-road", width(6)),
      line("road-major", ["road_major"], "map-road", width(12)),
      line("boundary", ["boundary"], "map-boundary", width(2), { "line-dasharray": [5, 2, 1, 2] }),
      {
        id: "place-fill", type: "fill", source: "place", filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": tone, "fill-opacity": 0.12 },
      },
      ...hatched.flatMap(({ id }) => [
        { id, type: "fill", source: id, paint: { "fill-pattern": id } },
        {
          id: `${id}-edge`, type: "line", source: id,
          paint: { "line-color": ink(id), "line-width": 1.5 * unit, "line-opacity": 0.6 },
        },
      ]),
      {
        id: "place-line", type: "line", source: "place",
        layout: { "line-join": "round" },
        paint: {
          "line-color": tone, "line-width": soften(4 * unit, 8),
          "line-opacity": soften(1, 0.5), "line-blur": soften(0, 6),
          ...(request.dashed ? { "line-dasharray": [3, 1.75] } : {}),
        },
      },
      {
        id: "place-point", type: "circle", source: "place", filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-radius": 8, "circle-color": tone,
          "circle-stroke-color": token("map-ground"), "circle-stroke-width": 2,
        },
      },
      {
        id: "names", type: "symbol", source: "names",
        layout: {
          "text-field": ["get", "name"], "text-font": FONTS, "text-size": textSize(unit), "text-padding": 6,
          "text-max-width": 100, "symbol-placement": "point", "symbol-sort-key": ["get", "rank"],
        },
        paint: {
          "text-color": ["match", ["get", "kind"], "water", token("blue"), token("map-label")],
          "text-halo-color": token("map-ground"), "text-halo-width": 1.5,
        },
      },
    ],
  };
}
