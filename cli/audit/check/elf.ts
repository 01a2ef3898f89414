/** As much of an ELF file's header as says whether it can run here: its machine, and the loader that it asks for. */
import type { Bytes } from '../../../runtime/os.js';

export interface Elf {
  /** `e_machine`. */
  readonly machine: number;
  /** Path of the loader of a dynamic program; null: it is static, or that is further back in the file. */
  readonly loader: Bytes | null;
}

/** `e_machine` by Node's name of an architecture. */
export const machines: Readonly<Record<string, number>> = {
  ia32: 3, mips: 8, ppc: 20, ppc64: 21, s390x: 22, arm: 40, x64: 62, arm64: 183, riscv64: 243, loong64: 258,
};

const programInterpreter = 3;

/** The header of a file by its first bytes; null: it is no ELF file. */
export function readElf(text: Bytes): Elf | null {
  if (!text.startsWith('\x7fELF') || text.length < 52) return null;
  const data = Buffer.from(text, 'latin1');
  const is64 = data[4] === 2;
  const isLittle = data[5] !== 2;
  const half = (at: number): number => (at + 2 > data.length ? 0 : isLittle ? data.readUInt16LE(at) : data.readUInt16BE(at));
  const word = (at: number): number => (at + 4 > data.length ? 0 : isLittle ? data.readUInt32LE(at) : data.readUInt32BE(at));
  // Offsets of this size do not occur in programs: the upper half of a long one is 0.
  const long = (at: number): number => (is64 ? word(isLittle ? at : at + 4) : word(at));
  const machine = half(18);
  const table = long(is64 ? 32 : 28);
  const size = half(is64 ? 54 : 42);
  const count = half(is64 ? 56 : 44);
  for (let index = 0; index < count; index++) {
    const at = table + index * size;
    if (word(at) !== programInterpreter) continue;
    const offset = long(at + (is64 ? 8 : 4));
    const length = long(at + (is64 ? 32 : 16));
    const path = text.slice(offset, offset + length).split('\0')[0] ?? '';
    return { machine, loader: path === '' ? null : path };
  }
  return { machine, loader: null };
}
