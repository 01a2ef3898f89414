/**
 * A real service directory, put into the simulated file system.
 *
 * The structure is loaded: directories, symlinks, scripts, settings. Scripts are not executed, they only behave; of each is known whether it could be
 * executed at all. A link that leads out of the directory is replaced by what is there.
 */
import type { ErrorName } from '../../../model-tests/sim/errors.js';
import { executable, text } from '../../../model-tests/sim/files.js';
import type { Files, Node } from '../../../model-tests/sim/files.js';
import { serviceDirectory } from '../../../model-tests/sim/layout.js';
import type { Bytes } from '../../../runtime/os.js';
import { readElf } from '../check/elf.js';
import { interpreterOf } from '../check/script.js';
import type { Entry, Snapshot } from '../check/snapshot.js';

/** Why a script cannot be executed; null: it can, or nobody knows. */
export function execErrorOf(entry: Entry, { programs, machine }: Snapshot): ErrorName | null {
  if (entry.end !== 'file' || (entry.mode & 0o111) === 0) return 'EACCES';
  if (entry.text === null) return null;
  const elf = readElf(entry.text);
  if (elf !== null) {
    if (machine !== null && elf.machine !== machine && !(machine === 62 && elf.machine === 3)) return 'ENOEXEC';
    return elf.loader !== null && programs.get(elf.loader) === 'absent' ? 'ENOENT' : null;
  }
  const interpreter = interpreterOf(entry.text);
  if (interpreter === null) return 'ENOEXEC';
  const program = programs.get(interpreter.path);
  if (!interpreter.path.startsWith('/') || program === 'absent') return 'ENOENT';
  return program === undefined || program === 'program' ? null : 'EACCES';
}

function nodeOf(entry: Entry, home: readonly Entry[] | null): Node | null {
  // A link to a neighbour stays one, so that its target can change; also a log link, of which only the text counts.
  const isNeighbour = entry.target !== null && !entry.target.includes('/') && (home ?? []).some(({ name }) => name === entry.target);
  const isName = ['log', 'exit-status-from'].includes(entry.name);
  if (entry.target !== null && (isNeighbour || isName || typeof entry.end === 'object')) return { kind: 'link', target: entry.target };
  if (typeof entry.end === 'object') return null;
  switch (entry.end) {
    case 'directory':
      return { kind: 'directory', entries: new Map((entry.entries ?? []).flatMap((file) => pairOf(file, entry.entries))) };
    case 'file':
      return (entry.mode & 0o111) === 0 ? text(entry.text ?? '') : { ...executable([]), text: entry.text ?? '' };
    case 'fifo':
    case 'socket':
    case 'device':
      // Anything that is neither is there, and cannot be read or executed.
      return { kind: 'socket', box: null };
  }
}

function pairOf(entry: Entry, home: readonly Entry[] | null): readonly (readonly [Bytes, Node])[] {
  const node = nodeOf(entry, home);
  return node === null ? [] : [[entry.name, node]];
}

/** Put the directory where the simulated nitro looks for it. */
export function load(files: Files, { root }: Snapshot): void {
  for (const entry of root.entries ?? []) {
    const node = nodeOf(entry, root.entries);
    if (node !== null) files.put(`${serviceDirectory}/${entry.name}`, node);
  }
}

