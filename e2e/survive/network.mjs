// What stands between the portals and a department, and spoils exchanges as it is told: it cuts bodies
// in the middle, holds answers back, loses them, and answers in the department's place.

import { createHash } from 'node:crypto';
import { Agent, createServer, request } from 'node:http';

/** What can become of an exchange, each as it is counted. */
export const SPOILS = {
  'delivery cut mid-body': cutDelivery,
  'answer cut mid-body': cutAnswer,
  'answer lost after 200': loseAnswer,
  'answer after the time is up': delayAnswer,
  'no answer at all': hang,
  'delay': delay,
  'answered 500, nothing filed': (exchange) => exchange.answer(500),
  'filed, answered 500': fileAndFail,
  'answered 429 with Retry-After': (exchange) => exchange.answer(429, { 'retry-after': '1' }),
  'answered 503': (exchange) => exchange.answer(503),
  'a sign-in page answered 200': signIn,
  'connection reset': (exchange) => exchange.reset(),
};

/** Longer than a portal waits. */
const TOO_LONG = 2_600;

function cutDelivery(exchange) {
  const half = exchange.body.subarray(0, Math.floor(exchange.body.length / 2));
  const passed = exchange.pass(() => exchange.reset());
  passed.on('error', () => exchange.reset());
  passed.write(half, () => setTimeout(() => passed.destroy(), 20));
  setTimeout(() => exchange.reset(), 40);
}

function cutAnswer(exchange) {
  exchange.file((status, headers, text) => {
    exchange.response.writeHead(status, headers);
    exchange.response.write(text.subarray(0, Math.floor(text.length / 2)), () => exchange.reset());
  });
}

function loseAnswer(exchange) {
  exchange.file(() => exchange.reset());
}

function delayAnswer(exchange) {
  exchange.file((status, headers, text) => setTimeout(() => exchange.reply(status, headers, text), TOO_LONG));
}

function hang(exchange) {
  setTimeout(() => exchange.reset(), TOO_LONG * 2);
}

function delay(exchange) {
  setTimeout(() => exchange.file((...answer) => exchange.reply(...answer)), 800);
}

function fileAndFail(exchange) {
  exchange.file(() => exchange.answer(500));
}

function signIn(exchange) {
  exchange.reply(200, { 'content-type': 'text/html; charset=utf-8' }, Buffer.from('<!doctype html>\n<title>统一身份认证</title>\n'));
}

/** One request on its way to the department. */
class Exchange {
  constructor(network, incoming, response, body) {
    Object.assign(this, { network, incoming, response, body });
  }

  /** Opens a request to the department; `answered` gets its response. */
  pass(answered) {
    const { method, url, headers } = this.incoming;
    const [host, port] = this.network.department.split(':');
    return request({ host, port, method, path: url, headers, agent: this.network.agent }, answered);
  }

  /** Hands it to the department and reads the whole answer. */
  file(answered) {
    const passed = this.pass((answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', () => this.reset());
      answer.on('end', () => answered(answer.statusCode, plain(answer.headers), Buffer.concat(parts)));
    });
    // A department that is not there: its portal is told as a gateway would, or not at all.
    passed.on('error', () => (this.network.chance() < 0.5 ? this.answer(502) : this.reset()));
    passed.end(this.body);
  }

  reply(status, headers, text) {
    if (this.response.destroyed) return;
    this.response.writeHead(status, headers);
    this.response.end(text);
  }

  answer(status, headers = {}) {
    this.reply(status, { 'content-type': 'application/problem+json', ...headers }, Buffer.from('{}'));
  }

  reset() {
    this.incoming.socket.destroy();
  }
}

function plain(headers) {
  const { connection, 'keep-alive': _, 'transfer-encoding': __, ...kept } = headers;
  return kept;
}

/** A department's line. */
export class Network {
  /**
   * @param {string} department where the department listens
   * @param {number} port where the portals find it
   * @param {() => number} chance
   */
  constructor(department, port, chance) {
    Object.assign(this, { department, port, chance });
    this.agent = new Agent({ keepAlive: true });
    /** What the next exchanges come to. */
    this.armed = [];
    /** How many exchanges came to what. */
    this.spoiled = new Map();
    this.exchanges = 0;
    /** The bytes that were posted under each key, by their digest. */
    this.posted = new Map();
    this.server = null;
  }

  open() {
    this.server = createServer((incoming, response) => this.take(incoming, response));
    this.server.keepAliveTimeout = 60_000;
    return new Promise((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
  }

  /** Nothing listens any more: no connection comes about. */
  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  /** Spoils so many of the next exchanges that way. */
  arm(how, times) {
    for (let time = 0; time < times; time += 1) this.armed.push(how);
  }

  calm() {
    this.armed = [];
  }

  take(incoming, response) {
    const parts = [];
    incoming.on('error', () => {});
    response.on('error', () => {});
    incoming.on('data', (part) => parts.push(part));
    incoming.on('end', () => {
      const body = Buffer.concat(parts);
      this.exchanges += 1;
      if (incoming.method === 'POST') this.note(incoming.headers['webhook-id'], body);
      const how = this.armed.shift();
      const exchange = new Exchange(this, incoming, response, body);
      if (how) {
        this.spoiled.set(how, (this.spoiled.get(how) ?? 0) + 1);
        SPOILS[how](exchange);
      } else {
        exchange.file((...answer) => exchange.reply(...answer));
      }
    });
  }

  note(key, body) {
    const digest = createHash('sha256').update(body).digest('hex');
    const known = this.posted.get(key) ?? new Set();
    this.posted.set(key, known.add(digest));
  }
}
