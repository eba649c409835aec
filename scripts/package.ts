// `npm run package`: a minified build as .vsix, checked: no native module, no install script, under the size of PF-9.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './host/paths.ts';
import { createPackage } from './package/create-package.ts';

const { name, version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
};
const packagePath = join(projectRoot, `${name}-${version}.vsix`);
const { bytes, files, wrong } = await createPackage(packagePath, line => console.log(line));
for (const sentence of wrong) console.error(sentence);
console.log(`${packagePath}: ${(bytes / 1e6).toFixed(2)} MB, ${files.length} files`);
process.exitCode = wrong.length === 0 ? 0 : 1;
