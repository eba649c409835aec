import { crc32 } from 'node:zlib';

/** What goes into a statement and what comes out of a row. Integers are exact up to 2^53. */
export type SqlValue = null | number | string | Uint8Array;

export interface JournalStatement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** One committed transaction. `seq` counts commits from 1 over the whole life of the database. */
export interface JournalRecord {
  readonly seq: number;
  readonly statements: readonly JournalStatement[];
}

export interface SegmentHeader {
  readonly number: number;
  /** Sequence of the first record; records of earlier segments from here on are superseded. */
  readonly firstSeq: number;
}

const MAGIC = Buffer.from('PLNKJRN1', 'latin1');
export const SEGMENT_HEADER_BYTES = 32;
const FRAME_BYTES = 8;
/** A frame whose length is beyond this cannot be one of ours. */
const MAX_RECORD_BYTES = 1 << 30;

const TAG_NULL = 0;
const TAG_NUMBER = 1;
const TAG_TEXT = 2;
const TAG_BYTES = 3;

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(bytes, 0);
  bytes.writeUIntLE(header.number, 8, 6);
  bytes.writeUIntLE(header.firstSeq, 14, 6);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
  return bytes;
}

/** Null when the bytes are not a whole, intact header. */
export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeader | null {
  if (bytes.length < SEGMENT_HEADER_BYTES) return null;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, SEGMENT_HEADER_BYTES);
  if (!view.subarray(0, 8).equals(MAGIC)) return null;
  if (view.readUInt32LE(28) !== crc32(view.subarray(0, 28))) return null;
  return { number: view.readUIntLE(8, 6), firstSeq: view.readUIntLE(14, 6) };
}

/** Characters. */
const MEASURE_FROM = 64 << 10;

/** Grows as needed and is reused, so that a commit allocates once. */
class Scratch {
  #bytes = Buffer.allocUnsafe(64 << 10);
  #at = 0;

  start(): void {
    this.#at = 0;
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + count));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#at = this.#bytes.writeUInt8(value, this.#at);
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  u48(value: number): void {
    this.#reserve(6);
    this.#at = this.#bytes.writeUIntLE(value, this.#at, 6);
  }

  f64(value: number): void {
    this.#reserve(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  text(value: string): void {
    // Three bytes per UTF-16 unit is the most UTF-8 takes: one pass instead of measuring first, unless that is much.
    this.#reserve(4 + (value.length <= MEASURE_FROM ? value.length * 3 : Buffer.byteLength(value)));
    const length = this.#bytes.write(value, this.#at + 4);
    this.#bytes.writeUInt32LE(length, this.#at);
    this.#at += 4 + length;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(4 + value.length);
    this.#at = this.#bytes.writeUInt32LE(value.length, this.#at);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  frame(): Uint8Array {
    const length = this.#at - FRAME_BYTES;
    this.#bytes.writeUInt32LE(length, 0);
    this.#bytes.writeUInt32LE(crc32(this.#bytes.subarray(FRAME_BYTES, this.#at), length), 4);
    const copy = new Uint8Array(this.#bytes.subarray(0, this.#at));
    // One huge body must not pin its buffer for ever.
    if (this.#bytes.length > 8 << 20) this.#bytes = Buffer.allocUnsafe(64 << 10);
    return copy;
  }
}

const scratch = new Scratch();

function encodeValue(value: SqlValue): void {
  if (value === null) scratch.u8(TAG_NULL);
  else if (typeof value === 'number') {
    scratch.u8(TAG_NUMBER);
    scratch.f64(value);
  } else if (typeof value === 'string') {
    scratch.u8(TAG_TEXT);
    scratch.text(value);
  } else {
    scratch.u8(TAG_BYTES);
    scratch.bytes(value);
  }
}

/** Length, checksum (seeded with the length), payload. */
export function encodeRecord(record: JournalRecord): Uint8Array {
  scratch.start();
  scratch.u32(0);
  scratch.u32(0);
  scratch.u48(record.seq);
  scratch.u32(record.statements.length);
  for (const statement of record.statements) {
    scratch.text(statement.sql);
    scratch.u32(statement.params.length);
    for (const value of statement.params) encodeValue(value);
  }
  return scratch.frame();
}

/** Statements seen last: a journal repeats a few texts thousands of times. */
const RECENT = 16;

class Reader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #recent: { readonly bytes: Buffer; readonly text: string }[];
  #at: number;

  constructor(bytes: Buffer, recent: { readonly bytes: Buffer; readonly text: string }[]) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#recent = recent;
    this.#at = 0;
  }

  seek(at: number): void {
    this.#at = at;
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  u48(): number {
    this.#at += 6;
    return this.#bytes.readUIntLE(this.#at - 6, 6);
  }

  text(): string {
    const length = this.u32();
    this.#at += length;
    return length === 0 ? '' : this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  /** A text that is likely the same as one before. */
  repeatedText(): string {
    const length = this.u32();
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    const known = this.#recent.find(each => each.bytes.length === length && each.bytes.equals(bytes));
    if (known !== undefined) return known.text;
    const text = bytes.toString('utf8');
    if (this.#recent.length >= RECENT) this.#recent.shift();
    this.#recent.push({ bytes, text });
    return text;
  }

  bytes(): Uint8Array {
    const length = this.u32();
    this.#at += length;
    return new Uint8Array(this.#bytes.subarray(this.#at - length, this.#at));
  }

  value(): SqlValue {
    switch (this.#bytes[this.#at++]) {
      case TAG_NULL:
        return null;
      case TAG_NUMBER:
        this.#at += 8;
        return this.#view.getFloat64(this.#at - 8, true);
      case TAG_TEXT:
        return this.text();
      default:
        return this.bytes();
    }
  }
}

function decodePayload(reader: Reader, start: number): JournalRecord {
  reader.seek(start);
  const seq = reader.u48();
  const count = reader.u32();
  const statements: JournalStatement[] = [];
  for (let index = 0; index < count; index++) {
    const sql = reader.repeatedText();
    const params: SqlValue[] = [];
    const width = reader.u32();
    for (let column = 0; column < width; column++) params.push(reader.value());
    statements.push({ sql, params });
  }
  return { seq, statements };
}

/** How a segment ended: `clean` when only unwritten space (zeros) or nothing follows the last whole record. */
export interface SegmentEnd {
  readonly end: number;
  readonly clean: boolean;
}

/**
 * Calls back for every whole, intact record, in order, and stops at the first that is not one (RL-2). The callback
 * returns false to stop early.
 */
export function scanRecords(segment: Uint8Array, size: number, visit: (record: JournalRecord) => boolean): SegmentEnd {
  const bytes = Buffer.from(segment.buffer, segment.byteOffset, size);
  const reader = new Reader(bytes, []);
  let at = SEGMENT_HEADER_BYTES;
  while (at + FRAME_BYTES <= size) {
    const length = bytes.readUInt32LE(at);
    const next = at + FRAME_BYTES + length;
    if (length === 0 || length > MAX_RECORD_BYTES || next > size) break;
    if (crc32(bytes.subarray(at + FRAME_BYTES, next), length) !== bytes.readUInt32LE(at + 4)) break;
    if (!visit(decodePayload(reader, at + FRAME_BYTES))) return { end: at, clean: true };
    at = next;
  }
  return { end: Math.min(at, size), clean: onlyZeros(bytes, at, size) };
}

function onlyZeros(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}
