/** The commands of nitro-audit, in the order in which the help lists them. */
import type { Registration } from './command.js';
import { registerCheck } from './check/command.js';
import { registerVerify } from './verify/command.js';

export const commands: readonly Registration[] = [registerVerify, registerCheck];
