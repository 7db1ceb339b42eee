// People who hand in requests by the API, and ask again under the same key until they hold a receipt.

import { setTimeout as pause } from 'node:timers/promises';
import { LAND } from '../fixtures/portal.mjs';

const PERSON = { applicant_name: '演示甲', applicant_phone: '13800138000', consent: 'yes' };

/** What is handed in, and the department that it goes to. */
const ITEMS = [
  {
    item: 'data-correction',
    department: 'registration',
    answers: (mark) => ({ field_in_question: 'area', what_is_wrong: mark, what_is_right: '证书附图：299.5平方米。', ...PERSON }),
  },
  {
    item: 'planning-conformity',
    department: 'planning',
    answers: (mark) => ({ activity: mark, capacity: 'holder', ...PERSON }),
  },
  {
    item: 'hazard-zone',
    department: 'geology',
    answers: (mark) => ({ purpose: 'own_house', description: mark, ...PERSON }),
  },
];

export class Applicants {
  constructor(place, seed, count, dice) {
    Object.assign(this, { place, seed, count, dice });
    this.next = 0;
    /** Receipts by their number of the run, each with what was asked. */
    this.receipts = [];
    this.asked = 0;
    this.repeated = 0;
    /** What broke a promise. */
    this.broken = [];
    this.last = '';
  }

  get done() {
    return this.receipts.length;
  }

  /** Hands everything in, so many at a time; `due` says how many may be under way or done by now. */
  async handIn(atOnce, due) {
    const one = async () => {
      while (this.next < this.count) {
        if (this.next < due()) {
          this.next += 1;
          await this.handInOne(this.next - 1);
        } else await pause(20);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  }

  async handInOne(at) {
    const { item, department, answers } = ITEMS[at % ITEMS.length];
    const mark = `seed ${this.seed}, request ${at}`;
    const body = { item, code: at % 2 ? LAND.dry : LAND.flooded, answers: answers(mark) };
    const key = `survive-${this.seed}-${String(at).padStart(6, '0')}`;
    const { out, outs } = this.place;
    const receipt = await this.until(key, body);
    // While a department is out of the configuration, its services go to another one.
    const elsewhere = out !== null || outs !== this.place.outs;
    this.receipts.push({ ...receipt, body, mark, department, elsewhere });
    // Who lost the receipt asks again: it is the same one.
    if (this.dice.chance(0.1)) {
      this.repeated += 1;
      const again = await this.until(key, body);
      if (again.number !== receipt.number || again.secret !== receipt.secret) {
        this.broken.push(`${key} gave ${receipt.number}, and then ${again.number}`);
      }
    }
  }

  /** Asks until there is a receipt. */
  async until(key, body) {
    for (;;) {
      const receipt = await this.ask(key, body);
      if (receipt) return receipt;
      await pause(20 + 200 * this.dice.next());
    }
  }

  async ask(key, body) {
    this.asked += 1;
    const { listen } = this.place.portals[this.dice.below(2)];
    // Some hang up before the answer is there.
    const patience = this.dice.chance(0.02) ? 5 : 8_000;
    try {
      const answer = await fetch(`http://${listen}/api/v1/requests`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(patience),
      });
      const said = await answer.text();
      if (answer.ok) {
        const { number, secret } = JSON.parse(said);
        return { number, secret };
      }
      this.last = `${answer.status} ${said.slice(0, 300)}`;
      // A form that is refused would be refused for ever; everything else passes.
      if (answer.status === 409 || answer.status === 422) this.broken.push(`${key}: ${this.last}`);
    } catch (error) {
      this.last = String(error.cause ?? error);
    }
    return null;
  }
}
