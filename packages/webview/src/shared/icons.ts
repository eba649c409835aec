/** Codicons of the ops (design.md). */
export const OP_ICONS: Readonly<Record<string, string>> = {
  PLAN: 'lightbulb',
  FIND: 'search',
  READ: 'book',
  EDIT: 'edit',
  COPY: 'copy',
  MOVE: 'arrow-swap',
  OPEN: 'unfold',
  FOLD: 'fold',
  EXEC: 'terminal',
  KILL: 'trash',
  SEND: 'comment',
  error: 'error',
  model: 'code',
};

export function opIcon(op: string): string {
  return OP_ICONS[op] ?? 'circle-small';
}
