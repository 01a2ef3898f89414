/** All that is held against a compiled machine: its rules, and its invariants. */
import type { Compiled } from '../../machines/compile.js';
import { conformance, indexOf } from './conformance.js';
import type { Index } from './conformance.js';
import { brokenOf } from './invariant.js';
import { serviceInvariants } from './service-invariants.js';
import { serviceRules } from './service.js';
import { serviceWorld } from './service-world.js';
import { systemInvariants } from './system-invariants.js';
import { systemRules } from './system.js';
import { systemWorld } from './system-world.js';
import { walk } from './walk.js';

/** What can be said against a machine, each in words. */
export interface Judge {
  readonly index: Index;
  /** Where it is not what the rules say. */
  readonly rules: (compiled: Compiled) => readonly string[];
  /** Where an invariant does not hold. */
  readonly invariants: (compiled: Compiled) => readonly string[];
}

const serviceIndex = indexOf(serviceRules);
const systemIndex = indexOf(systemRules);

export const serviceJudge: Judge = {
  index: serviceIndex,
  rules: (compiled) => conformance(serviceIndex, compiled),
  invariants: (compiled) => brokenOf(serviceInvariants, walk(serviceWorld, compiled)),
};

export const systemJudge: Judge = {
  index: systemIndex,
  rules: (compiled) => conformance(systemIndex, compiled),
  invariants: (compiled) => [true, false].flatMap((isPid1) => brokenOf(systemInvariants, walk(systemWorld(isPid1), compiled))),
};
