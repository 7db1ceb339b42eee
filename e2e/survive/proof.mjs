// What must be true once everything goes well again.

import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { DEPARTMENTS } from './place.mjs';

/** How long everything may take to arrive, milliseconds. */
const PATIENCE = 300_000;

/** Waits until no department has anything to get any more; what still waits then. */
export async function arrived(place) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const { said, out, code } = place.command('deliveries', 'list', '--data', place.data, '--config', `${place.folder}/jianma.toml`);
    const waiting = out.split('\n').filter((line) => line.startsWith('msg_'));
    if (code === 0 && waiting.length === 0) return [];
    if (Date.now() > until) return waiting.length > 0 ? waiting : [said];
    // As an operator does after a bad day: everything is sent again, what is in doubt after a question.
    for (const id of place.departments.keys()) {
      place.command(
        'deliveries', 'retry', '--department', id, '--by', 'operator', '--reason', 'the faults are over',
        '--data', place.data, '--config', `${place.folder}/jianma.toml`,
      );
    }
    await pause(2_000);
  }
}

/** Everything that every department has. */
async function inboxes(place) {
  const all = [];
  for (const [department, { desk }] of place.departments) {
    const answer = await fetch(`http://${desk}/inbox.json`);
    for (const entry of await answer.json()) all.push({ department, ...entry });
  }
  return all;
}

/** Holds every receipt against the departments; what was lost, doubled or otherwise broken. */
export async function proven(place, receipts) {
  const found = { lost: [], doubled: [], broken: [] };
  const filed = new Map();
  for (const copy of await inboxes(place)) filed.set(copy.body.request, [...(filed.get(copy.body.request) ?? []), copy]);
  const ours = new Set(receipts.map(({ number }) => number));
  if (ours.size !== receipts.length) found.broken.push('two keys have one receipt');
  for (const number of filed.keys()) {
    if (!ours.has(number)) found.broken.push(`${number} is at a department, and nobody has a receipt`);
  }
  await each(receipts, 8, async (receipt) => {
    const copies = filed.get(receipt.number) ?? [];
    const there = copies.filter(({ department }) => receipt.elsewhere || department === receipt.department);
    if (there.length === 0) return found.lost.push(receipt.number);
    if (copies.length > 1) found.doubled.push(receipt.number);
    const wrong = fault(place, receipt, there[0]) ?? (await told(place, receipt, there[0]));
    if (wrong) found.broken.push(`${receipt.number}: ${wrong}`);
  });
  return found;
}

/** What is wrong with what a department has of a request. */
function fault(place, { body, mark }, copy) {
  const posted = place.departments.get(copy.department).network.posted.get(copy.id);
  if (!posted) return `${copy.id} was never posted`;
  if (posted.size !== 1) return 'it was sent with other bytes the second time';
  if (!posted.has(copy.sha256)) return 'the department has other bytes than were sent';
  const { item, code } = copy.body;
  const said = { ...copy.body.applicant, ...copy.body.answers };
  if (item !== body.item || code !== body.code) return `it became ${item} of ${code}`;
  if (!Object.values(said).includes(mark)) return 'its answers are not those that were given';
  const differs = Object.entries(body.answers).find(([name, answer]) => said[name] !== answer);
  return differs ? `${differs[0]} is not as it was given` : null;
}

/** What is wrong with what the applicant is told, and with what the portal says that it sent. */
async function told(place, { number, secret }, copy) {
  const { listen } = place.portals[0];
  const ask = async (path) => {
    const answer = await fetch(`http://${listen}/api/v1/requests/${number}${path}`, { headers: { authorization: `Bearer ${secret}` } });
    if (!answer.ok) throw new Error(`${number}${path} answered ${answer.status}`);
    return answer.json();
  };
  const status = await ask('');
  if (status.state !== 'acknowledged') return `its applicant reads ${status.state}`;
  if (status.reference !== copy.reference) return `its applicant reads ${status.reference}, not ${copy.reference}`;
  const kept = await ask('/data');
  const states = kept.deliveries.map((delivery) => `${delivery.department.en} ${delivery.state}`);
  if (!isDeepStrictEqual(states, [`${DEPARTMENTS[copy.department][1]} delivered`])) return `its deliveries are ${states}`;
  const [message, ...more] = kept.messages;
  if (more.length > 0 || !isDeepStrictEqual(message.content, copy.body)) return 'what the portal keeps is not what the department has';
  return null;
}

/** The chains and seals of the portal, checked by its own commands; what they found. */
export function chains(place, requests) {
  const broken = [];
  const config = ['--config', `${place.folder}/jianma.toml`];
  for (const line of [['verify-audit'], ['requests', 'check'], ['requests', 'register']]) {
    const { code, said } = place.command(...line, '--data', place.data, ...config);
    if (code !== 0) broken.push(`${line.join(' ')}: ${said.slice(0, 2_000)}`);
  }
  const listed = place.command('requests', 'list', '--data', place.data, ...config);
  const lines = listed.out.split('\n').filter((line) => line.startsWith('JM-'));
  if (lines.length !== requests) broken.push(`${lines.length} requests are kept of ${requests}`);
  const panics = place.panics();
  if (panics.length > 0) broken.push(...panics.slice(0, 5));
  return broken;
}

/** Does something with each, so many at a time. */
async function each(list, atOnce, what) {
  let next = 0;
  const one = async () => {
    while (next < list.length) {
      next += 1;
      await what(list[next - 1]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}
