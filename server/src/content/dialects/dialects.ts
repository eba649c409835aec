/** The dialects, each loaded when somebody asks for it (their parsers are large). Adding one: its file and a row here. */
import type { Matcher } from '@plurnk/plurnk-grammar';
import type { AnyIndexDialect, Dialect, TextDialect } from './dialect.ts';

export type DialectRow =
  /** `plain`: it judges the text alone, neither its path nor its mimetype, and keeps no projection of it. */
  | { readonly kind: 'text'; readonly plain: boolean; load(): Promise<TextDialect> }
  | { readonly kind: 'index'; load(): Promise<AnyIndexDialect> };

export const DIALECTS: { readonly [Name in Matcher['dialect']]: DialectRow } = {
  xpath: { kind: 'text', plain: false, load: async () => (await import('./xpath-dialect.ts')).xpathDialect },
  regex: { kind: 'text', plain: true, load: async () => (await import('./regex-dialect.ts')).regexDialect },
  jsonpath: { kind: 'text', plain: false, load: async () => (await import('./jsonpath-dialect.ts')).jsonpathDialect },
  semantic: { kind: 'index', load: async () => (await import('./semantic-dialect.ts')).semanticDialect },
  graph: { kind: 'index', load: async () => (await import('./graph-dialect.ts')).graphDialect },
  glob: { kind: 'text', plain: true, load: async () => (await import('./glob-dialect.ts')).globDialect },
};

const isKind =
  <Kind extends Dialect['kind']>(kind: Kind) =>
  (dialect: Dialect): dialect is Extract<Dialect, { kind: Kind }> =>
    dialect.kind === kind;

/** null: the dialect is of the other kind. */
export async function textDialect(name: Matcher['dialect']): Promise<TextDialect | null> {
  const dialect = await DIALECTS[name].load();
  return isKind('text')(dialect) ? dialect : null;
}

/** null: the dialect is of the other kind. */
export async function indexDialect(name: Matcher['dialect']): Promise<AnyIndexDialect | null> {
  const dialect = await DIALECTS[name].load();
  return isKind('index')(dialect) ? dialect : null;
}
