/** Files as text with a signature; what compare-and-swap compares (RES-62, RES-63). */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { type Decoded, decode } from '../content/encoding.ts';
import { isBinary } from '../content/mimetype.ts';
import type { FileFailure } from './contract.ts';

/** One channel holds at most this much (RES-6). */
export const MAX_BYTES = 100 * 1024 * 1024;

export interface FileOnDisk extends Decoded {
  readonly signature: string;
  readonly mode: number;
  /** Binary files have an empty text. */
  readonly binary: boolean;
}

const BUFFER = 'buffer:';
const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

export const signatureOf = (bytes: Uint8Array): string => sha256(bytes);
export const bufferSignature = (text: string): string => BUFFER + sha256(text);

/** A buffer that has been saved in the meantime still holds what was read. */
export function sameContent(expected: string, current: { readonly signature: string; readonly text: string }): boolean {
  return expected === current.signature || expected === bufferSignature(current.text);
}

export function failureOf(error: unknown, name: string): FileFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof Error ? error.message : String(error);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return { status: 404, message: `${name} does not exist.`, outcome: 'write_conflict' };
  if (code === 'EISDIR') return { status: 400, message: `${name} is a folder.`, outcome: 'apply_failed' };
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return { status: 403, message: `The system does not allow that on ${name} (${code}).`, outcome: 'apply_failed' };
  }
  return { status: 500, message: `${name}: ${reason}`, outcome: 'apply_failed' };
}

export async function readOnDisk(absolute: string, name: string): Promise<FileOnDisk | FileFailure> {
  try {
    const stats = await stat(absolute);
    if (stats.isDirectory())
      return { status: 400, message: `${name} is a folder. Address the files in it with ${name}/ or ${name}/**.` };
    if (!stats.isFile()) return { status: 403, message: `${name} is no regular file.` };
    if (stats.size > MAX_BYTES) return { status: 413, message: `${name} is larger than 100 MiB.` };
    const bytes = await readFile(absolute);
    const binary = isBinary(bytes);
    const content = decode(binary ? new Uint8Array() : bytes);
    return { ...content, signature: signatureOf(bytes), mode: stats.mode, binary };
  } catch (error) {
    return failureOf(error, name);
  }
}

/** Text without the rest; null when it is binary, too large or gone. */
export async function readText(absolute: string): Promise<string | null> {
  try {
    const bytes = await readFile(absolute);
    return bytes.length > MAX_BYTES || isBinary(bytes) ? null : decode(bytes).text;
  } catch {
    return null;
  }
}

export const binaryFailure = (name: string): FileFailure => ({
  status: 415,
  message: `${name} is binary. It can be listed, moved and deleted, not read or edited.`,
});

export const isFileFailure = (value: object): value is FileFailure => 'status' in value && 'message' in value;
