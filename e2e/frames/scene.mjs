import { label } from './label.mjs';
import { random } from './random.mjs';

export const WIDTH = 1280;
export const HEIGHT = 720;

/** Margin of the ground beyond the picture, for the hand to move over. */
const MARGIN = 64;

/** Frames in which the hand sways once: four seconds. */
const SWAY = 40;

/** A label brought before the camera, in frames: four seconds, of which the last is sharp. */
const COMES = { entering: 8, blurred: 8, tilting: 10, sharp: 14 };

/** In frames of a label that comes, this square in the corner is white once they are sharp. */
export const SHARP_MARK = 32;

/** Grey ground with grain, like a plastered wall or a weathered board. */
function ground(draw) {
  const width = WIDTH + 2 * MARGIN;
  const height = HEIGHT + 2 * MARGIN;
  const pixels = new Float32Array(width * height).fill(118);
  for (const [cell, strength] of [[160, 26], [48, 16], [14, 10], [5, 7]]) {
    const columns = Math.ceil(width / cell) + 2;
    const rows = Math.ceil(height / cell) + 2;
    const knots = Float32Array.from({ length: columns * rows }, () => draw.between(-1, 1));
    for (let y = 0; y < height; y += 1) {
      const v = y / cell;
      const row = Math.floor(v);
      const fy = smooth(v - row);
      for (let x = 0; x < width; x += 1) {
        const u = x / cell;
        const column = Math.floor(u);
        const fx = smooth(u - column);
        const at = row * columns + column;
        const top = knots[at] + (knots[at + 1] - knots[at]) * fx;
        const bottom = knots[at + columns] + (knots[at + columns + 1] - knots[at + columns]) * fx;
        pixels[y * width + x] += (top + (bottom - top) * fy) * strength;
      }
    }
  }
  // Seams, so that there are straight edges that belong to no code.
  for (const y of [0.21, 0.74]) {
    const row = Math.round(height * y);
    for (let x = 0; x < width; x += 1) {
      for (let thick = 0; thick < 4; thick += 1) pixels[(row + thick) * width + x] -= 46;
    }
  }
  return { width, height, pixels };
}

function smooth(t) {
  return t * t * (3 - 2 * t);
}

/** The 3×3 matrix that takes picture points to texture points, for a label held at an angle. */
function pose({ yaw, pitch, roll, x, y, size }, texture) {
  const [sy, cy, sp, cp, sr, cr] =
    [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch), Math.sin(roll), Math.cos(roll)];
  const right = [cy * cr, cr * sy * sp + sr * cp, sr * sp - cr * sy * cp];
  const down = [-cy * sr, cr * cp - sr * sy * sp, sr * sy * cp + cr * sp];
  // One focal length away, so that the label has its size where it is not turned.
  const focal = 1100;
  const scale = size / texture.width;
  const column = (axis) => [
    scale * (focal * axis[0] + x * axis[2]),
    scale * (focal * axis[1] + y * axis[2]),
    scale * axis[2],
  ];
  const a = column(right);
  const b = column(down);
  const middle = [texture.width / 2, texture.height / 2];
  const c = [focal * x, focal * y, focal].map((value, at) => value - middle[0] * a[at] - middle[1] * b[at]);
  const there = [a[0], b[0], c[0], a[1], b[1], c[1], a[2], b[2], c[2]];
  return { there, back: inverse(there) };
}

function inverse([a, b, c, d, e, f, g, h, i]) {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    e * i - f * h, c * h - b * i, b * f - c * e,
    f * g - d * i, a * i - c * g, c * d - a * f,
    d * h - e * g, b * g - a * h, a * e - b * d,
  ].map((value) => value / determinant);
}

function corner(m, x, y) {
  const w = m[6] * x + m[7] * y + m[8];
  return [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w];
}

