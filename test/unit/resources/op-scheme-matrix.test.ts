/** Every op over every scheme with its outcomes (part 3), as one table over a real store, Git and processes. */
import assert from 'node:assert/strict';
import { type Asked, World } from './support/world.ts';

interface Case {
  /** Requirement ids, then what is shown. */
  readonly name: string;
  /** Statements that come first. */
  readonly before?: readonly string[];
  readonly op: string;
  readonly status: number;
  readonly asked?: Asked;
  /** Part of the row's text. */
  readonly says?: string | RegExp;
  /** Address of the row's target, as stored. */
  readonly pathname?: string;
}

const FILES = {
  'src/a.ts': 'export const one = 1;\nexport const two = 2;\n// TODO three\n',
  'src/b.ts': 'import { one } from "./a.ts";\n',
  'docs/guide.md': '# Guide\n\nText\n',
  'data.json': '{"name":"x","list":[1,2,3]}\n',
  'scalar.json': '42\n',
  'page.html': '<p>hi</p>\n',
  'logo.png': new Uint8Array([137, 80, 78, 71, 0, 1]),
  'empty.txt': '',
  'app/(group)/page.tsx': 'export {};\n',
  '.gitignore': 'ignored.txt\n',
};

const known = (path: string, text: string, tags = ''): string => `<<EDIT${tags}(known:///${path}):${text}:EDIT`;

