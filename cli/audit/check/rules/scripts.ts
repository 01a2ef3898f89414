/** Rules about scripts as files: whether they can be executed at all (behaviour.md §2, §3 launch). */
import type { Script } from '../facts.js';
import { readElf } from '../elf.js';
import type { Bytes } from '../../../../runtime/os.js';
import type { Found, Rule } from '../rule.js';
import { firstLineBytesMax, soughtByEnv } from '../script.js';
import { isAbsent } from '../snapshot.js';

/** What comes of a script that cannot be executed. */
function consequence({ unit, name }: Script): Bytes {
  if (unit.kind === 'sys') return name === 'final' ? 'it is passed over' : 'it is as if there were none';
  if (name === 'finish') return 'it is as if there were none';
  return 'the service becomes FATAL';
}

/** Scripts that are files whose text is known. */
function* readable(scripts: readonly Script[]): Iterable<Script & { readonly text: Bytes }> {
  for (const script of scripts) if (script.entry.text !== null) yield { ...script, text: script.entry.text };
}

export const scriptRules: readonly Rule[] = [
  {
    id: 'S201',
    severity: 'error',
    title: 'script is not executable',
    why:
      'nitro executes its scripts. If the permission is missing, exec fails: a service whose `run` or `setup` it is becomes FATAL, and is not ' +
      'tried again (behaviour.md §3, launch). A `finish`, and the scripts of SYS, are then left out.',
    fix: 'chmod +x FILE; or remove the file if it is not wanted.',
    *check({ scripts }): Iterable<Found> {
      for (const script of scripts) {
        if (script.entry.end === 'file' && (script.entry.mode & 0o111) === 0) yield { path: script.path, message: `not executable: ${consequence(script)}` };
      }
    },
  },
  {
    id: 'S202',
    severity: 'error',
    title: 'script is no file',
    why: 'What is there in the place of a script counts as one, and cannot be executed (behaviour.md §3, launch).',
    fix: 'Put an executable file there.',
    *check({ scripts }): Iterable<Found> {
      for (const script of scripts) {
        const { end } = script.entry;
        if (typeof end === 'string' && end !== 'file') yield { path: script.path, message: `a ${end}, which cannot be executed: ${consequence(script)}` };
      }
    },
  },
  {
    id: 'S203',
    severity: 'error',
    title: 'script is a link to nothing',
    why:
      'A link that leads nowhere counts as no script at all (behaviour.md §2): without its `run` a service is a one shot, and without both `run` ' +
      'and `setup` it is none.',
    fix: 'Mend or remove the link.',
    *check({ units }): Iterable<Found> {
      for (const { name, files, kind } of units) {
        for (const [file, entry] of files) {
          const isScript = ['setup', 'run', 'finish'].includes(file) || (kind === 'sys' && ['final', 'fatal', 'reincarnate'].includes(file));
          if (isScript && entry.is === 'link' && typeof entry.end === 'object') {
            const why = isAbsent(entry) ? 'does not exist' : 'cannot be reached';
            yield { path: `${name}/${file}`, message: `its target ${entry.target ?? ''} ${why}: it counts as absent` };
          }
        }
      }
    },
  },
  {
    id: 'S204',
    severity: 'error',
    title: 'interpreter is missing',
    why:
      'The program of the `#!` line has to be an executable file, else exec fails with "no such file" although the script is there, and the ' +
      'service becomes FATAL (behaviour.md §3, launch). It is looked for on the system where the check runs: for the directory of an image, run ' +
      'the check in the image.',
    fix: 'Install the interpreter, or mend the first line.',
    *check({ scripts, snapshot }): Iterable<Found> {
      for (const script of scripts) {
        const path = script.interpreter?.path.replace(/\r$/, '') ?? '';
        const isCarriage = script.interpreter?.path.endsWith('\r') === true;
        if (!path.startsWith('/') || isCarriage) continue;
        const program = snapshot.programs.get(path) ?? 'program';
        if (program === 'absent') yield { path: script.path, line: 1, message: `there is no ${path}: ${consequence(script)}` };
        else if (program !== 'program') yield { path: script.path, line: 1, message: `${path} cannot be executed (${program}): ${consequence(script)}` };
      }
    },
  },
  {
    id: 'S205',
    severity: 'error',
    title: 'lines end in CR LF',
    why:
      'The carriage return belongs to the line: Linux looks for an interpreter whose name ends in it, so that exec fails and the service becomes ' +
      'FATAL (behaviour.md §3, launch); a shell takes it for part of the last word.',
    fix: "Write the file with Unix line ends: sed -i 's/\\r$//' FILE.",
    *check({ scripts }): Iterable<Found> {
      for (const { path, text, interpreter } of readable(scripts)) {
        if (interpreter === null) continue;
        const line = text.split('\n').findIndex((each) => each.endsWith('\r'));
        if (line >= 0) {
          yield { path, line: line + 1, message: line === 0 ? 'the first line ends in CR LF: no interpreter is called so' : 'this line ends in CR LF' };
        }
      }
    },
  },
  {
    id: 'S206',
    severity: 'error',
    title: 'neither a program nor #!',
    why:
      'nitro executes scripts itself, without a shell that would guess: a file that is no program and has no `#!` in its first two bytes cannot be ' +
      'executed, and the service becomes FATAL (behaviour.md §3, launch).',
    fix: 'Begin the file with #!/bin/sh, without a blank, an empty line or a byte order mark before it.',
    *check({ scripts }): Iterable<Found> {
      for (const script of readable(scripts)) {
        const { text, path } = script;
        if (script.interpreter !== null || readElf(text) !== null) continue;
        const what = text === '' ? 'it is empty' : text.startsWith('\xef\xbb\xbf') ? 'a byte order mark is before its first line' : 'it does not begin with #!';
        yield { path, line: 1, message: `${what}: ${consequence(script)}` };
      }
    },
  },
  {
    id: 'S207',
    severity: 'warning',
    title: 'interpreter by a relative path',
    why:
      'A `#!` line with a path that does not start with `/` counts from the working directory, which is that of the service (behaviour.md §4); ' +
      'PATH is not searched.',
    fix: 'Write the whole path, or #!/usr/bin/env NAME.',
    *check({ scripts }): Iterable<Found> {
      for (const { path, interpreter } of scripts) {
        if (interpreter === null || interpreter.path.startsWith('/')) continue;
        const name = interpreter.path.replace(/\r$/, '');
        yield { path, line: 1, message: name === '' ? 'no interpreter after #!' : `"${name}" is looked for in the directory of the service` };
      }
    },
  },
  {
    id: 'S208',
    severity: 'warning',
    title: 'env does not find the program',
    why:
      'nitro passes its own environment on, with a default PATH if it has none (behaviour.md §4): as init or in a container that default is what ' +
      'counts. A program that is not in it is not found, and the script ends at once with status 127.',
    fix: 'Write the whole path of the program, or have nitro started with a PATH that has it.',
    *check({ scripts, snapshot }): Iterable<Found> {
      for (const { path, interpreter } of scripts) {
        const sought = interpreter === null ? null : soughtByEnv(interpreter);
        if (sought !== null && snapshot.programs.get(sought) === 'absent') yield { path, line: 1, message: `${sought} is in no directory of the default PATH` };
      }
    },
  },
  {
    id: 'S209',
    severity: 'warning',
    title: 'first line is too long',
    why:
      `Linux reads ${String(firstLineBytesMax)} bytes of a \`#!\` line. What is beyond is cut off, or the script cannot be executed (behaviour.md ` +
      '§3, launch).',
    fix: 'Shorten the line, and set options in the script.',
    *check({ scripts }): Iterable<Found> {
      for (const { path, interpreter } of scripts) {
        if (interpreter !== null && interpreter.line.length > firstLineBytesMax) {
          yield { path, line: 1, message: `the first line has ${String(interpreter.line.length)} bytes` };
        }
      }
    },
  },
  {
    id: 'S210',
    severity: 'error',
    title: 'program cannot run here',
    why:
      'A program for another processor cannot be executed, and one whose loader is missing fails with "no such file": the service becomes FATAL ' +
      '(behaviour.md §3, launch). Both are judged by the system where the check runs.',
    fix: 'Build it for this machine, link it statically, or install its loader.',
    *check({ scripts, snapshot }): Iterable<Found> {
      for (const script of readable(scripts)) {
        const elf = readElf(script.text);
        if (elf === null) continue;
        // A 64 bit x86 runs programs of 32 bits too.
        const isForeign = snapshot.machine !== null && elf.machine !== snapshot.machine && !(snapshot.machine === 62 && elf.machine === 3);
        if (isForeign) yield { path: script.path, message: `a program for another kind of machine (${String(elf.machine)}): ${consequence(script)}` };
        else if (elf.loader !== null && snapshot.programs.get(elf.loader) === 'absent') {
          yield { path: script.path, message: `its loader ${elf.loader} is missing: ${consequence(script)}` };
        }
      }
    },
  },
  {
    id: 'S211',
    severity: 'warning',
    title: 'file with nearly the right name',
    why:
      'Only files of the exact names `setup`, `run`, `finish`, `log`, `down`, `down-signal` and `notification-fd` mean something (behaviour.md ' +
      '§2). Any other is taken for data of the service.',
    fix: 'Rename the file.',
    *check({ units }): Iterable<Found> {
      for (const { name, files } of units) {
        for (const file of files.keys()) {
          const meant = nearMiss(file);
          if (meant !== null && !files.has(meant)) yield { path: `${name}/${file}`, message: `it means nothing to nitro: is ${meant} meant?` };
        }
      }
    },
  },
];

const known = ['setup', 'run', 'finish', 'down-signal', 'notification-fd', 'down'];

/** The name that was meant by one that means nothing; null: none. */
function nearMiss(file: Bytes): Bytes | null {
  if (known.includes(file)) return null;
  const bare = file.toLowerCase().replace(/\.(sh|bash|py)$/, '').replace(/_/g, '-');
  if (known.includes(bare)) return bare;
  if (['notify-fd', 'notificationfd', 'notification'].includes(bare)) return 'notification-fd';
  return ['downsignal', 'down-signals', 'stop-signal'].includes(bare) ? 'down-signal' : null;
}
