// What the portal answers, asked as a business's own system would: by the API, twenty codes a call.

import { Agent, request } from 'node:http';

/** The most that one call takes. */
const CODES = 20;
/** One for each core is enough: the portal judges on all of them. */
const CONNECTIONS = 4;

/** The answer to each question, in order; `ask(question, agent)` asks one. */
async function all(questions, ask) {
  const answers = [];
  let next = 0;
  async function connection() {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (next < questions.length) {
      const at = next;
      next += 1;
      answers[at] = await ask(questions[at], agent);
    }
    agent.destroy();
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  return answers;
}

function send(agent, address, body) {
  return new Promise((resolve, reject) => {
    const how = body ? { method: 'POST', headers: { 'content-type': 'application/json' } } : {};
    const asked = request(address, { agent, ...how }, (response) => {
      const chunks = [];
      response.on('data', (bytes) => chunks.push(bytes));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${address} answered ${response.statusCode}: ${text}`));
      });
    });
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}

/**
 * The verdict on every parcel.
 *
 * @param {{ rules: string, use: string, answers: Record<string, string> }} question
 * @returns {Promise<{ code: string, answer: string, standings: Record<string, string> }[]>} where a place was
 *   not judged, `answer` is what was told of it instead
 */
export async function verdicts({ address }, codes, question) {
  const calls = Array.from({ length: Math.ceil(codes.length / CODES) }, (_, at) => codes.slice(at * CODES, (at + 1) * CODES));
  const answers = await all(calls, async (sites, agent) => {
    const assessed = await send(agent, `${address}/api/v1/suitability`, { ...question, sites });
    return assessed.sites.map(({ code, told, verdict }) => ({
      code,
      answer: verdict?.answer ?? told,
      standings: Object.fromEntries((verdict?.findings ?? []).map(({ rule, standing }) => [rule, standing])),
    }));
  });
  return answers.flat();
}

/** The lists of restrictions of every parcel, as the API tells them. */
export function restrictions({ address }, codes) {
  return all(codes, (code, agent) => send(agent, `${address}/api/v1/parcels/${code}/restrictions`));
}
