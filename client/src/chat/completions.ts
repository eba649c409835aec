import type { Chip, Completion } from '@plurnk/protocol/webview';
import * as vscode from 'vscode';
import { workspacePath } from '../session/workspace-paths.ts';

const MOST = 12;

/** Commands of the input; each runs a command of the editor or changes the prompt. */
export const SLASH_COMMANDS = ['new', 'history', 'model', 'review', 'inspect', 'fork', 'export', 'doctor'] as const;
export type SlashCommand = (typeof SLASH_COMMANDS)[number];

export function slashDetails(): { name: SlashCommand; detail: string }[] {
  const details: Record<SlashCommand, string> = {
    new: vscode.l10n.t('New session'),
    history: vscode.l10n.t('Sessions'),
    model: vscode.l10n.t('Choose a model'),
    review: vscode.l10n.t('Review all pending changes'),
    inspect: vscode.l10n.t('Look inside: packets, ops, cost'),
    fork: vscode.l10n.t('Continue in a copy of this run'),
    export: vscode.l10n.t('Export this session'),
    doctor: vscode.l10n.t('Check models, git, runtimes and database'),
  };
  return SLASH_COMMANDS.map(name => ({ name, detail: details[name] }));
}

export function completeCommand(query: string): Completion[] {
  return slashDetails()
    .filter(({ name }) => name.startsWith(query.toLowerCase()))
    .map(({ name, detail }) => ({ kind: 'command', label: `/${name}`, detail, insert: `/${name}`, chip: null }));
}

/** Files whose path, and symbols whose name matches what is typed behind `@` (UI-10). */
export async function completeFile(query: string): Promise<Completion[]> {
  const [files, symbols] = await Promise.all([findFiles(query), findSymbols(query)]);
  return [...files, ...symbols].slice(0, MOST);
}

async function findFiles(query: string): Promise<Completion[]> {
  const letters = [...query.replace(/[^\p{L}\p{N}_./-]/gu, '')].map(letter => `${insensitive(letter)}`).join('');
  const glob = letters === '' ? '**/*' : `**/*${letters}*`;
  const [byName, byPath] = await Promise.all([
    vscode.workspace.findFiles(glob, undefined, MOST * 3),
    query.includes('/') ? vscode.workspace.findFiles(`**/${letters}*`, undefined, MOST * 3) : [],
  ]);
  const paths = [...new Set([...byPath, ...byName].map(uri => workspacePath(uri)))];
  return paths
    .sort((a, b) => a.length - b.length)
    .slice(0, MOST)
    .map(path => ({
      kind: 'file',
      label: path.split('/').at(-1) ?? path,
      detail: path,
      insert: `@${path}`,
      chip: fileChip(path),
    }));
}

async function findSymbols(query: string): Promise<Completion[]> {
  if (query.length < 2 || query.includes('/')) return [];
  const found = await vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
    'vscode.executeWorkspaceSymbolProvider',
    query,
  );
  return (found ?? [])
    .filter(({ location }) => location.uri.scheme === 'file')
    .slice(0, 6)
    .map(({ name, location }) => {
      const path = workspacePath(location.uri);
      const lines: [number, number] = [location.range.start.line + 1, location.range.end.line + 1];
      return {
        kind: 'symbol',
        label: name,
        detail: `${path}:${lines[0]}`,
        insert: `@${path}`,
        chip: { path, label: name, lines, text: null },
      };
    });
}

export function fileChip(path: string): Chip {
  return { path, label: path.split('/').at(-1) ?? path, lines: null, text: null };
}

function insensitive(letter: string): string {
  const [low, up] = [letter.toLowerCase(), letter.toUpperCase()];
  return low === up ? letter : `[${low}${up}]`;
}
