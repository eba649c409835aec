import type { Span } from '@plurnk/plurnk-grammar';
import { type SemanticTokens, SemanticTokensBuilder, type SemanticTokensLegend } from 'vscode-languageserver';
import type { ScriptDocument, ScriptStatement } from './script-document.ts';

export const SEMANTIC_LEGEND: SemanticTokensLegend = {
  tokenTypes: ['keyword', 'label', 'decorator', 'string', 'number', 'namespace', 'enumMember'],
  tokenModifiers: [],
};
type TokenType = 'keyword' | 'label' | 'decorator' | 'string' | 'number' | 'namespace' | 'enumMember';

interface Token extends Span {
  readonly type: TokenType;
}

/** Tags and slots as the parser sees them; bodies are left to the TextMate grammar. */
export function semanticTokensOf(script: ScriptDocument): SemanticTokens {
  const builder = new SemanticTokensBuilder();
  for (const statement of script.statements) {
    for (const token of tokensOf(script, statement)) push(builder, script, token);
  }
  return builder.build();
}

function tokensOf(script: ScriptDocument, { parts }: ScriptStatement): Token[] {
  const { op, open, close, slots } = parts;
  const tag = (start: number): Token[] => [
    { start, end: start + op.length, type: 'keyword' },
    { start: start + op.length, end: start + op.length + parts.suffix.length, type: 'label' },
  ];
  const inner = slots.flatMap((slot): Token[] => {
    const span = { start: slot.start + 1, end: slot.closed ? slot.end - 1 : slot.end };
    if (slot.kind === 'marks') return [{ ...span, type: 'number' }];
    if (slot.kind === 'signal')
      return [
        { ...span, type: op === 'SEND' || op === 'KILL' ? 'number' : op === 'EXEC' ? 'enumMember' : 'decorator' },
      ];
    return targetTokens(script, span);
  });
  return [...tag(open.start + 2), ...inner, ...(close ? tag(close.start + 1) : [])];
}

function targetTokens(script: ScriptDocument, span: Span): Token[] {
  const scheme = /^[a-z][a-z0-9+.-]*(?=:\/\/)/i.exec(script.slice(span))?.[0].length ?? 0;
  return [
    { start: span.start, end: span.start + scheme, type: 'namespace' },
    { start: span.start + scheme, end: span.end, type: 'string' },
  ];
}

/** A token may not cross lines: what does is left out. */
function push(builder: SemanticTokensBuilder, script: ScriptDocument, token: Token): void {
  const { start, end } = script.range(token);
  if (token.end <= token.start || start.line !== end.line) return;
  builder.push(
    start.line,
    start.character,
    end.character - start.character,
    SEMANTIC_LEGEND.tokenTypes.indexOf(token.type),
    0,
  );
}
