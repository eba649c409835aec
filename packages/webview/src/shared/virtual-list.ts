import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Keys that lead away from the end. */
const UPWARD_KEYS = new Set(['ArrowUp', 'PageUp', 'Home']);
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
  /** The person is at the end, or asked to be: whatever grows or shrinks, the end stays in view. */
  #following: boolean;
  #seen = { top: 0, height: 0, total: 0 };

  constructor(host: ReactiveControllerHost, options: VirtualListOptions) {
    this.#host = host;
    this.#options = options;
    this.#following = options.anchor !== 'start';
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
    if (scroller !== this.#watched) this.#watch(scroller);
    this.#keepEnd();
  }

  hostDisconnected(): void {
    this.#unmount?.();
    this.#watch(null);
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
    this.#following = false;
    this.#virtualizer.scrollToOffset(0);
  }

  scrollToEnd(): void {
    this.#following = this.#options.anchor !== 'start';
    this.#virtualizer.scrollToEnd();
  }

  scrollToIndex(index: number): void {
    this.#following = false;
    this.#virtualizer.scrollToIndex(index, { align: 'center' });
  }

  scrollToIndexStart(index: number): void {
    this.#following = false;
    this.#virtualizer.scrollToIndex(index, { align: 'start' });
  }

  /** Index of the item at the top edge; null when nothing is drawn. */
  firstVisible(): number | null {
    const offset = this.#virtualizer.scrollOffset ?? 0;
    return this.#virtualizer.getVirtualItemForOffset(offset)?.index ?? null;
  }

  #watch(scroller: HTMLElement | null): void {
    this.#resizes?.disconnect();
    this.#watched?.removeEventListener('scroll', this.#onScroll);
    for (const type of ['wheel', 'keydown', 'touchmove']) this.#watched?.removeEventListener(type, this.#onMove);
    this.#watched = scroller;
    if (!scroller) return;
    this.#resizes = new ResizeObserver(() => this.#keepEnd());
    this.#resizes.observe(scroller);
    scroller.addEventListener('scroll', this.#onScroll, { passive: true });
    for (const type of ['wheel', 'keydown', 'touchmove'])
      scroller.addEventListener(type, this.#onMove, { passive: true });
  }

  /** What appears below the list takes room from it, rows grow, several come at once: who was at the end stays there. */
  #keepEnd(): void {
    const scroller = this.#watched;
    if (!scroller || this.#options.anchor === 'start') return;
    this.#look(scroller);
    const end = scroller.scrollHeight - scroller.clientHeight;
    if (!this.#following || end - scroller.scrollTop <= 1) return;
    scroller.scrollTop = end;
    this.#look(scroller);
  }

  /** The virtualiser moves the place too: by what it estimates, so never while the end is kept, and it is no person. */
  readonly #scrollTo: typeof elementScroll = (offset, options, instance) => {
    if (this.#following) {
      this.#keepEnd();
      return;
    }
    elementScroll(offset, options, instance);
    if (this.#watched) this.#seen = { ...this.#seen, top: this.#watched.scrollTop };
  };

  readonly #onScroll = () => {
    if (this.#watched && this.#options.anchor !== 'start') this.#look(this.#watched);
  };

  /** A place that changed while the sizes did not was changed by the person. */
  #look({ scrollTop: top, clientHeight: height, scrollHeight: total }: HTMLElement): void {
    const { top: before, height: oldHeight, total: oldTotal } = this.#seen;
    this.#seen = { top, height, total };
    if (top > before && total - height - top <= AT_END_PX) this.#following = true;
    else if (top < before && height === oldHeight && total === oldTotal) this.#following = false;
  }

  /** The person moves away from the end; said before the place changes, so that nothing pulls them back meanwhile. */
  readonly #onMove = (event: Event) => {
    if (event instanceof WheelEvent ? event.deltaY < 0 : !(event instanceof KeyboardEvent)) this.#following = false;
    else if (event instanceof KeyboardEvent && UPWARD_KEYS.has(event.key)) this.#following = false;
  };

  #current() {
    const anchor = this.#options.anchor ?? 'end';
    return {
      count: this.#options.count(),
      getScrollElement: this.#options.scroller,
      estimateSize: this.#options.estimate,
      getItemKey: this.#options.keyOf,
      observeElementRect,
      observeElementOffset,
      scrollToFn: this.#scrollTo,
      onChange: () => this.#host.requestUpdate(),
      overscan: 8,
      anchorTo: anchor,
      followOnAppend: anchor === 'end',
      scrollEndThreshold: AT_END_PX,
      paddingEnd: 8,
    };
  }
}
