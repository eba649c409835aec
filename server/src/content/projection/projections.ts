import { isJson } from '../mimetype.ts';
import { languageOf } from '../outline/languages.ts';
import { outlineMarkdown } from '../outline/markdown-outline.ts';
import type { OutlineNode } from '../outline/outline.ts';
import { indexSource } from '../outline/source-index.ts';
import { projectCsv } from './csv-value.ts';
import { projectHtml } from './html-dom.ts';
import { projectJson, projectJsonLines } from './json-value.ts';
import { outlineDom } from './outline-dom.ts';
import { projectOutline } from './outline-value.ts';
import type { DomProjection, Projected, ValueProjection } from './projection.ts';
import { projectToml } from './toml-value.ts';
import { projectXml } from './xml-dom.ts';
import { projectYaml } from './yaml-value.ts';

const isXml = (mimetype: string): boolean => mimetype === 'application/xml' || mimetype.endsWith('+xml');

const DATA: { readonly [mimetype: string]: (text: string) => Projected<ValueProjection> } = {
  'application/x-ndjson': projectJsonLines,
  'application/yaml': projectYaml,
  'application/toml': projectToml,
  'text/csv': text => projectCsv(text, ','),
  'text/tab-separated-values': text => projectCsv(text, '\t'),
};

/** What JSONPath looks at; null when it makes no sense for the mimetype (415). */
export async function valueProjection(text: string, mimetype: string): Promise<Projected<ValueProjection> | null> {
  const data = isJson(mimetype) ? projectJson : DATA[mimetype];
  if (data) return data(text);
  const outline = await outlineOf(text, mimetype);
  return outline && { ok: true, projection: projectOutline(outline) };
}

/** What XPath looks at; null when it makes no sense for the mimetype (415). */
export async function domProjection(text: string, mimetype: string): Promise<Projected<DomProjection> | null> {
  if (mimetype === 'text/html' || mimetype === 'application/xhtml+xml') return projectHtml(text);
  if (isXml(mimetype)) return projectXml(text);
  if (isJson(mimetype) || DATA[mimetype]) return null;
  const outline = await outlineOf(text, mimetype);
  return outline && { ok: true, projection: outlineDom(outline) };
}

/** Source code without a grammar has an empty outline; plain text and markup have none at all (RES-44). */
async function outlineOf(text: string, mimetype: string): Promise<readonly OutlineNode[] | null> {
  if (mimetype === 'text/markdown') return outlineMarkdown(text);
  if (mimetype === 'text/plain' || mimetype === 'text/html' || isXml(mimetype)) return null;
  if (!mimetype.startsWith('text/') && !languageOf(mimetype)) return null;
  return (await indexSource(text, mimetype)).outline;
}
