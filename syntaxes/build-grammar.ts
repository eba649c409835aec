/**
 * Writes plurnk.tmLanguage.json and plurnk.markdown-injection.tmLanguage.json (UI-40).
 *
 * A statement is three rules, tried in this order: the one-colon form (LNG-4), the form that opens and closes on one
 * line, and the form over several lines. The last is an outer begin/end rule that owns the close tag and an inner
 * begin/while rule that owns the body: `while` is checked before anything inside the body gets a say, so whatever an
 * embedded language leaves open (a string, a comment) cannot swallow the close tag.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EDIT_LANGUAGES, type EmbeddedLanguage, RUNTIME_LANGUAGES } from './embedded-languages.ts';

interface Rule {
  [key: string]: string | Rule | Rule[] | undefined;
}

const END = '(?![A-Za-z0-9_])';
const SUFFIX = '([A-Za-z0-9_]*)';
const SIGNAL = '\\[[^\\]\\r\\n]*\\]';
const TARGET = '\\((?:#(?:\\\\.|[^#\\\\\\r\\n])*#[a-z]*|[^)\\r\\n]*)\\)';
const MARKS = '<[-0-9., ]*>';
const OTHER_SLOTS = `(?:[ \\t]*(?:${SIGNAL}|${MARKS}))*[ \\t]*`;
const SLOTS = `(?:[ \\t]*(?:${SIGNAL}|${TARGET}|${MARKS}))*[ \\t]*`;
const ALL_OPS = 'PLAN|FIND|READ|EDIT|COPY|MOVE|OPEN|FOLD|EXEC|KILL|SEND';

const scope = (name: string): Rule => ({ name: `${name}.plurnk` });
const include = (name: string): Rule => ({ include: name });
const OPEN_CAPTURES = {
  '1': scope('punctuation.definition.statement.begin'),
  '2': scope('keyword.control.op'),
  '3': scope('entity.name.tag.suffix'),
  '4': { patterns: [include('#slots')] },
  '5': scope('punctuation.separator.body'),
};
const CLOSE = { patterns: [include('#close')] };

/** What a body of one kind looks like: which ops and slots select it, and what colours it. */
interface BodyKind {
  readonly ops: string;
  readonly slots?: string;
  /** Looked for right after the colon. */
  readonly lead?: string;
  readonly scope: string;
  readonly patterns: Rule[];
}

function oneLine(kind: BodyKind): Rule {
  return {
    name: 'meta.statement.plurnk',
    match: `(<<)(${kind.ops})${SUFFIX}(${kind.slots ?? SLOTS})(:)${kind.lead ?? ''}(.*?)(:\\2\\3)${END}`,
    captures: { ...OPEN_CAPTURES, '6': { name: kind.scope, patterns: kind.patterns }, '7': CLOSE },
  };
}

function severalLines(kind: BodyKind): Rule {
  const head = `(<<)(${kind.ops})${SUFFIX}(${kind.slots ?? SLOTS})(:)${kind.lead ?? ''}`;
  return {
    name: 'meta.statement.plurnk',
    begin: `(?=${head})`,
    end: `(:)(\\2)(\\3)${END}`,
    endCaptures: {
      '1': scope('punctuation.definition.statement.end'),
      '2': scope('keyword.control.op'),
      '3': scope('entity.name.tag.suffix'),
    },
    patterns: [
      {
        begin: `\\G${head}`,
        beginCaptures: OPEN_CAPTURES,
        while: `^(?!.*:\\2\\3${END})`,
        contentName: kind.scope,
        patterns: kind.patterns,
      },
      {
        match: `(.+?)(?=:(?:${kind.ops})[A-Za-z0-9_]*${END})`,
        captures: { '1': { name: kind.scope, patterns: kind.patterns } },
      },
    ],
  };
}

const withExtension = (extensions: string): string =>
  `${OTHER_SLOTS}\\([^)\\r\\n]*\\.(?:${extensions})(?:[?#][^)\\r\\n]*)?\\)${OTHER_SLOTS}`;

const embedded = (language: EmbeddedLanguage): Pick<BodyKind, 'scope' | 'patterns'> => ({
  scope: `meta.embedded.block.${language.id}`,
  patterns: [include(language.scope)],
});
const MARKDOWN = embedded({ id: 'markdown', scope: 'text.html.markdown', extensions: '' });
const JSON_BODY = embedded({ id: 'json', scope: 'source.json', extensions: '' });
const PATH_BODY = { scope: 'string.unquoted.path.plurnk', patterns: [include('#address')] };

