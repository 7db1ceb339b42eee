// The processes and folders of a run: portals over one data folder, departments behind their networks.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JIANMA, ROOT } from '../fixtures/paths.mjs';
import { Running, emptySite, freePort, land } from '../fixtures/portal.mjs';
import { Network } from './network.mjs';

/** Shared by portals and departments. Worth nothing anywhere else. */
const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

export const DEPARTMENTS = {
  registration: ['不动产登记中心（测试）', 'Registration centre (test)'],
  planning: ['自然资源和规划局（测试）', 'Planning office (test)'],
  geology: ['地质灾害防治处（测试）', 'Geological hazard office (test)'],
};

/** libfaketime, which moves the clock of a process; without it clocks stay as they are. */
const FAKETIME = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find(existsSync);

function must(command, line) {
  const done = spawnSync(command, line, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${line.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

export class Place {
  /** Makes the folders; `mounts` says whether the data folder can be a small disk of its own. */
  static async make(seed, requests, chance, mounts) {
    const folder = mkdtempSync(join(tmpdir(), 'jianma-survive-'));
    const place = new Place(folder, seed, mounts);
    mkdirSync(place.disk);
    if (mounts) {
      const size = 160 + Math.ceil(requests / 25);
      must('mount', ['-t', 'tmpfs', '-o', `size=${size}m,mode=700`, 'survive', place.disk]);
    }
    mkdirSync(place.data, { mode: 0o700 });
    land(place.data);
    writeFileSync(join(place.data, 'department.secret'), SECRET, { mode: 0o600 });
    emptySite(join(folder, 'site'));
    for (const id of Object.keys(DEPARTMENTS)) {
      const desk = `127.0.0.1:${await freePort()}`;
      place.departments.set(id, { desk, process: null, network: new Network(desk, await freePort(), chance) });
    }
    for (const portal of place.portals) portal.listen = `127.0.0.1:${await freePort()}`;
    return place;
  }

  constructor(folder, seed, mounts) {
    Object.assign(this, { folder, seed, mounts });
    this.disk = join(folder, 'disk');
    this.data = join(this.disk, 'data');
    this.departments = new Map();
    this.portals = [0, 1].map((at) => ({
      at,
      listen: null,
      process: null,
      log: join(folder, `portal-${at}.log`),
      clock: join(folder, `clock-${at}`),
    }));
    this.started = 0;
    /** The department that is out of the configuration, and how often one was. */
    this.out = null;
    this.outs = 0;
  }

  /** Whether clocks can be moved. */
  get clocksMove() {
    return FAKETIME !== undefined;
  }

  /**
   * The configuration, with every department or without one: its services go to another one for as
   * long, and what waits for it waits.
   */
  configure(out = null) {
    const ids = Object.keys(DEPARTMENTS).filter((id) => id !== out);
    this.out = out;
    this.outs += out ? 1 : 0;
    const catalogues = join(this.folder, 'catalogues');
    rmSync(catalogues, { recursive: true, force: true });
    mkdirSync(catalogues);
    if (out) {
      const services = readFileSync(join(ROOT, 'domain', 'data', 'services.toml'), 'utf8');
      writeFileSync(join(catalogues, 'services.toml'), services.replaceAll(`department = "${out}"`, `department = "${ids[0]}"`));
    }
    const lines = ['[catalogues]', 'folder = "catalogues"', '[limits]', ...['reads_per_second', 'read_burst', 'submissions_per_minute', 'submission_burst'].map((name) => `${name} = 1000000`)];
    lines.push('[limits.probing]');
    for (const name of ['places', 'misses', 'searches', 'block', 'units', 'block_misses']) {
      lines.push(`${name} = { burst = 1000000, per_minute = 1000000 }`);
    }
    lines.push('[forward]', 'first_retry_ms = 50', 'longest_retry_seconds = 1', 'lease_seconds = 5');
    for (const id of ids) {
      const [zh, en] = DEPARTMENTS[id];
      lines.push(
        `[departments.${id}]`,
        `name = { zh = "${zh}", en = "${en}" }`,
        `endpoint = "http://127.0.0.1:${this.departments.get(id).network.port}/deliveries"`,
        'secret_file = "department.secret"',
        'timeout_seconds = 2',
      );
    }
    writeFileSync(join(this.folder, 'jianma.toml'), `${lines.join('\n')}\n`);
  }

  async openDepartment(id) {
    const department = this.departments.get(id);
    this.started += 1;
    // One delivery in twenty goes wrong at the department itself, in every way that the sample can.
    department.process = await Running.start(
      [
        'department', '--listen', department.desk, '--portal', this.portals[0].listen, '--secret', SECRET,
        '--data', join(this.folder, id), '--fail-rate', '0.05', '--seed', String(this.seed + this.started),
      ],
      join(this.folder, `${id}.log`),
      { environment: { JIANMA_LOG: 'warn' } },
    );
  }

  async killDepartment(id) {
    await kill(this.departments.get(id).process);
  }

  /** Starts a portal. It need not come up where its disk does not let it. */
  async serve(portal) {
    this.setClock(portal, 0);
    const clock = FAKETIME && {
      LD_PRELOAD: FAKETIME, FAKETIME_TIMESTAMP_FILE: portal.clock, FAKETIME_CACHE_DURATION: '1', DONT_FAKE_MONOTONIC: '1',
    };
    portal.process = await Running.start(
      [
        'serve', '--data', this.data, '--site', join(this.folder, 'site'),
        '--config', join(this.folder, 'jianma.toml'), '--listen', portal.listen,
      ],
      portal.log,
      { environment: { JIANMA_LOG: 'warn', ...clock } },
    );
  }

  async killPortal(portal) {
    await kill(portal.process);
    portal.process = null;
  }

  /** Moves a portal's clock by so many seconds from the true time. */
  setClock(portal, seconds) {
    writeFileSync(portal.clock, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}s\n`);
  }

  /** Takes all room on the disk of the data folder. */
  fill() {
    const { bavail, bsize } = statfsSync(this.disk);
    spawnSync('fallocate', ['-l', String(Math.max(bavail * bsize - 4096, 4096)), join(this.disk, 'other')]);
    // What is left after that, in pieces.
    spawnSync('dd', ['if=/dev/zero', `of=${join(this.disk, 'rest')}`, 'bs=4096']);
  }

  free() {
    for (const name of ['other', 'rest']) {
      const path = join(this.disk, name);
      if (existsSync(path)) unlinkSync(path);
    }
  }

  /** Makes the disk of the data folder read-only, or not. Nothing may have it open for writing. */
  remount(how) {
    must('mount', ['-o', `remount,${how}`, this.disk]);
  }

  /** Runs the program beside the portals: its exit code and what it said. */
  command(...line) {
    const done = spawnSync(JIANMA, line, { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, LC_ALL: 'C' } });
    return { code: done.status, out: done.stdout, said: `${done.stdout}${done.stderr}` };
  }

  /** Lines in which a portal says that it panicked. */
  panics() {
    const lines = this.portals.flatMap(({ log }) => (existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []));
    return lines.filter((line) => /panicked/.test(line));
  }

  /** Copies the data folder to where it stays: a disk of one's own ends with its namespace. */
  keep() {
    if (this.mounts) cpSync(this.data, join(this.folder, 'data'), { recursive: true });
  }

  /** Ends everything and forgets it. */
  async remove() {
    for (const portal of this.portals) await kill(portal.process);
    for (const { process: running, network } of this.departments.values()) {
      await kill(running);
      if (network.server) await network.close();
    }
    if (this.mounts) spawnSync('umount', ['-l', this.disk]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function kill(running) {
  await running?.stop('SIGKILL');
}
