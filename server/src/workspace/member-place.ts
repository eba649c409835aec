/** Where a member is, for those who look into many files (search, listings). */
import type { EditorBridge, FilePlace } from './contract.ts';
import { bufferSignature, readText } from './snapshots.ts';
import { fileStamp } from './stamps.ts';

/** Text of an unsaved buffer, with LF line ends. */
export const bufferText = (bridge: EditorBridge | null, absolute: string): string | null =>
  bridge?.bufferText(absolute)?.replaceAll('\r\n', '\n') ?? null;

export class MemberPlace implements FilePlace {
  readonly absolute: string;
  readonly buffer: string | null;
  readonly #name: string;

  constructor(name: string, absolute: string, bridge: EditorBridge | null) {
    this.#name = name;
    this.absolute = absolute;
    this.buffer = bufferText(bridge, absolute);
  }

  get key(): string {
    return this.buffer === null ? `${this.#name}:${fileStamp(this.absolute)}` : bufferSignature(this.buffer);
  }

  async text(): Promise<string | null> {
    return this.buffer ?? readText(this.absolute);
  }
}
