/**
 * Builds nitro: `node build.mjs` makes build/nitro and its links, `node build.mjs --debug` the same below build/debug, with
 * the sanitizers.
 *
 * Theory of operation. The TypeScript of cli/nitro.ts and cli/nitroctl.ts is bundled, compiled to bytecode by a small tool
 * that is linked from the engine's own objects, and linked into one static binary with the engine and the host.
 * Objects are kept under a hash of everything they are made from, so only what changed is compiled again.
 * The engine is QuickJS. Its sources come out of an npm package, taken by exact version and content hash; nothing else of the
 * package is used or run. QUICKJS_DIR names another tree of QuickJS, CC another C compiler.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import esbuild from 'esbuild';
import { pageOf } from './cli/audit/inspect/bundle.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const debug = process.argv.includes('--debug');
/** Without nitro-audit it is faster: enough for who wants a changed daemon. */
const isWhole = !process.argv.includes('--without-audit');
const hostDirectory = path.join(root, 'runtime/host');
const engineStore = path.join(root, 'build/engine');
const output = path.join(root, debug ? 'build/debug' : 'build');
const objectStore = path.join(output, 'objects');

const programs = ['nitro', 'nitroctl'];
const links = ['nitroctl', 'init', 'halt', 'poweroff', 'reboot'];

const enginePackage = {
  spec: 'qjsc@0.3.0',
  file: 'qjsc-0.3.0.tgz',
  sha512: 'a7+cU6/IVcZbIejffdt/wZVMX6LL2MDL3HQ9Zb5Gm23G9DvBMS/z9GHFxz39bAvp2PvMOM+ypSOAyokt2DdZ2w==',
  sources: 'package/deps/quickjs_2021_03_27/',
};
/** Sources of the engine that nitro needs. Those of newer releases are used if they are there. */
const engineSources = ['quickjs.c', 'libregexp.c', 'libunicode.c', 'cutils.c'];
const newerEngineSources = ['dtoa.c'];

class BuildError extends Error {}

const hash = (algorithm, data, encoding) => createHash(algorithm).update(data).digest(encoding);
/** A name to write to until the file is whole: another build may run at the same time. */
const partOf = (file) => `${file}.${process.pid}.part`;
const shortHash = (parts) => hash('sha256', parts.join('\n'), 'hex').slice(0, 16);

