import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { killWithUs, mustRun, stopGroup } from './processes.ts';
import { type EditorInstall, provisionEditor } from './provision-editor.ts';

export interface EditorOptions {
  /** Where the server keeps settings, storage and extensions. Without it: a temporary folder, removed by `stop()`. */
  readonly dataFolder?: string;
  /** Workspace trust: false lets every folder open as trusted without a question. Default false. */
  readonly workspaceTrust?: boolean;
  /** 0 (default) takes a free port. */
  readonly port?: number;
  /** Settings of the machine scope; they hold for every window of this server. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Further environment of the server and so of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** A packaged extension to install before the start. */
  readonly vsix?: string;
  /** Folders of more extensions, installed as they are before the start. */
  readonly extensions?: readonly string[];
  /**
   * As people run it: notifications appear as toasts. Without it (the default) the editor is in its test mode, which
   * keeps them in the list behind the bell, and without which a window takes no extension under development.
   */
  readonly asShipped?: boolean;
  /** A file for what the server prints. */
  readonly logFile?: string;
  readonly log?: (line: string) => void;
}

/** A running VS Code server. */
export interface Editor {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly dataFolder: string;
  /** What the server has printed so far. */
  output(): string;
  /** Ends the server and everything it started; removes its temporary folder. Idempotent. */
  stop(): Promise<void>;
}

const CALM_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'security.workspace.trust.untrustedFiles': 'open',
  'git.openRepositoryInParentFolders': 'never',
  'chat.commandCenter.enabled': false,
} as const;

/** Starts the VS Code server of the cache (it is brought first when missing). Ready in about 3 s. */
export async function startEditor(options: EditorOptions = {}): Promise<Editor> {
  const install = await provisionEditor(options.log);
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'plurnk-editor-')));
  await writeSettings(dataFolder, { ...CALM_SETTINGS, ...options.settings });
  if (options.vsix) await installVsix(install, options.vsix, dataFolder);
  for (const folder of options.extensions ?? []) await copyExtension(folder, dataFolder);

  const child = spawn(process.execPath, serverArguments(install, dataFolder, options), {
    cwd: dataFolder,
    env: editorEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const forget = killWithUs(child);
  const printed = new Printed(options.logFile ? await openLog(options.logFile) : undefined);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      await stopGroup(child);
      forget();
      printed.close();
      if (!options.dataFolder) await rm(dataFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    })();
    return stopping;
  };
  try {
    const port = await listeningPort(child, printed);
    const url = `http://127.0.0.1:${port}`;
    return { host: '127.0.0.1', port, url, dataFolder, output: () => printed.text, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function copyExtension(folder: string, dataFolder: string): Promise<void> {
  const manifest = await readFile(join(folder, 'package.json'), 'utf8');
  const { publisher, name, version } = JSON.parse(manifest) as Record<string, string>;
  await cp(folder, join(dataFolder, 'extensions', `${publisher}.${name}-${version}`), { recursive: true });
}

/** What the server printed, kept and copied into the log file. */
class Printed {
  text = '';
  readonly #file: WriteStream | undefined;

  constructor(file: WriteStream | undefined) {
    this.#file = file;
  }

  add(chunk: string): void {
    this.text += chunk;
    this.#file?.write(chunk);
  }

  close(): void {
    this.#file?.end();
  }
}

/** Resolves with the port once the server listens; rejects with its words when it ends or cannot listen. */
function listeningPort(child: ChildProcessByStdio<null, Readable, Readable>, printed: Printed): Promise<number> {
  return new Promise((resolve, reject) => {
    const onData = (chunk: string) => {
      printed.add(chunk);
      const match = /Extension host agent listening on (\d+)\s/.exec(printed.text);
      if (match) resolve(Number(match[1]));
      const failure = /Error occurred in server\s+(?:\[[\d:]+\] )?(Error: .*)/.exec(printed.text);
      if (failure) reject(new Error(`The editor's server did not start: ${failure[1]}`));
    };
    child.stdout.setEncoding('utf8').on('data', onData);
    child.stderr.setEncoding('utf8').on('data', onData);
    child.once('error', reject);
    child.once('exit', code =>
      reject(new Error(`The editor's server ended with ${code}:\n${printed.text.slice(-2000)}`)),
    );
  });
}

function serverArguments(install: EditorInstall, dataFolder: string, options: EditorOptions): string[] {
  return [
    install.serverMain,
    '--host=127.0.0.1',
    `--port=${options.port ?? 0}`,
    '--without-connection-token',
    '--accept-server-license-terms',
    `--server-data-dir=${dataFolder}`,
    '--telemetry-level=off',
    ...(options.asShipped ? [] : ['--enable-smoke-test-driver']),
    ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
  ];
}

/** The editor is a process of its own: nothing of npm, of this script's Node flags or of an outer VS Code reaches it. */
function editorEnvironment(extra: Readonly<Record<string, string>> | undefined): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_OPTIONS$|NODE_V8_COVERAGE$|VSCODE_|ELECTRON_)/i.test(name),
  );
  return { ...Object.fromEntries(inherited), ...extra };
}

async function writeSettings(dataFolder: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const file = join(dataFolder, 'data/Machine/settings.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(settings, null, 2));
}

async function installVsix(install: EditorInstall, vsix: string, dataFolder: string): Promise<void> {
  const args = [install.serverMain, '--install-extension', vsix, '--force', `--server-data-dir=${dataFolder}`];
  await mustRun(process.execPath, [...args, '--accept-server-license-terms'], { env: editorEnvironment(undefined) });
}

async function openLog(file: string): Promise<WriteStream> {
  await mkdir(dirname(file), { recursive: true });
  return createWriteStream(file, { flags: 'w' });
}
