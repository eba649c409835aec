import * as vscode from 'vscode';
import { opText, type PlurnkTool } from './tool.ts';

/** Propose a command; runs when the person has allowed it. */
export const execTool: PlurnkTool<{ command: string; runtime?: string; cwd?: string }> = {
  name: 'plurnk_exec',
  message: ({ command }) => vscode.l10n.t('Proposing to run {0}', command),
  call: async ({ command, runtime, cwd }, { server }, token) =>
    opText(
      await server.request('op.exec', { command, ...(runtime ? { runtime } : {}), ...(cwd ? { cwd } : {}) }, token),
    ),
};
