/**
 * Entry point of nitroctl, and of the drop-ins that are the same program under another name (behaviour.md §8).
 */
import type { Bytes } from '../runtime/os.js';
import { lastSegment } from '../runtime/paths.js';
import type { LinkOs } from './ctl-link.js';
import { nitroctl } from './ctl-main.js';
import { dropIn, isDropIn } from './init.js';

declare const host: LinkOs & { readonly args: readonly Bytes[] };

const [called = '', ...words] = host.args;
const name = lastSegment(called);
host.exit(isDropIn(name) ? dropIn(host, name, called, words) : nitroctl(host, words));
