import QRCode from 'qrcode';

/** Texture pixels per module: finer than any camera sees them. */
const FINE = 12;
/** The quiet zone of the standard, in modules. */
const QUIET = 4;
const INK = 28;
const PAPER = 236;

/**
 * A printed label as a grey texture: the code in its quiet zone, lines of print below, a thin
 * border.
 *
 * @param {string} text what the code says
 * @param {'L' | 'M' | 'Q' | 'H'} level error correction
 */
export function label(text, level = 'M') {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: level });
  const side = (modules.size + 2 * QUIET) * FINE;
  const width = side;
  const height = Math.round(side * 1.2);
  const pixels = new Uint8Array(width * height).fill(PAPER);
  const paint = (x, y, w, h, grey) => {
    for (let row = y; row < y + h; row += 1) pixels.fill(grey, row * width + x, row * width + x + w);
  };
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column)) {
        paint((column + QUIET) * FINE, (row + QUIET) * FINE, FINE, FINE, INK);
      }
    }
  }
  // Print under the code: strokes that are no code, as on a real label.
  for (const [line, share] of [[0, 0.82], [1, 0.5]]) {
    const top = side + line * FINE * 3;
    for (let x = QUIET * FINE; x < share * width; x += FINE * 2) {
      paint(x, top, FINE, FINE * 2, INK + 40);
      paint(x, top + FINE * ((x / FINE) % 3 === 0 ? 0 : 1), FINE * 2 - 4, 4, INK + 40);
    }
  }
  paint(0, 0, width, 3, 150);
  paint(0, height - 3, width, 3, 150);
  paint(0, 0, 3, height, 150);
  paint(width - 3, 0, 3, height, 150);
  return { width, height, pixels, modules: modules.size + 2 * QUIET };
}
