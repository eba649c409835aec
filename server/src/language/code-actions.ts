import type { Span } from '@plurnk/plurnk-grammar';
import { type CodeAction, CodeActionKind, type TextEdit } from 'vscode-languageserver';
import { closesEarly, retag } from './rename.ts';
import type { ScriptDocument, ScriptStatement } from './script-document.ts';

/** Close the op, percent-encode the target, add a suffix (UI-41). */
export function codeActionsAt(script: ScriptDocument, selection: Span): CodeAction[] {
  const touched = script.statements.filter(({ span }) => span.start <= selection.end && selection.start <= span.end);
  return touched
    .flatMap(one => [closeAction(script, one), encodeAction(script, one), suffixAction(script, one)])
    .filter(action => action !== null);
}

function closeAction(script: ScriptDocument, one: ScriptStatement): CodeAction | null {
  const { parts, span } = one;
  if (parts.close || parts.slots.some(slot => !slot.closed)) return null;
  const tag = `:${parts.op}${parts.suffix}`;
  const text = script.slice(span);
  const at = span.start + text.trimEnd().length;
  const body = parts.colon === null ? ':' : '';
  return quickFix(
    script,
    `Close with \`${tag}\``,
    [{ range: script.range({ start: at, end: at }), newText: `${body}${tag}` }],
    true,
  );
}

/** A `)` inside the target ended it early: everything up to the last `)` before the body is meant. */
function encodeAction(script: ScriptDocument, { parts, statement, span }: ScriptStatement): CodeAction | null {
  const slot = parts.slots.find(one => one.kind === 'target');
  if (statement || !slot?.closed) return null;
  const line = script.text.slice(slot.start, Math.min(span.end, slot.start + 2000)).split(/[\r\n]/)[0] ?? '';
  const meant = /^\((.*?\).*?)\)(?=\s*(?:[[<][^\]>]*[\]>]\s*)*:)/.exec(line)?.[1];
  if (!meant) return null;
  const encoded = meant.replace(/\)/g, '%29');
  const place = { start: slot.start + 1, end: slot.start + 1 + meant.length };
  return quickFix(
    script,
    `Percent-encode the target: \`${encoded}\``,
    [{ range: script.range(place), newText: encoded }],
    true,
  );
}

function suffixAction(script: ScriptDocument, one: ScriptStatement): CodeAction | null {
  if (!one.parts.close) return null;
  let number = 1;
  while (closesEarly(script, one, `${one.parts.suffix}${number}`)) number++;
  const suffix = `${one.parts.suffix}${number}`;
  return {
    title: `Add a suffix: \`${one.parts.op}${suffix}\``,
    kind: CodeActionKind.RefactorRewrite,
    edit: retag(script, one, suffix),
  };
}

const quickFix = (script: ScriptDocument, title: string, edits: TextEdit[], preferred: boolean): CodeAction => ({
  title,
  kind: CodeActionKind.QuickFix,
  isPreferred: preferred,
  edit: { changes: { [script.uri]: edits } },
});
