import type { LineSpan, MatchedSpan, MatchResult } from '../contract.ts';
import { languageOf } from '../outline/languages.ts';
import { flatten, type OutlineNode, type SourceIndex } from '../outline/outline.ts';
import { indexSource } from '../outline/source-index.ts';
import { distinct } from './as-text.ts';
import type { IndexDialect, IndexRun } from './dialect.ts';
import { NOTHING } from './dialect.ts';

/** The code graph: `@name` definitions and uses, `@<name` where it is used from, `@>name` what it refers to (RES-44). */
export const graphDialect: IndexDialect<SourceIndex, readonly string[]> = {
  kind: 'index',
  index: ({ text, mimetype }) => indexSource(text, mimetype),
  compile(matcher) {
    const found = /^@([<>]?)\s*([^\s()]+?)(?:\(\))?\s*$/.exec(matcher.raw);
    if (!found) return { ok: false, reason: 'a graph matcher is @name, @<name or @>name' };
    const name = (found[2] as string).split(/[.#]|::/).at(-1) as string;
    const select = found[1] === '<' ? uses : found[1] === '>' ? null : definitionsAndUses;
    return { ok: true, run: select ? runOf(name, select) : refersTo(name) };
  },
};

type Run = IndexRun<SourceIndex, readonly string[]>;
type Select = (name: string, index: SourceIndex) => readonly MatchedSpan[];

/** Judges each text by itself. */
const runOf = (name: string, select: Select): Run => ({
  needles: () => [name],
  survey: () => [],
  merge: () => [],
  rank: indexed => indexed.map(({ mimetype, index }) => result(mimetype, select(name, index))),
});

const definitionsAndUses: Select = (name, index) => [...definitions(name, index), ...uses(name, index)];

/** Definitions, anywhere among the texts, of the names that the body of `name` uses. */
const refersTo = (name: string): Run => ({
  needles: names => names ?? [name],
  survey: indexed => [...new Set(indexed.flatMap(({ index }) => namesInside(name, index)))],
  merge: surveys => [...new Set(surveys.flat())].filter(one => one !== name),
  rank: (indexed, names) =>
    indexed.map(({ mimetype, index }) =>
      result(
        mimetype,
        names.flatMap(one => definitions(one, index)),
      ),
    ),
});

const namesInside = (name: string, index: SourceIndex): string[] =>
  definitions(name, index).flatMap(span => index.references.filter(one => within(one.line, span)).map(one => one.name));

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
