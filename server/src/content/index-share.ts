import type { AnyIndexDialect, Indexed } from './dialects/dialect.ts';
import { indexDialect } from './dialects/dialects.ts';
import type { IndexJob, MatchAnswer, MatchItem, PrepareJob } from './match-messages.ts';
import { ProjectionCache } from './projection/cache.ts';

/** Dialects whose indexes are made ahead. */
const AHEAD = ['semantic', 'graph'] as const;

/** Source characters whose indexes a thread keeps. */
const KEPT = 64 << 20;

/** A thread's share of the texts of one request over indexes. Indexes are kept by content hash from request to request. */
export class IndexShare {
  readonly #textOf: (item: MatchItem) => string | null;
  readonly #cache = new ProjectionCache<unknown>(KEPT);
  #request = 0;
  #indexed: (Indexed<unknown> | null)[] = [];

  constructor(textOf: (item: MatchItem) => string | null) {
    this.#textOf = textOf;
  }

  async answer(job: IndexJob): Promise<MatchAnswer> {
    const dialect = await indexDialect(job.matcher.dialect);
    const compiled = dialect?.compile(job.matcher);
    if (!dialect || !compiled?.ok) {
      return {
        id: job.id,
        kind: 'refused',
        status: 400,
        reason: compiled?.ok === false ? compiled.reason : 'not an index dialect',
      };
    }
    if (this.#request !== job.request) {
      this.#request = job.request;
      this.#indexed = [];
    }
    if (job.kind === 'index') {
      for (const [i, item] of job.items.entries()) {
        this.#indexed[job.from + i] ??= await this.#index(dialect, job, item);
      }
      return { id: job.id, kind: 'indexed' };
    }
    const present = this.#indexed.filter(one => one !== null);
    if (job.kind === 'survey') return { id: job.id, kind: 'survey', survey: compiled.run.survey(present) };
    const ranked = compiled.run.rank(present, job.survey).values();
    const results = this.#indexed.map(one => (one === null ? null : (ranked.next().value ?? null)));
    // Ranking is the last step; what is not among the kept ones need not stay.
    this.#indexed = [];
    return { id: job.id, kind: 'texts', results: results.map(one => (one?.status === 204 ? null : one)) };
  }

  async prepare({ id, items }: PrepareJob): Promise<MatchAnswer> {
    let characters = 0;
    for (const item of items) {
      const missing = AHEAD.filter(name => this.#cache.peek(cacheId(name, item)) === undefined);
      const text = missing.length === 0 ? null : this.#textOf(item);
      if (text === null) continue;
      characters += text.length;
      for (const name of missing) {
        const dialect = await indexDialect(name);
        const { path, mimetype, key } = item;
        if (dialect !== null)
          await this.#cache.get(cacheId(name, item), text.length, () => dialect.index({ path, mimetype, key, text }));
      }
    }
    return { id, kind: 'prepared', characters };
  }

  async #index(
    dialect: AnyIndexDialect,
    job: Extract<IndexJob, { kind: 'index' }>,
    item: MatchItem,
  ): Promise<Indexed<unknown> | null> {
    const { path, mimetype, key } = item;
    const id = cacheId(job.matcher.dialect, item);
    const known = this.#cache.peek(id);
    if (known !== undefined) return { path, mimetype, index: known };
    const text = this.#textOf(item);
    if (text === null || !holdsOne(text, job.needles)) return null;
    const index = await this.#cache.get(id, text.length, () => dialect.index({ path, mimetype, key, text }));
    return { path, mimetype, index };
  }
}

const cacheId = (dialect: string, { path, key }: MatchItem): string => `${dialect}\n${path}\n${key}`;

const holdsOne = (text: string, needles: readonly string[] | null): boolean =>
  needles === null || needles.some(needle => text.includes(needle));
