import { AnsiUp } from 'ansi_up';
import DOMPurify from 'dompurify';

/** Terminal output as safe HTML with classes for colours; `ansi_up` escapes the text, DOMPurify stands behind it (UI-11). */
export function renderAnsi(text: string): string {
  const converter = new AnsiUp();
  converter.use_classes = true;
  converter.url_allowlist = {};
  const html = converter.ansi_to_html(lastCarriageReturn(text));
  return DOMPurify.sanitize(html, { ALLOWED_TAGS: ['span'], ALLOWED_ATTR: ['class'] });
}

/** A progress bar rewrites its line: only what a terminal would still show stays. */
function lastCarriageReturn(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map(line => line.slice(line.lastIndexOf('\r') + 1))
    .join('\n');
}
