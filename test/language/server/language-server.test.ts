import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type {
  CodeAction,
  CompletionItem,
  Diagnostic,
  DocumentSymbol,
  Hover,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { createConnection } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { LANGUAGE_CAPABILITIES, registerLanguage } from '../../../server/src/language/register.ts';
import { SEMANTIC_LEGEND } from '../../../server/src/language/semantic-tokens.ts';
import type { LanguageSources } from '../../../server/src/language/sources.ts';

const SOURCES: LanguageSources = {
  paths: async () => ['src/auth.ts', 'src/odd (1).ts', 'README.md'],
  entries: scheme => (scheme === 'known' ? ['/plan.md', '/notes.md'] : []),
  runNames: () => ['worker'],
  tags: () => ['draft', 'plan'],
  schemes: () => [
    { name: 'known', example: '<<READ(known:///plan.md)::READ', doc: '# known\n\nWhat the model keeps.' },
    { name: 'log', example: '<<FOLD(log:///1/1/1)::FOLD', doc: '# log\n\nThe rows.' },
  ],
  runtimes: () => [
    { name: 'sh', available: true, reason: null, example: '<<EXEC:ls:EXEC' },
    { name: 'python', available: false, reason: 'not installed', example: '<<EXEC[python]:print(1):EXEC' },
  ],
  channels: () => ['body', 'headers'],
  root: () => '/work space',
};
const URI = 'file:///test.plurnk';

/** A client and the language features, joined by real JSON-RPC streams. */
function open() {
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  const server = createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
  server.onInitialize(() => ({ capabilities: LANGUAGE_CAPABILITIES }));
  const registered = registerLanguage(server, SOURCES);
  server.listen();
  const client = createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  const waiting: ((diagnostics: Diagnostic[]) => void)[] = [];
  client.onNotification('textDocument/publishDiagnostics', ({ diagnostics }: { diagnostics: Diagnostic[] }) =>
    waiting.shift()?.(diagnostics),
  );
  client.listen();
  let version = 0;
  const published = () => new Promise<Diagnostic[]>(resolve => waiting.push(resolve));
  return {
    client,
    async show(text: string): Promise<Diagnostic[]> {
      const answer = published();
      await client.sendNotification('textDocument/didOpen', {
        textDocument: { uri: URI, languageId: 'plurnk', version: ++version, text },
      });
      return answer;
    },
    async type(line: number, character: number, text: string): Promise<Diagnostic[]> {
      const answer = published();
      const at = { line, character };
      await client.sendNotification('textDocument/didChange', {
        textDocument: { uri: URI, version: ++version },
        contentChanges: [{ range: { start: at, end: at }, text }],
      });
      return answer;
    },
    ask: <R>(method: string, params: object = {}) =>
      client.sendRequest<R>(`textDocument/${method}`, { textDocument: { uri: URI }, ...params }),
    close(): void {
      registered.dispose();
      client.dispose();
      server.dispose();
    },
  };
}

const messageOf = ({ message }: Diagnostic): string => (typeof message === 'string' ? message : message.value);

const at = (text: string, mark = '|') => {
  const offset = text.indexOf(mark);
  const clean = text.slice(0, offset) + text.slice(offset + 1);
  const before = clean.slice(0, offset).split('\n');
  return { text: clean, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
};

const apply = (text: string, edits: TextEdit[]): string =>
  TextDocument.applyEdits(TextDocument.create(URI, 'plurnk', 0, text), edits);
const editsOf = (edit: WorkspaceEdit | undefined): TextEdit[] => edit?.changes?.[URI] ?? [];

describe('[UI-41] language server', () => {
  let editor: ReturnType<typeof open>;
  beforeEach(() => {
    editor = open();
  });
  afterEach(() => editor.close());

  const complete = async (marked: string): Promise<CompletionItem[]> => {
    const { text, position } = at(marked);
    await editor.show(text);
    return editor.ask<CompletionItem[]>('completion', { position });
  };
  const labels = async (marked: string) => (await complete(marked)).map(item => item.label);

  it('[UI-41] shows the parser’s errors at their place and takes them back as you type', async () => {
    const [error] = await editor.show('<<READ(a.ts)x::READ\n');
    assert.match(error ? messageOf(error) : '', /READ/);
    assert.deepEqual(error?.range.start, { line: 0, character: 12 });
    assert.equal((await editor.show('<<READ(a.ts):')).length, 1);
    assert.equal((await editor.type(0, 13, ':READ')).length, 0);
  });

  it('[UI-41] holds a document that begins with PLAN to the rules of a turn', async () => {
    const messages = (await editor.show('<<PLAN:x:PLAN\n<<READ(a)::READ\n')).map(messageOf);
    assert.ok(messages.some(message => message.includes('<<SEND')));
    assert.deepEqual(await editor.show('<<READ(a)::READ\n'), []);
  });

  it('[UI-41] positions are right after astral characters and CRLF', async () => {
    const [error] = await editor.show('<<SEND[200]:😀:SEND\r\n<<READ(😀)x::READ');
    assert.deepEqual(error?.range.start, { line: 1, character: 10 });
  });

  it('[UI-41] completes ops with a snippet', async () => {
    const items = await complete('<<RE|');
    assert.equal(items.length, 11);
    const read = items.find(item => item.label === 'READ');
    assert.deepEqual(read?.textEdit, {
      range: { start: { line: 0, character: 2 }, end: { line: 0, character: 4 } },
      newText: 'READ($1)::READ',
    });
  });

  it('[UI-41] completes signals by op', async () => {
    assert.deepEqual(await labels('<<SEND[|]:x:SEND'), ['102', '200', '202', '499']);
    assert.deepEqual(await labels('<<EXEC[|]:x:EXEC'), ['sh', 'python']);
    assert.deepEqual(await labels('<<READ[a,|](x)::READ'), ['draft', 'plan']);
    assert.ok((await labels('<<KILL[|](sh:///1/1/1)::KILL')).includes('9'));
  });

  it('[UI-41] completes paths, encoded where the slot needs it, schemes, entries, runs and channels', async () => {
    const paths = await labels('<<READ(|');
    assert.ok(paths.includes('src/auth.ts') && paths.includes('src/odd (1%29.ts') && paths.includes('known://'));
    assert.deepEqual(await labels('<<READ(known:///|)::READ'), ['known:///plan.md', 'known:///notes.md']);
    assert.deepEqual(await labels('<<SEND(run://|)[200]:x:SEND'), ['run://self', 'run://worker']);
    assert.deepEqual(await labels('<<READ(http://a/x#|)::READ'), ['http://a/x#body', 'http://a/x#headers']);
    assert.deepEqual(await labels('<<FOLD(|)::FOLD'), ['log://']);
    assert.ok((await labels('<<MOVE(a):kn|:MOVE')).includes('known://'));
  });

  it('[UI-41] completes the close tag of an unclosed op', async () => {
    assert.deepEqual(await labels('<<EDIT_a(x.md):text:ED|'), [':EDIT_a']);
  });

  it('[UI-41] hovers tell the rules of the op, a status, a scheme and a runtime', async () => {
    const hover = async (marked: string): Promise<string> => {
      const { text, position } = at(marked);
      await editor.show(text);
      const answer = await editor.ask<Hover | null>('hover', { position });
      return (answer?.contents as { value: string } | undefined)?.value ?? '';
    };
    assert.match(await hover('<<ED|IT(x):a:EDIT'), /\*\*EDIT\*\*[\s\S]*<0>/);
    assert.match(await hover('<<EDIT(x):a:ED|IT'), /\*\*EDIT\*\*/);
    assert.match(await hover('<<SEND[2|02]:a:SEND'), /park/);
    assert.match(await hover('<<READ(kno|wn:///x)::READ'), /What the model keeps/);
    assert.match(await hover('<<EXEC[pyth|on]:x:EXEC'), /not installed/);
    assert.equal(await hover('<<EDIT(x):some bo|dy:EDIT'), '');
  });

  it('[UI-41] symbols, folds and lenses follow the statements', async () => {
    await editor.show('<<EDIT_x[t](a.md):\none\n:EDIT_x\n<<SEND[200]:done:SEND\n<<READ(');
    const symbols = await editor.ask<DocumentSymbol[]>('documentSymbol');
    assert.deepEqual(
      symbols.map(one => one.name),
      ['EDIT_x a.md', 'SEND done', 'READ'],
    );
    assert.deepEqual(await editor.ask('foldingRange'), [{ startLine: 0, endLine: 2, kind: 'region' }]);
    const lenses = await editor.ask<{ command: { title: string; arguments: unknown[] } }[]>('codeLens');
    assert.deepEqual(
      lenses.map(one => one.command.title),
      ['Run script', 'Run', 'Run'],
    );
    assert.deepEqual(lenses[2]?.command.arguments, [
      URI,
      { start: { line: 3, character: 0 }, end: { line: 3, character: 21 } },
    ]);
  });

  it('[UI-41] links lead to files, entries and pages, never from a glob', async () => {
    await editor.show(
      '<<READ(src/a%29.ts)::READ\n<<READ(known:///plan.md)::READ\n<<READ(https://example.org/x)::READ\n<<FIND(src/**)::FIND\n<<READ(#a#)::READ',
    );
    const links = await editor.ask<{ target: string }[]>('documentLink');
    assert.deepEqual(
      links.map(one => one.target),
      ['file:///work%20space/src/a).ts', 'plurnk-entry://known/plan.md', 'https://example.org/x'],
    );
  });

  it('[UI-41] semantic tokens cover tags and slots', async () => {
    await editor.show('<<EDIT_a[t](known:///x)<2>:body:EDIT_a');
    const { data } = await editor.ask<{ data: number[] }>('semanticTokens/full');
    const tokens: string[] = [];
    for (let i = 0, column = 0; i < data.length; i += 5) {
      column += data[i + 1] ?? 0;
      tokens.push(`${SEMANTIC_LEGEND.tokenTypes[data[i + 3] ?? 0]} ${column}+${data[i + 2]}`);
    }
    assert.deepEqual(tokens, [
      'keyword 2+4',
      'label 6+2',
      'decorator 9+1',
      'namespace 12+5',
      'string 17+5',
      'number 24+1',
      'keyword 32+4',
      'label 36+2',
    ]);
  });

  it('[UI-41] formatting puts the slots in order and leaves bodies alone', async () => {
    const text = '<<EDIT  <2>  (a.md) [x,  y] : body  kept :EDIT\n<<READ(b)::READ';
    await editor.show(text);
    const edits = await editor.ask<TextEdit[]>('formatting', { options: { tabSize: 2, insertSpaces: true } });
    assert.equal(apply(text, edits), '<<EDIT[x,y](a.md)<2>: body  kept :EDIT\n<<READ(b)::READ');
  });

  const actions = async (text: string) => {
    await editor.show(text);
    const whole = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
    return editor.ask<CodeAction[]>('codeAction', { range: whole, context: { diagnostics: [] } });
  };

  it('[UI-41] a code action closes an open op', async () => {
    const text = '<<EDIT(a.md):text\n';
    const [close] = await actions(text);
    const fixed = apply(text, editsOf(close?.edit));
    assert.equal(fixed, '<<EDIT(a.md):text:EDIT\n');
    assert.deepEqual(await editor.show(fixed), []);
  });

  it('[UI-41] a code action percent-encodes a target that ends early', async () => {
    const text = '<<READ(a (1).md)<2>::READ';
    const encode = (await actions(text)).find(one => one.title.startsWith('Percent-encode'));
    const fixed = apply(text, editsOf(encode?.edit));
    assert.equal(fixed, '<<READ(a (1%29.md)<2>::READ');
    assert.deepEqual(await editor.show(fixed), []);
  });

  it('[UI-41] a code action adds a suffix that the body does not use', async () => {
    const text = '<<EDIT(a.md):holds :EDIT1 inside:EDIT';
    const suffix = (await actions(text)).find(one => one.title.startsWith('Add a suffix'));
    assert.equal(apply(text, editsOf(suffix?.edit)), '<<EDIT2(a.md):holds :EDIT1 inside:EDIT2');
  });

  it('[UI-41] renames the suffix in both tags and refuses one that closes early', async () => {
    const text = '<<EDIT_a(x.md):holds :EDIT_b inside:EDIT_a';
    await editor.show(text);
    const position = { line: 0, character: 5 };
    assert.deepEqual(await editor.ask('prepareRename', { position }), {
      range: { start: { line: 0, character: 2 }, end: { line: 0, character: 8 } },
      placeholder: 'EDIT_a',
    });
    const edit = await editor.ask<WorkspaceEdit>('rename', { position, newName: 'EDIT_c' });
    assert.equal(apply(text, editsOf(edit)), '<<EDIT_c(x.md):holds :EDIT_b inside:EDIT_c');
    await assert.rejects(editor.ask('rename', { position, newName: '_b' }), /would close the statement/);
    await assert.rejects(editor.ask('rename', { position, newName: 'EDIT-x' }), /letters, digits/);
    assert.equal(await editor.ask('prepareRename', { position: { line: 0, character: 20 } }), null);
  });
});
