// node e2e/frames/make.mjs --text 'HTTP://…/C/…' --out FILE.y4m [--seed 1] [--count 40] [--level M] [--hand sways|comes] [--png FOLDER]
//
// Films a label for Chromium's fake camera; with --png also writes each frame as a picture.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { png } from './png.mjs';
import { HEIGHT, WIDTH, frames } from './scene.mjs';
import { film } from './y4m.mjs';

const { values } = parseArgs({
  options: {
    text: { type: 'string' },
    out: { type: 'string' },
    png: { type: 'string' },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '40' },
    level: { type: 'string', default: 'M' },
    hand: { type: 'string', default: 'sways' },
  },
});
if (!values.text || !(values.out || values.png)) {
  console.error('say --text, and --out FILE.y4m or --png FOLDER');
  process.exit(2);
}
const scene = {
  text: values.text,
  level: /** @type {'L'|'M'|'Q'|'H'} */ (values.level),
  hand: /** @type {'sways'|'comes'} */ (values.hand),
  seed: Number(values.seed),
  count: Number(values.count),
};
if (values.out) console.log(film(values.out, scene));
if (values.png) {
  mkdirSync(values.png, { recursive: true });
  let at = 0;
  for (const grey of frames(scene)) {
    writeFileSync(join(values.png, `${String(at).padStart(3, '0')}.png`), png(grey, WIDTH, HEIGHT));
    at += 1;
  }
}
