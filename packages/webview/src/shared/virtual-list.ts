import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Closer to the end than this counts as at the end. */
const AT_END_PX = 24;

export interface VirtualListOptions {
  /** The scrolling element; null before the first render. */
  readonly scroller: () => HTMLElement | null;
  readonly count: () => number;
  /** A stable key, so that a measured height stays with its item. */
  readonly keyOf: (index: number) => string;
  /** Pixels of an item that was never drawn. */
  readonly estimate: (index: number) => number;
  /** What stays in place: the end, as in a conversation (the default), or the start, as in a document. */
  readonly anchor?: 'start' | 'end';
}

/**
 * A virtual list for rows of any height that grows at its end. TanStack's virtualiser rather than Lit's: it anchors
 * to the end, follows what is appended only while the person is at the end, and keeps the place when a row above
 * changes its height.
 */
export class VirtualList implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: VirtualListOptions;
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  #unmount: (() => void) | undefined;
  #resizes: ResizeObserver | undefined;
  #watched: HTMLElement | null = null;
  #height = 0;

  constructor(host: ReactiveControllerHost, options: VirtualListOptions) {
    this.#host = host;
    this.#options = options;
    this.#virtualizer = new Virtualizer(this.#current());
    host.addController(this);
  }

  hostConnected(): void {
    this.#unmount = this.#virtualizer._didMount();
  }

  hostUpdate(): void {
    this.#virtualizer.setOptions(this.#current());
  }

  hostUpdated(): void {
    this.#virtualizer._willUpdate();
    const scroller = this.#options.scroller();
    if (scroller === this.#watched) return;
    this.#resizes?.disconnect();
    this.#watched = scroller;
    if (!scroller) return;
    this.#height = scroller.clientHeight;
    this.#resizes = new ResizeObserver(() => this.#resized(scroller));
    this.#resizes.observe(scroller);
  }

  hostDisconnected(): void {
    this.#unmount?.();
    this.#resizes?.disconnect();
    this.#watched = null;
  }

  /** What is to be drawn now. */
  items(): readonly VirtualItem[] {
    return this.#virtualizer.getVirtualItems();
  }

  totalSize(): number {
    return this.#virtualizer.getTotalSize();
  }

  /** To be called with every drawn element; it carries `data-index`. */
  readonly measure = (element: Element | undefined): void => {
    if (element instanceof HTMLElement) this.#virtualizer.measureElement(element);
  };

  atEnd(): boolean {
    return this.#virtualizer.isAtEnd(AT_END_PX);
  }

  scrollToStart(): void {
    this.#virtualizer.scrollToOffset(0);
  }

  scrollToEnd(): void {
    this.#virtualizer.scrollToEnd();
  }

  scrollToIndex(index: number): void {
    this.#virtualizer.scrollToIndex(index, { align: 'center' });
  }

  scrollToIndexStart(index: number): void {
    this.#virtualizer.scrollToIndex(index, { align: 'start' });
  }

  /** Index of the item at the top edge; null when nothing is drawn. */
  firstVisible(): number | null {
    const offset = this.#virtualizer.scrollOffset ?? 0;
    return this.#virtualizer.getVirtualItemForOffset(offset)?.index ?? null;
  }

  /** What appears below the list takes room from it; who was at the end stays there. */
  #resized(scroller: HTMLElement): void {
    const grewBy = scroller.clientHeight - this.#height;
    this.#height = scroller.clientHeight;
    if (this.#options.anchor !== 'start' && grewBy < 0 && this.#virtualizer.isAtEnd(AT_END_PX - grewBy))
      this.scrollToEnd();
  }

  #current() {
    const anchor = this.#options.anchor ?? 'end';
    return {
      count: this.#options.count(),
      getScrollElement: this.#options.scroller,
      estimateSize: this.#options.estimate,
      getItemKey: this.#options.keyOf,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.#host.requestUpdate(),
      overscan: 8,
      anchorTo: anchor,
      followOnAppend: anchor === 'end',
      scrollEndThreshold: AT_END_PX,
      paddingEnd: 8,
    };
  }
}
