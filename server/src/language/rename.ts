import type { Range, WorkspaceEdit } from 'vscode-languageserver';
import type { ScriptDocument, ScriptStatement } from './script-document.ts';

export type RenameTarget = { readonly range: Range; readonly placeholder: string };

/** The tag under the cursor (op and suffix); null where there is none. */
export function renameTargetAt(script: ScriptDocument, offset: number): RenameTarget | null {
  const at = script.statementAt(offset);
  const tag = at && tagSpans(at).find(span => offset >= span.start && offset <= span.end);
  return at && tag ? { range: script.range(tag), placeholder: `${at.parts.op}${at.parts.suffix}` } : null;
}

export type Renamed =
  | { readonly ok: true; readonly edit: WorkspaceEdit }
  | { readonly ok: false; readonly message: string };

/** Renames the suffix in open and close tag; the op stays. `name` is the whole tag or the suffix alone. */
export function renameSuffix(script: ScriptDocument, offset: number, name: string): Renamed {
  const at = script.statementAt(offset);
  if (!at || !renameTargetAt(script, offset)) return refused('There is no tag here.');
  const suffix = name.startsWith(at.parts.op) ? name.slice(at.parts.op.length) : name;
  if (!/^[A-Za-z0-9_]*$/.test(suffix)) return refused('A suffix holds letters, digits and `_` only.');
  if (closesEarly(script, at, suffix))
    return refused(`The body contains \`:${at.parts.op}${suffix}\`, which would close the statement.`);
  return { ok: true, edit: retag(script, at, suffix) };
}

/** Both tags with another suffix. */
export const retag = (script: ScriptDocument, at: ScriptStatement, suffix: string): WorkspaceEdit => ({
  changes: {
    [script.uri]: tagSpans(at).map(span => ({ range: script.range(span), newText: `${at.parts.op}${suffix}` })),
  },
});

/** Whether a close tag with this suffix stands in the body already. */
export function closesEarly(script: ScriptDocument, { parts }: ScriptStatement, suffix: string): boolean {
  const body = parts.body ? script.slice(parts.body) : '';
  return new RegExp(`:${parts.op}${suffix}(?![A-Za-z0-9_])`).test(body);
}

/** Op and suffix, without `<<` and `:`. */
function tagSpans({ parts }: ScriptStatement): readonly { start: number; end: number }[] {
  const open = { start: parts.open.start + 2, end: parts.open.end };
  return parts.close ? [open, { start: parts.close.start + 1, end: parts.close.end }] : [open];
}

const refused = (message: string): Renamed => ({ ok: false, message });
