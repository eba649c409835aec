/** The dialects that run inside the match worker. Adding one: its file and a line here. */
import type { Matcher } from '@plurnk/plurnk-grammar';
import type { Dialect } from './dialect.ts';
import { globDialect } from './glob-dialect.ts';
import { regexDialect } from './regex-dialect.ts';

export const DIALECTS: { readonly [Name in Matcher['dialect']]?: Dialect } = {
  regex: regexDialect,
  glob: globDialect,
};