/** Paints the label into `picture` as it lies at `placed`, and says which box it touched. */
function print(picture, texture, placed, light) {
  const corners = [[0, 0], [texture.width, 0], [0, texture.height], [texture.width, texture.height]]
    .map(([x, y]) => corner(placed.there, x, y));
  const box = {
    left: Math.max(0, Math.floor(Math.min(...corners.map(([x]) => x)))),
    top: Math.max(0, Math.floor(Math.min(...corners.map(([, y]) => y)))),
    right: Math.min(WIDTH, Math.ceil(Math.max(...corners.map(([x]) => x)))),
    bottom: Math.min(HEIGHT, Math.ceil(Math.max(...corners.map(([, y]) => y)))),
  };
  const m = placed.back;
  const { width, height, pixels } = texture;
  for (let y = box.top; y < box.bottom; y += 1) {
    for (let x = box.left; x < box.right; x += 1) {
      const w = m[6] * x + m[7] * y + m[8];
      const u = (m[0] * x + m[1] * y + m[2]) / w;
      const v = (m[3] * x + m[4] * y + m[5]) / w;
      if (u < 0 || v < 0 || u >= width - 1 || v >= height - 1) continue;
      const column = u | 0;
      const row = v | 0;
      const fx = u - column;
      const fy = v - row;
      const at = row * width + column;
      const top = pixels[at] + (pixels[at + 1] - pixels[at]) * fx;
      const bottom = pixels[at + width] + (pixels[at + width + 1] - pixels[at + width]) * fx;
      picture[y * WIDTH + x] += light * (top + (bottom - top) * fy - picture[y * WIDTH + x]);
    }
  }
  return box;
}

/** Blurs a box of the picture with a bell of `sigma` pixels. */
function blur(picture, box, sigma) {
  const reach = Math.max(1, Math.ceil(sigma * 2.5));
  const bell = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-((at - reach) ** 2) / (2 * sigma ** 2)));
  const sum = bell.reduce((a, b) => a + b);
  const left = Math.max(reach, box.left - reach);
  const right = Math.min(WIDTH - reach, box.right + reach);
  const top = Math.max(reach, box.top - reach);
  const bottom = Math.min(HEIGHT - reach, box.bottom + reach);
  const pass = new Float32Array(picture.length);
  for (let y = Math.max(0, top - reach); y < Math.min(HEIGHT, bottom + reach); y += 1) {
    for (let x = left; x < right; x += 1) {
      let value = 0;
      for (let at = -reach; at <= reach; at += 1) value += picture[y * WIDTH + x + at] * bell[at + reach];
      pass[y * WIDTH + x] = value / sum;
    }
  }
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      let value = 0;
      for (let at = -reach; at <= reach; at += 1) value += pass[(y + at) * WIDTH + x] * bell[at + reach];
      picture[y * WIDTH + x] = value / sum;
    }
  }
}

/** Light from one side, darker corners and the soft edge of somebody's shadow. */
function lighting(draw) {
  const angle = draw.between(0, 2 * Math.PI);
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const shadow = draw.between(0.15, 0.3);
  const edge = draw.between(-0.35, 0.35);
  const field = new Float32Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const u = x / WIDTH - 0.5;
      const v = y / HEIGHT - 0.5;
      const along = u * dx + v * dy;
      const across = u * dy - v * dx - edge;
      const soft = 1 / (1 + Math.exp(-across * 40));
      field[y * WIDTH + x] = (0.86 + 0.42 * along) * (1 - 0.55 * (u * u + v * v)) * (1 - shadow * soft);
    }
  }
  return field;
}

/** A hand that sways, turns, goes out of focus and back, after it was raised. */
function swaying(draw) {
  const phase = Array.from({ length: 8 }, () => draw.between(0, 2 * Math.PI));
  const sway = (at, index, turns) => Math.sin((2 * Math.PI * turns * at) / SWAY + phase[index]);
  // The first frames are the phone being raised: the label is half out and blurred.
  const low = (frame) => 1 - Math.min(1, Math.floor(frame) / 6);
  return {
    at: (moment) => ({
      yaw: 0.34 * sway(moment, 0, 1) + 0.05 * sway(moment, 1, 5),
      pitch: 0.26 * sway(moment, 2, 1) + 0.04 * sway(moment, 3, 7),
      roll: 0.2 * sway(moment, 4, 1),
      x: 70 * sway(moment, 5, 2) + 6 * sway(moment, 1, 9),
      y: 40 * sway(moment, 6, 2) + 5 * sway(moment, 3, 11) + low(moment) * 420,
      size: 330 + 40 * sway(moment, 7, 1),
    }),
    sigma: (frame) => 0.7 + 0.6 * Math.abs(sway(frame, 2, 3)) + 3.5 * low(frame),
  };
}

