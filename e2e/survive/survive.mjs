// Requests by the thousand through portals and departments that are killed, cut off, filled up and moved
// in time: at the end every receipt's request is at its department exactly once, and every chain holds.
//
// SURVIVE_REQUESTS (10000), SURVIVE_FAULTS (220) and SURVIVE_SEED (1) say how much and which. The seed
// decides which faults come in which order, with which exchanges and how long; the moments between are
// those of real processes. What broke a promise stays in its folder.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { random } from '../frames/random.mjs';
import { Applicants } from './applicants.mjs';
import { Faults } from './faults.mjs';
import { Place } from './place.mjs';
import { arrived, chains, proven } from './proof.mjs';

const REQUESTS = Number(process.env.SURVIVE_REQUESTS ?? 10_000);
const FAULTS = Number(process.env.SURVIVE_FAULTS ?? 220);
const SEED = Number(process.env.SURVIVE_SEED ?? 1);
/** Applicants at work at the same time. */
const AT_ONCE = 12;

/** A disk of one's own is mounted in a namespace of one's own. */
const NAMESPACE = ['--user', '--map-root-user', '--mount', '--propagation', 'private'];

if (process.env.SURVIVE_INSIDE) {
  process.exitCode = await run(process.env.SURVIVE_INSIDE === 'mounts');
} else {
  const may = spawnSync('unshare', [...NAMESPACE, 'mount', '-t', 'tmpfs', 'survive', '/tmp']).status === 0;
  if (!may) console.log('this system does not let a test mount a disk: no full disk, no read-only folder');
  const program = [process.execPath, fileURLToPath(import.meta.url)];
  const [command, ...line] = may ? ['unshare', ...NAMESPACE, ...program] : program;
  const environment = { ...process.env, SURVIVE_INSIDE: may ? 'mounts' : 'plain' };
  process.exitCode = spawnSync(command, line, { stdio: 'inherit', env: environment }).status ?? 1;
}

/** Chance by the seed, one row of numbers for each who draws. */
function dice(salt) {
  const { next } = random(SEED * 7_919 + salt);
  const below = (sides) => Math.floor(next() * sides);
  return { next, below, one: (list) => list[below(list.length)], chance: (share) => next() < share };
}

async function run(mounts) {
  const began = Date.now();
  const place = await Place.make(SEED, REQUESTS, dice(1).next, mounts);
  let kept = true;
  try {
    if (!place.clocksMove) console.log('libfaketime is not there: clocks are not moved');
    place.configure();
    for (const [id, { network }] of place.departments) {
      await network.open();
      await place.openDepartment(id);
    }
    for (const portal of place.portals) await place.serve(portal);
    const applicants = new Applicants(place, SEED, REQUESTS, dice(2));
    const faults = new Faults(place, dice(3));
    // As much is handed in at every fault, so that each falls into work that is under way.
    const due = () => Math.ceil(((faults.count + 1) / (FAULTS + 1)) * REQUESTS);
    await Promise.all([applicants.handIn(AT_ONCE, due), spoilEverything(faults, applicants, due)]);
    for (const { network } of place.departments.values()) network.calm();
    const waiting = await arrived(place);
    const found = await proven(place, applicants.receipts);
    const broken = [...applicants.broken, ...waiting.slice(0, 10), ...found.broken, ...chains(place, REQUESTS)];
    kept = report({ place, applicants, faults, found, broken, seconds: (Date.now() - began) / 1_000 });
  } catch (error) {
    console.error(`seed ${SEED}:`, error);
    kept = false;
  }
  if (kept) await place.remove();
  else {
    for (const portal of place.portals) await place.killPortal(portal);
    for (const id of place.departments.keys()) await place.killDepartment(id);
    place.keep();
    console.error(`what is left lies in ${place.folder}`);
  }
  // Lines to departments may still be held back.
  setTimeout(() => process.exit(), 100).unref();
  return kept ? 0 : 1;
}

/** One fault after another, each once half of what is due at it was handed in. */
async function spoilEverything(faults, applicants, due) {
  const portion = REQUESTS / (FAULTS + 1);
  while (faults.count < FAULTS) {
    while (applicants.done < due() - portion / 2) await pause(10);
    const name = await faults.next();
    if (process.env.SURVIVE_ALOUD) console.log(`${applicants.done} ${name}; ${applicants.last}`);
  }
}

function report({ place, applicants, faults, found, broken, seconds }) {
  const spoiled = new Map();
  let exchanges = 0;
  for (const { network } of place.departments.values()) {
    exchanges += network.exchanges;
    for (const [how, count] of network.spoiled) spoiled.set(how, (spoiled.get(how) ?? 0) + count);
  }
  const sum = (counts) => [...counts.values()].reduce((all, count) => all + count, 0);
  const kills = [...faults.counted].filter(([name]) => name.startsWith('kill')).reduce((all, [, count]) => all + count, 0);
  console.log(`seed ${SEED}: ${applicants.done} requests, asked for ${applicants.asked} times, ${applicants.repeated} receipts asked for again`);
  console.log(`${faults.count} faults, of them ${kills} by kill -9:`);
  for (const [name, count] of faults.counted) console.log(`  ${String(count).padStart(5)}  ${name}`);
  console.log(`${exchanges} exchanges with departments, ${sum(spoiled)} of them spoiled:`);
  for (const [how, count] of spoiled) console.log(`  ${String(count).padStart(5)}  ${how}`);
  console.log(`lost ${found.lost.length}, doubled ${found.doubled.length}, other broken promises ${broken.length}; ${seconds.toFixed(0)} s`);
  for (const line of [...found.lost.slice(0, 5).map((number) => `lost: ${number}`), ...found.doubled.slice(0, 5).map((number) => `doubled: ${number}`), ...broken.slice(0, 20)]) console.error(line);
  return found.lost.length + found.doubled.length + broken.length === 0;
}
