/** The dialects that run inside the match worker. Adding one: its file and a line here. */
import type { Matcher } from '@plurnk/plurnk-grammar';
import type { Dialect } from './dialect.ts';
import { globDialect } from './glob-dialect.ts';
import { graphDialect } from './graph-dialect.ts';
import { jsonpathDialect } from './jsonpath-dialect.ts';
import { regexDialect } from './regex-dialect.ts';
import { semanticDialect } from './semantic-dialect.ts';
import { xpathDialect } from './xpath-dialect.ts';

export const DIALECTS = {
  xpath: xpathDialect,
  regex: regexDialect,
  jsonpath: jsonpathDialect,
  semantic: semanticDialect,
  graph: graphDialect,
  glob: globDialect,
} as const satisfies { readonly [Name in Matcher['dialect']]: Dialect };
