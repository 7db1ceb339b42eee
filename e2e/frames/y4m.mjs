import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { HEIGHT, WIDTH, frames } from './scene.mjs';

/**
 * Writes a scene as a Y4M film, as Chromium's fake camera plays it, again and again.
 *
 * @param {string} path
 * @param {Parameters<typeof frames>[0]} scene
 */
export function film(path, scene) {
  mkdirSync(dirname(path), { recursive: true });
  // Several workers may want the same film at the same time.
  const unfinished = `${path}.${process.pid}.part`;
  const file = openSync(unfinished, 'w');
  writeSync(file, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
  // A slightly warm white balance, the same all over.
  const chroma = Buffer.alloc((WIDTH * HEIGHT) / 4, 126);
  const chromaRed = Buffer.alloc((WIDTH * HEIGHT) / 4, 131);
  for (const grey of frames(scene)) {
    writeSync(file, 'FRAME\n');
    for (const plane of [grey, chroma, chromaRed]) writeSync(file, plane);
  }
  closeSync(file);
  renameSync(unfinished, path);
  return path;
}
