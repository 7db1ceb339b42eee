// What goes wrong in a run, one after another as the seed decides. Each fault makes good again what it
// broke before the next one comes, and leaves the consequences to the portal.

import { setTimeout as pause } from 'node:timers/promises';
import { DEPARTMENTS } from './place.mjs';
import { SPOILS } from './network.mjs';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** The kinds of faults that this machine allows, each with how often it comes up. */
export function kinds(place) {
  const all = [
    ['kill -9 of a portal', 30, killPortal],
    ['kill -9 of both portals', 10, killBoth],
    ['kill -9 of a department', 15, killDepartment],
    ['kill -9 of a portal and a department', 5, killPortalAndDepartment],
    ['no connection to a department', 4, closeLine],
    ['department out of the configuration and back', 4, takeOut],
    ...Object.keys(SPOILS).map((how) => [how, 4, spoil(how)]),
  ];
  if (place.mounts) all.push(['full disk', 8, fillDisk], ['read-only folder', 5, readOnly]);
  if (place.clocksMove) all.push(['clock forward', 5, moveClock(forward)], ['clock back', 5, moveClock(back)]);
  return all.map(([name, weight, happen]) => ({ name, weight, happen }));
}

export class Faults {
  constructor(place, dice) {
    Object.assign(this, { place, dice });
    this.kinds = kinds(place);
    /** How often each kind came. */
    this.counted = new Map(this.kinds.map(({ name }) => [name, 0]));
  }

  get count() {
    return [...this.counted.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Lets the next one happen; every kind comes once before any is drawn. */
  async next() {
    const missing = this.kinds.filter(({ name }) => this.counted.get(name) === 0);
    const kind = missing.length > 0 ? missing[this.dice.below(missing.length)] : this.drawn();
    await kind.happen(this.place, this.dice);
    this.counted.set(kind.name, this.counted.get(kind.name) + 1);
    return kind.name;
  }

  drawn() {
    let left = this.dice.below(this.kinds.reduce((sum, { weight }) => sum + weight, 0));
    return this.kinds.find(({ weight }) => (left -= weight) < 0);
  }
}

/** A portal that was killed is started again, as its unit does. */
async function restart(place, portal) {
  await place.killPortal(portal);
  await place.serve(portal);
}

async function killPortal(place, dice) {
  await restart(place, place.portals[dice.below(2)]);
}

async function killBoth(place) {
  await Promise.all(place.portals.map((portal) => place.killPortal(portal)));
  await Promise.all(place.portals.map((portal) => place.serve(portal)));
}

function someDepartment(dice) {
  return dice.one(Object.keys(DEPARTMENTS));
}

async function killDepartment(place, dice) {
  const id = someDepartment(dice);
  await place.killDepartment(id);
  await pause(dice.below(600));
  await place.openDepartment(id);
}

async function killPortalAndDepartment(place, dice) {
  await Promise.all([killPortal(place, dice), killDepartment(place, dice)]);
}

async function closeLine(place, dice) {
  const { network } = place.departments.get(someDepartment(dice));
  await network.close();
  await pause(200 + dice.below(800));
  await network.open();
}

/** A configuration is read at the start. */
async function takeOut(place, dice) {
  const out = someDepartment(dice);
  place.configure(out);
  await killBoth(place);
  await pause(300 + dice.below(700));
  place.configure();
  await killBoth(place);
}

function spoil(how) {
  return async (place, dice) => {
    for (const { network } of place.departments.values()) network.arm(how, 2 + dice.below(6));
    await pause(100 + dice.below(300));
  };
}

async function fillDisk(place, dice) {
  place.fill();
  // One of them may be killed and start on the full disk.
  if (dice.chance(0.5)) {
    const portal = place.portals[dice.below(2)];
    await place.killPortal(portal);
    await place.serve(portal).catch(() => {});
  }
  await pause(300 + dice.below(700));
  place.free();
  for (const portal of place.portals.filter(({ process: running }) => !running)) await place.serve(portal);
}

async function readOnly(place, dice) {
  await Promise.all(place.portals.map((portal) => place.killPortal(portal)));
  place.remount('ro');
  // What comes up on it, or does not, is not asked for anything but to harm nothing.
  await Promise.all(place.portals.map((portal) => place.serve(portal).catch(() => {})));
  await pause(200 + dice.below(500));
  await Promise.all(place.portals.map((portal) => place.killPortal(portal)));
  place.remount('rw');
  await Promise.all(place.portals.map((portal) => place.serve(portal)));
}

function forward(dice) {
  return dice.one([2 * 60, HOUR, DAY, 40 * DAY, 4 * YEAR]);
}

function back(dice) {
  return -dice.one([2 * 60, HOUR, DAY, 40 * DAY, 3 * YEAR]);
}

function moveClock(by) {
  return async (place, dice) => {
    const portal = place.portals[dice.below(2)];
    place.setClock(portal, by(dice));
    // It is looked at once a second.
    await pause(1_300 + dice.below(1_500));
    // Half of the time it goes right again in the running process, else with the next one.
    if (dice.chance(0.5)) place.setClock(portal, 0);
    else await restart(place, portal);
  };
}
