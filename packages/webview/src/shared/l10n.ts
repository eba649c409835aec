let bundle: Readonly<Record<string, string>> = {};

/** Takes the strings of the editor's language; the host sends them with its first message (UI-56). */
export function setStrings(strings: Readonly<Record<string, string>>): void {
  bundle = strings;
}

/** The string in the editor's language, `{0}` … replaced. The English text is the key, as in `vscode.l10n`. */
export function t(message: string, ...args: readonly (string | number)[]): string {
  const text = bundle[message] ?? message;
  return text.replace(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole));
}
