import type { PlurnkNotifications } from '@plurnk/protocol';
import type * as vscode from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';
import type { SessionService } from '../session/session-service.ts';
import type { ChatView } from './chat-view.ts';
import { type Conversation, coordinateOf } from './conversation.ts';

const MOST_CHARS = 60_000;
const DELAY_MS = 80;

interface Stream {
  readonly target: string;
  readonly channels: Map<string, { sent: number; length: number }>;
  state: string;
  timer: ReturnType<typeof setTimeout> | undefined;
  reading: boolean;
}

/** Live output of processes: the notification says how much there is, the text is read in slices (UI-11). */
export class ProcessOutput implements vscode.Disposable {
  readonly #server: PlurnkServer;
  readonly #session: SessionService;
  readonly #view: ChatView;
  readonly #conversation: Conversation;
  readonly #streams = new Map<string, Stream>();
  readonly #listener: vscode.Disposable;

  constructor(server: PlurnkServer, session: SessionService, view: ChatView, conversation: Conversation) {
    this.#server = server;
    this.#session = session;
    this.#view = view;
    this.#conversation = conversation;
    this.#listener = server.onNotification('stream/event', event => {
      if (event.runId === session.runId) this.#grew(event);
    });
  }

  /** Address of the stream that a row owns; null when it has none. */
  targetOf(rowId: number): string | null {
    for (const { target } of this.#streams.values()) {
      if (this.#conversation.rowAt(coordinateOf(target)) === rowId) return target;
    }
    return null;
  }

  /** Sends everything again: the page was made anew. */
  replay(): void {
    for (const stream of this.#streams.values()) {
      for (const channel of stream.channels.values()) channel.sent = 0;
      this.#schedule(stream);
    }
  }

  dispose(): void {
    this.#listener.dispose();
    for (const { timer } of this.#streams.values()) clearTimeout(timer);
  }

  #grew(event: PlurnkNotifications['stream/event']): void {
    const stream = this.#streams.get(event.target) ?? {
      target: event.target,
      channels: new Map(),
      state: event.state,
      timer: undefined,
      reading: false,
    };
    this.#streams.set(event.target, stream);
    stream.state = event.state;
    const channel = stream.channels.get(event.channel);
    stream.channels.set(event.channel, { sent: channel?.sent ?? 0, length: event.contentLength });
    const rowId = this.#conversation.rowAt(coordinateOf(event.target));
    if (rowId !== undefined) this.#conversation.setLive(rowId, event.state === 'active');
    this.#schedule(stream);
  }

  #schedule(stream: Stream): void {
    stream.timer ??= setTimeout(() => {
      stream.timer = undefined;
      void this.#read(stream);
    }, DELAY_MS);
  }

  async #read(stream: Stream): Promise<void> {
    const rowId = this.#conversation.rowAt(coordinateOf(stream.target));
    if (stream.reading || rowId === undefined || !this.#view.visible) return;
    stream.reading = true;
    try {
      for (const [name, channel] of stream.channels) await this.#send(stream, rowId, name, channel);
    } finally {
      stream.reading = false;
    }
    if ([...stream.channels.values()].some(({ sent, length }) => sent < length)) this.#schedule(stream);
  }

  async #send(stream: Stream, rowId: number, name: string, channel: { sent: number; length: number }): Promise<void> {
    const live = stream.state === 'active';
    const skipped = Math.max(channel.sent, channel.length - MOST_CHARS);
    const reset = channel.sent === 0 && name === [...stream.channels.keys()][0];
    const read = channel.length > skipped ? await this.#slice(stream.target, name, skipped) : '';
    channel.sent = skipped + read.length;
    if (channel.length < channel.sent) channel.length = channel.sent;
    this.#view.post('output', { rowId, channel: name, text: read, reset, live });
  }

  async #slice(target: string, channel: string, from: number): Promise<string> {
    const { runId } = this.#session;
    const { entry } = await this.#server.request('entry.read', {
      target,
      ...(runId === null ? {} : { runId }),
      from,
      limit: MOST_CHARS,
    });
    return entry?.channels[channel]?.content ?? '';
  }
}
