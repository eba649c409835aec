import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../../../client/src/context.ts';
import type { PlurnkApi } from '../../../client/src/extension.ts';
import { eventually } from './wait.ts';

/** The running extension's parts, after its server answered. */
export async function services(): Promise<Services> {
  const extension = vscode.extensions.getExtension<PlurnkApi>('plurnk.plurnk');
  if (!extension) throw new Error('the extension is not there');
  const api = await extension.activate();
  await api.ready;
  return api.services;
}

/** The opened folder. */
export function workspaceFolder(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('no folder is open');
  return folder.uri;
}

export function fileUri(path: string): vscode.Uri {
  return vscode.Uri.joinPath(workspaceFolder(), path);
}

export async function readFile(path: string): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(fileUri(path)));
}

/** Writes behind the editor's back, and waits until a document that is open without changes shows it. */
export async function writeFile(path: string, text: string): Promise<void> {
  const uri = fileUri(path);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const shown = () => vscode.workspace.textDocuments.find(each => each.uri.toString() === uri.toString());
  await eventually(
    () => shown(),
    document => !document || document.isDirty || document.getText() === text,
    `${path} as it is on the disk`,
  );
}

let scripts = 0;

/** A model that answers with these emissions, one after the other. Gives its alias. */
export async function scriptedModel(emissions: readonly string[]): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'plurnk-script-')), 'script.json');
  writeFileSync(file, JSON.stringify(emissions));
  const alias = `script${++scripts}`;
  const configuration = vscode.workspace.getConfiguration('plurnk');
  const before = configuration.inspect<object[]>('models')?.globalValue ?? [];
  await configuration.update(
    'models',
    [...before, { alias, provider: 'scripted', model: file }],
    vscode.ConfigurationTarget.Global,
  );
  const { server, editorState } = await services();
  server.notify('plurnk/editor.changed', editorState.current());
  return alias;
}

/** One emission: a plan, the given statements, and where the loop goes. */
export function emission(statements: readonly string[], status = 200, message = 'Done.'): string {
  return ['<<PLAN:Do it.:PLAN', ...statements, `<<SEND[${status}]:${message}:SEND`].join('\n');
}

/** Resolves with the first event that satisfies. */
export function nextEvent<T>(event: vscode.Event<T>, satisfied: (value: T) => boolean = () => true): Promise<T> {
  return new Promise(resolve => {
    const listener = event(value => {
      if (!satisfied(value)) return;
      listener.dispose();
      resolve(value);
    });
  });
}

/** A loop in the shown session, in the shown run or a given one: its id, and its end. */
export async function startLoop(
  emissions: readonly string[],
  prompt = 'Work on it',
  inRun?: number,
): Promise<{ loopId: number; runId: number; ended: Promise<number> }> {
  const { server, session } = await services();
  await session.open();
  const alias = await scriptedModel(emissions);
  let finish: (status: number) => void = () => undefined;
  const ended = new Promise<number>(resolve => {
    finish = resolve;
  });
  const early = new Map<number, number>();
  let loopId = 0;
  const listener = server.onNotification('loop/terminated', end => {
    early.set(end.loopId, end.finalStatus);
    if (end.loopId !== loopId) return;
    listener.dispose();
    finish(end.finalStatus);
  });
  const runId = inRun ?? session.runId;
  const started = await server.request('loop.run', { prompt, alias, ...(runId === null ? {} : { runId }) });
  if ('error' in started) throw new Error(started.error);
  loopId = started.loopId;
  const status = early.get(loopId);
  if (status !== undefined) finish(status);
  if (inRun === undefined) await session.adopt(started.modelRunId);
  return { loopId, runId: started.modelRunId, ended };
}

/** A fresh session, so that tests do not see each other's rows. */
export async function freshSession(): Promise<Services> {
  const found = await services();
  await found.session.create();
  return found;
}

/** In a browser the editor saves by itself after a second; in the tests of this suite the person saves. */
export function savedByThePerson(): void {
  const autoSave = (value: string | undefined) =>
    vscode.workspace.getConfiguration('files').update('autoSave', value, vscode.ConfigurationTarget.Global);
  before(() => autoSave('off'));
  after(() => autoSave(undefined));
}
