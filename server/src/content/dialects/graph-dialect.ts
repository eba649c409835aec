import type { LineSpan, MatchedSpan, MatchResult } from '../contract.ts';
import { languageOf } from '../outline/languages.ts';
import { flatten, type OutlineNode, type SourceIndex } from '../outline/outline.ts';
import { indexSource } from '../outline/source-index.ts';
import { distinct } from './as-text.ts';
import type { IndexDialect, Indexed } from './dialect.ts';
import { NOTHING } from './dialect.ts';

/** The code graph: `@name` definitions and uses, `@<name` where it is used from, `@>name` what it refers to (RES-44). */
export const graphDialect: IndexDialect<SourceIndex> = {
  kind: 'index',
  index: ({ text, mimetype }) => indexSource(text, mimetype),
  compile(matcher) {
    const found = /^@([<>]?)\s*([^\s()]+?)(?:\(\))?\s*$/.exec(matcher.raw);
    if (!found) return { ok: false, reason: 'a graph matcher is @name, @<name or @>name' };
    const name = (found[2] as string).split(/[.#]|::/).at(-1) as string;
    const select = found[1] === '<' ? usesOf : found[1] === '>' ? refersTo : definitionsAndUses;
    return { ok: true, run: indexed => select(name, indexed) };
  },
};

type Select = (name: string, indexed: readonly Indexed<SourceIndex>[]) => readonly MatchResult[];

const definitionsAndUses: Select = (name, indexed) =>
  indexed.map(({ mimetype, index }) => result(mimetype, [...definitions(name, index), ...uses(name, index)]));

/** The lines on which it is used, its own definition not counted. */
const usesOf: Select = (name, indexed) => indexed.map(({ mimetype, index }) => result(mimetype, uses(name, index)));

/** Definitions, anywhere among the texts, of the names that the body of `name` uses. */
const refersTo: Select = (name, indexed) => {
  const wanted = new Set<string>();
  for (const { index } of indexed) {
    for (const span of definitions(name, index)) {
      for (const reference of index.references) if (within(reference.line, span)) wanted.add(reference.name);
    }
  }
  wanted.delete(name);
  return indexed.map(({ mimetype, index }) =>
    result(
      mimetype,
      [...wanted].flatMap(one => definitions(one, index)),
    ),
  );
};

const definitions = (name: string, index: SourceIndex): readonly MatchedSpan[] =>
  [...flatten(index.outline)]
    .filter(node => named(node, name))
    .map(({ lineStart, lineEnd }) => ({ lineStart, lineEnd }));

/** `n::A::m` is found by its last part, a CSS rule by any of its names. */
const named = (node: OutlineNode, name: string): boolean =>
  node.name === name || node.name.split(/[.#]|::|\s+|,/).includes(name);

const uses = (name: string, index: SourceIndex): readonly MatchedSpan[] =>
  index.references.filter(one => one.name === name).map(({ line }) => ({ lineStart: line, lineEnd: line }));

const within = (line: number, span: LineSpan): boolean => line >= span.lineStart && line <= span.lineEnd;

function result(mimetype: string, spans: readonly MatchedSpan[]): MatchResult {
  if (spans.length > 0) return { status: 200, spans: distinct(spans) };
  return languageOf(mimetype) || mimetype.startsWith('text/')
    ? NOTHING
    : { status: 415, spans: [], reason: `no code graph for ${mimetype}` };
}
