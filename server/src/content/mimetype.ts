/** Mimetypes by file name, and what they mean for rendering and editing (RES-5, RES-13). */

const BY_EXTENSION: { readonly [extension: string]: string } = {
  md: 'text/markdown',
  markdown: 'text/markdown',
  mdx: 'text/markdown',
  txt: 'text/plain',
  log: 'text/plain',
  json: 'application/json',
  jsonc: 'application/json',
  json5: 'application/json',
  ipynb: 'application/json',
  geojson: 'application/json',
  webmanifest: 'application/json',
  jsonl: 'application/x-ndjson',
  ndjson: 'application/x-ndjson',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  toml: 'application/toml',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  html: 'text/html',
  htm: 'text/html',
  xhtml: 'application/xhtml+xml',
  xml: 'application/xml',
  xsd: 'application/xml',
  xsl: 'application/xml',
  xslt: 'application/xml',
  svg: 'image/svg+xml',
  rss: 'application/xml',
  atom: 'application/xml',
  plist: 'application/xml',
  csproj: 'application/xml',
  props: 'application/xml',
  css: 'text/css',
  scss: 'text/x-scss',
  less: 'text/x-less',
  js: 'text/javascript',
  mjs: 'text/javascript',
  cjs: 'text/javascript',
  jsx: 'text/jsx',
  ts: 'text/typescript',
  mts: 'text/typescript',
  cts: 'text/typescript',
  tsx: 'text/tsx',
  py: 'text/x-python',
  pyi: 'text/x-python',
  go: 'text/x-go',
  rs: 'text/x-rust',
  java: 'text/x-java',
  kt: 'text/x-kotlin',
  c: 'text/x-c',
  h: 'text/x-c',
  cc: 'text/x-c++',
  cpp: 'text/x-c++',
  cxx: 'text/x-c++',
  hh: 'text/x-c++',
  hpp: 'text/x-c++',
  cs: 'text/x-csharp',
  rb: 'text/x-ruby',
  php: 'text/x-php',
  sh: 'text/x-shellscript',
  bash: 'text/x-shellscript',
  zsh: 'text/x-shellscript',
  sql: 'text/x-sql',
  lua: 'text/x-lua',
  swift: 'text/x-swift',
  scala: 'text/x-scala',
  vue: 'text/x-vue',
  svelte: 'text/x-svelte',
  graphql: 'text/x-graphql',
  proto: 'text/x-protobuf',
  diff: 'text/x-diff',
  patch: 'text/x-diff',
  ini: 'text/x-ini',
  plurnk: 'text/vnd.plurnk',
};

/** Extensions that plugins declared while this process runs (RES-70). */
const DECLARED = new Map<string, string>();

/** Declares the mimetype of an extension (without the dot). Throws when the extension has one already. */
export function declareMimetype(extension: string, mimetype: string): { dispose(): void } {
  const known = BY_EXTENSION[extension] ?? DECLARED.get(extension);
  if (known !== undefined) throw new Error(`The extension .${extension} is ${known} already.`);
  DECLARED.set(extension, mimetype);
  return { dispose: () => void DECLARED.delete(extension) };
}

const BY_NAME: { readonly [name: string]: string } = {
  dockerfile: 'text/x-dockerfile',
  makefile: 'text/x-makefile',
};

/** Lower case, without the dot; empty when there is none. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/**
 * The mimetype a path declares, else `fallback`. Plain text found by extension counts as Markdown; only process output
 * stays `text/plain` (RES-5).
 */
export function mimetypeOf(path: string, fallback = 'text/markdown'): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const extension = extensionOf(path);
  const found = BY_NAME[name] ?? BY_EXTENSION[extension] ?? DECLARED.get(extension);
  if (found === 'text/plain') return 'text/markdown';
  return found ?? fallback;
}

export const isJson = (mimetype: string): boolean => mimetype === 'application/json' || mimetype.endsWith('+json');

const isXml = (mimetype: string): boolean => mimetype === 'application/xml' || mimetype.endsWith('+xml');

/** JSON, XML and HTML are shown verbatim, everything else with line numbers (RES-13). */
export const isVerbatim = (mimetype: string): boolean =>
  isJson(mimetype) || isXml(mimetype) || mimetype === 'text/html';

/** What an entry channel can hold: text of any kind (RES-18). */
export const isTextual = (mimetype: string): boolean =>
  mimetype.startsWith('text/') ||
  isJson(mimetype) ||
  isXml(mimetype) ||
  ['application/yaml', 'application/toml', 'application/x-ndjson'].includes(mimetype);

/** Bytes with NUL are binary whatever the name says, unless a byte order mark announces UTF-16 (RES-5). */
export function isBinary(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return false;
  return bytes.includes(0);
}

/** Every mimetype that an extension declares. */
export const knownMimetypes = (): readonly string[] =>
  [...new Set([...Object.values(BY_EXTENSION), ...DECLARED.values()])].sort();
