import { render, statementSpans } from '@plurnk/plurnk-grammar';
import type { TextEdit } from 'vscode-languageserver';
import type { ScriptDocument, ScriptStatement } from './script-document.ts';

/** Slots in canonical order without spaces; bodies are never touched. */
export const formatSlots = (script: ScriptDocument): TextEdit[] =>
  script.statements.flatMap(one => {
    const head = canonicalHead(one);
    if (head === null || one.parts.colon === null) return [];
    const place = { start: one.span.start, end: one.parts.colon };
    return script.slice(place) === head ? [] : { range: script.range(place), newText: head };
  });

/** What `render` writes before the body's colon; null for a broken statement. */
function canonicalHead({ statement }: ScriptStatement): string | null {
  if (!statement) return null;
  const text = render({ ...statement, body: null });
  const colon = statementSpans(text, 0)?.colon ?? null;
  return colon === null ? null : text.slice(0, colon);
}
