import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { cacheFolder } from './paths.ts';
import { mustRun, runCommand } from './processes.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
const MAC_PATHS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];
const QUIET_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SPARTICUZ = '@sparticuz/chromium@153.0.0';

interface BrowserProgram {
  readonly path: string;
  readonly args: readonly string[];
}

/**
 * Finds or brings a Chromium: `PLURNK_BROWSER` (a path, or `package` for the npm package), an installed one, Debian's (as root), or the npm package that contains one.
 * Throws with a sentence when there is none: a suite never skips in silence.
 */
export async function findBrowser(log: (line: string) => void = () => {}): Promise<BrowserProgram> {
  const wanted = process.env.PLURNK_BROWSER;
  if (wanted === 'package') return await sparticuz(log);
  if (wanted) {
    if (!existsSync(wanted)) throw new Error(`PLURNK_BROWSER names ${wanted}, which does not exist.`);
    return { path: wanted, args: QUIET_ARGS };
  }
  const installed = installedBrowser() ?? (await installWithApt(log));
  if (installed) return { path: installed, args: QUIET_ARGS };
  return await sparticuz(log);
}

/** Starts the browser, headless unless told otherwise. The caller closes it. */
export async function launchBrowser(
  options: { headless?: boolean; log?: (line: string) => void } = {},
): Promise<Browser> {
  const { path, args } = await findBrowser(options.log);
  return await chromium.launch({ executablePath: path, args: [...args], headless: options.headless ?? true });
}

function installedBrowser(): string | undefined {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap(folder => NAMES.map(name => join(folder, process.platform === 'win32' ? `${name}.exe` : name)));
  return [...onPath, ...MAC_PATHS].find(existsSync);
}

async function installWithApt(log: (line: string) => void): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  log('installing chromium with apt-get');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const { code, output } = await runCommand('apt-get', [...lock, ...args], { env });
    if (code !== 0) log(`apt-get ${args.join(' ')} exited with ${code}: ${output.slice(-500)}`);
  }
  return installedBrowser();
}

async function sparticuz(log: (line: string) => void): Promise<BrowserProgram> {
  const folder = join(cacheFolder(), 'sparticuz-chromium');
  const require = createRequire(pathToFileURL(join(folder, 'index.js')));
  try {
    if (!existsSync(join(folder, 'node_modules/@sparticuz/chromium'))) {
      log(`installing ${SPARTICUZ} into ${folder}`);
      await mkdir(folder, { recursive: true });
      const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
      await mustRun(npm, ['install', '--prefix', folder, SPARTICUZ, '--no-audit', '--no-fund'], { cwd: folder });
    }
    const loaded = (await import(pathToFileURL(require.resolve('@sparticuz/chromium')).href)) as {
      default: { args: string[]; executablePath(): Promise<string> };
    };
    return { path: await loaded.default.executablePath(), args: loaded.default.args };
  } catch (error) {
    throw new Error(
      `No Chromium or Chrome was found, and none could be installed (${String(error)}). Install one, or set PLURNK_BROWSER.`,
    );
  }
}
