/** One edit that the demonstration proposes: where, what, and why in a sentence. */
export interface Improvement {
  readonly marks: readonly number[];
  readonly body: string;
  readonly why: string;
}

/** A file that the packet shows, by its numbered lines. */
export interface ShownFile {
  readonly path: string;
  readonly lines: ReadonlyMap<number, string>;
}

/** A member of the workspace as the catalog tells. */
export interface KnownFile {
  readonly path: string;
  readonly lines: number | null;
}

const MISSPELLINGS: Readonly<Record<string, string>> = {
  teh: 'the',
  recieve: 'receive',
  seperate: 'separate',
  occured: 'occurred',
  untill: 'until',
  wich: 'which',
  adress: 'address',
  dependancy: 'dependency',
};
const COMMENT_LEAD: Readonly<Record<string, string>> = {
  ts: '//',
  js: '//',
  mjs: '//',
  go: '//',
  rs: '//',
  java: '//',
  c: '//',
  cpp: '//',
  cs: '//',
  py: '#',
  rb: '#',
  sh: '#',
};
const DEFINITION =
  /^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:pub\s+)?(?:function|class|interface|def|func|fn|struct|const)\s+([A-Za-z_]\w*)/;
const LAYOUT_HEADING = '## What is in this folder';
const MOST_LISTED = 8;

/** The first small improvement that the shown lines call for, or null. Every word of it is true of the workspace. */
export function improve(file: ShownFile, others: readonly KnownFile[]): Improvement | null {
  const markdown = /\.(md|markdown)$/i.test(file.path);
  return (
    fixMisspelling(file) ??
    (markdown ? addTitle(file) : null) ??
    (markdown && isReadme(file.path) ? addLayout(file, others) : null) ??
    trimLine(file, markdown) ??
    collapseBlankLines(file) ??
    describeSource(file)
  );
}

export function isReadme(path: string): boolean {
  return /(^|\/)readme(\.\w+)?$/i.test(path);
}

function fixMisspelling(file: ShownFile): Improvement | null {
  for (const [number, line] of file.lines) {
    for (const [wrong, right] of Object.entries(MISSPELLINGS)) {
      const fixed = line.replace(new RegExp(`\\b${wrong}\\b`, 'g'), right);
      if (fixed !== line) {
        return { marks: [number], body: fixed, why: `line ${number} says "${wrong}" and means "${right}"` };
      }
    }
  }
  return null;
}

function addTitle(file: ShownFile): Improvement | null {
  const first = [...file.lines.values()].find(line => line.trim() !== '');
  if (file.lines.get(1) === undefined || first === undefined || /^(#|---|<)/.test(first)) {
    return null;
  }
  const second = [...file.lines.values()].filter(line => line.trim() !== '')[1] ?? '';
  if (/^(=+|-+)$/.test(second)) {
    return null;
  }
  const name = (file.path.split('/').at(-1) ?? file.path).replace(/\.\w+$/, '');
  return { marks: [0], body: `# ${name}\n\n`, why: 'the document has no title' };
}

function addLayout(file: ShownFile, others: readonly KnownFile[]): Improvement | null {
  const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
  const inside = others
    .filter(other => other.path !== file.path && other.path.startsWith(folder))
    .map(other => ({ ...other, path: other.path.slice(folder.length) }))
    .filter(other => !other.path.startsWith('.'));
  const listed = inside.slice(0, MOST_LISTED);
  if (listed.length === 0 || [...file.lines.values()].includes(LAYOUT_HEADING)) {
    return null;
  }
  const items = listed.map(other => `- \`${other.path}\`${other.lines === null ? '' : ` (${countOf(other.lines)})`}`);
  const more = inside.length > listed.length ? ['- …'] : [];
  return {
    marks: [-1],
    body: ['', LAYOUT_HEADING, '', ...items, ...more].join('\n'),
    why: 'a reader of the file cannot see what else the folder holds',
  };
}

function countOf(lines: number): string {
  return lines === 1 ? '1 line' : `${lines} lines`;
}

function trimLine(file: ShownFile, markdown: boolean): Improvement | null {
  for (const [number, line] of file.lines) {
    const trimmed = line.replace(/[ \t]+$/, '');
    const isBreak = markdown && line === `${trimmed}  `;
    if (trimmed !== line && trimmed !== '' && !isBreak) {
      return { marks: [number], body: trimmed, why: `line ${number} ends with white space` };
    }
  }
  return null;
}

function collapseBlankLines(file: ShownFile): Improvement | null {
  for (const [number, line] of file.lines) {
    const before = file.lines.get(number - 1);
    const above = file.lines.get(number - 2);
    if (line.trim() !== '' && before?.trim() === '' && above?.trim() === '') {
      return { marks: [number - 2, number], body: `\n${line}`, why: `there are two blank lines before line ${number}` };
    }
  }
  return null;
}

function describeSource(file: ShownFile): Improvement | null {
  const lead = COMMENT_LEAD[file.path.split('.').at(-1)?.toLowerCase() ?? ''];
  const first = file.lines.get(1);
  if (lead === undefined || first === undefined || /^\s*(\/\/|\/\*|#|'''|""")/.test(first)) {
    return null;
  }
  const names = [...file.lines.values()].map(line => DEFINITION.exec(line)?.[1]).filter(name => name !== undefined);
  if (names.length === 0) {
    return null;
  }
  const shown = names.slice(0, 4).join(', ');
  const text = `${lead} Defines ${shown}${names.length > 4 ? ' and more' : ''}.`;
  return { marks: [0], body: text, why: 'the file does not say what it holds' };
}
