import { relative } from 'node:path';
import * as vscode from 'vscode';
import { projectRoot } from './session-service.ts';

/**
 * The path by which the model knows a file: relative to the session's folder, `../other/file` in another folder of
 * the workspace (RES-60). Outside all of them it is absolute, as the editor says it.
 */
export function workspacePath(uri: vscode.Uri): string {
  const root = projectRoot();
  if (root === null || uri.scheme !== 'file' || !vscode.workspace.getWorkspaceFolder(uri))
    return vscode.workspace.asRelativePath(uri, false);
  return relative(root, uri.fsPath).replaceAll('\\', '/');
}

/** The file behind such a path; null when it lies in no folder of the workspace. */
export function workspaceUri(path: string): vscode.Uri | null {
  const root = projectRoot();
  if (root === null) return null;
  const uri = vscode.Uri.joinPath(vscode.Uri.file(root), path.replace(/^\/+/, ''));
  return vscode.workspace.getWorkspaceFolder(uri) ? uri : null;
}