function bodyKinds(): Map<string, BodyKind> {
  const kinds = new Map<string, BodyKind>();
  for (const language of EDIT_LANGUAGES) {
    kinds.set(`edit-${language.id}`, {
      ops: 'EDIT',
      slots: withExtension(language.extensions),
      ...embedded(language),
    });
  }
  for (const language of RUNTIME_LANGUAGES) {
    const slots = `[ \\t]*(?:${TARGET}[ \\t]*|${MARKS}[ \\t]*)*\\[[ \\t]*(?:${language.extensions})[ \\t]*\\]${SLOTS}`;
    kinds.set(`exec-${language.id}`, { ops: 'EXEC', slots, ...embedded(language) });
  }
  const noSignal = `[ \\t]*(?:(?:\\[[ \\t]*\\]|${TARGET}|${MARKS})[ \\t]*)*`;
  const shell = embedded({ id: 'shellscript', scope: 'source.shell', extensions: '' });
  kinds.set('exec-default', { ops: 'EXEC', slots: noSignal, ...shell });
  kinds.set('send-json', { ops: 'SEND', lead: '(?=\\s*[\\[{])', ...JSON_BODY });
  kinds.set('copy-run', { ops: 'COPY', slots: `${OTHER_SLOTS}\\(run://[^)\\r\\n]*\\)${OTHER_SLOTS}`, ...MARKDOWN });
  kinds.set('copy-move', { ops: 'COPY|MOVE', ...PATH_BODY });
  kinds.set('prose', { ops: 'EDIT|SEND|PLAN', ...MARKDOWN });
  kinds.set('matcher', {
    ops: 'FIND|READ|OPEN|FOLD',
    scope: 'string.unquoted.matcher.plurnk',
    patterns: [],
  });
  kinds.set('plain', { ops: 'EXEC|KILL', scope: 'string.unquoted.body.plurnk', patterns: [] });
  return kinds;
}

const DIALECTS: readonly (readonly [lead: string, body: string, scope: string, patterns: Rule[]])[] = [
  ['//', '//.*?', 'string.other.xpath.plurnk', [include('#xpath')]],
  ['#', '#(?:\\\\.|[^#\\\\])*#[a-z]*', 'string.regexp.plurnk', [include('#regex')]],
  ['$', '\\$.*?', 'string.other.jsonpath.plurnk', [include('#jsonpath')]],
  ['~', '~.*?', 'string.unquoted.semantic.plurnk', [{ match: '~', name: 'keyword.operator.dialect.plurnk' }]],
  ['@', '@.*?', 'entity.name.function.graph.plurnk', [{ match: '@[<>]?', name: 'keyword.operator.dialect.plurnk' }]],
];

const matchers = (): Rule[] =>
  DIALECTS.map(([, body, name, patterns]) => ({
    name: 'meta.statement.plurnk',
    match: `(<<)(FIND|READ|OPEN|FOLD)${SUFFIX}(${SLOTS})(:)(${body})(:\\2\\3)${END}`,
    captures: { ...OPEN_CAPTURES, '6': { name, patterns }, '7': CLOSE },
  }));

const bare = (): Rule[] => [
  {
    name: 'meta.statement.plurnk',
    match: `(<<)(${ALL_OPS})${SUFFIX}(${SLOTS})(:\\2\\3)(?=$|<)`,
    captures: { ...OPEN_CAPTURES, '5': CLOSE },
  },
];

/** Slots spread over lines, or a head that is still being typed: no embedded language, the close tag still counts. */
const openHead = (): Rule => ({
  name: 'meta.statement.plurnk',
  begin: `(<<)(${ALL_OPS})${SUFFIX}(?=[\\s\\[(<:]|$)`,
  beginCaptures: OPEN_CAPTURES,
  end: `(:)(\\2)(\\3)${END}|(?=^<<(?:${ALL_OPS})\\b)`,
  endCaptures: {
    '1': scope('punctuation.definition.statement.end'),
    '2': scope('keyword.control.op'),
    '3': scope('entity.name.tag.suffix'),
  },
  patterns: [
    {
      begin: '\\G',
      end: '(:)|(?=^<<)',
      endCaptures: { '1': scope('punctuation.separator.body') },
      patterns: [include('#slots')],
    },
  ],
});

