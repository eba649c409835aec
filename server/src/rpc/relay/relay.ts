import { type EditorCallName, LSP_PREFIX, type MethodName, type PlurnkNotifications } from '@plurnk/protocol';
import type { CancellationToken, Connection } from 'vscode-languageserver/node';
import { failure } from '../failure.ts';
import { Outbox } from '../outbox.ts';
import {
  isEditorCall,
  NOTIFICATION_SIZE,
  type RequestDoor,
  toResponseError,
} from '../transport/language-server-door.ts';
import type { OwnerAddress } from './owner-address.ts';
import { OwnerSocket } from './owner-socket.ts';
import { WINDOW } from './window-editor.ts';

export interface RelayOptions {
  readonly connection: Connection;
  /** Whether this window's workspace is trusted (RL-17). */
  readonly trusted: () => boolean;
  /** The owner is gone, and everything that had to be said has been handed to the connection. */
  readonly onOwnerGone: () => void;
}

interface EditHere {
  readonly requestId: number;
  readonly edit: unknown;
}

/** Characters that may wait for a slow editor; then the relay ends, and the client starts another one. */
const MAX_WAITING = 512 << 20;
const STOPPING = 'The server is stopping.';
const UNTRUSTED =
  'This workspace is not trusted, and this window works through the Plurnk server of another window: it only reads.';
const THROUGH_ANOTHER =
  'Another window has this storage open; this one works through it, with that window’s settings, models and plugins. When it closes, this one goes on by itself.';

/** The owner may be trusted where this window is not, so it does not pass on what could change or run something. */
const READS: ReadonlySet<string> = new Set<MethodName>([
  ...([
    'ping',
    'discover',
    'doctor',
    'providers.list',
    'storage.status',
    'session.create',
    'session.list',
    'session.attach',
  ] as const),
  ...(['session.runs', 'session.prompts', 'session.export', 'session.search', 'session.members'] as const),
  ...(['session.constraints', 'loop.cancel', 'stream.kill', 'proposal.list', 'entry.read', 'entry.list'] as const),
  ...(['proposal.text', 'proposal.check', 'proposal.changes'] as const),
  ...(['log.read', 'run.turns', 'packet.read', 'packet.diff', 'op.find', 'op.read', 'op.look'] as const),
]);

/**
 * The door of a second window: hands the methods of part 5 to the server that owns the storage, and what that one
 * tells to its editor (RL-4). Answers and notifications keep their order.
 */
export class Relay implements RequestDoor {
  readonly #options: RelayOptions;
  readonly #outbox: Outbox;
  #owner: OwnerSocket | null = null;
  readonly #buffers = new Map<string, string>();
  #buffersTold = false;
  #sessionId: number | null = null;
  #said = false;

  private constructor(options: RelayOptions) {
    this.#options = options;
    // What the owner sends is durable already (RL-1).
    this.#outbox = new Outbox({ durable: async () => {}, limit: MAX_WAITING, onOverflow: options.onOwnerGone });
  }

  /** Rejects like `OwnerSocket.open`. */
  static async open(address: OwnerAddress, options: RelayOptions): Promise<Relay> {
    const relay = new Relay(options);
    relay.#owner = await OwnerSocket.open(address, {
      notified: (name, params) => {
        if (name === WINDOW.applyEdit) void relay.#applyEdit(params as EditHere);
        else relay.#notify(name, params);
      },
      // The rejected calls are answered before.
      gone: () => setImmediate(() => void relay.#outbox.flushed().then(options.onOwnerGone)),
    });
    return relay;
  }

  async serve(method: string, params: unknown, token: CancellationToken): Promise<object> {
    try {
      const result = await this.#forward(method, params, token);
      await this.#outbox.flushed();
      return result;
    } catch (error) {
      await this.#outbox.flushed();
      throw toResponseError(error);
    }
  }

  /** `plurnk/buffers.changed`: the owner sees them as it sees its own (RES-62), once this window is trusted. */
  setBuffers(buffers: readonly { readonly path: string; readonly text: string | null }[]): void {
    for (const { path, text } of buffers) {
      if (text === null) this.#buffers.delete(path);
      else this.#buffers.set(path, text);
    }
    if (this.#buffersTold) this.#owner?.notify(WINDOW.buffers, { buffers });
    else this.trustChanged();
  }

  trustChanged(): void {
    if (this.#buffersTold || !this.#options.trusted()) return;
    this.#buffersTold = true;
    const buffers = [...this.#buffers].map(([path, text]) => ({ path, text }));
    if (buffers.length > 0) this.#owner?.notify(WINDOW.buffers, { buffers });
  }

  /** Member paths of the attached session's workspace, for completion (UI-41). */
  async paths(): Promise<readonly string[]> {
    if (this.#owner === null || this.#sessionId === null) return [];
    const answer = await this.#owner.call('session.members', {}, () => undefined).catch(() => ({ members: [] }));
    const { members } = answer as { members: readonly { path: string }[] };
    return members.map(({ path }) => path.slice(1));
  }

  async close(): Promise<void> {
    this.#owner?.close(STOPPING);
    await new Promise(resolve => setImmediate(resolve));
    await this.#outbox.flushed();
    this.#outbox.close();
  }

  /** An edit of a file that is unsaved in this window. */
  async #applyEdit({ requestId, edit }: EditHere): Promise<void> {
    const failed = (error: unknown) => ({ applied: false, reason: String(error) });
    const answer = await this.#options.connection
      .sendRequest<object>('plurnk/editor.applyEdit', { edit })
      .catch(failed);
    this.#owner?.notify(WINDOW.applied, { ...answer, requestId });
  }

  async #forward(method: string, params: unknown, token: CancellationToken): Promise<object> {
    const name = method.slice(LSP_PREFIX.length);
    if (isEditorCall(method)) return this.#editorCall(method);
    if (!this.#options.trusted() && !READS.has(name)) throw failure('invalidRequest', UNTRUSTED);
    if (this.#owner === null) throw failure('internal', STOPPING);
    const result = await this.#owner.call(name, params, cancel => token.onCancellationRequested(cancel));
    if (name === 'session.create' || name === 'session.attach') this.#attached((result as { id: number }).id);
    return result;
  }

  /** The editor keeps what it registers and tells it to the next server, the one that owns the storage. */
  #editorCall(method: EditorCallName): object {
    if (method === 'plurnk/plugin.unregister') return { removed: false };
    this.#options.connection.console.info('A plugin of this window is not used while it works through another one.');
    return {};
  }

  /** The notice follows the answer that it depends on: the editor shows notices of the session that it knows. */
  #attached(sessionId: number): void {
    this.#sessionId = sessionId;
    if (this.#said) return;
    this.#said = true;
    const event = {
      source: 'server',
      kind: 'through_another_window',
      level: 'info',
      message: THROUGH_ANOTHER,
    } as const;
    const notice: PlurnkNotifications['telemetry/event'] = { sessionId, loopId: null, event };
    setImmediate(() => this.#notify('telemetry/event', notice));
  }

  #notify(name: string, params: unknown): void {
    const send = (): Promise<void> => this.#options.connection.sendNotification(LSP_PREFIX + name, params);
    this.#outbox.push({ size: NOTIFICATION_SIZE, droppable: name === 'turn/delta', send });
  }
}
