import * as vscode from 'vscode';
import { opText, type PlurnkTool } from './tool.ts';

/** FIND in the workspace or in the session's entries. */
export const findTool: PlurnkTool<{ scope: string; matcher?: string }> = {
  name: 'plurnk_find',
  message: ({ scope }) => vscode.l10n.t('Finding in {0}', scope),
  call: async ({ scope, matcher }, { server }, token) =>
    opText(await server.request('op.find', { scope, ...(matcher ? { matcher } : {}) }, token)),
};
