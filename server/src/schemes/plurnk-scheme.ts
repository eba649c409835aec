/** `plurnk`: prompts, documentation pages, operator documents. The model never writes here. */
import type { EntryKey } from '../store/contract.ts';
import { type Address, formatAddress, rowTarget } from './address.ts';
import type { OpContext } from './contract.ts';
import { type EntrySchemeDeps, entryScheme } from './entry-scheme.ts';
import type { Item, Scheme } from './scheme.ts';
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

export function plurnkScheme(deps: PlurnkSchemeDeps): Scheme {
  /** Prompts belong to a run, because loops are counted within it; everything else belongs to the session. */
  const scopeOf = (path: string, context: OpContext) =>
    path.startsWith(PROMPTS)
      ? ({ scope: 'run', runId: context.runId } as const)
      : ({ scope: 'session', runId: null } as const);
  const keyOf = (address: Address, context: OpContext): EntryKey => ({
    sessionId: context.sessionId,
    scheme: 'plurnk',
    pathname: address.path,
    ...scopeOf(address.path, context),
  });
  const stored = entryScheme(
    {
      info: {
        name: 'plurnk',
        example:
          '<<READ(plurnk:///docs/run.md)::READ  the manual page of a scheme or runtime; FIND(plurnk:///docs/**) lists them',
        doc: `# plurnk

What the runtime itself provides: \`plurnk:///docs/<name>.md\` is the page of a scheme or runtime, \`plurnk:///prompt/…\` are
the prompts of this run. Read only.`,
        catalog: 'full',
      },
      scope: 'session',
      writableBy: ['plurnk'],
      key: keyOf,
      listKey: (address, context) => keyOf(address.path === PROMPTS ? address : { ...address, path: '/' }, context),
    },
    deps,
  );

  const pageItem = (page: DocPage): Item => {
    const path = pagePath(page);
    const target = rowTarget({ scheme: 'plurnk', pathname: path });
    return {
      path,
      address: { scheme: 'plurnk', path, authority: '', channel: null, params: {}, raw: formatAddress(target) },
      target,
      tags: [],
      channels: async () => ({ [formatAddress(target)]: summaryOfText(page.text, MARKDOWN, deps.tokens) }),
      candidate: () => candidateOfText(path, MARKDOWN, page.text),
    };
  };
  const pageAt = (address: Address): DocPage | undefined => deps.pages().find(page => pagePath(page) === address.path);

  return {
    ...stored,
    async read(address, context) {
      const own = (await stored.read?.(address, context)) ?? null;
      const page = own === null ? pageAt(address) : undefined;
      return page === undefined
        ? own
        : { target: stored.target(address, context), text: page.text, mimetype: MARKDOWN, tags: [] };
    },
    async item(address, context) {
      const own = (await stored.item?.(address, context)) ?? null;
      const page = own === null ? pageAt(address) : undefined;
      return page === undefined ? own : pageItem(page);
    },
    async list(address, context) {
      const shared = (await stored.list?.(address, context)) ?? [];
      const prompts = (await stored.list?.({ ...address, path: PROMPTS }, context)) ?? [];
      if ('message' in shared || 'message' in prompts) return [];
      const own = new Map<string, Item>();
      for (const item of [...deps.pages().map(pageItem), ...shared, ...prompts]) own.set(item.path, item);
      return [...own.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    },
  };
}
