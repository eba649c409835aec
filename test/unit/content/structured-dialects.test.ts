import assert from 'node:assert/strict';
import type { Matcher } from '@plurnk/plurnk-grammar';
import type { TextDialect } from '../../../server/src/content/dialects/dialect.ts';
import { jsonpathDialect } from '../../../server/src/content/dialects/jsonpath-dialect.ts';
import { xpathDialect } from '../../../server/src/content/dialects/xpath-dialect.ts';
import { mimetypeOf } from '../../../server/src/content/mimetype.ts';

async function find(dialect: TextDialect, name: 'xpath' | 'jsonpath', raw: string, path: string, text: string) {
  const compiled = dialect.compile({ dialect: name, raw } as Matcher);
  if (!compiled.ok) return { status: 400, spans: '', reason: compiled.reason };
  const result = await compiled.run({ path, mimetype: mimetypeOf(path), key: `${path}:${text}`, text });
  return { ...result, spans: result.spans.map(span => `${span.lineStart}-${span.lineEnd}`).join(' ') };
}
const xpath = (raw: string, path: string, text: string) => find(xpathDialect, 'xpath', raw, path, text);
const jsonpath = (raw: string, path: string, text: string) => find(jsonpathDialect, 'jsonpath', raw, path, text);

const HTML = '<html>\n<body>\n<h1 id="x">Title</h1>\n<p>one\ntwo</p>\n<a href="#">link</a>\n</body>\n</html>\n';
const XML =
  '<?xml version="1.0"?>\n<feed xmlns:dc="http://dc">\n  <item n="1">\n    <dc:title>A</dc:title>\n  </item>\n  <item n="2"/>\n</feed>\n';
const MD = '# Guide\nintro\n## Setup\nrun it\n## Use\nend\n';
const TS = 'export class A {\n  m() {\n    return 1;\n  }\n}\nfunction f() {}\n';
const JSON_TEXT = '{\n  // note\n  "name": "x",\n  "items": [\n    {"id": 1},\n    {\n      "id": 2\n    }\n  ]\n}\n';
const YAML = 'name: x\nitems:\n  - id: 1\n  - id: 2\n    tags: [a, b]\ntext: |\n  one\n  two\n';
const TOML =
  'title = "x"\n\n[server]\nport = 1\nlist = [\n  1,\n  2,\n]\n\n[[job]]\nname = "a"\n\n[[job]]\nname = "b"\n';
const CSV = 'name,age\nann,3\n"bo\nb",4\ncy,5\n';

