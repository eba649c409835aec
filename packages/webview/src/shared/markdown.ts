import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';
import { highlight } from './highlight.ts';

const markdown = new MarkdownIt({
  html: false,
  linkify: true,
  breaks: false,
  highlight: (code, language) => highlight(code, language),
});
// Wide code scrolls: by keyboard too.
const { fence } = markdown.renderer.rules;
markdown.renderer.rules.fence = (...given) => (fence?.(...given) ?? '').replace('<pre>', '<pre tabindex="0">');
// A picture would be a request to a remote place: it is shown as its link (RL-15).
markdown.disable('image');

/**
 * Markdown of a model as safe HTML: no raw HTML, no pictures, no styles, no scripts; links keep their target in
 * `href` and are opened by the host after a click, never by the page.
 */
export function renderMarkdown(text: string): string {
  return DOMPurify.sanitize(markdown.render(text), {
    FORBID_TAGS: ['style', 'img', 'form', 'input', 'iframe', 'svg', 'math'],
    FORBID_ATTR: ['style', 'srcset', 'onerror'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|vscode:|[^:]*$|[a-z-]+:\/\/\/)/i,
  });
}
