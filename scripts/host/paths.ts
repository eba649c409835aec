import { join, resolve } from 'node:path';

/** The root of the repository. */
export const projectRoot = resolve(import.meta.dirname, '../..');

/** Where large tools are kept between runs: `PLURNK_CACHE`, else `.cache/` of the project. Git ignores it. */
export function cacheFolder(): string {
  return resolve(process.env.PLURNK_CACHE ?? join(projectRoot, '.cache'));
}

/** Where checks and tests leave screenshots, logs and reports. Git ignores it. */
export const artifactsFolder = join(projectRoot, '.artifacts');
