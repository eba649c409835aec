/**
 * A scripted loop walks through this repository: through files of it as they once were (`this-repository.json`), with
 * every op, dialect, marker and runtime, against a golden file (`UPDATE_GOLDEN=1` writes it anew); and, looking only,
 * through the checkout as it is, against what the files themselves say.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LogRow } from '../../server/src/store/contract.ts';
import { transcript } from './support/transcript.ts';
import { done, must, openWorld, turn, type World } from './support/world.ts';

const FIXTURES = path.join(import.meta.dirname, '../fixtures');
const GOLDEN = path.join(FIXTURES, 'this-repository.golden.md');
const ROOT = path.join(import.meta.dirname, '../..');
const yolo = { flags: { yolo: true } } as const;

const pinned = (): { readonly [name: string]: string } =>
  JSON.parse(readFileSync(path.join(FIXTURES, 'this-repository.json'), 'utf8'));

const lines = (...statements: readonly string[]): string => turn(statements.join('\n'));

const FINDS = lines(
  '<<FIND(*):FIND',
  '<<FIND(server/src/content/**):#export (?:const|function) \\w+#:FIND',
  '<<FIND(server/**):#PYTHON3|taskkill#i:FIND',
  '<<FIND(**):*plurnk-grammar*:FIND',
  '<<FIND(docs/ARCHITECTURE.md)://h2:FIND',
  '<<FIND(media/plurnk.svg)://*[@d]:FIND',
  '<<FIND(server/src/executors/probe.ts)://function:FIND',
  '<<FIND(packages/**/package.json):$.dependencies.*:FIND',
  '<<FIND(biome.json):$.overrides[?@.linter].includes:FIND',
  '<<FIND(server/**):@probeProgram:FIND',
  '<<FIND(server/**):@<probeProgram:FIND',
  '<<FIND(server/**):@>pythonExecutor:FIND',
  '<<FIND(**)<1,2>:~which Python is on the path:FIND',
  '<<FIND(#regex.*\\.ts$#):FIND',
  '<<FIND(**)://[:FIND',
  '<<FIND(**):#(#:FIND',
  '<<FIND(known:///**):FIND',
);

const READS = lines(
  '<<READ(server/src/executors/signals.ts)<7,10>:READ',
  '<<READ(server/src/executors/signals.ts)<-3,-1>:READ',
  '<<READ(tsconfig.json)<1>:READ',
  '<<READ(server/src/content/dialects/):#\\bMatcher\\b#:READ',
  '<<READ(packages/**)<1>:READ',
  '<<READ(#^tsconfig.*json$#):$.extends:READ',
  '<<READ(docs/ARCHITECTURE.md)://h2[contains(., "Matchers")]:READ',
  '<<READ(server/**):@splitLines:READ',
  '<<READ(server/src/content/lines.ts)<999>:READ',
  '<<READ(server/src/content/lines.ts):#no such line#:READ',
  '<<READ(../outside.md):READ',
  '<<READ(.git/config):READ',
);

const EDITS = lines(
  '<<EDIT[notes](known:///repository.md):# Repository\n\n- one engine\n- three doors:EDIT',
  '<<EDIT(known:///repository.md)<3>:- one engine, in a Node process:EDIT',
  '<<EDIT(known:///repository.md)<3,4>:- one\n- two\n- three:EDIT',
  '<<EDIT(known:///repository.md)<0>:<!-- walk -->:EDIT',
  '<<EDIT(known:///repository.md)<-1>:- last:EDIT',
  '<<EDIT(known:///repository.md)<2.5>:between:EDIT',
  '<<EDIT(known:///repository.md)<5,-1>::EDIT',
  '<<EDIT(known:///repository.md)<40>:too far:EDIT',
  '<<EDIT[more](known:///repository.md):EDIT',
  '<<EDIT(known:///new.md)<7>:the marker is ignored:EDIT',
  '<<EDIT(packages/plurnk-grammar/package.json)<2>:{"version": "0.2.0"}:EDIT',
  '<<EDIT(packages/plurnk-grammar/package.json)<-1>:{"private": true}:EDIT',
  '<<EDIT(tsconfig.base.json)<1>:not JSON:EDIT',
  '<<EDIT(server/src/content/lines.ts)<1>:/** Text as lines. */:EDIT',
  '<<EDIT(server/src/content/lines.ts)<1>:/** Text as lines. */:EDIT',
  '<<EDIT(docs/NEW.md):# New\n:EDIT',
  '<<EDIT(docs/NEW.md)<1,-1>::EDIT',
);

