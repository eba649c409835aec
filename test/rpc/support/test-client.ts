import type { MethodName, MethodParams, MethodResult, NotificationName, PlurnkNotifications } from '@plurnk/protocol';

/** An error answer. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  readonly code: number;
  readonly data: Record<string, unknown>;

  constructor(code: number, message: string, data: unknown) {
    super(message);
    this.code = code;
    this.data = (data ?? {}) as Record<string, unknown>;
  }
}

export interface Received<Name extends NotificationName = NotificationName> {
  readonly name: Name;
  readonly payload: PlurnkNotifications[Name];
}

/** The same client for both doors: what differs is how a request is sent. */
export abstract class TestClient {
  /** Every notification, in the order of arrival. */
  readonly received: Received[] = [];
  readonly #waiting = new Set<() => void>();

  /** Rejects with `AnswerError`. */
  abstract send(method: string, params: unknown): { readonly answer: Promise<unknown>; readonly cancel: () => void };
  abstract close(): Promise<void>;

  call<Name extends MethodName>(method: Name, params: MethodParams<Name>): Promise<MethodResult<Name>> {
    return this.send(method, params).answer as Promise<MethodResult<Name>>;
  }

  /** The error that a call must end with. */
  async refused(method: string, params: unknown): Promise<AnswerError> {
    try {
      await this.send(method, params).answer;
    } catch (error) {
      if (error instanceof AnswerError) return error;
      throw error;
    }
    throw new Error(`${method} was not refused`);
  }

  protected arrived(name: string, payload: unknown): void {
    this.received.push({ name, payload } as Received);
    for (const check of [...this.#waiting]) check();
  }

  /** Calls `work` with every payload that comes from now on. */
  on<Name extends NotificationName>(
    name: Name,
    work: (payload: PlurnkNotifications[Name]) => void,
  ): { dispose(): void } {
    let seen = this.received.length;
    const check = (): void => {
      for (const each of this.received.slice(seen))
        if (each.name === name) work(each.payload as PlurnkNotifications[Name]);
      seen = this.received.length;
    };
    this.#waiting.add(check);
    return { dispose: () => void this.#waiting.delete(check) };
  }

  /** Payloads of a notification so far. */
  payloads<Name extends NotificationName>(name: Name): PlurnkNotifications[Name][] {
    return this.received.filter(each => each.name === name).map(each => each.payload as PlurnkNotifications[Name]);
  }

  /** Resolves with the first payload that fits, also one that came before. */
  until<Name extends NotificationName>(
    name: Name,
    fits: (payload: PlurnkNotifications[Name]) => boolean = () => true,
  ): Promise<PlurnkNotifications[Name]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        reject(new Error(`no ${name} came; there were ${this.received.map(each => each.name).join(', ')}`));
      }, 15_000);
      const check = (): void => {
        const found = this.payloads(name).find(fits);
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }
}