function repository(kinds: Map<string, BodyKind>): { [name: string]: Rule } {
  const rules: { [name: string]: Rule } = {
    close: {
      match: `(:)(${ALL_OPS})${SUFFIX}`,
      captures: {
        '1': scope('punctuation.definition.statement.end'),
        '2': scope('keyword.control.op'),
        '3': scope('entity.name.tag.suffix'),
      },
    },
    slots: { patterns: [include('#signal'), include('#target'), include('#marks')] },
    signal: {
      match: '(\\[)([^\\]]*)(\\])',
      captures: {
        '1': scope('punctuation.section.signal.begin'),
        '2': {
          patterns: [
            { match: '[+-]?\\d+(?=\\s*$)', name: 'constant.numeric.signal.plurnk' },
            { match: '[^,\\s]+', name: 'entity.other.attribute-name.tag.plurnk' },
          ],
        },
        '3': scope('punctuation.section.signal.end'),
      },
    },
    target: {
      patterns: [
        {
          match: '(\\()(#(?:\\\\.|[^#\\\\])*#[a-z]*)(\\))',
          captures: {
            '1': scope('punctuation.section.target.begin'),
            '2': { name: 'string.regexp.plurnk', patterns: [include('#regex')] },
            '3': scope('punctuation.section.target.end'),
          },
        },
        {
          match: '(\\()([^)]*)(\\))',
          captures: {
            '1': scope('punctuation.section.target.begin'),
            '2': { name: 'string.unquoted.target.plurnk', patterns: [include('#address')] },
            '3': scope('punctuation.section.target.end'),
          },
        },
      ],
    },
    marks: {
      match: '(<)([-0-9., ]*)(>)',
      captures: {
        '1': scope('punctuation.section.marks.begin'),
        '2': { name: 'constant.numeric.mark.plurnk' },
        '3': scope('punctuation.section.marks.end'),
      },
    },
    address: {
      patterns: [
        { match: '[A-Za-z][A-Za-z0-9+.-]*(?=://)', name: 'support.type.scheme.plurnk' },
        { match: '://', name: 'punctuation.separator.scheme.plurnk' },
        { match: '#[A-Za-z0-9_-]+$', name: 'variable.other.channel.plurnk' },
        { match: '%[0-9A-Fa-f]{2}', name: 'constant.character.escape.plurnk' },
        { match: '\\*\\*|\\*|\\?', name: 'keyword.operator.glob.plurnk' },
      ],
    },
    regex: {
      patterns: [
        { match: '\\\\.', name: 'constant.character.escape.regexp.plurnk' },
        { match: '[*+?{}|^$]', name: 'keyword.operator.regexp.plurnk' },
        { match: '#', name: 'punctuation.definition.regexp.plurnk' },
      ],
    },
    xpath: {
      patterns: [
        { match: '//?', name: 'keyword.operator.path.plurnk' },
        { match: '"[^"]*"|\'[^\']*\'', name: 'string.quoted.xpath.plurnk' },
        { match: '@[\\w-]+', name: 'entity.other.attribute-name.xpath.plurnk' },
        { match: '[\\w-]+(?=\\()', name: 'support.function.xpath.plurnk' },
      ],
    },
    jsonpath: {
      patterns: [
        { match: '[$@]', name: 'variable.language.jsonpath.plurnk' },
        { match: '\\.\\.?|[*?]', name: 'keyword.operator.jsonpath.plurnk' },
        { match: '"[^"]*"|\'[^\']*\'', name: 'string.quoted.jsonpath.plurnk' },
      ],
    },
    reasoning: {
      name: 'comment.block.reasoning.plurnk',
      begin: '<think>',
      end: '</think>',
    },
    statement: {
      patterns: [...bare(), ...matchers(), ...[...kinds.keys()].map(name => include(`#${name}`)), openHead()],
    },
  };
  for (const [name, kind] of kinds) rules[name] = { patterns: [oneLine(kind), severalLines(kind)] };
  return rules;
}

const grammar = {
  $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
  name: 'Plurnk',
  scopeName: 'source.plurnk',
  patterns: [include('#statement'), include('#reasoning')],
  repository: repository(bodyKinds()),
};

/** Fenced ```plurnk blocks; `while` ends the block at its fence whatever a statement left open. */
const injection = {
  name: 'Plurnk in Markdown',
  scopeName: 'markdown.plurnk.codeblock',
  injectionSelector: 'L:text.html.markdown',
  patterns: [include('#fenced')],
  repository: {
    fenced: {
      name: 'markup.fenced_code.block.markdown',
      begin: '(^|\\G)(\\s*)(`{3,}|~{3,})\\s*(?i:(plurnk|plk)(?=[\\s:,{?]|$)([^`]*)$)',
      end: '(^|\\G)(\\2|\\s{0,3})(\\3)\\s*$',
      beginCaptures: {
        '3': { name: 'punctuation.definition.markdown' },
        '4': { name: 'fenced_code.block.language.markdown' },
        '5': { name: 'fenced_code.block.language.attributes.markdown' },
      },
      endCaptures: { '3': { name: 'punctuation.definition.markdown' } },
      patterns: [
        {
          begin: '(^|\\G)(\\s*)(.*)',
          while: '(^|\\G)(?!\\s*([`~]{3,})\\s*$)',
          contentName: 'meta.embedded.block.plurnk',
          patterns: [include('source.plurnk')],
        },
      ],
    },
  },
};

const write = (file: string, value: unknown): void =>
  writeFileSync(fileURLToPath(new URL(file, import.meta.url)), `${JSON.stringify(value, null, 2)}\n`);
write('plurnk.tmLanguage.json', grammar);
write('plurnk.markdown-injection.tmLanguage.json', injection);
