import { OPS, type Span } from '@plurnk/plurnk-grammar';
import { type CompletionItem, CompletionItemKind, InsertTextFormat, type Range } from 'vscode-languageserver';
import { markdownHelp, OP_HELP, SEND_STATUSES } from './op-help.ts';
import type { ScriptDocument, ScriptStatement } from './script-document.ts';
import type { LanguageSources } from './sources.ts';

const MOST = 500;

/** Ops after `<<`, and in a statement what fits the slot at the cursor (UI-41). */
export async function completionsAt(
  script: ScriptDocument,
  offset: number,
  sources: LanguageSources,
): Promise<CompletionItem[]> {
  const typed = /<<([A-Z]*)$/.exec(script.text.slice(Math.max(0, offset - 8), offset));
  if (typed) return opItems(script.range({ start: offset - (typed[1] as string).length, end: offset }));
  const at = script.statementAt(offset);
  if (!at) return [];
  const slot = at.parts.slots.find(one => offset > one.start && (offset < one.end || !one.closed));
  if (slot?.kind === 'signal') return signalItems(at, script.range(wordAround(script.text, offset)), sources);
  if (slot?.kind === 'target') return targetItems(script, { start: slot.start + 1, end: offset }, at, sources);
  if (isPathBody(at, offset))
    return targetItems(script, { start: (at.parts.colon ?? 0) + 1, end: offset }, at, sources);
  return at.parts.close ? [] : closeItems(script, at, offset);
}

const opItems = (range: Range): CompletionItem[] =>
  OPS.map((op, i) => ({
    label: op,
    kind: CompletionItemKind.Keyword,
    detail: OP_HELP[op].summary,
    documentation: { kind: 'markdown', value: markdownHelp(op) },
    sortText: String(i).padStart(2, '0'),
    insertTextFormat: InsertTextFormat.Snippet,
    textEdit: { range, newText: OP_HELP[op].snippet },
  }));

function signalItems({ parts }: ScriptStatement, range: Range, sources: LanguageSources): CompletionItem[] {
  const item = (label: string, detail: string, kind: CompletionItemKind): CompletionItem => ({
    label,
    detail,
    kind,
    textEdit: { range, newText: label },
  });
  if (parts.op === 'SEND')
    return SEND_STATUSES.map(([status, meaning]) => item(status, meaning, CompletionItemKind.EnumMember));
  if (parts.op === 'EXEC') {
    return sources
      .runtimes()
      .map(one => item(one.name, one.available ? one.example : (one.reason ?? ''), CompletionItemKind.EnumMember));
  }
  if (parts.op === 'KILL') {
    return [
      ['1', 'SIGHUP'],
      ['2', 'SIGINT'],
      ['9', 'SIGKILL'],
      ['15', 'SIGTERM'],
    ].map(([signal, name]) => item(signal as string, name as string, CompletionItemKind.EnumMember));
  }
  return sources.tags().map(tag => item(tag, 'tag', CompletionItemKind.Property));
}

async function targetItems(
  script: ScriptDocument,
  typed: Span,
  { parts }: ScriptStatement,
  sources: LanguageSources,
): Promise<CompletionItem[]> {
  const text = script.slice(typed);
  const range = script.range(typed);
  const item = (label: string, kind: CompletionItemKind, detail?: string): CompletionItem => ({
    label,
    kind,
    ...(detail ? { detail } : {}),
    filterText: label,
    textEdit: { range, newText: label },
  });
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? null;
  const channel = /^(.*)#[\w-]*$/.exec(text);
  if (channel?.[1]) {
    return sources
      .channels(scheme ?? 'file')
      .map(name => item(`${channel[1]}#${name}`, CompletionItemKind.Field, 'channel'));
  }
  if (scheme === 'run')
    return ['self', ...sources.runNames()].map(name => item(`run://${name}`, CompletionItemKind.Module, 'run'));
  if (scheme)
    return sources
      .entries(scheme)
      .slice(0, MOST)
      .map(path => item(`${scheme}://${path}`, CompletionItemKind.File, 'entry'));
  const schemes = sources.schemes().map(one => item(`${one.name}://`, CompletionItemKind.Module, one.example));
  if (parts.op === 'OPEN' || parts.op === 'FOLD') return schemes.filter(one => one.label === 'log://');
  const paths = (await sources.paths()).filter(path => path.toLowerCase().includes(text.toLowerCase()));
  return [...paths.slice(0, MOST).map(path => item(encode(path), CompletionItemKind.File)), ...schemes];
}

/** What a target slot cannot hold is percent-encoded. */
const encode = (path: string): string => path.replace(/[)%<\r\n]/g, one => encodeURIComponent(one).replace(')', '%29'));

function closeItems(script: ScriptDocument, { parts }: ScriptStatement, offset: number): CompletionItem[] {
  const typed = /:[A-Za-z0-9_]*$/.exec(script.text.slice(0, offset).slice(-80))?.[0] ?? '';
  const tag = `:${parts.op}${parts.suffix}`;
  const range = script.range({ start: offset - typed.length, end: offset });
  return [{ label: tag, kind: CompletionItemKind.Keyword, detail: 'close tag', textEdit: { range, newText: tag } }];
}

const isPathBody = ({ parts, span }: ScriptStatement, offset: number): boolean =>
  (parts.op === 'COPY' || parts.op === 'MOVE') &&
  parts.colon !== null &&
  offset > parts.colon &&
  offset <= (parts.close?.start ?? span.end);

function wordAround(text: string, offset: number): Span {
  const before = /[^\s,[\]]*$/.exec(text.slice(Math.max(0, offset - 200), offset))?.[0].length ?? 0;
  const after = /^[^\s,[\]:(<]*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0;
  return { start: offset - before, end: offset + after };
}
