/** Languages whose grammar colours a body (UI-40). `extensions` is a regex alternation: of file extensions, or of runtime names. */
export interface EmbeddedLanguage {
  readonly id: string;
  readonly scope: string;
  readonly extensions: string;
}

export const EDIT_LANGUAGES: readonly EmbeddedLanguage[] = [
  { id: 'typescriptreact', scope: 'source.tsx', extensions: 'tsx' },
  { id: 'typescript', scope: 'source.ts', extensions: 'ts|mts|cts' },
  { id: 'javascriptreact', scope: 'source.js.jsx', extensions: 'jsx' },
  { id: 'javascript', scope: 'source.js', extensions: 'js|mjs|cjs' },
  { id: 'json', scope: 'source.json', extensions: 'json|jsonc|webmanifest' },
  { id: 'python', scope: 'source.python', extensions: 'py|pyi' },
  { id: 'shellscript', scope: 'source.shell', extensions: 'sh|bash|zsh' },
  { id: 'yaml', scope: 'source.yaml', extensions: 'ya?ml' },
  { id: 'css', scope: 'source.css', extensions: 'css' },
  { id: 'scss', scope: 'source.css.scss', extensions: 'scss' },
  { id: 'html', scope: 'text.html.basic', extensions: 'html?' },
  { id: 'xml', scope: 'text.xml', extensions: 'xml|svg|xsd' },
  { id: 'sql', scope: 'source.sql', extensions: 'sql' },
  { id: 'go', scope: 'source.go', extensions: 'go' },
  { id: 'rust', scope: 'source.rust', extensions: 'rs' },
  { id: 'java', scope: 'source.java', extensions: 'java' },
  { id: 'c', scope: 'source.c', extensions: 'c' },
  { id: 'cpp', scope: 'source.cpp', extensions: 'cc|cpp|cxx|hpp|hh|h' },
  { id: 'csharp', scope: 'source.cs', extensions: 'cs' },
  { id: 'ruby', scope: 'source.ruby', extensions: 'rb' },
  { id: 'php', scope: 'source.php', extensions: 'php' },
  { id: 'plurnk', scope: 'source.plurnk', extensions: 'plurnk|plk' },
];

export const RUNTIME_LANGUAGES: readonly EmbeddedLanguage[] = [
  { id: 'javascript', scope: 'source.js', extensions: 'node' },
  { id: 'python', scope: 'source.python', extensions: 'python' },
  { id: 'sql', scope: 'source.sql', extensions: 'sqlite' },
  { id: 'shellscript', scope: 'source.shell', extensions: 'sh|git' },
];
