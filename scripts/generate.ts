// Writes what is generated from packages/protocol: docs/PROTOCOL.md, the settings in package.json and their texts. `--check` fails when stale.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { manifestWithSettings, stringsWithSettings } from './generate/manifest-settings.ts';
import { protocolDocument } from './generate/protocol-document.ts';

const root = join(import.meta.dirname, '..');

interface GeneratedFile {
  readonly path: string;
  /** What the file should hold; `present` is what it holds. */
  readonly content: (present: string) => string;
}

const FILES: readonly GeneratedFile[] = [
  { path: 'docs/PROTOCOL.md', content: protocolDocument },
  { path: 'package.json', content: manifestWithSettings },
  { path: 'package.nls.json', content: stringsWithSettings },
];

/** Paths whose content is not what it would be generated as. */
export async function staleFiles(): Promise<string[]> {
  const stale: string[] = [];
  for (const { path, content } of FILES) {
    const present = await readPresent(path);
    if (content(present) !== present) stale.push(path);
  }
  return stale;
}

async function generate(): Promise<string[]> {
  const stale = await staleFiles();
  for (const { path, content } of FILES.filter(file => stale.includes(file.path))) {
    await writeFile(join(root, path), content(await readPresent(path)));
  }
  return stale;
}

function readPresent(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8').catch(() => '');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--check')) {
    const stale = await staleFiles();
    for (const path of stale) console.error(`${path} is stale: npm run generate`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    const written = await generate();
    console.log(written.length === 0 ? 'everything is up to date' : `wrote ${written.join(', ')}`);
  }
}
