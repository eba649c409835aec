/** Bytes to text and back without losing what the text does not show: encoding, BOM, line endings (RES-63). */
import { isAscii, isUtf8 } from 'node:buffer';
import { diffArrays } from 'diff';
import iconv from 'iconv-lite';

/** `windows1252` unless the bytes use what it leaves undefined; then `latin1`, which can spell every byte. */
export type Encoding = 'utf8' | 'utf16le' | 'utf16be' | 'windows1252' | 'latin1';

export interface Decoded {
  /** With LF line ends only. */
  readonly text: string;
  readonly form: TextForm;
}

export interface TextForm {
  readonly encoding: Encoding;
  readonly bom: boolean;
  /** One ending for the whole file, or the ending of every line when they are mixed. */
  readonly endings: '\n' | '\r\n' | readonly LineEnding[];
}

type LineEnding = '\n' | '\r\n';

const BOMS: readonly { readonly encoding: Encoding; readonly bytes: readonly number[] }[] = [
  { encoding: 'utf8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf16be', bytes: [0xfe, 0xff] },
];

const ICONV: { readonly [E in Encoding]: string } = {
  utf8: 'utf8',
  utf16le: 'utf16-le',
  utf16be: 'utf16-be',
  windows1252: 'windows-1252',
  latin1: 'iso-8859-1',
};

function endingsOf(text: string): TextForm['endings'] {
  if (!text.includes('\r\n')) return '\n';
  const endings: LineEnding[] = [];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    endings.push(text.charAt(at - 1) === '\r' ? '\r\n' : '\n');
  }
  return endings.includes('\n') ? endings : '\r\n';
}

function singleByte(body: Buffer): Encoding {
  return iconv.decode(body, ICONV.windows1252).includes('\ufffd') ? 'latin1' : 'windows1252';
}

export function decode(bytes: Uint8Array): Decoded {
  if (isAscii(bytes))
    return decoded(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'), 'utf8', false);
  const marked = BOMS.find(({ bytes: mark }) => mark.every((byte, index) => bytes[index] === byte));
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(marked?.bytes.length ?? 0);
  const encoding = marked?.encoding ?? (isUtf8(body) ? 'utf8' : singleByte(body));
  const raw = encoding === 'utf8' ? body.toString('utf8') : iconv.decode(body, ICONV[encoding], { stripBOM: false });
  return decoded(raw, encoding, marked !== undefined);
}

function decoded(raw: string, encoding: Encoding, bom: boolean): Decoded {
  const endings = endingsOf(raw);
  const text = endings === '\n' ? raw : raw.replaceAll('\r\n', '\n');
  return { text, form: { encoding, bom, endings } };
}

/** The form of a file that does not exist yet. */
export const NEW_FILE: TextForm = { encoding: 'utf8', bom: false, endings: '\n' };

/** Endings of the new lines: kept where the line is an old one, otherwise the commonest of the file. */
function alignEndings(before: string, after: string, endings: readonly LineEnding[]): string {
  const crlf = endings.filter(ending => ending === '\r\n').length;
  const common: LineEnding = crlf * 2 >= endings.length ? '\r\n' : '\n';
  const old = before.split('\n');
  const fresh = after.split('\n');
  const changes = diffArrays(old, fresh, { maxEditLength: 4000 }) ?? [
    { value: old, removed: true, added: false, count: old.length },
    { value: fresh, removed: false, added: true, count: fresh.length },
  ];
  let [oldAt, text] = [0, ''];
  let pending: string | null = null;
  const push = (line: string, ending: LineEnding): void => {
    if (pending !== null) text += pending;
    pending = line + ending;
  };
  for (const change of changes) {
    for (const line of change.removed ? [] : change.value)
      push(line, change.added ? common : (endings[oldAt++] ?? common));
    if (change.removed) oldAt += change.value.length;
  }
  return text + (fresh.at(-1) ?? '');
}

function withEndings(before: string, after: string, form: TextForm): string {
  if (form.endings === '\n') return after;
  if (form.endings === '\r\n') return after.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n');
  return alignEndings(before, after, form.endings);
}

const spellable = (text: string, encoding: Encoding): boolean =>
  (encoding !== 'latin1' && encoding !== 'windows1252') ||
  iconv.decode(iconv.encode(text, ICONV[encoding]), ICONV[encoding]) === text;

/**
 * Bytes of `after` in the form of the file that held `before`. Text that the old single-byte encoding cannot spell is
 * written as UTF-8.
 */
export function encode(before: string, after: string, form: TextForm): Buffer {
  const text = withEndings(before, after, form);
  const encoding = spellable(text, form.encoding) ? form.encoding : 'utf8';
  const mark = form.bom ? (BOMS.find(bom => bom.encoding === encoding)?.bytes ?? []) : [];
  const body = encoding === 'utf8' ? Buffer.from(text, 'utf8') : iconv.encode(text, ICONV[encoding]);
  return mark.length === 0 ? body : Buffer.concat([Buffer.from(mark), body]);
}
