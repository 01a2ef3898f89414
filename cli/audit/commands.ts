/** The commands of nitro-audit, in the order in which the help lists them. */
import type { Registration } from './command.js';
import { registerCheck } from './check/command.js';
import { registerCompletion } from './completion/command.js';
import { registerConform } from './conform/command.js';
import { registerInspect } from './inspect/command.js';
import { registerModel } from './model/command.js';
import { registerSimulate } from './simulate/command.js';
import { registerTrace } from './trace/command.js';
import { registerVerify } from './verify/command.js';

export const commands: readonly Registration[] = [
  registerVerify,
  registerModel,
  registerCheck,
  registerSimulate,
  registerTrace,
  registerConform,
  registerInspect,
  registerCompletion,
];
