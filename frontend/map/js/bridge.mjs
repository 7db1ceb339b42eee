// The bridge between the crate `map` and MapLibre GL JS. Its types are those of `src/protocol.rs`;
// it is served as it is, under a hashed name, and loaded by `import()`.

const FONTS = ["PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "sans-serif"];
const NOTHING = { type: "FeatureCollection", features: [] };
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

/** @returns {Promise<string>} an `Answer` as JSON; never rejects */
export async function open(requestJson, assetsJson) {
  try {
    const request = JSON.parse(requestJson);
    const maplibre = await load(JSON.parse(assetsJson));
    return JSON.stringify({ state: "open", handle: await show(maplibre, request) });
  } catch (error) {
    const reason = error instanceof Failure ? error.reason : "refused";
    return JSON.stringify({ state: "failed", reason, detail: String(error?.message ?? error) });
  }
}

export function close(handle) {
  const opened = maps.get(handle);
  if (!opened) return;
  maps.delete(handle);
  opened.end();
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
  const night = matchMedia("(prefers-color-scheme: dark)");
  const palette = () => {
    const dark = request.theme === "dark" || (request.theme === "auto" && night.matches);
    const colours = dark ? request.dark : request.light;
    canvas.dataset.theme = dark ? "dark" : "light";
    for (const name of ["ground", "label", "place"]) {
      canvas.style.setProperty(`--map-${name}`, colours[name]);
    }
    return colours;
  };

  let map;
  try {
    map = make(maplibre, request, canvas, palette());
    await drawn(map);
  } catch (error) {
    map?.remove();
    canvas.remove();
    throw error;
  }

  const stopFollowing = request.base ? followBase(map, request.base.url) : () => {};
  const repaint = () => {
    map.setStyle(style(request, palette(), map.getSource("base")?.serialize().data ?? NOTHING));
  };
  if (request.theme === "auto") night.addEventListener("change", repaint);
  canvas.style.visibility = "";
  container.dataset.map = "open";

  const handle = ++lastHandle;
  maps.set(handle, {
    end() {
      night.removeEventListener("change", repaint);
      stopFollowing();
      map.remove();
      canvas.remove();
      delete container.dataset.map;
    },
  });
  return handle;
}

function make(maplibre, request, canvas, colours) {
  const { words } = request;
  const [west, south, east, north] = request.bounds;
  const extended = east > west && north > south;
  let map;
  try {
    map = new maplibre.Map({
      container: canvas,
      style: style(request, colours, NOTHING),
      ...(extended
        ? { bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 40, maxZoom: 17 } }
        : { center: request.centre, zoom: 16 }),
      minZoom: 6,
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
        "AttributionControl.ToggleAttribution": words.toggleAttribution,
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
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-left");
  const { source, approval, precision } = request.attribution;
  // One text, because MapLibre sorts several by length; never folded, the law wants it seen.
  const said = [source, approval, precision].filter(Boolean).map(escaped).join(" · ");
  map.addControl(
    new maplibre.AttributionControl({ compact: false, customAttribution: said }),
    "bottom-right",
  );
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "bottom-right");
  return map;
}

/** MapLibre reads attributions as HTML. */
function escaped(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span.innerHTML;
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

/** Asks for the part of the base map in view, with a margin, whenever the view leaves it. */
function followBase(map, template) {
  const whole = !template.includes("{bbox}");
  let loaded = null;
  const follow = () => {
    const view = map.getBounds();
    const inside =
      loaded &&
      loaded[0] <= view.getWest() &&
      loaded[1] <= view.getSouth() &&
      loaded[2] >= view.getEast() &&
      loaded[3] >= view.getNorth();
    if (inside || (whole && loaded)) return;
    const across = (view.getEast() - view.getWest()) / 4;
    const up = (view.getNorth() - view.getSouth()) / 4;
    // Whole hundredths of a degree: neighbours ask the same, and caches answer.
    loaded = [
      Math.floor((view.getWest() - across) * 100) / 100,
      Math.floor((view.getSouth() - up) * 100) / 100,
      Math.ceil((view.getEast() + across) * 100) / 100,
      Math.ceil((view.getNorth() + up) * 100) / 100,
    ];
    const bbox = loaded.map((degrees) => degrees.toFixed(2)).join(",");
    const url = new URL(template.replace("{bbox}", bbox), document.baseURI);
    map.getSource("base")?.setData(url.href);
  };
  map.on("moveend", follow);
  // A part that did not arrive is asked for again at the next move.
  const forget = ({ sourceId }) => {
    if (sourceId === "base") loaded = null;
  };
  map.on("error", forget);
  follow();
  return () => {
    map.off("moveend", follow);
    map.off("error", forget);
  };
}

function style(request, colours, base) {
  const kind = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];
  const width = (near, far) => ["interpolate", ["exponential", 1.6], ["zoom"], 10, far, 18, near];
  const fill = (id, color, minzoom = 0) => ({
    id, type: "fill", source: "base", minzoom, filter: kind(id), paint: { "fill-color": color },
  });
  const line = (id, kinds, color, lineWidth, more = {}) => ({
    id, type: "line", source: "base", filter: kind(...kinds),
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": color, "line-width": lineWidth, ...more },
  });
  // The boundary of the place softens before the zoom ends (rule M6).
  const cap = Math.min(request.maxZoom, MAX_ZOOM);
  const soften = (from, to) => ["interpolate", ["linear"], ["zoom"], cap - 1, from, cap, to];
  return {
    version: 8,
    // No `glyphs`: the browser draws the names with its own fonts.
    sources: {
      base: { type: "geojson", data: base },
      place: { type: "geojson", data: request.place },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colours.ground } },
      fill("green", colours.green),
      fill("water", colours.water),
      fill("building", colours.building, 14),
      line("rail", ["rail"], colours.roadEdge, width(3, 1), { "line-dasharray": [3, 2] }),
      line("road-edge", ["road", "road_major"], colours.roadEdge, width(16, 1.2)),
      line("road", ["road"], colours.road, width(12, 0.4)),
      line("road-major", ["road_major"], colours.road, width(14, 1.6)),
      line("boundary", ["boundary"], colours.boundary, 1.5, { "line-dasharray": [4, 2, 1, 2] }),
      {
        id: "place-fill", type: "fill", source: "place", filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": colours.place, "fill-opacity": soften(0.15, 0.1) },
      },
      {
        id: "place-line", type: "line", source: "place",
        layout: { "line-join": "round" },
        paint: {
          "line-color": colours.place, "line-width": soften(2, 8),
          "line-opacity": soften(1, 0.5), "line-blur": soften(0, 6),
        },
      },
      {
        id: "place-point", type: "circle", source: "place", filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-radius": 8, "circle-color": colours.place,
          "circle-stroke-color": colours.ground, "circle-stroke-width": 2,
        },
      },
      {
        id: "label", type: "symbol", source: "base", filter: ["has", "name"],
        layout: {
          "text-field": ["get", "name"], "text-font": FONTS, "text-size": 13, "text-padding": 6,
          "symbol-placement": "point",
        },
        paint: {
          "text-color": colours.label, "text-halo-color": colours.ground, "text-halo-width": 1.5,
        },
      },
    ],
  };
}