const ROWS: readonly [
  id: string,
  run: typeof xpath,
  raw: string,
  path: string,
  text: string,
  status: number,
  spans: string,
][] = [
  ['RES-40 HTML element', xpath, '//h1', 'a.html', HTML, 200, '3-3'],
  ['RES-40 HTML text over lines', xpath, '//p', 'a.html', HTML, 200, '4-5'],
  ['RES-40 HTML attribute is a place', xpath, '//a/@href', 'a.html', HTML, 200, '6-6'],
  ['RES-40 HTML predicate', xpath, '//h1[@id="x"]/text()', 'a.html', HTML, 200, '3-3'],
  ['RES-41 nothing', xpath, '//h6', 'a.html', HTML, 204, ''],
  ['RES-40 XML element', xpath, '//item[@n="1"]', 'a.xml', XML, 200, '3-5'],
  ['RES-40 XML prefix', xpath, '//dc:title', 'a.xml', XML, 200, '4-4'],
  ['RES-40 Markdown section', xpath, '//h2[@name="Setup"]', 'a.md', MD, 200, '3-4'],
  ['RES-40 Markdown path', xpath, '//h1/h2', 'a.md', MD, 200, '3-4 5-6'],
  ['RES-40 source method', xpath, '//class[@name="A"]/method', 'a.ts', TS, 200, '2-4'],
  ['RES-44 no grammar', xpath, '//function', 'a.lua', 'x = 1', 204, ''],
  ['RES-41 not XML', xpath, '//item', 'a.xml', '<a>\n//item\n', 203, '2-2'],
  ['RES-41 XPath of JSON', xpath, '//x', 'a.json', '{}', 415, ''],
  ['RES-41 does not compile', xpath, '//[', 'a.html', HTML, 400, ''],
  ['RES-41 selects a number', xpath, '//a/count(//b', 'a.html', HTML, 400, ''],
  ['RES-40 JSON value', jsonpath, '$.items[1]', 'a.json', JSON_TEXT, 200, '6-8'],
  ['RES-40 JSON property with its key', jsonpath, '$.name', 'a.json', JSON_TEXT, 200, '3-3'],
  ['RES-40 JSON filter', jsonpath, '$.items[?@.id>1].id', 'a.json', JSON_TEXT, 200, '7-7'],
  ['RES-40 YAML', jsonpath, '$.items[1]', 'a.yaml', YAML, 200, '4-5'],
  ['RES-40 YAML block text', jsonpath, '$.text', 'a.yaml', YAML, 200, '6-8'],
  ['RES-40 YAML documents', jsonpath, '$[1].b', 'a.yaml', 'a: 1\n---\nb: 2\n', 200, '3-3'],
  ['RES-40 TOML key', jsonpath, '$.server.port', 'a.toml', TOML, 200, '4-4'],
  ['RES-40 TOML value over lines', jsonpath, '$.server.list', 'a.toml', TOML, 200, '5-8'],
  ['RES-40 TOML table', jsonpath, '$.job[1]', 'a.toml', TOML, 200, '13-14'],
  ['RES-40 CSV record', jsonpath, '$[1]', 'a.csv', CSV, 200, '3-4'],
  ['RES-40 CSV cell', jsonpath, '$[?@.age=="5"].name', 'a.csv', CSV, 200, '5-5'],
  ['RES-40 JSON lines', jsonpath, '$[*].a', 'a.jsonl', '{"a":1}\n{"b":1}\n{"a":2}\n', 200, '1-1 3-3'],
  ['RES-40 Markdown outline', jsonpath, '$..[?@.kind=="h2"]', 'a.md', MD, 200, '3-4 5-6'],
  ['RES-40 source outline', jsonpath, '$[?@.name=="f"]', 'a.ts', TS, 200, '6-6'],
  ['RES-41 nothing', jsonpath, '$.absent', 'a.json', JSON_TEXT, 204, ''],
  ['RES-41 not JSON', jsonpath, '$.a', 'a.json', '{\n$.a\n', 203, '2-2'],
  ['RES-41 not YAML', jsonpath, '$.a', 'a.yaml', 'a: [\n', 203, ''],
  ['RES-41 not TOML', jsonpath, '$.a', 'a.toml', 'a = = 1\n', 203, ''],
  ['RES-41 JSONPath of HTML', jsonpath, '$.a', 'a.html', HTML, 415, ''],
  ['RES-41 does not compile', jsonpath, '$[', 'a.json', '{}', 400, ''],
];

describe('structured dialects', () => {
  for (const [id, run, raw, path, text, status, spans] of ROWS) {
    it(`[${id.split(' ')[0]}] ${id.slice(id.indexOf(' ') + 1)}: ${raw} in ${path}`, async () => {
      const result = await run(raw, path, text);
      assert.deepEqual({ status: result.status, spans: result.spans }, { status, spans });
      if ([203, 400, 415].includes(status)) assert.ok(result.reason);
    });
  }

  it('[RL-13] JSON nested 10,000 deep is matched as text with the reason, not a crash', async () => {
    const result = await jsonpath('$..a', 'a.json', `${'['.repeat(10_000)}${']'.repeat(10_000)}`);
    assert.ok([203, 204].includes(result.status), String(result.status));
  });

  it('[RL-13] XML with entity declarations expands nothing', async () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n<x>&b;</x>\n';
    const result = await xpath('//x', 'a.xml', bomb);
    assert.equal(result.status, 203);
  });

  it('[RL-13] YAML aliases are bounded', async () => {
    const level = (n: number): string =>
      `l${n}: &l${n} [${Array(9)
        .fill(`*l${n - 1}`)
        .join(', ')}]`;
    const bomb = ['l0: &l0 [x]', ...Array.from({ length: 12 }, (_, i) => level(i + 1))].join('\n');
    assert.equal((await jsonpath('$.l12', 'a.yaml', bomb)).status, 203);
  });

  it('[RL-13] HTML nested 10,000 deep is looked into or refused, not a crash', async () => {
    const result = await xpath('//p', 'a.html', `${'<div>'.repeat(10_000)}<p>x</p>`);
    assert.ok([200, 203].includes(result.status), String(result.status));
  });
});
