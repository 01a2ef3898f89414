/**
 * Binaries from the objects that the build left: with the names of functions, or with another program than nitro inside.
 *
 * Theory of operation. build/objects holds the objects of the engine, of the host, and of the two programs as bytecode, and the tool that
 * makes bytecode. Linked as build.mjs does it they give build/nitro again; that they do is checked, byte by byte, for otherwise
 * they are of another build and would say nothing about this one.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import { libraryOf } from './compiler.js';

/** As in build.mjs. */
const compileFlags = ['-std=gnu11', '-pipe', '-fno-pie', '-Os'];
const linkFlags = ['-static', '-no-pie', '-Wl,--gc-sections,--build-id=none,-z,noseparate-code,-z,norelro', '-lm', '-lpthread'];
/** In the order of build.mjs: host, programs, engine. */
const engineObjects = ['quickjs', 'libregexp', 'libunicode', 'cutils', 'dtoa'];
const programs = ['nitro', 'nitroctl'];
const tool = 'bytecode';

export class Relinking {
  private readonly objects: ReadonlyMap<string, string>;
  private readonly bytecodeTool: string | null;

  constructor(
    private readonly root: string,
    /** Where it writes to. */
    private readonly base: string,
  ) {
    const store = join(root, 'build/objects');
    const names = readdirSync(store).sort();
    const nameOf = (file: string): string => basename(file).replace(/-[0-9a-f]{16}(\.o)?$/, '');
    this.objects = new Map(names.filter((name) => name.endsWith('.o')).map((name) => [nameOf(name), join(store, name)]));
    const found = names.find((name) => nameOf(name) === tool && !name.endsWith('.o') && !name.endsWith('.part'));
    this.bytecodeTool = found === undefined ? null : join(store, found);
  }

  /** Do the objects give this binary, byte by byte? */
  isOf(binary: string): boolean {
    const again = join(this.base, 'again');
    try {
      this.link(binary, again, this.all(), ['-s']);
      return readFileSync(again).equals(readFileSync(binary));
    } catch {
      return false;
    } finally {
      rmSync(again, { force: true });
    }
  }

  /** The same program with the names of its functions; its path. */
  withNames(binary: string): string {
    const target = join(this.base, 'named');
    this.link(binary, target, this.all(), []);
    return target;
  }

  /** The same program with more inside: a C source, and the calls of functions that go to its `__wrap_` ones; its path. For tests of the guard. */
  withWrapped(binary: string, source: string, functions: readonly string[]): string {
    const target = join(this.base, 'wrapped');
    const wrapping = functions.map((name) => `-Wl,--wrap=${name}`);
    this.link(binary, target, [source, ...this.all()], [...compileFlags, ...wrapping, '-s']);
    return target;
  }

  /** The host and the engine of a binary around another program: TypeScript at `entry`, below the root; the path of what was made. */
  around(binary: string, entry: string): string {
    if (this.bytecodeTool === null) throw new Error('build/objects has no tool that makes bytecode: `npm run build` makes it');
    const name = basename(entry, '.ts');
    const [script, source, object] = ['js', 'c', 'o'].map((ending) => join(this.base, `${name}.${ending}`)) as [string, string, string];
    // As build.mjs bundles nitro.
    buildSync({
      entryPoints: [join(this.root, entry)],
      outfile: script,
      bundle: true,
      platform: 'neutral',
      format: 'iife',
      target: 'es2020',
      minifySyntax: true,
      minifyWhitespace: true,
      logLevel: 'error',
    });
    writeFileSync(source, execFileSync(this.bytecodeTool, [script, 'nitro_bytecode'], { maxBuffer: 2 ** 28 }));
    const [command, ...first] = this.compiler(binary);
    execFileSync(command, [...first, ...compileFlags, '-c', source, '-o', object], { stdio: ['ignore', 'ignore', 'pipe'] });
    const target = join(this.base, name);
    this.link(binary, target, this.all().map((each) => (each === this.objects.get('nitro') ? object : each)), []);
    return target;
  }

  private all(): readonly string[] {
    const pick = (isWanted: (name: string) => boolean): readonly string[] =>
      [...this.objects].filter(([name]) => isWanted(name)).map(([, path]) => path);
    const isHost = (name: string): boolean => name !== tool && !engineObjects.includes(name) && !programs.includes(name);
    const named = (names: readonly string[]): readonly string[] => names.flatMap((name) => this.objects.get(name) ?? []);
    return [...pick(isHost), ...named(programs), ...named(engineObjects)];
  }

  private link(binary: string, target: string, objects: readonly string[], more: readonly string[]): void {
    const [command, ...first] = this.compiler(binary);
    execFileSync(command, [...first, ...objects, ...more, ...linkFlags, '-o', target], { stdio: ['ignore', 'ignore', 'pipe'] });
  }

  /** As build.mjs chooses: CC, or musl's if that made the binary. */
  private compiler(binary: string): readonly [string, ...string[]] {
    const own = process.env['CC'];
    const [command = 'cc', ...first] = own !== undefined ? own.trim().split(/\s+/) : [libraryOf(readFileSync(binary)) === 'musl' ? 'musl-gcc' : 'cc'];
    return [command, ...first];
  }
}
