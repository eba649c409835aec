// PF-5: FIND over 20,000 generated files beside ripgrep in the same run, on the same files, with the same result set.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { World } from '../../test/unit/resources/support/world.ts';

const FILES = 20_000;
const ROUNDS = 5;
const QUERIES = [
  { name: 'literal', pattern: 'isTokenValid42', flags: '' },
  { name: 'regex', pattern: 'is[A-Z]\\w+Valid7\\d\\b', flags: '' },
  { name: 'group', pattern: 'throw new (Range|Type)Error\\("seldom', flags: '' },
  { name: 'alternatives', pattern: 'isTokenValid13|seldom seen', flags: '' },
  // Nothing that every match holds: each text is decoded and searched by the expression itself.
  { name: 'any case', pattern: 'ISTOKENVALID42', flags: 'i' },
  { name: 'no literal', pattern: '\\b[A-Z]\\w{4}Error\\b', flags: '' },
];

type Query = (typeof QUERIES)[number];

const print = (row: Record<string, unknown>): void => console.log(JSON.stringify(row));
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
const round = (value: number): number => Math.round(value * 100) / 100;

function generate(root: string): void {
  let seed = 42;
  const random = (): number => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  const words = Array.from({ length: 800 }, (_, i) => `value${i}`);
  for (let i = 0; i < FILES; i++) {
    const lines: string[] = [];
    const count = 20 + Math.floor(random() * 80);
    for (let n = 0; n < count; n++) {
      lines.push(
        `  const ${words[Math.floor(random() * 800)]} = compute(${n}, "${words[Math.floor(random() * 800)]}");`,
      );
    }
    if (i % 50 === 0)
      lines.push(`export function isTokenValid${(i / 50) % 100}(token: string): boolean { return token !== ''; }`);
    if (i % 400 === 0) lines.push('  throw new RangeError("seldom seen");');
    const folder = join(root, 'src', `m${i % 100}`);
    if (i < 100) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `f${i}.ts`), `${lines.join('\n')}\n`);
  }
}

function ripgrepPath(): string | null {
  const own = globSync(
    '.cache/code-server-*/node_modules/code-server/lib/vscode/node_modules/@vscode/ripgrep-universal/bin/linux-x64/rg',
  );
  return (own[0] && resolve(own[0])) ?? ['/usr/bin/rg', '/usr/local/bin/rg'].find(path => existsSync(path)) ?? null;
}

function ripgrep(rg: string, root: string, { pattern, flags }: Query): { ms: number; found: string[] } {
  const started = performance.now();
  let output = '';
  try {
    output = execFileSync(rg, ['-n', '--no-heading', '--color=never', ...(flags === 'i' ? ['-i'] : []), pattern, '.'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    if ((error as { status?: number }).status !== 1) throw error;
  }
  const ms = performance.now() - started;
  const found = output.split('\n').flatMap(line => /^\.\/(.*?):(\d+):/.exec(line)?.slice(1, 3).join(':') ?? []);
  return { ms, found: found.sort() };
}

async function find(world: World, { pattern, flags }: Query): Promise<{ ms: number; found: string[] }> {
  const started = performance.now();
  const row = await world.one(`<<FIND(**):#${pattern}#${flags}:FIND`);
  const ms = performance.now() - started;
  const items = JSON.parse(row.rx ?? '[]') as { path: string; matchSpan: { lineStart: number } }[];
  return { ms, found: items.map(item => `${item.path}:${item.matchSpan.lineStart}`).sort() };
}

const world = await World.make({ git: true, matching: { deadline: 120_000 } });
generate(world.root);
execFileSync('git', ['add', '-A'], { cwd: world.root });
const rg = ripgrepPath();
for (const query of QUERIES) {
  const { name, pattern, flags } = query;
  const cold = await find(world, query);
  const warm: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    if (rg) {
      const other = ripgrep(rg, world.root, query);
      assert.deepEqual(cold.found, other.found, `${name}: another result than ripgrep`);
      theirs.push(other.ms);
    }
    warm.push((await find(world, query)).ms);
  }
  const peer = rg ? median(theirs) : null;
  print({
    id: 'PF-5',
    what: `FIND(**):#${pattern}#${flags} first time`,
    value: round(cold.ms),
    unit: 'ms',
    found: cold.found.length,
  });
  print({
    id: 'PF-5',
    what: `FIND(**):#${pattern}#${flags} again`,
    value: round(median(warm)),
    unit: 'ms',
    peer: 'ripgrep',
    peerValue: peer && round(peer),
    ratio: peer && round(median(warm) / peer),
    bar: '≤ 1.5 × ripgrep',
  });
}
const memory = (when: string): void => {
  globalThis.gc?.();
  const value = Math.round(process.memoryUsage().rss / 2 ** 20);
  print({ id: 'PF-5', what: `memory of the process (resident) ${when}`, value, unit: 'MiB' });
};
memory('after the regular expressions');
for (const [what, statement] of [
  ['@graph', '<<FIND(**):@isTokenValid42:FIND'],
  ['~semantic', '<<FIND(**)<1,10>:~is the token valid:FIND'],
] as const) {
  for (const when of ['first time', 'again']) {
    const started = performance.now();
    const row = await world.one(statement);
    print({
      id: 'PF-5',
      what: `${what} ${when}`,
      value: round(performance.now() - started),
      unit: 'ms',
      status: row.status,
    });
  }
}
memory('after everything');
await world.dispose();