const CASES: readonly Case[] = [
  // FIND
  {
    name: '[RES-15] FIND a bare path is that entry',
    op: '<<FIND(src/a.ts):FIND',
    status: 200,
    says: '"path":"src/a.ts"',
  },
  {
    name: '[RES-15] FIND a folder is a scope',
    op: '<<FIND(src/):FIND',
    status: 200,
    says: /src\/a\.ts[\s\S]*src\/b\.ts/,
  },
  { name: '[RES-15] FIND a glob is a scope', op: '<<FIND(**/*.md):FIND', status: 200, says: 'docs/guide.md' },
  {
    name: '[RES-15] FIND #regex# is every path matching',
    op: '<<FIND(#\\.html$#):FIND',
    status: 200,
    says: 'page.html',
  },
  {
    name: '[RES-15] FIND finds nothing: 200 and an empty array',
    op: '<<FIND(nope/**):FIND',
    status: 200,
    says: /^\[\]$/,
  },
  { name: '[RES-15] FIND an absent path: empty array', op: '<<FIND(nope.ts):FIND', status: 200, says: /^\[\]$/ },
  {
    name: '[RES-16] FIND with a matcher gives spans',
    op: '<<FIND(src/**):#TODO#:FIND',
    status: 200,
    says: '"matchSpan":{"lineStart":3,"lineEnd":3}',
  },
  {
    name: '[RES-16] FIND <N,M> pages',
    op: '<<FIND(src/**)<2,2>:FIND',
    status: 200,
    says: /^\[\n\{"path":"src\/b\.ts"[^\n]*\n\]$/,
  },
  { name: '[RES-16] FIND with a page that is none is 400', op: '<<FIND(src/**)<5,2>:FIND', status: 400 },
  {
    name: '[RES-41] FIND lists binary files',
    op: '<<FIND(logo.png):FIND',
    status: 200,
    says: 'application/octet-stream',
  },
  { name: '[RES-15] FIND without target is 400', op: '<<FIND:FIND', status: 400 },
  { name: '[RES-1] FIND in an unknown scheme is 501', op: '<<FIND(ftp://x/**):FIND', status: 501, says: 'Known:' },
  {
    name: '[RES-15] FIND tags: all must be present',
    before: [known('t1', 'x', '[a,b]'), known('t2', 'x', '[a]')],
    op: '<<FIND[a,b](known:///**):FIND',
    status: 200,
    says: /^\[\n\{"path":"known:\/\/\/t1"[^\n]*\n\]$/,
  },
  {
    name: '[RES-15] FIND never crosses schemes',
    before: [known('src/k', 'x')],
    op: '<<FIND(unknown:///**):FIND',
    status: 200,
    says: /^\[\]$/,
  },
  {
    name: '[RES-50] FIND lists a page per scheme and runtime',
    op: '<<FIND(plurnk:///docs/**):FIND',
    status: 200,
    says: /docs\/file\.md[\s\S]*docs\/git\.md[\s\S]*docs\/sqlite\.md/,
  },
  { name: '[RES-26] FIND in exec without streams', op: '<<FIND(exec:///**):FIND', status: 200, says: /^\[\]$/ },
  // READ
  { name: '[RES-13] READ a file is numbered', op: '<<READ(src/b.ts):READ', status: 200, says: '1:\timport' },
  { name: '[RES-13] READ <N>', op: '<<READ(src/a.ts)<2>:READ', status: 200, says: /^2:\texport const two = 2;$/ },
  {
    name: '[RES-13] READ <N,-1> is to the end',
    op: '<<READ(src/a.ts)<2,-1>:READ',
    status: 200,
    says: /^2:\t[^\n]*\n3:\t[^\n]*$/,
  },
  { name: '[RES-13] READ beyond the end is 416', op: '<<READ(src/a.ts)<9>:READ', status: 416, says: '3 lines' },
  {
    name: '[RES-13] READ a range that ends beyond the end is cut',
    op: '<<READ(src/a.ts)<3,99>:READ',
    status: 200,
    says: /^3:\t[^\n]*$/,
  },
  { name: '[RES-13] READ absent is 404', op: '<<READ(src/none.ts):READ', status: 404, pathname: 'src/none.ts' },
  { name: '[RES-13] READ JSON is verbatim', op: '<<READ(data.json):READ', status: 200, says: /^\{"name"/ },
  {
    name: '[RES-13] READ a JSON slice is an array of items',
    op: '<<READ(data.json)<2>:READ',
    status: 200,
    says: /^\[\n\{"list":\[1,2,3\]\}\n\]$/,
  },
  { name: '[RES-13] READ HTML is verbatim', op: '<<READ(page.html):READ', status: 200, says: /^<p>/ },
  { name: '[RES-5] READ binary is 415', op: '<<READ(logo.png):READ', status: 415 },
  { name: '[RES-13] READ an empty file', op: '<<READ(empty.txt):READ', status: 200, says: /^$/ },
  { name: '[RES-60] READ what Git ignores is 404', op: '<<READ(ignored.txt):READ', status: 404 },
  {
    name: '[RES-3] READ file:/// is the same member',
    op: '<<READ(file:///src/b.ts):READ',
    status: 200,
    pathname: 'src/b.ts',
  },
  {
    name: '[RES-3] READ percent-encoding is decoded',
    op: '<<READ(app/(group%29/page.tsx):READ',
    status: 200,
    pathname: 'app/(group)/page.tsx',
  },
  { name: '[RES-4] READ an unknown channel is 400', op: '<<READ(file:///src/b.ts#nope):READ', status: 400 },
  { name: '[RES-14] READ a matcher without match is one 204', op: '<<READ(src/**):#nothing here#:READ', status: 204 },
  {
    name: '[RES-41] READ an expression that does not compile is a glob, never an error',
    op: '<<READ(src/**):#(#:READ',
    status: 204,
  },
  {
    name: '[RES-2] READ folds the authority into the path',
    before: [known('x/y', 'deep')],
    op: '<<READ(known://x/y):READ',
    status: 200,
    pathname: '/x/y',
    says: 'deep',
  },
  { name: '[RES-13] READ an absent entry is 404', op: '<<READ(known:///none):READ', status: 404 },
  {
    name: '[RES-4] READ an unknown channel of an entry is 400',
    before: [known('c', 'x')],
    op: '<<READ(known:///c#side):READ',
    status: 400,
  },
  { name: '[RES-4] READ a channel of an absent entry is 404', op: '<<READ(known:///none#body):READ', status: 404 },
  { name: '[RES-50] READ a documentation page', op: '<<READ(plurnk://docs/run.md):READ', status: 200, says: '# run' },
  {
    name: '[RES-13] READ a log row',
    before: [known('l', 'logged')],
    op: '<<READ(log:///1/1/1):READ',
    status: 200,
    says: 'logged',
  },
  { name: '[RES-13] READ a log row that is none is 404', op: '<<READ(log:///7/7/7):READ', status: 404 },
  { name: '[RES-19] READ an unknown stream is 404', op: '<<READ(sh:///7/7/7):READ', status: 404 },
  { name: '[RES-30] READ a run without name is 400', op: '<<READ(run://):READ', status: 400 },
  // EDIT
  { name: '[RES-10] EDIT an absent entry is 201', op: known('n', 'one'), status: 201, says: '1:\tone' },
  { name: '[RES-10] EDIT changed content is 200', before: [known('n', 'one')], op: known('n', 'two'), status: 200 },
  { name: '[RES-10] EDIT unchanged content is 304', before: [known('n', 'one')], op: known('n', 'one'), status: 304 },
  {
    name: '[RES-10] EDIT a new tag alone is 200',
    before: [known('n', 'one')],
    op: known('n', 'one', '[t]'),
    status: 200,
  },
  {
    name: '[RES-10] EDIT a known tag alone is 304',
    before: [known('n', 'one', '[t]')],
    op: known('n', 'one', '[t]'),
    status: 304,
  },
  {
    name: '[RES-10] EDIT <N> replaces a line',
    before: [known('n', 'a\nb\nc')],
    op: '<<EDIT(known:///n)<2>:B:EDIT',
    status: 200,
    says: /^1:\ta\n2:\tB\n3:\tc$/,
  },
  {
    name: '[RES-10] EDIT <N,M> replaces a range',
    before: [known('n', 'a\nb\nc')],
    op: '<<EDIT(known:///n)<1,2>:B:EDIT',
    status: 200,
    says: /^1:\tB\n2:\tc$/,
  },
  {
    name: '[RES-10] EDIT <0> prepends',
    before: [known('n', 'a')],
    op: '<<EDIT(known:///n)<0>:z:EDIT',
    status: 200,
    says: /^1:\tz\n2:\ta$/,
  },
  {
    name: '[RES-10] EDIT <-1> appends',
    before: [known('n', 'a')],
    op: '<<EDIT(known:///n)<-1>:z:EDIT',
    status: 200,
    says: /^1:\ta\n2:\tz$/,
  },
  {
    name: '[RES-10] EDIT <2.5> inserts after line 2',
    before: [known('n', 'a\nb\nc')],
    op: '<<EDIT(known:///n)<2.5>:x:EDIT',
    status: 200,
    says: /^1:\ta\n2:\tb\n3:\tx\n4:\tc$/,
  },
  {
    name: '[RES-10] EDIT <1,-1> with empty body clears',
    before: [known('n', 'a\nb')],
    op: '<<EDIT(known:///n)<1,-1>:EDIT',
    status: 200,
    says: /^$/,
  },
  {
    name: '[RES-10] EDIT without body clears',
    before: [known('n', 'a\nb')],
    op: '<<EDIT(known:///n):EDIT',
    status: 200,
    says: /^$/,
  },
  {
    name: '[RES-10] EDIT beyond the end is 416',
    before: [known('n', 'a')],
    op: '<<EDIT(known:///n)<5>:x:EDIT',
    status: 416,
  },
  {
    name: '[RES-10] EDIT a marker that is none is 400',
    before: [known('n', 'a\nb')],
    op: '<<EDIT(known:///n)<2,1>:x:EDIT',
    status: 400,
  },
  {
    name: '[RES-10] EDIT ignores the marker on an absent entry',
    op: '<<EDIT(known:///n)<7>:x:EDIT',
    status: 201,
    says: '1:\tx',
  },
  {
    name: '[RES-11] EDIT JSON by item',
    before: [known('j.json', '[1,2,3]')],
    op: '<<EDIT(known:///j.json)<2>:[7,8]:EDIT',
    status: 200,
    says: '1:\t[1, 7, 8, 3]',
  },
  {
    name: '[RES-11] EDIT JSON with a body that is none is 400',
    before: [known('j.json', '[1]')],
    op: '<<EDIT(known:///j.json)<1>:nope:EDIT',
    status: 400,
  },
  {
    name: '[RES-11] EDIT a scalar takes <1> only',
    before: [known('j.json', '5')],
    op: '<<EDIT(known:///j.json)<2>:6:EDIT',
    status: 416,
  },
  { name: '[RES-10] EDIT without target is 400', op: '<<EDIT:x:EDIT', status: 400 },
  { name: '[RES-1] EDIT plurnk by the model is 403', op: '<<EDIT(plurnk:///x):y:EDIT', status: 403 },
  {
    name: '[RES-1] EDIT plurnk by plurnk is 201',
    op: '<<EDIT(plurnk:///x):y:EDIT',
    asked: { writer: 'plurnk' },
    status: 201,
  },
  { name: '[RES-1] EDIT a skill by the model is 403', op: '<<EDIT(skill:///s/SKILL.md):y:EDIT', status: 403 },
  { name: '[RES-1] EDIT a log row is 501', op: '<<EDIT(log:///1/1/1):y:EDIT', status: 501 },
  { name: '[RES-1] EDIT a stream is 501', op: '<<EDIT(sh:///1/1/1):y:EDIT', status: 501 },
  { name: '[RES-1] EDIT a web page is 501', op: '<<EDIT(https://example.org/):y:EDIT', status: 501 },
  {
    name: '[RES-30] EDIT a run is 400 with a pointer to COPY',
    op: '<<EDIT(run://worker):y:EDIT',
    status: 400,
    says: '<<COPY(run://worker)',
  },
  { name: '[RES-32] EDIT own scratch is 201', op: '<<EDIT(run://self/n.md):y:EDIT', status: 201 },
  { name: '[RES-32] EDIT scratch of an unknown run is 403', op: '<<EDIT(run://ghost/n.md):y:EDIT', status: 403 },
  {
    name: '[RES-60] EDIT a file is proposed and written when accepted',
    op: '<<EDIT(src/b.ts)<1>:new line:EDIT',
    status: 200,
    says: '1:\tnew line',
  },
  { name: '[RES-60] EDIT a new path is open', op: '<<EDIT(src/new.ts):x:EDIT', status: 200, pathname: 'src/new.ts' },
  { name: '[RES-60] EDIT a file that is unchanged is 304', op: '<<EDIT(page.html):<p>hi</p>\n:EDIT', status: 304 },
  { name: '[RES-5] EDIT binary is 415', op: '<<EDIT(logo.png):x:EDIT', status: 415 },
  { name: '[RES-10] EDIT a folder is 400', op: '<<EDIT(src/):x:EDIT', status: 400 },
  {
    name: '[RES-10] EDIT tags of a file need no proposal',
    op: `<<EDIT[api](page.html):<p>hi</p>\n:EDIT`,
    asked: { answer: 'leave' },
    status: 200,
  },
  // COPY
  {
    name: '[RES-18] COPY known to known is 201',
    before: [known('a', 'x')],
    op: '<<COPY(known:///a):known:///b:COPY',
    status: 201,
    pathname: '/b',
  },
  {
    name: '[RES-18] COPY known to a file is proposed',
    before: [known('a', 'x')],
    op: '<<COPY(known:///a):out.md:COPY',
    status: 200,
    pathname: 'out.md',
  },
  { name: '[RES-18] COPY a file to known is 201', op: '<<COPY(src/a.ts):known:///a.ts:COPY', status: 201 },
  { name: '[RES-18] COPY file to file is proposed', op: '<<COPY(src/a.ts):src/c.ts:COPY', status: 200 },
  { name: '[RES-18] COPY to own scratch', op: '<<COPY(src/a.ts):run://self/a.ts:COPY', status: 201 },
  {
    name: '[RES-18] COPY from scratch',
    before: ['<<EDIT(run://self/n):s:EDIT'],
    op: '<<COPY(run://self/n):known:///n:COPY',
    status: 201,
  },
  {
    name: '[RES-18] COPY from the log',
    before: [known('a', 'x')],
    op: '<<COPY(log:///1/1/1):known:///row:COPY',
    status: 201,
  },
  {
    name: '[RES-18] COPY from a documentation page',
    op: '<<COPY(plurnk:///docs/run.md):known:///run.md:COPY',
    status: 201,
  },
  { name: '[RES-18] COPY an absent source is 404', op: '<<COPY(known:///none):known:///b:COPY', status: 404 },
  {
    name: '[RES-18] COPY onto the same content is 304',
    before: [known('a', 'x'), known('b', 'x')],
    op: '<<COPY(known:///a):known:///b:COPY',
    status: 304,
  },
  {
    name: '[RES-18] COPY onto different content is 409',
    before: [known('a', 'x'), known('b', 'y')],
    op: '<<COPY(known:///a):known:///b:COPY',
    status: 409,
  },
  { name: '[RES-18] COPY binary is 415', op: '<<COPY(logo.png):known:///logo:COPY', status: 415 },
  { name: '[RES-18] COPY a slice', op: '<<COPY(src/a.ts)<2>:known:///two.ts:COPY', status: 201 },
  { name: '[RES-18] COPY a slice outside is 416', op: '<<COPY(src/a.ts)<9>:known:///two.ts:COPY', status: 416 },
  {
    name: '[RES-18] COPY without destination is 400',
    before: [known('a', 'x')],
    op: '<<COPY(known:///a):COPY',
    status: 400,
  },
  {
    name: '[RES-18] COPY to the web is 501',
    before: [known('a', 'x')],
    op: '<<COPY(known:///a):https://example.org/x:COPY',
    status: 501,
  },
  {
    name: '[RES-18] COPY to plurnk by the model is 403',
    before: [known('a', 'x')],
    op: '<<COPY(known:///a):plurnk:///a:COPY',
    status: 403,
  },
  {
    name: '[RES-18] COPY to /dev/null is outside the workspace, nothing special',
    before: [known('a', 'x')],
    op: '<<COPY(known:///a):/dev/null:COPY',
    status: 403,
  },
  {
    name: '[RES-18] COPY to another scratch is 403',
    before: [known('a', 'x')],
    op: '<<COPY(known:///a):run://ghost/a:COPY',
    status: 403,
  },
  { name: '[RES-30] COPY on an empty run name is 400', op: '<<COPY(run://):do it:COPY', status: 400 },
  { name: '[RES-30] COPY on a run without prompt is 400', op: '<<COPY(run://w):COPY', status: 400 },
  // MOVE
  {
    name: '[RES-18] MOVE known to known',
    before: [known('a', 'x')],
    op: '<<MOVE(known:///a):known:///b:MOVE',
    status: 201,
    pathname: '/b',
  },
  {
    name: '[RES-18] MOVE unknown to known',
    before: ['<<EDIT(unknown:///q):?:EDIT'],
    op: '<<MOVE(unknown:///q):known:///q:MOVE',
    status: 201,
  },
  {
    name: '[RES-18] MOVE file to file is one proposal',
    op: '<<MOVE(src/b.ts):src/moved.ts:MOVE',
    status: 200,
    pathname: 'src/moved.ts',
  },
  { name: '[RES-18] MOVE onto an existing file is 409', op: '<<MOVE(src/b.ts):src/a.ts:MOVE', status: 409 },
  {
    name: '[RES-18] MOVE without destination is 400',
    before: [known('a', 'x')],
    op: '<<MOVE(known:///a):MOVE',
    status: 400,
  },
  { name: '[RES-18] MOVE an absent source is 404', op: '<<MOVE(known:///none):known:///b:MOVE', status: 404 },
  {
    name: '[RES-18] MOVE a log row is 403: nobody writes there',
    op: '<<MOVE(log:///1/1/1):known:///b:MOVE',
    status: 403,
  },
  {
    name: '[RES-18] MOVE a documentation page is 403',
    op: '<<MOVE(plurnk:///docs/run.md):known:///b:MOVE',
    status: 403,
  },
  { name: '[RES-18] MOVE a web page is 501', op: '<<MOVE(https://example.org/):known:///b:MOVE', status: 501 },
  // OPEN, FOLD
  { name: '[RES-17] FOLD elsewhere is 501', before: [known('a', 'x')], op: '<<FOLD(known:///a):FOLD', status: 501 },
  { name: '[RES-17] OPEN on files is 501', op: '<<OPEN(src/**):OPEN', status: 501 },
  { name: '[RES-17] FOLD an absent row is 404', op: '<<FOLD(log:///9/9/9):FOLD', status: 404 },
  { name: '[RES-17] OPEN a pattern without rows is 204', op: '<<OPEN(log:///9/9/*):OPEN', status: 204 },
  // KILL
  { name: '[RES-19] KILL an entry', before: [known('a', 'x')], op: '<<KILL(known:///a):KILL', status: 200 },
  { name: '[RES-19] KILL an absent entry is 404', op: '<<KILL(known:///none):KILL', status: 404 },
  {
    name: '[RES-19] KILL a set of entries',
    before: [known('s/a', 'x'), known('s/b', 'x')],
    op: '<<KILL(known:///s/*):KILL',
    status: 200,
  },
  { name: '[RES-19] KILL a file is proposed', op: '<<KILL(docs/guide.md):KILL', status: 200 },
  { name: '[RES-19] KILL a binary file is proposed', op: '<<KILL(logo.png):KILL', status: 200 },
  { name: '[RES-19] KILL an absent file is 404', op: '<<KILL(none.md):KILL', status: 404 },
  { name: '[RES-19] KILL several files at once is 400', op: '<<KILL(src/**):KILL', status: 400 },
  {
    name: '[RES-19] KILL own scratch',
    before: ['<<EDIT(run://self/n):s:EDIT'],
    op: '<<KILL(run://self/n):KILL',
    status: 200,
  },
  { name: '[RES-19] KILL the scratch of another run is 403', op: '<<KILL(run://ghost/n):KILL', status: 403 },
  { name: '[RES-19] KILL a log row', before: [known('a', 'x')], op: '<<KILL(log:///1/1/1):KILL', status: 200 },
  {
    name: '[RES-19] KILL a log row as plugin is 403',
    before: [known('a', 'x')],
    op: '<<KILL(log:///1/1/1):KILL',
    asked: { writer: 'plugin' },
    status: 403,
  },
  { name: '[RES-19] KILL an unknown stream is 404', op: '<<KILL(sh:///9/9/9):KILL', status: 404 },
  { name: '[RES-19] KILL plurnk by the model is 403', op: '<<KILL(plurnk:///docs/run.md):KILL', status: 403 },
  { name: '[RES-19] KILL a skill by the model is 403', op: '<<KILL(skill:///s):KILL', status: 403 },
  { name: '[RES-19] KILL a web page is 501', op: '<<KILL(https://example.org/):KILL', status: 501 },
  { name: '[RES-19] KILL without target is 400', op: '<<KILL:KILL', status: 400 },
  // SEND
  { name: '[RES-20] SEND without target and signal is 400', op: '<<SEND:hi:SEND', status: 400 },
  { name: '[RES-20] SEND without target is recorded', op: '<<SEND[200]:done:SEND', status: 200 },
  { name: '[RES-20] SEND to known is 501', op: '<<SEND[200](known:///a):x:SEND', status: 501 },
  { name: '[RES-20] SEND to a file is 501', op: '<<SEND[200](src/a.ts):x:SEND', status: 501 },
  { name: '[RES-20] SEND another code to a stream is 501', op: '<<SEND[418](sh:///1/1/1):x:SEND', status: 501 },
  { name: '[RES-20] SEND to an unknown stream is 404', op: '<<SEND[200](sh:///9/9/9):x:SEND', status: 404 },
  { name: '[RES-31] SEND to an unknown run is 404', op: '<<SEND[200](run://ghost):x:SEND', status: 404 },
  // PLAN
  { name: '[RES-21] PLAN is recorded', op: '<<PLAN:think:PLAN', status: 200 },
  // EXEC
  {
    name: '[RES-22] EXEC an unknown runtime is 501 with the reason',
    op: '<<EXEC[cobol]:x:EXEC',
    status: 501,
    says: 'Known: sh',
  },
  { name: '[RES-22] EXEC outside the workspace is 403', op: '<<EXEC(../):ls:EXEC', status: 403 },
  { name: '[RES-22] EXEC in an absent folder is 404', op: '<<EXEC(none):ls:EXEC', status: 404 },
  { name: '[RES-22] EXEC in a file is 400', op: '<<EXEC(src/a.ts):ls:EXEC', status: 400 },
  { name: '[RES-22] EXEC in an entry is 400', op: '<<EXEC(known:///a):ls:EXEC', status: 400 },
  { name: '[RES-22] EXEC without command is 400', op: '<<EXEC:EXEC', status: 400 },
  { name: '[RES-24] EXEC with a time that is none is 400', op: '<<EXEC<-5>:ls:EXEC', status: 400 },
  {
    name: '[RES-23] EXEC what can change the machine proposes',
    op: '<<EXEC:ls:EXEC',
    asked: { answer: 'leave' },
    status: 202,
  },
  { name: '[RES-23] EXEC accepted is 102 at once', op: '<<EXEC:true:EXEC', status: 102 },
  {
    name: '[RES-23] EXEC pure runs at once',
    op: '<<EXEC[sqlite]:select 1:EXEC',
    asked: { answer: 'leave' },
    status: 102,
  },
  {
    name: '[RES-26] EXEC git read commands run at once',
    op: '<<EXEC[git]:status:EXEC',
    asked: { answer: 'leave' },
    status: 102,
  },
  {
    name: '[RES-26] EXEC git commands that write propose',
    op: '<<EXEC[git]:commit -m x:EXEC',
    asked: { answer: 'leave' },
    status: 202,
  },
  { name: '[RES-26] EXEC git with a pipe is 400', op: '<<EXEC[git]:log | head:EXEC', status: 400, says: 'EXEC[sh]' },
  // Flags
  { name: '[ENG-36] ask mode refuses EDIT', op: known('a', 'x'), asked: { flags: { mode: 'ask' } }, status: 403 },
  {
    name: '[ENG-36] ask mode refuses KILL',
    op: '<<KILL(known:///a):KILL',
    asked: { flags: { mode: 'ask' } },
    status: 403,
  },
  { name: '[ENG-36] ask mode refuses EXEC', op: '<<EXEC:ls:EXEC', asked: { flags: { mode: 'ask' } }, status: 403 },
  {
    name: '[ENG-36] ask mode refuses a prompt to a run',
    op: '<<SEND[200](run://w):x:SEND',
    asked: { flags: { mode: 'ask' } },
    status: 403,
  },
  { name: '[ENG-36] ask mode reads', op: '<<READ(src/a.ts):READ', asked: { flags: { mode: 'ask' } }, status: 200 },
  {
    name: '[ENG-36] noWeb refuses the web',
    op: '<<READ(https://example.org/):READ',
    asked: { flags: { noWeb: true } },
    status: 403,
  },
];

describe('[RES-1] every op over every scheme', () => {
  let world: World;
  before(async () => {
    world = await World.make({ files: FILES });
  });
  beforeEach(() => world.reset());
  after(() => world.dispose());

  for (const { name, before: first = [], op, status, asked, says, pathname } of CASES) {
    it(name, async () => {
      for (const statement of first) await world.op(statement);
      const row = await world.one(op, asked);
      assert.equal(row.status, status, row.rx ?? 'no text');
      if (typeof says === 'string') assert.ok((row.rx ?? '').includes(says), row.rx ?? 'nothing');
      if (says instanceof RegExp) assert.match(row.rx ?? '', says);
      if (pathname !== undefined) assert.equal(row.target?.pathname, pathname);
    });
  }
});
