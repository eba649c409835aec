import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EditorRequestParams, EditorRequestResult } from '@plurnk/protocol';
import * as vscode from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';

type Edit = EditorRequestParams<'plurnk/editor.applyEdit'>['edit'];
type Applied = EditorRequestResult<'plurnk/editor.applyEdit'>;

/** Accepted edits arrive here: through a workspace edit, so that undo works and open buffers are right (RES-64). */
export function serveEdits(server: PlurnkServer): vscode.Disposable {
  return server.onRequest('plurnk/editor.applyEdit', async ({ edit }) => {
    if (!vscode.workspace.isTrusted) return { applied: false, reason: 'the workspace is not trusted' };
    try {
      if (edit.kind === 'write') return await write(edit);
      return await applied(structural(edit), edit.path);
    } catch (error) {
      return { applied: false, reason: String(error) };
    }
  });
}

function structural(edit: Exclude<Edit, { kind: 'write' }>): vscode.WorkspaceEdit {
  const change = new vscode.WorkspaceEdit();
  if (edit.kind === 'delete') change.deleteFile(vscode.Uri.file(edit.path), { ignoreIfNotExists: false });
  else change.renameFile(vscode.Uri.file(edit.path), vscode.Uri.file(edit.to), { overwrite: false });
  return change;
}

async function write(edit: Extract<Edit, { kind: 'write' }>): Promise<Applied> {
  const uri = vscode.Uri.file(edit.path);
  const change = new vscode.WorkspaceEdit();
  if (edit.create) {
    change.createFile(uri, { overwrite: false, ignoreIfExists: false, contents: new TextEncoder().encode(edit.text) });
    return await applied(change, dirname(edit.path));
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const wasDirty = document.isDirty;
  const before = document.getText();
  const replacement = smallestChange(document, edit.text);
  if (replacement) {
    change.replace(uri, replacement.range, replacement.text);
    const result = await applied(change, edit.path);
    if (!result.applied) return result;
  }
  // What the person has not saved stays theirs to save (UI-16).
  if (wasDirty) return { applied: true };
  if (await document.save()) return { applied: true };
  // Nothing was accepted: the buffer does not go on holding it.
  const back = smallestChange(document, before);
  const undo = new vscode.WorkspaceEdit();
  if (back) undo.replace(uri, back.range, back.text);
  await vscode.workspace.applyEdit(undo);
  return { applied: false, reason: (await closed(edit.path)) ?? 'the file could not be saved' };
}

/** `written`: what the change needs to write. */
async function applied(change: vscode.WorkspaceEdit, written: string): Promise<Applied> {
  if (await vscode.workspace.applyEdit(change)) return { applied: true };
  return { applied: false, reason: (await closed(written)) ?? 'the editor refused the edit' };
}

/** The editor does not say why it refused; the most frequent reason can be found out. */
async function closed(path: string): Promise<string | null> {
  try {
    await access(path, constants.W_OK);
    return null;
  } catch {
    return `the system does not allow writing to ${path}`;
  }
}

/** Only what differs is replaced: cursors, folds and breakpoints elsewhere stay. */
function smallestChange(document: vscode.TextDocument, text: string): { range: vscode.Range; text: string } | null {
  const now = document.getText();
  if (now === text) return null;
  const limit = Math.min(now.length, text.length);
  let start = 0;
  while (start < limit && now[start] === text[start]) start++;
  let end = 0;
  while (end < limit - start && now[now.length - 1 - end] === text[text.length - 1 - end]) end++;
  // Never between the halves of a pair or of CRLF.
  if (start > 0 && /[\r\uD800-\uDBFF]/.test(now[start - 1] ?? '')) start--;
  if (end > 0 && /[\n\uDC00-\uDFFF]/.test(now[now.length - end] ?? '')) end--;
  return {
    range: new vscode.Range(document.positionAt(start), document.positionAt(now.length - end)),
    text: text.slice(start, text.length - end),
  };
}
