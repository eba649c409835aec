import assert from 'node:assert/strict';
import { outlineMarkdown } from '../../../server/src/content/outline/markdown-outline.ts';
import type { OutlineNode } from '../../../server/src/content/outline/outline.ts';
import { indexSource } from '../../../server/src/content/outline/source-index.ts';

const show = (nodes: readonly OutlineNode[], depth = 0): string[] =>
  nodes.flatMap(node => [
    `${'  '.repeat(depth)}${node.kind} ${node.name} ${node.lineStart}-${node.lineEnd}`,
    ...show(node.children, depth + 1),
  ]);

const CASES: readonly [language: string, mimetype: string, text: string, outline: string[]][] = [
  [
    'TypeScript',
    'text/typescript',
    'export class A extends B {\n  private x = 1;\n  m(): void {\n    const local = 1;\n  }\n}\nfunction f() {}\nconst h = () => f();\ninterface I {\n  p: string;\n}\nexport const k = 3;\n',
    [
      'class A 1-6',
      '  field x 2-2',
      '  method m 3-5',
      'function f 7-7',
      'function h 8-8',
      'interface I 9-11',
      '  field p 10-10',
      'variable k 12-12',
    ],
  ],
  ['TSX', 'text/tsx', 'const C = () => <div>x</div>;\n', ['function C 1-1']],
  [
    'JavaScript',
    'text/javascript',
    'class A {\n  m() {}\n}\nfunction f() {}\n',
    ['class A 1-3', '  method m 2-2', 'function f 4-4'],
  ],
  [
    'Python',
    'text/x-python',
    'class A(B):\n    def m(self):\n        y = 1\n        return y\n\n@dec\ndef f(a=1):\n    pass\nX = 1\n',
    ['class A 1-4', '  method m 2-4', 'function f 6-8', 'variable X 9-9'],
  ],
  [
    'Go',
    'text/x-go',
    'package p\ntype S struct {\n\tA int\n}\nfunc (s *S) M() {}\nfunc f() {}\nconst K = 1\n',
    ['type S 2-4', '  field A 3-3', 'method M 5-5', 'function f 6-6', 'constant K 7-7'],
  ],
  [
    'Rust',
    'text/x-rust',
    'struct S {\n  a: i32,\n}\nimpl T for S {\n  fn m(&self) {}\n}\nfn f() {}\nmod q {\n  pub fn z() {}\n}\n',
    [
      'struct S 1-3',
      '  field a 2-2',
      'impl S 4-6',
      '  method m 5-5',
      'function f 7-7',
      'module q 8-10',
      '  function z 9-9',
    ],
  ],
  [
    'Java',
    'text/x-java',
    'class A {\n  int x;\n  A() {}\n  void m() {}\n}\n',
    ['class A 1-5', '  field x 2-2', '  constructor A 3-3', '  method m 4-4'],
  ],
  [
    'C++',
    'text/x-c++',
    'namespace n {\nclass A {\n  int x;\n};\n}\nvoid n::A::m() {}\nint *p(void) { return 0; }\n',
    ['namespace n 1-5', '  class A 2-4', '    field x 3-3', 'function m 6-6', 'function p 7-7'],
  ],
  [
    'C',
    'text/x-c',
    'struct S { int a; };\nint f(int a) {\n  return a;\n}\n',
    ['struct S 1-1', '  field a 1-1', 'function f 2-4'],
  ],
  [
    'C#',
    'text/x-csharp',
    'namespace N {\n  class A {\n    int x;\n    public int P { get; set; }\n    void M() {}\n  }\n}\n',
    ['namespace N 1-7', '  class A 2-6', '    field x 3-3', '    property P 4-4', '    method M 5-5'],
  ],
  [
    'Ruby',
    'text/x-ruby',
    'module M\n  class A\n    def m(x)\n      y = x\n    end\n  end\nend\n',
    ['module M 1-7', '  class A 2-6', '    method m 3-5'],
  ],
  [
    'PHP',
    'text/x-php',
    '<?php\nclass A {\n  function m() {}\n}\nfunction f() {}\n',
    ['class A 2-4', '  method m 3-3', 'function f 5-5'],
  ],
  ['Bash', 'text/x-shellscript', 'f() {\n  echo hi\n}\nX=1\n', ['function f 1-3', 'variable X 4-4']],
  [
    'CSS',
    'text/css',
    '.a > b { color: red }\n@media print {\n  .c { color: blue }\n}\n',
    ['rule .a > b 1-1', 'media print 2-4', '  rule .c 3-3'],
  ],
];

describe('outlines', () => {
  for (const [language, mimetype, text, expected] of CASES) {
    it(`[RES-44] outlines ${language}`, async () => {
      assert.deepEqual(show((await indexSource(text, mimetype)).outline), expected);
    });
  }

  it('[RES-44] a language without a grammar has an empty outline, never an error', async () => {
    assert.deepEqual(await indexSource('program x;', 'text/x-pascal'), { outline: [], references: [] });
  });

  it('[RES-44] references are uses, not the names of definitions', async () => {
    const { references } = await indexSource('function f() {}\nf();\nconst a = f;\n', 'text/typescript');
    assert.deepEqual(references, [
      { name: 'f', line: 2 },
      { name: 'f', line: 3 },
    ]);
  });

  it('[RES-40] a Markdown heading spans its section', () => {
    const text = '# One\ntext\n## Two `code`\nmore\n\n## Three\nend\n# Four\n';
    assert.deepEqual(show(outlineMarkdown(text)), ['h1 One 1-7', '  h2 Two code 3-5', '  h2 Three 6-7', 'h1 Four 8-8']);
  });

  it('[RL-13] source nested 20,000 deep is outlined without exhausting the stack', async () => {
    const { outline } = await indexSource(
      `function f() { return ${'('.repeat(20_000)}1${')'.repeat(20_000)} }`,
      'text/javascript',
    );
    assert.equal(outline[0]?.name, 'f');
  });
});
