import { IncrementalParse, type ParseMode } from '@plurnk/plurnk-grammar';
import type {
  Connection,
  DidChangeTextDocumentParams,
  DidOpenTextDocumentParams,
  TextDocumentContentChangeEvent,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { ScriptDocument } from './script-document.ts';

/** An open document and its parse, which follows each edit instead of starting over (PF-1). */
class OpenScript {
  #document: TextDocument;
  #parse: IncrementalParse;
  #mode: ParseMode;
  #script: ScriptDocument | null = null;

  constructor({ uri, languageId, version, text }: DidOpenTextDocumentParams['textDocument']) {
    this.#document = TextDocument.create(uri, languageId, version, text);
    this.#mode = modeOf(text);
    this.#parse = new IncrementalParse(text, this.#mode);
  }

  get version(): number {
    return this.#document.version;
  }

  get script(): ScriptDocument {
    this.#script ??= new ScriptDocument(this.#document, this.#parse.result);
    return this.#script;
  }

  change(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    this.#script = null;
    for (const change of changes) {
      const whole = { start: 0, end: this.#parse.text.length };
      const place = 'range' in change ? this.#offsets(change.range) : whole;
      this.#document = TextDocument.update(this.#document, [change], version);
      this.#parse.edit({ ...place, text: change.text });
    }
    const mode = modeOf(this.#parse.text);
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#parse = new IncrementalParse(this.#parse.text, mode);
  }

  #offsets({
    start,
    end,
  }: {
    start: Parameters<TextDocument['offsetAt']>[0];
    end: Parameters<TextDocument['offsetAt']>[0];
  }) {
    const [a, b] = [this.#document.offsetAt(start), this.#document.offsetAt(end)];
    return { start: Math.min(a, b), end: Math.max(a, b) };
  }
}

/** A document that begins with PLAN is read as a turn, any other as a sequence (LNG-16, LNG-18). */
const modeOf = (text: string): ParseMode =>
  /^\s*(?:<think>[\s\S]*?<\/think>\s*)?<<PLAN/.test(text.slice(0, 4096)) ? 'turn' : 'statements';

/** The open `.plurnk` documents of the connection. */
export class ScriptDocuments {
  readonly #open = new Map<string, OpenScript>();
  readonly #changed: (script: ScriptDocument, version: number) => void;
  readonly #closed: (uri: string) => void;

  constructor(on: { changed(script: ScriptDocument, version: number): void; closed(uri: string): void }) {
    this.#changed = on.changed;
    this.#closed = on.closed;
  }

  get(uri: string): ScriptDocument | null {
    return this.#open.get(uri)?.script ?? null;
  }

  open({ textDocument }: DidOpenTextDocumentParams): void {
    this.#open.set(textDocument.uri, new OpenScript(textDocument));
    this.#report(textDocument.uri);
  }

  change({ textDocument, contentChanges }: DidChangeTextDocumentParams): void {
    this.#open.get(textDocument.uri)?.change(contentChanges, textDocument.version);
    this.#report(textDocument.uri);
  }

  close(uri: string): void {
    if (this.#open.delete(uri)) this.#closed(uri);
  }

  listen(connection: Connection): { dispose(): void } {
    const parts = [
      connection.onDidOpenTextDocument(params => this.open(params)),
      connection.onDidChangeTextDocument(params => this.change(params)),
      connection.onDidCloseTextDocument(({ textDocument }) => this.close(textDocument.uri)),
    ];
    return {
      dispose() {
        for (const part of parts) part.dispose();
      },
    };
  }

  #report(uri: string): void {
    const open = this.#open.get(uri);
    if (open) this.#changed(open.script, open.version);
  }
}
