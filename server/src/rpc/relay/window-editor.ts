import { EDITOR_NOTIFICATIONS, EDITOR_REQUESTS } from '@plurnk/protocol';
import type { EditorEdit } from '../../workspace/contract.ts';
import type { EditorLink, WindowEditor } from '../transport/editor-link.ts';
import type { Companion } from '../transport/web-socket-door.ts';

/** What a relay and the owner tell each other beside the methods, as notifications. */
export const WINDOW = {
  /** Relay → owner, `{buffers}` as in `plurnk/buffers.changed`. */
  buffers: 'window/buffers',
  /** Owner → relay, `{requestId, edit}`. */
  applyEdit: 'window/applyEdit',
  /** Relay → owner, `{requestId, applied, reason?}`. */
  applied: 'window/applied',
} as const;

type Applied = Awaited<ReturnType<WindowEditor['applyEdit']>>;

/** The owner's end of another window's editor: its unsaved documents, and edits of them (RL-4, RES-62, RES-64). */
export function windowEditor(editor: EditorLink, tell: (method: string, params: unknown) => void): Companion {
  const buffers = new Map<string, string>();
  const waiting = new Map<number, (applied: Applied) => void>();
  let lastId = 0;
  const applyEdit = (edit: EditorEdit): Promise<Applied> =>
    new Promise(resolve => {
      waiting.set(++lastId, resolve);
      tell(WINDOW.applyEdit, { requestId: lastId, edit });
    });
  const registered = editor.addWindow({ buffers, applyEdit });
  return {
    notified(method, params) {
      if (method === WINDOW.buffers) takeBuffers(buffers, params);
      else if (method === WINDOW.applied) settle(waiting, params);
      else return false;
      return true;
    },
    dispose() {
      registered.dispose();
      for (const resolve of waiting.values()) resolve({ applied: false, reason: 'the window was closed' });
      waiting.clear();
    },
  };
}

function takeBuffers(buffers: Map<string, string>, params: unknown): void {
  const read = EDITOR_NOTIFICATIONS['plurnk/buffers.changed'].safeParse(params);
  for (const { path, text } of read.success ? read.data.buffers : []) {
    if (text === null) buffers.delete(path);
    else buffers.set(path, text);
  }
}

function settle(waiting: Map<number, (applied: Applied) => void>, params: unknown): void {
  const { requestId } = (params ?? {}) as { requestId?: number };
  const resolve = waiting.get(requestId ?? 0);
  waiting.delete(requestId ?? 0);
  const read = EDITOR_REQUESTS['plurnk/editor.applyEdit'].result.safeParse(params);
  if (!read.success) resolve?.({ applied: false, reason: 'the other window gave no answer' });
  else
    resolve?.({ applied: read.data.applied, ...(read.data.reason === undefined ? {} : { reason: read.data.reason }) });
}
