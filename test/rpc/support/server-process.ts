import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EditorState } from '@plurnk/protocol';
import { EditorClient } from './editor-client.ts';
import { SocketClient } from './socket-client.ts';

const root = join(import.meta.dirname, '../../..');
const nodeArguments = ['--conditions=plurnk-source', '--no-warnings'];

export type Scripts = { readonly [alias: string]: readonly string[] };

export interface ServerSetup {
  /** Models by alias: each a list of emissions. The first is the default. */
  readonly scripts?: Scripts;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder of one test with the storage, the scripts and a workspace; removed at the end. */
export class Place {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'plurnk-rpc-')));
  readonly storage = join(this.folder, 'storage');

  file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** The environment of a server: ours, without anybody's keys and models. */
  environment({ scripts = {}, env = {} }: ServerSetup): NodeJS.ProcessEnv {
    const { PATH, HOME: _, ...rest } = process.env;
    const kept = Object.entries(rest).filter(([name]) => !/^PLURNK_|_API_KEY$|_BASE_URL$/.test(name));
    const models = Object.entries(scripts).map(([alias, emissions]) => [
      `PLURNK_MODEL_${alias.toUpperCase()}`,
      `scripted/${this.file(`${alias}.json`, JSON.stringify(emissions))}`,
    ]);
    const [first] = Object.keys(scripts);
    return {
      PATH,
      HOME: this.folder,
      ...Object.fromEntries(kept),
      ...Object.fromEntries(models),
      ...(first === undefined ? {} : { PLURNK_MODEL: first }),
      PLURNK_DB_PATH: this.storage,
      PLURNK_PORT: '0',
      NODE_COMPILE_CACHE: join(tmpdir(), 'plurnk-compile-cache'),
      ...env,
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A test that fails stops no server: the end of the test process does. */
function endWithTests(child: ChildProcess): void {
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}

/** A daemon in a process of its own. */
export class DaemonProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly clients: SocketClient[] = [];

  private constructor(child: ChildProcess, url: string) {
    this.child = child;
    this.url = url;
  }

  static start(place: Place, setup: ServerSetup = {}): Promise<DaemonProcess> {
    const child = spawn(process.execPath, [...nodeArguments, join(root, 'server/src/daemon.ts')], {
      env: place.environment(setup),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endWithTests(child);
    return new Promise((resolve, reject) => {
      let [output, trouble] = ['', ''];
      child.stdout.on('data', (data: Buffer) => {
        output += String(data);
        const url = /^(ws:\/\/\S+)$/m.exec(output)?.[1];
        if (url !== undefined) resolve(new DaemonProcess(child, url));
      });
      child.stderr.on('data', (data: Buffer) => {
        trouble += String(data);
      });
      child.once('exit', code => reject(new Error(`the daemon ended with ${code}: ${trouble}`)));
    });
  }

  async connect(headers: Record<string, string> = {}): Promise<SocketClient> {
    const client = await SocketClient.open(this.url, headers);
    this.clients.push(client);
    return client;
  }

  /** SIGTERM; resolves with the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  #end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return Promise.resolve(this.child.exitCode);
    return new Promise(resolve => {
      this.child.once('exit', code => resolve(code));
      this.child.kill(signal);
    });
  }
}

/** A language server in a process of its own, initialised. */
export async function startLanguageServer(
  place: Place,
  setup: ServerSetup = {},
  state: EditorState = {},
): Promise<EditorClient> {
  const child = spawn(process.execPath, [...nodeArguments, join(root, 'server/src/main.ts'), '--stdio'], {
    env: place.environment(setup),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  endWithTests(child);
  const client = new EditorClient(child);
  const whole = { storagePath: join(place.folder, 'editor-storage'), trusted: true, ...state };
  await client.initialize(whole).catch((error: unknown) => {
    child.kill();
    throw error;
  });
  await client.connection.sendNotification('initialized', {});
  return client;
}
