import { noChange } from 'lit';
import { type AttributePart, Directive, directive, type PartInfo, PartType } from 'lit/directive.js';

type Styles = Readonly<Partial<Record<'height' | 'width' | 'left' | 'transform', string>>>;

/** Sets styles through the object model: the page's policy allows no style attribute, which Lit's own directive writes first (RL-15). */
class SetStyle extends Directive {
  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ATTRIBUTE || info.name !== 'style') throw new Error('setStyle belongs into style=');
  }

  override render(_styles: Styles): typeof noChange {
    return noChange;
  }

  override update(part: AttributePart, [styles]: [Styles]): typeof noChange {
    Object.assign((part.element as HTMLElement).style, styles);
    return noChange;
  }
}

export const setStyle = directive(SetStyle);