const TRANSFERS = lines(
  '<<COPY(server/src/content/lines.ts)<1,4>:known:///lines.ts:COPY',
  '<<COPY(server/src/content/lines.ts)<1,4>:known:///lines.ts:COPY',
  '<<COPY(server/src/content/lines.ts):known:///lines.ts:COPY',
  '<<COPY[kept](known:///repository.md):docs/repository.md:COPY',
  '<<COPY(known:///absent.md):docs/absent.md:COPY',
  '<<MOVE(docs/repository.md):docs/walk.md:MOVE',
  '<<MOVE(known:///lines.ts):unknown:///lines.ts:MOVE',
  '<<MOVE(known:///repository.md):MOVE',
  '<<KILL(docs/walk.md):KILL',
  '<<KILL(docs/NEW.md):KILL',
  '<<KILL(unknown:///lines.ts):KILL',
  '<<KILL(known:///absent.md):KILL',
  '<<FOLD(log:///1/2/*):FOLD',
  '<<FIND(docs/**):FIND',
  '<<FIND(known:///**):FIND',
);

const command = (text: string): string => turn(text, 202);

/** Failures are part of the walk: a turn without any between them, or the third one would end the loop. */
const SCRIPT = [
  command('<<EXEC:git init -q . && git add -A && echo ready:EXEC'),
  FINDS,
  READS,
  EDITS,
  command('<<EXEC[node]:console.log(JSON.parse(require("fs").readFileSync("tsconfig.json")).extends):EXEC'),
  TRANSFERS,
  command('<<EXEC(server/src/content)<20>:ls | head -3; echo problem >&2; exit 3:EXEC'),
  command("<<EXEC[sqlite]:SELECT 'rows' AS word, 6 * 7 AS answer:EXEC"),
  command('<<EXEC[git]:ls-files server/src/executors:EXEC'),
  done(),
];

/** Coordinates of the first command depend on how many rows the opening has. */
const normalised = (rows: readonly LogRow[]): string => transcript(rows).replaceAll(/\/1\/1\/\d+/g, '/1/1/N');

