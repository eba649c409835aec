import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { renderAnsi } from '../../shared/ansi.ts';
import { renderMarkdown } from '../../shared/markdown.ts';

const LIMIT = 400;

/** Sanitised HTML of a text, kept while it is likely to be drawn again (scrolling draws the same rows). */
function kept(render: (text: string) => string) {
  const cache = new Map<string, string>();
  return (text: string) => {
    const known = cache.get(text);
    if (known !== undefined) return unsafeHTML(known);
    const html = render(text);
    if (cache.size >= LIMIT) cache.delete(cache.keys().next().value ?? '');
    cache.set(text, html);
    return unsafeHTML(html);
  };
}

/** The only two doors for HTML made of text; both are sanitised (RL-15). */
export const markdownHtml = kept(renderMarkdown);
export const ansiHtml = kept(renderAnsi);

/** Text that changes with every chunk is not worth keeping. */
export const streamingMarkdown = (text: string) => unsafeHTML(renderMarkdown(text));
