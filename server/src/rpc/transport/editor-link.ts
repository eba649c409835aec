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

/** Asks the editor; answers are validated like everything that comes over a wire. */
export class EditorLink implements EditorBridge, ClientModelBridge {
  readonly #connection: Connection;
  readonly #buffers = new Map<string, string>();
  readonly #parts = new Map<number, (part: ClientModelPart) => void>();
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

  bufferText(absolutePath: string): string | null {
    return this.#buffers.get(absolutePath) ?? null;
  }

  async applyEdit(edit: EditorEdit): Promise<{ readonly applied: boolean; readonly reason?: string }> {
    const { applied, reason } = await this.ask('plurnk/editor.applyEdit', { edit }, new AbortController().signal);
    return { applied, ...(reason === undefined ? {} : { reason }) };
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
