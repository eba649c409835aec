/** Every op with its handler; exhaustive by type. */
import type { Op } from '@plurnk/plurnk-grammar';
import { editOp } from './edit-op.ts';
import { execOp } from './exec-op.ts';
import { findOp } from './find-op.ts';
import { foldOp, openOp } from './fold-op.ts';
import { killOp } from './kill-op.ts';
import type { OpHandler } from './op.ts';
import { planOp } from './plan-op.ts';
import { readOp } from './read-op.ts';
import { sendOp } from './send-op.ts';
import { copyOp, moveOp } from './transfer-op.ts';

export const OPERATIONS = {
  PLAN: planOp,
  FIND: findOp,
  READ: readOp,
  EDIT: editOp,
  COPY: copyOp,
  MOVE: moveOp,
  OPEN: openOp,
  FOLD: foldOp,
  EXEC: execOp,
  KILL: killOp,
  SEND: sendOp,
} satisfies { readonly [O in Op]: OpHandler<O> };
