import { LitElement } from 'lit';

/**
 * A component that renders into the page itself: one stylesheet and one icon font serve every component,
 * and a row in a long list costs no shadow root.
 */
export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
