import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../host/paths.ts';

/** Packages that ship as files, not through a bundle's inputs. */
const ASSET_PACKAGES = ['@vscode/codicons', '@vscode/tree-sitter-wasm', 'sql.js', 'web-tree-sitter'];

/** The licences of every package that is inside what ships, as one Markdown text. */
export function thirdPartyNotices(inputs: readonly string[]): string {
  const names = new Set(ASSET_PACKAGES);
  for (const input of inputs) {
    const match = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) names.add(match[0].slice(input.indexOf('node_modules/') + 'node_modules/'.length).replace(/\/$/, ''));
  }
  const sections = [...names].sort().map(notice);
  return `# Third-party notices\n\nPlurnk contains these packages.\n\n${sections.join('\n')}`;
}

function notice(name: string): string {
  const folder = join(projectRoot, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
    license?: string;
  };
  const file = globSync('{LICENSE,LICENCE,License,license,COPYING}*', { cwd: folder }).sort()[0];
  const text = file && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trim() : '';
  return `## ${name} ${version} (${license ?? 'see below'})\n\n${text ? `\`\`\`\n${text}\n\`\`\`\n` : ''}`;
}
