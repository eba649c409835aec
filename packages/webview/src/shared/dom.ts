import { html, type TemplateResult } from 'lit';

/** A codicon; decorative unless it has a label. */
export function icon(name: string, label?: string, extra = ''): TemplateResult {
  return label
    ? html`<span class="codicon codicon-${name} ${extra}" role="img" aria-label=${label} title=${label}></span>`
    : html`<span class="codicon codicon-${name} ${extra}" aria-hidden="true"></span>`;
}

/** Runs `work` for Enter and Space on something that is not a button. */
export function onActivate(work: () => void): (event: KeyboardEvent) => void {
  return event => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    work();
  };
}
