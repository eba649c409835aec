import * as vscode from 'vscode';
import { opText, type PlurnkTool } from './tool.ts';

/** READ a file, an entry or rows. */
export const readTool: PlurnkTool<{ target: string; firstLine?: number; lastLine?: number }> = {
  name: 'plurnk_read',
  message: ({ target }) => vscode.l10n.t('Reading {0}', target),
  call: async ({ target, firstLine, lastLine }, { server }, token) => {
    const range =
      firstLine === undefined ? {} : { lineRange: lastLine === undefined ? [firstLine] : [firstLine, lastLine] };
    return opText(await server.request('op.read', { target, ...range }, token));
  },
};
