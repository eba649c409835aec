import { DOMImplementation, type Document, type Element } from '@xmldom/xmldom';
import type { LineSpan } from '../contract.ts';
import type { DomProjection, Node } from './projection.ts';

/** Builds a document node by node and remembers where each came from. */
export class DomBuilder {
  readonly document: Document = new DOMImplementation().createDocument(null, '', null);
  readonly #spans = new WeakMap<object, LineSpan>();

  /** A prefix is its own namespace, so that `//dc:title` finds `dc:title` without a declaration. */
  element(name: string, span: LineSpan | null): Element {
    const colon = name.indexOf(':');
    const clean = /^[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?$/.test(name)
      ? name
      : name.replace(/[^\w.-]/g, '_').replace(/^(?![A-Za-z_])/, '_');
    const element = this.document.createElementNS(colon > 0 ? name.slice(0, colon) : null, clean);
    if (span) this.#spans.set(element, span);
    return element;
  }

  attribute(element: Element, name: string, value: string): void {
    if (/^[A-Za-z_][\w.-]*$/.test(name)) element.setAttribute(name, value);
  }

  text(parent: Element, value: string, span: LineSpan | null): void {
    const node = this.document.createTextNode(value);
    if (span) this.#spans.set(node, span);
    parent.appendChild(node);
  }

  finish(root: Element): DomProjection {
    this.document.appendChild(root);
    return { document: this.document as unknown as Node, spanOf: node => this.#spanOf(node) };
  }

  /** An attribute stands where its element stands; a node without a place, where its parent does. */
  #spanOf(node: Node): LineSpan | null {
    for (let at: Node | null | undefined = node; at; at = at.ownerElement ?? at.parentNode) {
      const span = this.#spans.get(at);
      if (span) return span;
    }
    return null;
  }
}
