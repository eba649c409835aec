import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { ScriptDocument } from './script-document.ts';

/** The parser's errors, to the character. */
export function diagnosticsOf(script: ScriptDocument): Diagnostic[] {
  return script.result.items.flatMap(item => {
    if (item.kind !== 'error') return [];
    const { offset, endOffset, severity, message, source } = item.error;
    return {
      range: script.range({ start: offset, end: Math.max(offset, endOffset) }),
      severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
      source: 'plurnk',
      code: source,
      message,
    };
  });
}
