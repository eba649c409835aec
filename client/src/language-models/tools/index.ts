import * as vscode from 'vscode';
import { editTool } from './edit-tool.ts';
import { execTool } from './exec-tool.ts';
import { findTool } from './find-tool.ts';
import { readTool } from './read-tool.ts';
import { searchTool } from './search-tool.ts';
import { registerTool, type ToolParts } from './tool.ts';

/** The `plurnk_*` tools (UI-53); the manifest describes the same names. Editors without tools have none. */
export function registerTools(parts: ToolParts): vscode.Disposable {
  if (typeof vscode.lm?.registerTool !== 'function') return new vscode.Disposable(() => undefined);
  return vscode.Disposable.from(
    registerTool(findTool, parts),
    registerTool(readTool, parts),
    registerTool(editTool, parts),
    registerTool(execTool, parts),
    registerTool(searchTool, parts),
  );
}
