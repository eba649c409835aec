/** `plurnk`: prompts, documentation pages, operator documents. The model never writes here. */
import type { EntryKey } from '../store/contract.ts';
import { type Address, formatAddress, rowTarget } from './address.ts';
import type { OpContext, SchemeInfo } from './contract.ts';
import { EntryScheme, type EntrySchemeDeps } from './entry-scheme.ts';
import { type Content, type Failure, type Item, isFailed, type Scheme } from './scheme.ts';
import { candidateOfText, summaryOfText } from './summary.ts';

export interface DocPage {
  readonly name: string;
  readonly text: string;
}

export interface PlurnkSchemeDeps extends EntrySchemeDeps {
  /** Pages of schemes and runtimes (RES-50), by name ascending. */
  readonly pages: () => readonly DocPage[];
}

const MARKDOWN = 'text/markdown';
const PROMPTS = '/prompt/';
const pagePath = (page: DocPage): string => `/docs/${page.name}.md`;

const INFO: SchemeInfo = {
  name: 'plurnk',
  example:
    '<<READ(plurnk:///docs/run.md)::READ  the manual page of a scheme or runtime; FIND(plurnk:///docs/**) lists them',
  doc: `# plurnk

What the runtime itself provides: \`plurnk:///docs/<name>.md\` is the page of a scheme or runtime, \`plurnk:///prompt/…\` are
the prompts of this run. Read only.`,
  catalog: 'full',
};

/** Prompts belong to a run, because loops are counted within it; everything else belongs to the session. */
function keyOf({ path }: Address, { sessionId, runId }: OpContext): EntryKey {
  const scope = path.startsWith(PROMPTS)
    ? ({ scope: 'run', runId } as const)
    : ({ scope: 'session', runId: null } as const);
  return { sessionId, scheme: 'plurnk', pathname: path, ...scope };
}

class PlurnkScheme extends EntryScheme {
  readonly #own: PlurnkSchemeDeps;

  constructor(deps: PlurnkSchemeDeps) {
    super(
      {
        info: INFO,
        scope: 'session',
        writableBy: ['plurnk'],
        key: keyOf,
        listKey: (address, context) => keyOf(address.path === PROMPTS ? address : { ...address, path: '/' }, context),
      },
      deps,
    );
    this.#own = deps;
  }

  override async read(address: Address, context: OpContext): Promise<Content | Failure | null> {
    const stored = await super.read(address, context);
    const page = stored === null ? this.#pageAt(address) : undefined;
    return page === undefined
      ? stored
      : { target: this.target(address, context), text: page.text, mimetype: MARKDOWN, tags: [] };
  }

  override async item(address: Address, context: OpContext): Promise<Item | Failure | null> {
    const stored = await super.item(address, context);
    const page = stored === null ? this.#pageAt(address) : undefined;
    return page === undefined ? stored : this.#pageItem(page);
  }

  override async list(address: Address, context: OpContext): Promise<readonly Item[]> {
    const shared = await super.list(address, context);
    const prompts = await super.list({ ...address, path: PROMPTS }, context);
    if (isFailed(shared) || isFailed(prompts)) return [];
    const pages = this.#own.pages().map(page => this.#pageItem(page));
    const byPath = new Map([...pages, ...shared, ...prompts].map(item => [item.path, item]));
    return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  #pageAt(address: Address): DocPage | undefined {
    return this.#own.pages().find(page => pagePath(page) === address.path);
  }

  #pageItem(page: DocPage): Item {
    const path = pagePath(page);
    const target = rowTarget({ scheme: 'plurnk', pathname: path });
    return {
      path,
      address: { scheme: 'plurnk', path, authority: '', channel: null, params: {}, raw: formatAddress(target) },
      target,
      tags: [],
      channels: async () => ({ [formatAddress(target)]: summaryOfText(page.text, MARKDOWN, this.#own.tokens) }),
      candidate: () => candidateOfText(path, MARKDOWN, page.text),
    };
  }
}

export const plurnkScheme = (deps: PlurnkSchemeDeps): Scheme => new PlurnkScheme(deps);
