/** SQL: in memory with SQLite in WebAssembly, which cannot touch the machine; on a database file with Node's own. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Executor } from './contract.ts';
import { OWN_NODE } from './node-program.ts';
import { sqlOnlyReads } from './sql-words.ts';

const fromSource = import.meta.url.endsWith('.ts');

/** In a checkout beside this file and in the package; in a bundle both beside the server. */
const runner = (): string =>
  fileURLToPath(new URL(fromSource ? './sqlite.worker.ts' : './sqlite.worker.js', import.meta.url));
const wasm = (): string =>
  fromSource
    ? createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm')
    : fileURLToPath(new URL('./sql-wasm.wasm', import.meta.url));

export function sqliteExecutor(): Executor {
  return {
    runtime: 'sqlite',
    takesFile: true,
    example:
      '<<EXEC[sqlite](data/app.db):SELECT count(*) FROM users:EXEC  SQL on a file, or in memory without a target',
    doc: `# sqlite

SQL. Without a target the database is in memory and gone afterwards: \`<<EXEC[sqlite]:SELECT 17 * 3:EXEC\`. A file of the
workspace as target is opened: SELECT runs at once and read-only, everything else is proposed. Results are CSV with a
header, one block per statement.`,
    effect(command, file = null) {
      if (file === null) return 'pure';
      return sqlOnlyReads(command) ? 'read' : 'host';
    },
    probe: async () => ({ available: true, reason: null }),
    invocation(command, file = null) {
      const access = sqlOnlyReads(command) ? 'read' : 'write';
      const args = ['--no-warnings', runner(), wasm(), ...(file === null ? [] : [access, file])];
      return { file: OWN_NODE.file, args, env: OWN_NODE.env, stdin: command };
    },
  };
}
