import { randomBytes } from 'node:crypto';
import type { SettingValues } from '@plurnk/protocol';
import type { Dispatcher } from '../dispatcher.ts';
import type { Hub } from '../hub.ts';
import type { EditorLink } from '../transport/editor-link.ts';
import { WebSocketDoor } from '../transport/web-socket-door.ts';
import { windowEditor } from './window-editor.ts';

export interface WindowDoorParts {
  readonly dispatcher: Dispatcher;
  readonly hub: Hub;
  readonly store: { durable(): Promise<void> };
  publishEndpoint(url: string, access: string): void;
}

/**
 * Lets other windows work through this one's server (RL-4): on loopback, for no browser, and with a token that only
 * the lock file tells, which only the same user can read (RL-16).
 */
export async function openWindowDoor(
  parts: WindowDoorParts,
  editor: EditorLink,
  values: SettingValues,
): Promise<WebSocketDoor> {
  const token = randomBytes(32).toString('base64url');
  const door = new WebSocketDoor(parts.dispatcher, parts.hub, {
    host: '127.0.0.1',
    port: 0,
    token,
    allowedOrigins: [],
    maxMessageBytes: values.maxMessageBytes,
    maxWaiting: values.maxWaitingBytes,
    durable: () => parts.store.durable(),
    companion: tell => windowEditor(editor, tell),
  });
  const url = await door.listen();
  try {
    parts.publishEndpoint(url, token);
  } catch {
    // The folder is away: the lock tells the endpoint as soon as it can be written again.
  }
  return door;
}
