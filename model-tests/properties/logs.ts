/** What is written to a log is read by its logger. */
import type { Property, ScriptLife } from './history.js';

interface Unread {
  readonly place: number;
  readonly service: string;
  bytes: number;
  /** A logger lived, and had not been told to go. */
  readonly hadReader: boolean;
}

/** It ended when it was asked to, after it had read what there was. */
function endedPolitely({ behaviour, status, ended }: ScriptLife): boolean {
  return ended !== Infinity && behaviour.onSignal === 'drains' && behaviour.reads !== undefined && behaviour.lasts === undefined && status === 0;
}

export const nothingIsLost: Property = {
  name: 'every byte that is written to a log while its logger lives is read by it',
  rule: 'behaviour.md §5: nothing in flight is lost',
  check({ trace, scripts }) {
    const found = [];
    const unread = new Map<number, Unread[]>();
    for (const [place, entry] of trace.entries()) {
      if (entry.type === 'wrote') {
        const hadReader = scripts.some(({ stdin, forked, died }) => stdin === entry.pipe && forked < place && died > place);
        const list = unread.get(entry.pipe) ?? [];
        unread.set(entry.pipe, list);
        list.push({ place, service: entry.service, bytes: entry.bytes, hadReader });
      } else if (entry.type === 'read') {
        const list = unread.get(entry.pipe) ?? [];
        for (let left = entry.bytes; left > 0 && list[0] !== undefined; ) {
          const taken = Math.min(left, list[0].bytes);
          list[0].bytes -= taken;
          left -= taken;
          if (list[0].bytes === 0) list.shift();
        }
      }
    }
    for (const [pipe, list] of unread) {
      const reader = scripts.filter(({ stdin }) => stdin === pipe).pop();
      if (reader === undefined) continue;
      const later = scripts.find(({ service, script, forked }) => service === reader.service && script === 'run' && forked > reader.forked);
      const wasDown = trace.some(
        (entry, place) => entry.type === 'announced' && entry.service === reader.service && entry.state === 1 && place > reader.forked,
      );
      const isReplaced = later !== undefined && !wasDown;
      if (!isReplaced && !endedPolitely(reader)) continue;
      for (const { place, service, bytes, hadReader } of list) {
        if (service !== '' && hadReader) found.push({ place, what: `${String(bytes)} bytes that ${service} wrote were never read` });
      }
    }
    return found;
  },
};
