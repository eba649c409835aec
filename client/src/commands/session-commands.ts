import * as vscode from 'vscode';
import type { Services } from '../context.ts';
import type { CommandGroup } from './command.ts';
import { transferCommands } from './transfer-commands.ts';

const SEARCH_DELAY_MS = 150;

interface SessionItem extends vscode.QuickPickItem {
  readonly id: number;
}

async function pickSession({ session }: Services, title: string): Promise<SessionItem | undefined> {
  const items = (await session.history()).map(each => ({
    id: each.id,
    label: each.name,
    description: [
      each.id === session.current?.id ? vscode.l10n.t('shown now') : '',
      each.prompts === 1 ? vscode.l10n.t('1 prompt') : vscode.l10n.t('{0} prompts', each.prompts),
      each.cost_pico === null ? '' : `$${(each.cost_pico / 1e12).toFixed(3)}`,
    ]
      .filter(part => part !== '')
      .join(' · '),
    detail: `${new Date(each.updated_at).toLocaleString()}${each.project_root ? ` — ${each.project_root}` : ''}`,
  }));
  return await vscode.window.showQuickPick<SessionItem>(items, {
    title,
    matchOnDescription: true,
    matchOnDetail: true,
  });
}

/** Searches as the person types; a hit opens its session, run and row (UI-17). */
function searchHistory({ server, session, chat }: Services): void {
  interface HitItem extends vscode.QuickPickItem {
    readonly hit: { sessionId: number; runId: number | null; logEntryId: number | null };
  }
  const picker = vscode.window.createQuickPick<HitItem>();
  picker.title = vscode.l10n.t('Search all sessions');
  picker.placeholder = vscode.l10n.t('Prompts, messages, ops, targets, results');
  let timer: ReturnType<typeof setTimeout> | undefined;
  const search = async (query: string) => {
    picker.busy = true;
    const { hits } = await server.request('session.search', { query, limit: 50 }).finally(() => {
      picker.busy = false;
    });
    if (picker.value.trim() !== query) return;
    picker.items = hits.map(hit => ({
      label: hit.snippet.replace(/\s+/g, ' ').slice(0, 120),
      description: hit.sessionName,
      alwaysShow: true,
      hit,
    }));
  };
  picker.onDidChangeValue(value => {
    clearTimeout(timer);
    if (value.trim() === '') picker.items = [];
    else timer = setTimeout(() => void search(value.trim()), SEARCH_DELAY_MS);
  });
  picker.onDidAccept(async () => {
    const hit = picker.selectedItems[0]?.hit;
    picker.hide();
    if (!hit) return;
    await session.switchTo(hit.sessionId, hit.runId);
    await chat.open(hit.logEntryId);
  });
  picker.onDidHide(() => picker.dispose());
  picker.show();
}

async function deleteSession({ server, session }: Services): Promise<void> {
  const current = await session.open();
  const asked = await server.request('session.delete', { id: current.id });
  const remove = vscode.l10n.t('Delete');
  const question = vscode.l10n.t(
    'Delete the session “{0}” for good? It holds {1} prompts and {2} turns.',
    current.name,
    asked.loses?.prompts ?? 0,
    asked.loses?.turns ?? 0,
  );
  if ((await vscode.window.showWarningMessage(question, { modal: true }, remove)) !== remove || !asked.token) return;
  await server.request('session.delete', { id: current.id, token: asked.token });
}

async function renameSession({ server, session }: Services): Promise<void> {
  const current = await session.open();
  const name = await vscode.window.showInputBox({ title: vscode.l10n.t('Name of this session'), value: current.name });
  if (name?.trim()) await server.request('session.rename', { name: name.trim() });
}

async function switchRun({ session }: Services): Promise<void> {
  const runs = await session.refreshRuns();
  const items = runs.map(run => ({ label: run.name, description: String(run.status), id: run.id }));
  const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Show another run') });
  if (chosen) await session.showRun(chosen.id);
}

async function forkRun({ server, session }: Services, atTurn: unknown): Promise<void> {
  const { runId } = session;
  if (runId === null) return;
  const fork = await server.request('run.fork', { runId, ...(typeof atTurn === 'number' ? { atTurn } : {}) });
  await session.refreshRuns();
  await session.showRun(fork.runId);
}

export const sessionCommands = {
  'plurnk.openChat': ({ chat }, rowId) => chat.open(typeof rowId === 'number' ? rowId : null),
  'plurnk.newSession': async ({ session, chat }) => {
    await session.create();
    await chat.open(null);
  },
  'plurnk.history': async services => {
    const chosen = await pickSession(services, vscode.l10n.t('Sessions'));
    if (chosen) await services.session.switchTo(chosen.id);
  },
  'plurnk.searchHistory': searchHistory,
  'plurnk.switchRun': switchRun,
  'plurnk.forkRun': forkRun,
  'plurnk.renameSession': renameSession,
  'plurnk.deleteSession': deleteSession,
  ...transferCommands,
  'plurnk.stop': ({ chat }) => chat.stop(),
} satisfies CommandGroup;