/** A hand that brings the label in from below: out of focus, then steeply turned, then sharp. */
function coming(draw) {
  const trembling = Array.from({ length: 3 }, () => draw.between(0, 2 * Math.PI));
  const tremble = (at, index) => Math.sin((2 * Math.PI * at) / 7 + trembling[index]);
  const blurred = COMES.entering + COMES.blurred;
  const sharp = blurred + COMES.tilting;
  const share = (at, from, length) => Math.min(1, Math.max(0, (at - from) / length));
  return {
    at: (moment) => {
      // Turned away until shortly before it is sharp.
      const turned = share(moment, COMES.entering, COMES.blurred) * (1 - smooth(share(moment, blurred, COMES.tilting)));
      return {
        yaw: 0.08 + 1.1 * turned + 0.01 * tremble(moment, 0),
        pitch: 0.1 - 0.4 * turned,
        roll: 0.12,
        x: 20 + 5 * tremble(moment, 1),
        y: 10 + 4 * tremble(moment, 2) + 620 * (1 - smooth(share(moment, 0, COMES.entering))),
        size: 320,
      };
    },
    sigma: (frame) => (frame < sharp ? 6 - 3 * share(frame, blurred, COMES.tilting) : 0.7),
    isSharp: (frame) => frame >= sharp,
  };
}

/**
 * Frames of a hand that holds a phone before a label: it comes into view, sways, turns, goes out
 * of focus and back. The same for the same seed.
 *
 * @param {{ text: string, level?: 'L'|'M'|'Q'|'H', seed?: number, count?: number, hand?: 'sways' | 'comes' }} scene
 * @returns {Generator<Uint8Array>} grey pictures of 1280 × 720
 */
export function* frames({ text, level = 'M', seed = 1, count = 40, hand = 'sways' }) {
  const draw = random(seed);
  const texture = label(text, level);
  const wall = ground(draw);
  const light = lighting(draw);
  const noise = Float32Array.from({ length: 1 << 16 }, () => draw.bell());
  const { at, sigma, isSharp } = hand === 'comes' ? coming(draw) : swaying(draw);
  const middle = [WIDTH / 2, HEIGHT / 2];
  for (let frame = 0; frame < count; frame += 1) {
    const picture = new Float32Array(WIDTH * HEIGHT);
    const shift = at(frame);
    const dx = MARGIN + Math.round((shift.x / 140) * MARGIN * 0.5);
    const dy = MARGIN + Math.round((shift.y / 900) * MARGIN * 0.5);
    for (let y = 0; y < HEIGHT; y += 1) {
      const from = (y + dy) * wall.width + dx;
      picture.set(wall.pixels.subarray(from, from + WIDTH), y * WIDTH);
    }
    // The shutter is open a quarter of the time: three moments of it are laid over one another.
    const box = { left: WIDTH, top: HEIGHT, right: 0, bottom: 0 };
    [0, 0.12, 0.25].forEach((moment, index) => {
      const placed = pose(at(frame + moment), texture);
      const touched = print(picture, texture, shifted(placed, middle), 1 / (index + 1));
      box.left = Math.min(box.left, touched.left);
      box.top = Math.min(box.top, touched.top);
      box.right = Math.max(box.right, touched.right);
      box.bottom = Math.max(box.bottom, touched.bottom);
    });
    if (box.left < box.right && box.top < box.bottom) blur(picture, box, sigma(frame));
    const grey = new Uint8Array(WIDTH * HEIGHT);
    let grain = Math.floor(draw.between(0, noise.length));
    for (let index = 0; index < grey.length; index += 1) {
      grain = (grain + 1) & 0xffff;
      // Each row begins elsewhere in the grain, or it would show as stripes.
      if (index % WIDTH === 0) grain = Math.floor(draw.between(0, noise.length));
      const value = picture[index] * light[index] + noise[grain] * 6;
      grey[index] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
    if (isSharp) {
      for (let y = 0; y < SHARP_MARK; y += 1) {
        grey.fill(isSharp(frame) ? 255 : 0, y * WIDTH, y * WIDTH + SHARP_MARK);
      }
    }
    yield grey;
  }
}

/** Moves the origin from the middle of the picture to its corner. */
function shifted({ there }, [x, y]) {
  const moved = [
    there[0] + x * there[6], there[1] + x * there[7], there[2] + x * there[8],
    there[3] + y * there[6], there[4] + y * there[7], there[5] + y * there[8],
    there[6], there[7], there[8],
  ];
  return { there: moved, back: inverse(moved) };
}
