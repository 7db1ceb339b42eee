import { HEIGHT, WIDTH } from './scene.mjs';

/** What can be wrong with a picture besides the hand that holds the phone. */
export const FAULTS = ['none', 'dim', 'grain', 'shade', 'glare', 'blur', 'far', 'mirror', 'invert'];

/**
 * A frame with a fault; the same for the same random numbers.
 *
 * @param {Uint8Array} grey a frame of 1280 × 720
 * @param {string} fault one of FAULTS
 * @param {ReturnType<typeof import('./random.mjs').random>} draw
 * @returns {Uint8Array}
 */
export function spoiled(grey, fault, draw) {
  const out = new Uint8Array(grey.length);
  const put = (value) => out.set(Uint8Array.from({ length: grey.length }, (_, at) => Math.max(0, Math.min(255, value(at)))));
  const [x0, y0] = [draw.between(0.35, 0.65) * WIDTH, draw.between(0.35, 0.65) * HEIGHT];
  const angle = draw.between(0, Math.PI);
  const along = (at) => ((at % WIDTH) - x0) * Math.cos(angle) + (Math.floor(at / WIDTH) - y0) * Math.sin(angle);
  const across = (at) => (Math.floor(at / WIDTH) - y0) * Math.cos(angle) - ((at % WIDTH) - x0) * Math.sin(angle);
  switch (fault) {
    case 'dim': {
      const [contrast, level] = [draw.between(0.08, 0.2), draw.between(50, 180)];
      put((at) => (grey[at] - 128) * contrast + level + draw.bell() * 2);
      break;
    }
    case 'grain': {
      const [light, noise] = [draw.between(0.3, 0.6), draw.between(12, 26)];
      put((at) => grey[at] * light + draw.bell() * noise);
      break;
    }
    case 'shade': {
      const [dark, soft] = [draw.between(0.15, 0.35), draw.between(1, 12)];
      put((at) => grey[at] * (dark + (1 - dark) / (1 + Math.exp(-along(at) / soft))));
      break;
    }
    case 'glare': {
      const [long, wide, strong] = [draw.between(40, 120), draw.between(14, 50), draw.between(160, 400)];
      put((at) => grey[at] + strong * Math.exp(-0.5 * ((along(at) / long) ** 2 + (across(at) / wide) ** 2)));
      break;
    }
    case 'blur': {
      const reach = Math.round(draw.between(1, 3));
      const rows = box(grey, reach, 1, WIDTH);
      out.set(box(rows, reach, WIDTH, HEIGHT));
      break;
    }
    case 'far': {
      // A third of the size in each direction, in the middle of grey: three pixels a module.
      const by = draw.between(2.2, 4);
      put((at) => {
        const x = ((at % WIDTH) - WIDTH / 2) * by + WIDTH / 2;
        const y = (Math.floor(at / WIDTH) - HEIGHT / 2) * by + HEIGHT / 2;
        return x < 0 || y < 0 || x >= WIDTH - by || y >= HEIGHT - by ? 110 + draw.bell() * 6 : mean(grey, x, y, by) + draw.bell() * 3;
      });
      break;
    }
    case 'mirror':
      put((at) => grey[at - (at % WIDTH) + WIDTH - 1 - (at % WIDTH)]);
      break;
    case 'invert':
      put((at) => 255 - grey[at]);
      break;
    default:
      out.set(grey);
  }
  return out;
}

/** The mean of the pixels beneath a larger one. */
function mean(grey, x, y, side) {
  let [sum, count] = [0, 0];
  for (let v = Math.floor(y); v < y + side && v < HEIGHT; v += 1) {
    for (let u = Math.floor(x); u < x + side && u < WIDTH; u += 1) {
      sum += grey[v * WIDTH + u];
      count += 1;
    }
  }
  return sum / count;
}

/** The mean of `2 × reach + 1` pixels along one direction, twice. */
function box(grey, reach, step, length) {
  let from = grey;
  for (let turn = 0; turn < 2; turn += 1) {
    const to = new Uint8Array(grey.length);
    for (let at = 0; at < grey.length; at += 1) {
      const place = Math.floor(at / step) % length;
      let sum = 0;
      for (let by = -reach; by <= reach; by += 1) {
        const near = Math.max(-place, Math.min(length - 1 - place, by));
        sum += from[at + near * step];
      }
      to[at] = sum / (2 * reach + 1);
    }
    from = to;
  }
  return from;
}