/** Runs a command to its end; its output on success, a BuildError otherwise. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const out = [];
    const err = [];
    child.stdout.on('data', (data) => out.push(data));
    child.stderr.on('data', (data) => err.push(data));
    child.on('error', (error) => reject(new BuildError(`${command}: ${error.message}`)));
    child.on('close', (status, signal) => {
      if (status === 0) resolve(Buffer.concat(out));
      else reject(new BuildError(`${[command, ...args].join(' ')}\n${Buffer.concat(err)}exit ${status ?? signal}`));
    });
  });
}

/** Runs tasks, as many at a time as there are processors. */
async function inParallel(tasks) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < tasks.length) {
      const index = next++;
      results[index] = await tasks[index]();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

// ---- the engine's sources

/** The files of a tar archive, by name. */
function* untar(archive) {
  const text = (from, length) => archive.toString('latin1', from, from + length).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const prefix = text(at + 345, 155);
    const name = (prefix === '' ? '' : `${prefix}/`) + text(at, 100);
    const size = parseInt(text(at + 124, 12), 8);
    if (archive[at + 156] === 0x30) yield { name, data: archive.subarray(at + 512, at + 512 + size) };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

const isIntact = (file) => fs.existsSync(file) && hash('sha512', fs.readFileSync(file), 'base64') === enginePackage.sha512;

/** Fetches the package with npm, so that its registry settings and its cache count. */
function fetchEngine(tarball) {
  console.log(`fetching ${enginePackage.spec}`);
  const environment = { ...process.env };
  // Options of an outer npm command are not meant for this one.
  for (const name of ['dry_run', 'json', 'pack_destination', 'workspaces', 'workspace']) delete environment[`npm_config_${name}`];
  const options = { cwd: engineStore, env: environment, encoding: 'utf8' };
  const npm = spawnSync('npm', ['pack', enginePackage.spec, '--ignore-scripts', '--loglevel=error'], options);
  const why = npm.error ? npm.error.message : npm.stderr.trim();
  const help = 'It holds the sources of QuickJS. To build without it, name a QuickJS source tree in QUICKJS_DIR.';
  if (npm.status !== 0) throw new BuildError(`npm cannot fetch ${enginePackage.spec}: ${why}\n${help}`);
  if (!isIntact(tarball)) throw new BuildError(`${tarball} is not the package that nitro was made with (sha512 differs)\n${help}`);
}

/** The directory of the engine's sources. */
function engineDirectory() {
  const own = process.env['QUICKJS_DIR'];
  if (own) {
    if (!fs.existsSync(path.join(own, 'quickjs.c'))) throw new BuildError(`QUICKJS_DIR=${own}: no quickjs.c there`);
    return path.resolve(own);
  }
  const directory = path.join(engineStore, 'quickjs');
  const tarball = path.join(engineStore, enginePackage.file);
  fs.mkdirSync(engineStore, { recursive: true });
  if (isIntact(tarball) && fs.existsSync(directory)) return directory;
  if (!isIntact(tarball)) fetchEngine(tarball);
  const unpacked = fs.mkdtempSync(path.join(engineStore, 'unpack-'));
  for (const { name, data } of untar(gunzipSync(fs.readFileSync(tarball)))) {
    const file = name.slice(enginePackage.sources.length);
    const wanted = file.endsWith('.h') || engineSources.includes(file) || ['LICENSE', 'VERSION'].includes(file);
    if (name.startsWith(enginePackage.sources) && wanted && !file.includes('/')) fs.writeFileSync(path.join(unpacked, file), data);
  }
  fs.rmSync(directory, { recursive: true, force: true });
  fs.renameSync(unpacked, directory);
  return directory;
}

// ---- the C compiler

const commonFlags = ['-std=gnu11', '-pipe', '-D_FILE_OFFSET_BITS=64', '-D_TIME_BITS=64'];
const flags = debug
  ? { compile: ['-g', '-O1', '-fno-omit-frame-pointer', '-DSANITIZED'], link: ['-fsanitize=address,undefined'] }
  : {
      compile: ['-fno-pie', '-ffunction-sections', '-fdata-sections', '-fno-asynchronous-unwind-tables'],
      link: ['-static', '-no-pie', '-s', '-Wl,--gc-sections,--build-id=none,-z,noseparate-code,-z,norelro'],
    };
const hostFlags = [...(debug ? [] : ['-Os']), '-Wall', '-Wextra', '-Werror', ...(debug ? ['-fsanitize=address,undefined', '-fno-sanitize-recover=undefined'] : [])];
/**
 * The engine is not ours to warn about; it overflows integers on purpose, which the undefined sanitizer would report. -O2 makes it a
 * third faster than -Os, for 80 KiB.
 */
const engineFlags = [...(debug ? [] : ['-O2']), '-w', '-fwrapv', '-D_GNU_SOURCE', '-DCONFIG_VERSION="nitro"', ...(debug ? ['-fsanitize=address'] : [])];

/** Why `compiler` cannot make a binary that runs here, or null if it can. */
async function failureOf(compiler) {
  const directory = fs.mkdtempSync(path.join(tmpdir(), 'nitro-build-'));
  const [source, binary] = [path.join(directory, 'try.c'), path.join(directory, 'try')];
  fs.writeFileSync(source, '#include <stdio.h>\n#include <sys/socket.h>\nint main(void) { return puts("works") < 0; }\n');
  try {
    await run(compiler[0], [...compiler.slice(1), ...commonFlags, ...flags.compile, source, ...flags.link, '-o', binary]);
    await run(binary, []);
    return null;
  } catch (error) {
    return error.message;
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** The compiler to use, as a command and its first arguments. */
async function findCompiler() {
  const own = process.env['CC'];
  const candidates = own ? [own] : debug ? ['gcc', 'clang', 'cc'] : ['musl-gcc', 'cc', 'gcc', 'clang'];
  const failures = [];
  for (const candidate of candidates) {
    const compiler = candidate.trim().split(/\s+/);
    const failure = await failureOf(compiler);
    if (failure === null) return compiler;
    failures.push(failure.replace(/^/gm, '  '));
  }
  throw new BuildError(
    `No C compiler that can make a ${debug ? 'sanitized' : 'static'} binary (tried ${candidates.join(', ')}).\n` +
      'nitro needs one, and the static C library. On Debian: apt install gcc libc6-dev; for a smaller binary also musl-tools.\n' +
      `CC names another compiler.\n${failures.join('\n')}`,
  );
}

/** Compiles sources to objects, except those that are there already; the objects' paths, in the order of the sources. */
function compileAll(compiler, identity, jobs) {
  const tasks = jobs.map(({ source, options, uses }) => async () => {
    const made = [identity, ...options, ...[source, ...uses].map((file) => hash('sha256', fs.readFileSync(file), 'hex'))];
    const object = path.join(objectStore, `${path.basename(source, '.c')}-${shortHash(made)}.o`);
    if (!fs.existsSync(object)) {
      await run(compiler[0], [...compiler.slice(1), ...options, '-c', source, '-o', partOf(object)]);
      fs.renameSync(partOf(object), object);
    }
    return object;
  });
  return inParallel(tasks);
}

// ---- the parts

const bundle = () =>
  esbuild.build({
    entryPoints: programs.map((name) => path.join(root, 'cli', `${name}.ts`)),
    outdir: path.join(output, 'js'),
    bundle: true,
    platform: 'neutral',
    format: 'iife',
    target: 'es2020',
    minifySyntax: !debug,
    minifyWhitespace: !debug,
    legalComments: 'none',
    logLevel: 'warning',
  });

/** nitro-audit runs on Node: it is bundled with all that it uses into one script. */
const bundleAudit = async () =>
  esbuild.build({
    entryPoints: [path.join(root, 'cli/nitro-audit.ts')],
    outfile: path.join(output, 'nitro-audit.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // Pictures are carried as text.
    loader: { '.svg': 'text' },
    // The tools of the walks are found from where the bundle stands.
    define: { INSPECT_PAGE: JSON.stringify(await pageOf()), 'import.meta.url': 'bundleUrl' },
    banner: { js: "#!/usr/bin/env node\nconst bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
    legalComments: 'inline',
    logLevel: 'warning',
  });

/** Bytecode of a program as a C source. */
async function toBytecode(tool, name) {
  const script = path.join(output, 'js', `${name}.js`);
  const source = path.join(output, 'js', `${name}.c`);
  const environment = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' };
  fs.writeFileSync(source, await run(tool, [script, `${name}_bytecode`, ...(debug ? ['lines'] : [])], { env: environment }));
  return source;
}

function makeLink(name) {
  const link = path.join(output, name);
  if (fs.lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && fs.readlinkSync(link) === 'nitro') return;
  fs.rmSync(link, { force: true });
  fs.symlinkSync('nitro', link);
}

async function build() {
  fs.mkdirSync(objectStore, { recursive: true });
  const engine = engineDirectory();
  const compiler = await findCompiler();
  const version = await run(compiler[0], [...compiler.slice(1), '--version']).catch(() => '');
  const identity = `${compiler.join(' ')}\n${version}`;

  const base = [...commonFlags, ...flags.compile];
  const filesIn = (directory, ending) =>
    fs.readdirSync(directory).filter((name) => name.endsWith(ending)).sort().map((name) => path.join(directory, name));
  const engineHeaders = filesIn(engine, '.h');
  const hostHeaders = [path.join(engine, 'quickjs.h'), ...filesIn(hostDirectory, '.h')];
  const sources = [...engineSources, ...newerEngineSources.filter((name) => fs.existsSync(path.join(engine, name)))];
  const ofEngine = sources.map((name) => ({ source: path.join(engine, name), options: [...base, ...engineFlags], uses: engineHeaders }));
  const hostOptions = [...base, ...hostFlags, '-isystem', engine];
  const ofHost = filesIn(hostDirectory, '.c').map((source) => ({ source, options: hostOptions, uses: hostHeaders }));

  const [objects] = await Promise.all([compileAll(compiler, identity, [...ofEngine, ...ofHost]), bundle(), ...(isWhole ? [bundleAudit()] : [])]);
  if (isWhole) fs.chmodSync(path.join(output, 'nitro-audit.cjs'), 0o755);
  const engineObjects = objects.slice(0, ofEngine.length);
  const isTool = (object) => path.basename(object).startsWith('bytecode-');
  const hostObjects = objects.slice(ofEngine.length).filter((object) => !isTool(object));
  const link = (target, parts) => run(compiler[0], [...compiler.slice(1), ...parts, ...flags.link, '-lm', '-lpthread', '-o', target]);

  const toolObjects = [...objects.filter(isTool), ...engineObjects];
  const tool = path.join(objectStore, `bytecode-${shortHash([...toolObjects, ...flags.link])}`);
  if (!fs.existsSync(tool)) {
    await link(partOf(tool), toolObjects);
    fs.renameSync(partOf(tool), tool);
  }

  const bytecode = await Promise.all(programs.map((name) => toBytecode(tool, name)));
  const ofPrograms = bytecode.map((source) => ({ source, options: [...base, ...hostFlags], uses: [] }));
  const programObjects = await compileAll(compiler, identity, ofPrograms);
  const binary = path.join(output, 'nitro');
  await link(partOf(binary), [...hostObjects, ...programObjects, ...engineObjects]);
  fs.renameSync(partOf(binary), binary);
  links.forEach(makeLink);

  const used = new Set([...objects, ...programObjects, tool]);
  for (const name of fs.readdirSync(objectStore)) {
    const file = path.join(objectStore, name);
    if (!used.has(file) && !name.endsWith('.part')) fs.rmSync(file, { force: true });
  }
  console.log(`${path.relative(root, binary)}: ${Math.ceil(fs.statSync(binary).size / 1024)} KiB (${compiler.join(' ')})`);
}

try {
  await build();
} catch (error) {
  if (!(error instanceof BuildError) && !Array.isArray(error.errors)) throw error;
  if (error instanceof BuildError) console.error(`build: ${error.message}`); // esbuild has reported its own
  process.exit(1);
}
