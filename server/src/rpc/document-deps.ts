import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { DocumentDeps } from '../packet/documents.ts';
import type { Configuration } from './configuration.ts';

/** Paths that were set, null where the default applies; read anew every turn. */
export function documentDeps(configuration: Configuration): DocumentDeps {
  const read = (name: 'packetInject' | 'policy' | 'project' | 'requirements'): string | null =>
    configuration.values[name] || null;
  return {
    settings: {
      get inject() {
        return read('packetInject');
      },
      get policy() {
        return read('policy');
      },
      get project() {
        return read('project');
      },
      get requirements() {
        return read('requirements');
      },
    },
    home: homedir(),
    trusted: () => configuration.trusted,
    readText: async path => (existsSync(path) ? await readFile(path, 'utf8') : null),
  };
}
