/** Properties of requests: each is received and answered, and what is answered is true. */
import type { Property } from './history.js';

/** How long it may take until a request is received, beside what clocks jump: a client that finds the queue full tries again; ms. */
const receivedWithinMs = 100;

export const everyRequestIsAnswered: Property = {
  name: 'every request is answered, once and at once',
  rule: 'protocol.md, Replies',
  check({ trace }) {
    const found = [];
    for (const [place, entry] of trace.entries()) {
      if (entry.type !== 'received' || entry.client === '' || entry.request === null) continue;
      let answers = 0;
      let isOver = false;
      for (let at = place + 1; at < trace.length; at++) {
        const next = trace[at];
        if (next?.type === 'received') break;
        // What had happened before it was the end: a client learns of that by itself.
        if (next?.type === 'controlClosed' || next?.type === 'over') isOver = true;
        if (next?.type !== 'answered' || next.client !== entry.client) continue;
        if (next.at === entry.at) answers += 1;
        else found.push({ place: at, what: `${entry.client} was answered late` });
      }
      if (answers !== 1 && !(answers === 0 && isOver)) found.push({ place, what: `${entry.client} was answered ${String(answers)} times` });
    }
    return found;
  },
};

export const everyRequestIsReceived: Property = {
  name: 'every request is received',
  rule: 'protocol.md; behaviour.md §6 Shutdown 4: requests go on being answered',
  check({ trace, allowance, life }) {
    const found = [];
    const closed = trace.find(({ type }) => type === 'controlClosed')?.at ?? life.at;
    const received = new Map<string, number>();
    for (const entry of trace) if (entry.type === 'received') received.set(entry.client, entry.at);
    for (const [place, entry] of trace.entries()) {
      if (entry.type !== 'asked' || entry.client === '') continue;
      const limit = entry.at + receivedWithinMs + allowance;
      const at = received.get(entry.client);
      if (at === undefined ? limit < closed : at > limit) found.push({ place, what: `the request of ${entry.client} was not received in time` });
    }
    return found;
  },
};