describe('walk through this repository', () => {
  let world: World;
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });

  it('[RES-14] [RES-12] [RES-15] [RES-18] [RES-19] [RES-26] [RES-40] every op, dialect, marker and runtime', async function () {
    this.timeout(90_000);
    world = await openWorld({ files: pinned(), replies: SCRIPT, runtimes: ['sh', 'node', 'sqlite', 'git'] });
    const { status, runId } = await world.run('walk through', yolo);
    const written = normalised(world.rows(runId));
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, written);
    assert.ok(existsSync(GOLDEN), 'there is no golden file');
    assert.equal(written, readFileSync(GOLDEN, 'utf8'));
    assert.equal(status, 200);
  });

  const hasPython = ['python3', 'python'].some(name => spawnSync(name, ['--version']).status === 0);
  const title = hasPython ? 'runs Python' : 'has no Python on this machine and says so with 501';
  it(`[RES-22] [RES-26] EXEC[python] ${title}`, async () => {
    const script = 'import json; print(json.load(open("tsconfig.json"))["extends"]); raise SystemExit(4)';
    const replies = [command(`<<EXEC[python]:${script}:EXEC`), done()];
    world = await openWorld({ files: pinned(), replies, runtimes: ['python'] });
    const { runId } = await world.run('walk through', yolo);
    const rows = world.rows(runId);
    const exec = must(rows.find(row => row.op === 'EXEC'));
    if (!hasPython) {
      assert.equal(exec.statusRx, 501);
      assert.match(exec.rx ?? '', /no Python 3 on the path/);
      return;
    }
    assert.deepEqual([exec.statusRx, exec.attrs.exit], [500, 4]);
    const printed = must(rows.find(row => row.op === 'READ' && row.fragment === 'stdout'));
    assert.equal(printed.rx, '1:\t./tsconfig.base.json');
  });

  const CODE = 'server/src/content';
  const SYMBOL = 'splitLines';
  const code = (): Map<string, string[]> =>
    new Map(
      globSync(`${CODE}/**/*.ts`, { cwd: ROOT })
        .sort()
        .map(name => [name, readFileSync(path.join(ROOT, name), 'utf8').split('\n')]),
    );
  /** `path:line` of every line that is meant. */
  const placesOf = (files: ReadonlyMap<string, readonly string[]>, meant: (line: string) => boolean): string[] =>
    [...files].flatMap(([name, all]) => all.flatMap((line, at) => (meant(line) ? [`${name}:${at + 1}`] : [])));

  it('[RES-14] [RES-15] [RES-40] [RES-60] the checkout as it is: what each dialect finds is what the files hold', async function () {
    this.timeout(60_000);
    const find = `<<FIND(${CODE}/**)`;
    const replies = [
      lines(
        `${find}:FIND`,
        `${find}:#^export (?:async )?function \\w+#:FIND`,
        `${find}:*readonly kind*:FIND`,
        '<<FIND(docs/ARCHITECTURE.md)://h2:FIND',
        '<<FIND(package.json):$.scripts.test:FIND',
        `${find}:@${SYMBOL}:FIND`,
        `${find}<1,5>:~line marker of an edit:FIND`,
        `<<READ(${CODE}/lines.ts):#^export function#:READ`,
        '<<READ(node_modules/mocha/package.json):READ',
      ),
      command('<<EXEC[git]:rev-parse --is-inside-work-tree:EXEC'),
      done(),
    ];
    world = await openWorld({ root: ROOT, replies, runtimes: ['git'] });
    const { status, runId } = await world.run('look around', {});
    assert.equal(status, 200);
    const rows = world.rows(runId).filter(row => row.origin === 'model');
    const found = rows
      .filter(row => row.op === 'FIND')
      .map(row => JSON.parse(row.rx ?? 'null') as { path: string; matchSpan?: { lineStart: number } }[]);
    const placed = found.map(items => items.map(item => `${item.path}:${item.matchSpan?.lineStart}`));
    const [members = [], , , , , , ranked = []] = found;
    const [, functions, kinds, headings, script, uses = []] = placed;
    const files = code();
    assert.deepEqual(
      members.map(item => item.path),
      [...files.keys()],
    );
    assert.deepEqual(
      functions,
      placesOf(files, line => /^export (?:async )?function \w+/.test(line)),
    );
    assert.ok((functions ?? []).length > 50);
    assert.deepEqual(
      kinds,
      placesOf(files, line => line.includes('readonly kind')),
    );
    const whole = (name: string) => new Map([[name, readFileSync(path.join(ROOT, name), 'utf8').split('\n')]]);
    assert.deepEqual(
      headings,
      placesOf(whole('docs/ARCHITECTURE.md'), line => line.startsWith('## ')),
    );
    assert.deepEqual(
      script,
      placesOf(whole('package.json'), line => /^ {4}"test": /.test(line)),
    );
    const definition = placesOf(files, line => line.startsWith(`export function ${SYMBOL}(`));
    const calls = placesOf(files, line => new RegExp(`\\b${SYMBOL}\\(`).test(line));
    assert.deepEqual(
      [...definition, ...calls].filter(place => !uses.includes(place)),
      [],
    );
    assert.ok(ranked.some(item => item.path === `${CODE}/line-marker.ts`));
    const reads = rows.filter(row => row.op === 'READ');
    const fanned = placesOf(whole(`${CODE}/lines.ts`), line => line.startsWith('export function'));
    assert.deepEqual(
      reads.slice(0, -1).map(row => `${row.pathname}:${row.lineMarker?.marks[0]}`),
      fanned,
    );
    assert.equal(reads.at(-1)?.statusRx, 404, 'what Git ignores does not exist');
  });
});
