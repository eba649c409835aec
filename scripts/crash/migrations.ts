import { migrations } from '../../server/src/store/migrations/index.ts';
import type { Migration } from '../../server/src/store/migrations/migration.ts';

export const EXTRA_ROWS = 1500;

/** A step that takes a while, so that a kill can hit it: a table with rows, and every fact rewritten. */
function extra(index: number): Migration {
  return {
    number: migrations.length + index,
    name: `extra-${index}`,
    up: run => {
      run(`CREATE TABLE extra_${index} (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT`);
      for (let row = 1; row <= EXTRA_ROWS; row++)
        run(`INSERT INTO extra_${index} (id, text) VALUES (?, ?)`, [row, `row ${row}`]);
      run("UPDATE fact SET value = value || ''");
    },
  };
}

/** The product's schema and `count` steps more. */
export function withExtras(count: number): readonly Migration[] {
  return [...migrations, ...Array.from({ length: count }, (_, index) => extra(index + 1))];
}
