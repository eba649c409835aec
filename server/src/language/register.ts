import {
  type Connection,
  ErrorCodes,
  ResponseError,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { codeActionsAt } from './code-actions.ts';
import { completionsAt } from './completion.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { formatSlots } from './formatting.ts';
import { hoverAt } from './hover.ts';
import { linksOf } from './links.ts';
import { renameSuffix, renameTargetAt } from './rename.ts';
import type { ScriptDocument } from './script-document.ts';
import { ScriptDocuments } from './script-documents.ts';
import { SEMANTIC_LEGEND, semanticTokensOf } from './semantic-tokens.ts';
import type { LanguageSources } from './sources.ts';
import { foldingOf, lensesOf, symbolsOf } from './structure.ts';

/** What `initialize` answers for `.plurnk` documents. */
export const LANGUAGE_CAPABILITIES: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  completionProvider: { triggerCharacters: ['<', '(', '[', ':', '/', '#', '@'] },
  hoverProvider: true,
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  documentLinkProvider: {},
  semanticTokensProvider: { legend: SEMANTIC_LEGEND, full: true },
  documentFormattingProvider: true,
  codeActionProvider: true,
  codeLensProvider: {},
  renameProvider: { prepareProvider: true },
};

/** Serves `.plurnk` documents over the language server's connection (UI-41). Call before `connection.listen()`. */
export function registerLanguage(connection: Connection, sources: LanguageSources): { dispose(): void } {
  const documents = new ScriptDocuments({
    changed: (script, version) =>
      void connection.sendDiagnostics({ uri: script.uri, version, diagnostics: diagnosticsOf(script) }),
    closed: uri => void connection.sendDiagnostics({ uri, diagnostics: [] }),
  });
  registerFeatures(connection, uri => documents.get(uri), sources);
  return documents.listen(connection);
}

type Params = { readonly textDocument: { readonly uri: string } };

function registerFeatures(
  connection: Connection,
  scriptOf: (uri: string) => ScriptDocument | null,
  sources: LanguageSources,
): void {
  /** Answers `empty` for a document that is not open. */
  const on = <P extends Params, R>(answer: (script: ScriptDocument, params: P) => R, empty: R) => {
    return (params: P): R => {
      const script = scriptOf(params.textDocument.uri);
      return script ? answer(script, params) : empty;
    };
  };
  connection.onCompletion(
    on((script, { position }) => completionsAt(script, script.offsetAt(position), sources), Promise.resolve([])),
  );
  connection.onHover(on((script, { position }) => hoverAt(script, script.offsetAt(position), sources), null));
  connection.onDocumentSymbol(on(symbolsOf, []));
  connection.onFoldingRanges(on(foldingOf, []));
  connection.onDocumentLinks(on(script => linksOf(script, sources), []));
  connection.languages.semanticTokens.on(on(semanticTokensOf, { data: [] }));
  connection.onDocumentFormatting(on(formatSlots, []));
  connection.onCodeLens(on(lensesOf, []));
  connection.onCodeAction(
    on(
      (script, { range }) =>
        codeActionsAt(script, { start: script.offsetAt(range.start), end: script.offsetAt(range.end) }),
      [],
    ),
  );
  connection.onPrepareRename(on((script, { position }) => renameTargetAt(script, script.offsetAt(position)), null));
  connection.onRenameRequest(
    on((script, { position, newName }) => {
      const renamed = renameSuffix(script, script.offsetAt(position), newName);
      return renamed.ok ? renamed.edit : new ResponseError(ErrorCodes.InvalidRequest, renamed.message);
    }, null),
  );
}
