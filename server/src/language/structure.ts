import type { Op } from '@plurnk/plurnk-grammar';
import {
  type CodeLens,
  type DocumentSymbol,
  type FoldingRange,
  FoldingRangeKind,
  SymbolKind,
} from 'vscode-languageserver';
import type { ScriptDocument, ScriptStatement } from './script-document.ts';

const KINDS: Readonly<Record<Op, SymbolKind>> = {
  PLAN: SymbolKind.Event,
  FIND: SymbolKind.Interface,
  READ: SymbolKind.File,
  EDIT: SymbolKind.Method,
  COPY: SymbolKind.Method,
  MOVE: SymbolKind.Method,
  OPEN: SymbolKind.Key,
  FOLD: SymbolKind.Key,
  EXEC: SymbolKind.Function,
  KILL: SymbolKind.Operator,
  SEND: SymbolKind.String,
};

export const symbolsOf = (script: ScriptDocument): DocumentSymbol[] =>
  script.statements.map(one => ({
    name: `${one.parts.op}${one.parts.suffix} ${labelOf(script, one)}`.trim(),
    detail: slotText(script, one, 'signal'),
    kind: KINDS[one.parts.op],
    range: script.range(one.span),
    selectionRange: script.range(one.parts.open),
  }));

/** The target, else the beginning of the body. */
function labelOf(script: ScriptDocument, one: ScriptStatement): string {
  const target = slotText(script, one, 'target').slice(1, -1);
  if (target || !one.parts.body) return target;
  const line = script.slice({
    start: one.parts.body.start,
    end: Math.min(one.parts.body.end, one.parts.body.start + 200),
  });
  return line.trim().split('\n')[0]?.slice(0, 60) ?? '';
}

function slotText(script: ScriptDocument, { parts }: ScriptStatement, kind: 'signal' | 'target'): string {
  const slot = parts.slots.find(one => one.kind === kind);
  return slot ? script.slice(slot) : '';
}

export const foldingOf = (script: ScriptDocument): FoldingRange[] =>
  script.statements.flatMap(({ span }) => {
    const { start, end } = script.range(span);
    const last = end.character === 0 ? end.line - 1 : end.line;
    return last > start.line ? { startLine: start.line, endLine: last, kind: FoldingRangeKind.Region } : [];
  });

/** `Run` above each statement that is whole, `Run script` above the first (UI-41, UI-42). */
export function lensesOf(script: ScriptDocument): CodeLens[] {
  const whole = script.statements.filter(one => one.statement !== null);
  const lens = (title: string, one: ScriptStatement, args: unknown[]): CodeLens => ({
    range: script.range(one.parts.open),
    command: { title, command: 'plurnk.runScript', arguments: [script.uri, ...args] },
  });
  return whole.flatMap((one, i) => {
    const run = lens('Run', one, [script.range(one.span)]);
    return i === 0 && whole.length > 1 ? [lens('Run script', one, []), run] : [run];
  });
}
