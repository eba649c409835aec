#!/usr/bin/env node
import { mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { serviceVersion } from './bundle-files.ts';
import { openServer, type PlurnkServer } from './container.ts';
import { Configuration } from './rpc/configuration.ts';
import { daemonHelp } from './rpc/daemon-help.ts';
import { WebSocketDoor } from './rpc/transport/web-socket-door.ts';

const IDLE_CHECK_MS = 500;
/** A stop that takes longer is a defect, and must not leave a process behind. */
const STOP_LIMIT_MS = 20_000;

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const err = (line: string): void => void process.stderr.write(`${line}\n`);

if (process.argv.includes('--help') || process.argv.includes('-h')) out(daemonHelp());
else if (process.argv.includes('--version')) out(serviceVersion());
else {
  try {
    await serve();
  } catch (error) {
    err(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

async function serve(): Promise<void> {
  const configuration = new Configuration(process.env);
  for (const problem of configuration.problems) err(problem);
  const server = await openServer({
    configuration,
    folder: storageFolder(configuration.values.dbPath),
    editor: null,
    fallbackModel: null,
    log: err,
  });
  const door = makeDoor(server, configuration);
  const url = await door.listen().catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  server.publishEndpoint(url);
  const stop = onlyOnce(async () => {
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    await door.close();
    await server.close();
    process.exit(0);
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  // Whoever reads the address may stop the daemon at once: by now it would hear that.
  out(url);
  watchIdle(server, configuration.values.idleExit, stop);
}

function makeDoor({ dispatcher, hub, store }: PlurnkServer, { values }: Configuration): WebSocketDoor {
  return new WebSocketDoor(dispatcher, hub, {
    host: values.host,
    port: values.port,
    token: values.token === '' ? null : values.token,
    allowedOrigins: values.allowedOrigins
      .split(',')
      .map(origin => origin.trim())
      .filter(Boolean),
    maxMessageBytes: values.maxMessageBytes,
    maxWaiting: values.maxWaitingBytes,
    durable: () => store.durable(),
  });
}

/** `PLURNK_DB_PATH` names the storage folder; where a file is already, the folder stands beside it. */
function storageFolder(given: string): string {
  const path = resolve(given.replace(/^~(?=$|[/\\])/, homedir()));
  const folder = statSync(path, { throwIfNoEntry: false })?.isFile() ? `${path}.d` : path;
  mkdirSync(dirname(folder), { recursive: true });
  return folder;
}

/** What nobody may stop: a model that works, a process that runs. Loops that only record (ENG-4) never end by themselves. */
function isBusy({ hub, store, engine }: PlurnkServer): boolean {
  if (hub.peers.length > 0 || store.subscriptions.active().length > 0) return true;
  return store.loops.unfinished().some(loop => engine.runOrigin(loop.runId) === 'model');
}

/** Stops a daemon that nobody uses: no client and no work. */
function watchIdle(server: PlurnkServer, idleMs: number, stop: () => void): void {
  if (idleMs === 0) return;
  let since = performance.now();
  const timer = setInterval(() => {
    if (isBusy(server)) since = performance.now();
    else if (performance.now() - since >= idleMs) stop();
  }, IDLE_CHECK_MS);
  timer.unref();
}

function onlyOnce(work: () => Promise<void>): () => void {
  let started = false;
  return () => {
    if (started) return;
    started = true;
    void work();
  };
}
