import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { decode } from './encoding.ts';
import { isBinary } from './mimetype.ts';

const FIRST_SIZE = 64 << 10;

/** Reads many files one after the other into one buffer: most are passed over before any text is made of them. */
export class FileReader {
  #buffer = Buffer.allocUnsafeSlow(FIRST_SIZE);

  /** null: binary, unreadable, or the bytes hold none of the `needles` (ASCII). */
  read(file: string, needles: readonly string[] | null): string | null {
    const bytes = this.#bytes(file);
    if (bytes === null) return null;
    if (needles !== null && !isWide(bytes) && !holdsOne(bytes, needles)) return null;
    return isBinary(bytes) ? null : decode(bytes).text;
  }

  #bytes(file: string): Buffer | null {
    let handle: number;
    try {
      handle = openSync(file, constants.O_RDONLY);
    } catch {
      return null;
    }
    try {
      let length = readSync(handle, this.#buffer, 0, this.#buffer.length, 0);
      if (length === this.#buffer.length) length = this.#readLarge(handle, length);
      return this.#buffer.subarray(0, length);
    } catch {
      return null;
    } finally {
      closeSync(handle);
    }
  }

  #readLarge(handle: number, have: number): number {
    const { size } = fstatSync(handle);
    if (size < this.#buffer.length) return have;
    const larger = Buffer.allocUnsafeSlow(size + 1);
    this.#buffer.copy(larger, 0, 0, have);
    this.#buffer = larger;
    let length = have;
    for (let read = 1; read > 0 && length < larger.length; length += read) {
      read = readSync(handle, larger, length, larger.length - length, length);
    }
    return length;
  }
}

function holdsOne(bytes: Buffer, needles: readonly string[]): boolean {
  for (const needle of needles) if (bytes.indexOf(needle, 0, 'latin1') !== -1) return true;
  return false;
}

/** UTF-16 by its byte order mark: ASCII is not one byte there. */
const isWide = (bytes: Buffer): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
