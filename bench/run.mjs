// `npm run bench`, a part with `npm run bench -- store` or `npm run bench -- --only parse,store`. Every `bench/<name>.bench.ts` runs in a process of its own
// and prints its results as lines of JSON ({ id: "PF-1", what, value, unit, bar }). This collects them as one JSON document.
// A benchmark never fails a run by its timing; one that does not run at all makes the exit code 1.
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const named = [...positionals, ...(values.only?.split(',') ?? [])].map(name => name.trim());

const files = globSync('bench/**/*.bench.ts', { cwd: root })
  .sort()
  .filter(
    file =>
      named.length === 0 ||
      named.some(name => name === basename(file, '.bench.ts') || name === basename(dirname(file))),
  );
const results = [];
const failed = [];
for (const file of files) {
  console.error(`bench ${file}`);
  const flags = ['--conditions=plurnk-source', '--no-warnings', '--expose-gc'];
  const { status, stdout } = spawnSync(process.execPath, [...flags, join(root, file)], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  });
  results.push(
    ...stdout
      .split('\n')
      .flatMap(parseResult)
      .map(result => ({ bench: basename(file, '.bench.ts'), ...result })),
  );
  if (status !== 0) failed.push(file);
}

const machine = {
  node: process.version,
  cpu: cpus()[0]?.model.trim(),
  cores: availableParallelism(),
  memoryBytes: totalmem(),
};
const document = JSON.stringify({ at: new Date().toISOString(), machine, results, failed }, null, 2);
mkdirSync(join(root, '.artifacts'), { recursive: true });
writeFileSync(join(root, '.artifacts/bench.json'), `${document}\n`);
console.log(document);
process.exitCode = failed.length > 0 ? 1 : 0;

function parseResult(line) {
  if (!line.startsWith('{')) {
    if (line.trim()) console.error(line);
    return [];
  }
  return [JSON.parse(line)];
}
