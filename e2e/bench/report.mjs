// What a run found: each table is printed when it is there, and all of them at the end as Markdown and
// as JSON, with the machine they are of.

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

/** As many digits as mean something; what was not measured is a dash. */
function shown(cell) {
  if (cell === null || cell === undefined) return '–';
  if (typeof cell !== 'number') return cell;
  if (Number.isInteger(cell) || Math.abs(cell) >= 100) return Math.round(cell).toLocaleString('en');
  return cell.toFixed(Math.abs(cell) >= 10 ? 1 : 2);
}

/** The value that a share of all lie below; of none there is none. */
export function percentile(sorted, share) {
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] : null;
}

export class Report {
  constructor() {
    this.tables = [];
    this.began = new Date();
    const [cpu] = cpus();
    this.machine = `${cpus().length} cores, ${cpu.model.replace(/\s+/g, ' ').trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
    this.loadBefore = loadavg()[0];
    console.log(`${this.machine}; load ${this.loadBefore.toFixed(1)} before`);
  }

  /**
   * @param {string} title what was measured, and how
   * @param {string[]} head names of the columns, with their units; the first is that of the rows
   * @param {(string | number | null)[][]} rows
   */
  table(title, head, rows) {
    this.tables.push({ title, head, rows });
    const cells = [head, ...rows.map((row) => row.map(shown))];
    // Chinese characters are twice as wide in a terminal; there are none in these tables.
    const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
    console.log(`\n${title}`);
    cells.forEach((row, at) => {
      console.log(`  ${row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('   ')}`);
      if (at === 0) console.log(`  ${widths.map((width) => '-'.repeat(width)).join('   ')}`);
    });
  }

  /** A part that could not be measured here: said in its place, like a figure. */
  missing(what, why) {
    this.tables.push({ title: what, missing: why });
    console.log(`\n${what}: not measured, ${why}`);
  }

  markdown() {
    const line = (cells) => `| ${cells.join(' | ')} |`;
    const parts = this.tables.map(({ title, head, rows, missing }) => (missing
      ? `**${title}**: not measured, ${missing}`
      : [`**${title}**`, '', line(head), line(head.map((_, at) => (at ? '--:' : '---'))), ...rows.map((row) => line(row.map(shown)))].join('\n')));
    return `${[this.summary(), ...parts].join('\n\n')}\n`;
  }

  summary() {
    const day = this.began.toISOString().slice(0, 16).replace('T', ' ');
    return `${day} UTC, ${this.machine}; load ${this.loadBefore.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after; ${this.seconds()} s`;
  }

  seconds() {
    return Math.round((Date.now() - this.began) / 1000);
  }

  /** Prints everything as Markdown, and keeps it in this folder as figures.md and figures.json. */
  end(folder) {
    mkdirSync(folder, { recursive: true });
    const { began, machine, loadBefore, tables } = this;
    const markdown = this.markdown();
    writeFileSync(join(folder, 'figures.md'), markdown);
    const all = { began, machine, loadBefore, loadAfter: loadavg()[0], seconds: this.seconds(), tables };
    writeFileSync(join(folder, 'figures.json'), `${JSON.stringify(all, null, 2)}\n`);
    console.log(`\n${markdown}\nThe same in ${folder}: figures.md, figures.json. Took ${this.seconds()} s.`);
  }
}
