import * as vscode from 'vscode';
import { opText, type PlurnkTool } from './tool.ts';

/** EDIT an entry, or propose a change to a file; answers when the person has decided. */
export const editTool: PlurnkTool<{ target: string; content: string; firstLine?: number; lastLine?: number }> = {
  name: 'plurnk_edit',
  message: ({ target }) => vscode.l10n.t('Proposing a change to {0}', target),
  call: async ({ target, content, firstLine, lastLine }, { server }, token) => {
    const range = firstLine === undefined ? {} : { lineRange: [firstLine, lastLine ?? firstLine] };
    return opText(await server.request('op.edit', { target, content, ...range }, token));
  },
};
