import type { AnyIndexDialect, Indexed } from './dialects/dialect.ts';
import { DIALECTS } from './dialects/dialects.ts';
import type { IndexJob, MatchAnswer, MatchItem } from './match-messages.ts';
import { ProjectionCache } from './projection/cache.ts';

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
    const dialect: AnyIndexDialect | null = dialectOf(job);
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
      for (const item of job.items) this.#indexed.push(await this.#index(dialect, job.matcher.dialect, item));
      return { id: job.id, kind: 'indexed' };
    }
    const present = this.#indexed.filter(one => one !== null);
    if (job.kind === 'survey') return { id: job.id, kind: 'survey', survey: compiled.run.survey(present) };
    const ranked = compiled.run.rank(present, job.survey).values();
    const results = this.#indexed.map(one => (one === null ? null : (ranked.next().value ?? null)));
    return { id: job.id, kind: 'texts', results: results.map(one => (one?.status === 204 ? null : one)) };
  }

  async #index(dialect: AnyIndexDialect, name: string, item: MatchItem): Promise<Indexed<unknown> | null> {
    const { path, mimetype, key } = item;
    const known = this.#cache.peek(`${name}\n${path}\n${key}`);
    if (known !== undefined) return { path, mimetype, index: known };
    const text = this.#textOf(item);
    if (text === null) return null;
    const index = await this.#cache.get(`${name}\n${path}\n${key}`, text.length, () =>
      dialect.index({ path, mimetype, key, text }),
    );
    return { path, mimetype, index };
  }
}

function dialectOf(job: IndexJob): AnyIndexDialect | null {
  const dialect = DIALECTS[job.matcher.dialect];
  return dialect.kind === 'index' ? dialect : null;
}
