import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../host/paths.ts';

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly resolved?: string; readonly link?: boolean }>
  >;
}
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The lock file carries no registry address, and every dependency is pinned exactly to what the lock file has. */
export function lockFileViolations(manifest: Manifest, lock: Lock): string[] {
  const addresses = Object.entries(lock.packages)
    .filter(([, { resolved }]) => resolved !== undefined && /^[a-z+]+:/.test(resolved))
    .map(([path]) => `package-lock.json has an address for ${path}`);
  const pins = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version)
    .map(([name, version]) => `${name} is ${version} in package.json, not exactly what package-lock.json has`);
  return [...addresses, ...pins];
}

export function checkLockFile(): string[] {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(projectRoot, name), 'utf8'));
  return lockFileViolations(read('package.json') as Manifest, read('package-lock.json') as Lock);
}
