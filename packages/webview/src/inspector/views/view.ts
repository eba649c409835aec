import type { InspectorView, RowFilter } from '../inspector-state.ts';

/** What the views can cause. */
export interface InspectorActions {
  selectTurn(turnId: number): void;
  selectPart(part: string): void;
  selectView(view: InspectorView): void;
  compareWith(turnId: number): void;
  setFilter(filter: Partial<RowFilter>): void;
  setStep(step: number): void;
  toggleRow(rowId: number): void;
  openTarget(rowId: number): void;
  /** Goes to the row in its turn. */
  goTo(turnId: number, rowId: number): void;
  copy(text: string): void;
}
