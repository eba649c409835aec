import * as vscode from 'vscode';
import type { PlurnkTool } from './tool.ts';

/** Search what earlier sessions asked, did and found. */
export const searchTool: PlurnkTool<{ query: string }> = {
  name: 'plurnk_search',
  message: ({ query }) => vscode.l10n.t('Searching sessions for {0}', query),
  call: async ({ query }, { server }, token) => {
    const { hits } = await server.request('session.search', { query, limit: 20 }, token);
    return hits.map(({ sessionName, snippet }) => `${sessionName}: ${snippet}`).join('\n') || 'nothing found';
  },
};
