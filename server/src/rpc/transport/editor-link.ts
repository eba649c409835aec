import type {
  ClientModel,
  ClientModelAnswer,
  ClientModelBridge,
  ClientModelPart,
  ClientModelRequest,
} from '@plurnk/plurnk-providers';
import {
  EDITOR_REQUESTS,
  type EditorRequestName,
  type EditorRequestParams,
  type EditorRequestResult,
} from '@plurnk/protocol';
import { CancellationTokenSource, type Connection } from 'vscode-languageserver/node';
import type { EditorBridge, EditorEdit } from '../../workspace/contract.ts';

type Applied = { readonly applied: boolean; readonly reason?: string };

/** The editor of another window that works through this server (RL-4). */
export interface WindowEditor {
  /** What is unsaved there, by absolute path. */
  readonly buffers: ReadonlyMap<string, string>;
  applyEdit(edit: EditorEdit): Promise<Applied>;
}

/** Asks the editor; answers are validated like everything that comes over a wire. */
export class EditorLink implements EditorBridge, ClientModelBridge {
  readonly #connection: Connection;
  readonly #buffers = new Map<string, string>();
  readonly #parts = new Map<number, (part: ClientModelPart) => void>();
  readonly #windows = new Set<WindowEditor>();
  #lastRequestId = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async ask<Name extends EditorRequestName>(
    name: Name,
    params: EditorRequestParams<Name>,
    signal: AbortSignal,
  ): Promise<EditorRequestResult<Name>> {
    const source = new CancellationTokenSource();
    const onAbort = (): void => source.cancel();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const answer: unknown = await this.#connection.sendRequest(name, params, source.token);
      return EDITOR_REQUESTS[name].result.parse(answer) as EditorRequestResult<Name>;
    } finally {
      signal.removeEventListener('abort', onAbort);
      source.dispose();
    }
  }

  /** `plurnk/buffers.changed`: what is open and unsaved (RES-62). */
  setBuffer(path: string, text: string | null): void {
    if (text === null) this.#buffers.delete(path);
    else this.#buffers.set(path, text);
  }

  addWindow(window: WindowEditor): { dispose(): void } {
    this.#windows.add(window);
    return { dispose: () => void this.#windows.delete(window) };
  }

  /** Here, else in another window. */
  bufferText(absolutePath: string): string | null {
    return this.#buffers.get(absolutePath) ?? this.#windowWith(absolutePath)?.buffers.get(absolutePath) ?? null;
  }

  /** Where the file is unsaved, so that what is on the screen there changes; else here. */
  async applyEdit(edit: EditorEdit): Promise<Applied> {
    const window = this.#buffers.has(edit.path) ? undefined : this.#windowWith(edit.path);
    if (window !== undefined) return await window.applyEdit(edit);
    const { applied, reason } = await this.ask('plurnk/editor.applyEdit', { edit }, new AbortController().signal);
    return { applied, ...(reason === undefined ? {} : { reason }) };
  }

  #windowWith(path: string): WindowEditor | undefined {
    return [...this.#windows].find(({ buffers }) => buffers.has(path));
  }

  async list(signal: AbortSignal): Promise<readonly ClientModel[]> {
    return (await this.ask('plurnk/lm.list', {}, signal)).models;
  }

  /** `plurnk/lm.part` */
  receivePart(requestId: number, part: ClientModelPart): void {
    this.#parts.get(requestId)?.(part);
  }

  async generate(
    { modelId, messages }: ClientModelRequest,
    onPart: (part: ClientModelPart) => void,
    signal: AbortSignal,
  ): Promise<ClientModelAnswer> {
    const requestId = ++this.#lastRequestId;
    this.#parts.set(requestId, onPart);
    try {
      const plain = messages.map(({ role, content }) => ({ role, content }));
      const answer = await this.ask('plurnk/lm.generate', { requestId, modelId, messages: plain }, signal);
      if (!answer.ok) throw { code: answer.code, message: answer.message };
      const { model, promptTokens, completionTokens } = answer;
      return { model, promptTokens, completionTokens };
    } finally {
      this.#parts.delete(requestId);
    }
  }
}
