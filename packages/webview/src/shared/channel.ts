import { type Message, type MessageMap, readMessage } from '@plurnk/protocol/webview';
import type { z } from 'zod';

/** What the editor gives to a webview's page. */
export interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  function acquireVsCodeApi(): EditorApi;
}

/** The typed line to the extension. Both directions are validated (RL-15). */
export class Channel<In extends MessageMap, Out extends MessageMap> {
  readonly #api: EditorApi;
  readonly #out: Out;

  constructor(api: EditorApi, incoming: In, outgoing: Out, receive: (message: Message<In>) => void) {
    this.#api = api;
    this.#out = outgoing;
    window.addEventListener('message', event => {
      const message = readMessage(incoming, event.data);
      if (message) receive(message);
    });
  }

  send<Name extends keyof Out & string>(type: Name, payload: z.infer<Out[Name]>): void {
    this.#api.postMessage({ type, payload: this.#out[type]?.parse(payload) });
  }
}
