import * as vscode from 'vscode';
import type { Services } from '../context.ts';
import { projectRoot } from '../session/session-service.ts';
import type { CommandGroup } from './command.ts';

async function exportSession({ server, session }: Services): Promise<void> {
  const current = await session.open();
  const formats = [
    { label: vscode.l10n.t('Session file'), description: vscode.l10n.t('to import again'), format: 'session' as const },
    { label: 'HTML', description: vscode.l10n.t('one self-contained page'), format: 'html' as const },
    { label: 'JSONL', description: vscode.l10n.t('one JSON object per line'), format: 'jsonl' as const },
  ];
  const chosen = await vscode.window.showQuickPick(formats, { title: vscode.l10n.t('Export this session as') });
  if (!chosen) return;
  const { content, filename } = await server.request('session.export', { id: current.id, format: chosen.format });
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog(folder ? { defaultUri: vscode.Uri.joinPath(folder, filename) } : {});
  if (uri) await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
}

/** Shows the imported session; `from` is the file when the caller knows it. */
async function importSession({ server, session, chat }: Services, from: unknown): Promise<void> {
  const uri = from instanceof vscode.Uri ? from : await chooseFile();
  if (!uri) return;
  const content = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  if (content === '') throw new Error(vscode.l10n.t('The file is empty.'));
  const made = await server.request('session.import', { content, projectRoot: projectRoot() });
  await session.switchTo(made.id);
  await chat.open(null);
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import a session'),
    openLabel: vscode.l10n.t('Import'),
    filters: { [vscode.l10n.t('Session file')]: ['jsonl'] },
  });
  return chosen?.[0];
}

/** Retention leaves a kept session alone. */
async function keepSession({ server, session }: Services): Promise<void> {
  const { name } = await session.open();
  const { settings } = await server.request('session.configure', { settings: {} });
  const keep = settings.keep !== true;
  await server.request('session.configure', { settings: { keep } });
  void vscode.window.showInformationMessage(
    keep
      ? vscode.l10n.t('“{0}” is kept: it is never deleted by itself.', name)
      : vscode.l10n.t('“{0}” is no longer kept.', name),
  );
}

/** What the storage holds, and the button that makes it smaller. */
async function storage({ server }: Services): Promise<void> {
  const { disk, sessions, turns } = await server.request('storage.status', {});
  const compact = vscode.l10n.t('Compact');
  const said = vscode.l10n.t('{0} sessions with {1} turns, {2} on disk.', sessions, turns, megabytes(disk));
  if ((await vscode.window.showInformationMessage(said, compact)) !== compact) return;
  const { before, after } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Compacting…') },
    async () => await server.request('storage.compact', {}),
  );
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} on disk before, {1} now.', megabytes(before), megabytes(after)),
  );
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;

export const transferCommands = {
  'plurnk.exportSession': exportSession,
  'plurnk.importSession': importSession,
  'plurnk.keepSession': keepSession,
  'plurnk.storage': storage,
} satisfies CommandGroup;
