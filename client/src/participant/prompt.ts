import type { LogEntry } from '@plurnk/protocol';
import * as vscode from 'vscode';
import { workspacePath } from '../session/workspace-paths.ts';

/** The prompt with what the person referred to: files go along as open paths, spans are quoted. */
export function promptOf({ prompt, references }: Pick<vscode.ChatRequest, 'prompt' | 'references'>): {
  prompt: string;
  openPaths: string[];
} {
  const openPaths: string[] = [];
  const quotes: string[] = [];
  for (const { value } of references) {
    if (value instanceof vscode.Uri) openPaths.push(workspacePath(value));
    else if (value instanceof vscode.Location) {
      const path = workspacePath(value.uri);
      quotes.push(`[${path}:${value.range.start.line + 1}-${value.range.end.line + 1}]`);
    } else if (typeof value === 'string') quotes.push(value);
  }
  return { prompt: [prompt, ...quotes].join('\n\n'), openPaths };
}

/** The text of a message to the person; null for any other row. */
export function sentMessage(entry: LogEntry): string | null {
  if (entry.op !== 'SEND' || entry.scheme !== null || entry.pathname !== null) return null;
  if (entry.tx === null || typeof entry.tx !== 'object' || Array.isArray(entry.tx)) return null;
  const { body } = entry.tx;
  if (typeof body === 'string') return body;
  return body !== null && typeof body === 'object' && !Array.isArray(body) && typeof body.raw === 'string'
    ? body.raw
    : null;
}
