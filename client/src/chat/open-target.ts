import * as vscode from 'vscode';
import { workspaceUri } from '../session/workspace-paths.ts';

const FILE_LINES = /^(.*?)(?:#L(\d+)(?:-L?(\d+))?|:(\d+)(?:-(\d+))?)?$/;
const ENTRY = /^(known|unknown|plurnk|run):\/\//;

/** Opens what a link means: a file at its lines, an entry as a document, a page in the browser (UI-11). */
export async function openTarget(link: string, lines: readonly [number, number] | null): Promise<void> {
  if (/^(https?|mailto):/i.test(link)) {
    await vscode.env.openExternal(vscode.Uri.parse(link, true));
    return;
  }
  if (ENTRY.test(link)) {
    await vscode.commands.executeCommand('plurnk.openEntry', link);
    return;
  }
  const [, path = link, a, b, c, d] = FILE_LINES.exec(link) ?? [];
  // A path that leads out of the workspace is not followed.
  const uri = workspaceUri(decodeURIComponent(path));
  if (!uri) return;
  const first = lines?.[0] ?? Number(a ?? c ?? 0);
  const last = lines?.[1] ?? Number(b ?? d ?? first);
  const selection = first > 0 ? new vscode.Range(first - 1, 0, Math.max(first, last) - 1, 0) : undefined;
  await vscode.window.showTextDocument(uri, { preview: true, ...(selection ? { selection } : {}) });
}
