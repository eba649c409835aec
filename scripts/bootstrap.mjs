// Runs one of the project's scripts on a fresh clone: node scripts/bootstrap.mjs <script> [arguments].
// Needs nothing but Node 20 and npm: installs the dependencies when they are missing or differ from the lock file,
// then hands over to the pinned Node of the npm package `node`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const windows = process.platform === 'win32';
const modules = join(root, 'node_modules');

const [script, ...args] = process.argv.slice(2);
if (!script) fail('usage: node scripts/bootstrap.mjs <script> [arguments]');
requireNode20();
if (!dependenciesAreCurrent()) install();
handOver(pinnedNode(), ['--conditions=plurnk-source', '--no-warnings', join(root, script), ...args]);

function requireNode20() {
  if (Number(process.versions.node.split('.')[0]) < 20) fail(`Node 20 or newer is needed, this is ${process.version}.`);
}

/** Compares the lock file with npm's own record of what is installed. */
function dependenciesAreCurrent() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, link, optional, devOptional, peer }]) => {
    if (!path.includes('node_modules/') || link) return true;
    const there = installed[path];
    return there ? there.version === version : Boolean(optional || devOptional || peer);
  });
}

function install() {
  console.log('installing dependencies (npm ci)');
  const started = Date.now();
  const { status, error } = npm(['ci', '--no-audit', '--no-fund'], root);
  if (error || status !== 0) fail(`npm ci failed${error ? `: ${error.message}` : ` with ${status}`}.`);
  console.log(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/**
 * The Node that the scripts and tests run on. The package `node` links its binary in an install script;
 * where install scripts are blocked it has not run, so it is run here.
 */
function pinnedNode() {
  const binary = join(modules, 'node/bin', windows ? 'node.exe' : 'node');
  if (!runs(binary)) {
    console.log('linking the pinned Node');
    spawnSync(process.execPath, ['installArchSpecificPackage.js'], { cwd: join(modules, 'node'), stdio: 'inherit' });
  }
  if (runs(binary)) return binary;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return fail(`The pinned Node (${binary}) does not run and this Node is ${process.version}; install Node 24.`);
}

function runs(binary) {
  return existsSync(binary) && spawnSync(binary, ['--version']).status === 0;
}

function npm(parameters, cwd) {
  return spawnSync(windows ? 'npm.cmd' : 'npm', parameters, { cwd, stdio: 'inherit', shell: windows });
}

function handOver(node, parameters) {
  const path = [join(modules, '.bin'), process.env.PATH].join(delimiter);
  const child = spawn(node, parameters, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } });
  // A terminal sends Ctrl-C to both; the child decides when to end, and its exit code is ours.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', error => fail(error.message));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
