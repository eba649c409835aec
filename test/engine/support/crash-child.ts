/** A server process that kills itself (SIGKILL) when its engine reaches a named step of turn 2. Started by crash.test.ts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../../../server/src/store/contract.ts';
import type { Step } from './crash-steps.ts';
import { done, openWorld, turn } from './world.ts';

const [, , step, answer] = process.argv;

function die(at: Step): void {
  if (at === step) process.kill(process.pid, 'SIGKILL');
}

/** Dies when the store is asked for what the engine does at that step. */
function watched(store: Store): Store {
  let turns = 0;
  let built = false;
  const wrap = <T extends object>(part: T, hooks: { readonly [name: string]: (...args: never[]) => void }): T =>
    new Proxy(part, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...args: never[]) => {
          const result: unknown = Reflect.apply(value, target, args);
          hooks[String(key)]?.(...args);
          return result;
        };
      },
    });
  const inTurn2 = (at: Step): void => {
    if (turns === 2) die(at);
  };
  const parts = {
    turns: wrap(store.turns, {
      open: () => {
        turns += 1;
        inTurn2('opened');
      },
      savePacket: () => {
        built = true;
        inTurn2('built');
      },
      update: (_id: never, patch: { status?: number }) => {
        if (patch.status !== undefined) inTurn2('closed');
      },
    }),
    runs: wrap(store.runs, { setPendingWake: () => inTurn2('observed') }),
    log: wrap(store.log, {
      append: (row: { op: string; state: string; origin: string }) => {
        if (turns === 2 && built && row.op === 'PLAN') die('answered');
        if (turns === 2 && built && row.op === 'EDIT') die('dispatching');
        if (row.state === 'proposed') inTurn2('proposed');
        if (row.op === 'model') inTurn2('dispatched');
      },
    }),
  };
  return new Proxy(store, {
    get(target, key) {
      if (key in parts) return parts[key as keyof typeof parts];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

if (step !== undefined && answer !== undefined) {
  /** A step that is never reached is a failure, not a process that stays. */
  setTimeout(() => process.exit(1), 60_000);
  const world = await openWorld({
    files: { 'a.md': 'one\n' },
    wrapStore: watched,
    replies: [
      turn('<<EDIT(known:///first.md):kept:EDIT\n<<EXEC[sh]:sleep 300:EXEC'),
      () => {
        die('asked');
        return turn('<<EDIT(known:///second.md):second:EDIT\n<<EDIT(a.md):two:EDIT');
      },
      done(),
    ],
  });
  world.engine.onEvent(event => {
    if (event.name !== 'loop/proposal') return;
    const decision = event.payload.op === 'EXEC' ? 'accept' : 'reject';
    const waits = decision === 'reject' && step === 'proposed';
    if (!waits) void world.engine.resolve(event.payload.logEntryId as never, decision, { by: 'test' });
  });
  const { loopId, runId } = await world.start('go');
  const state = { folder: world.folder, root: world.root, sessionId: world.session.id, loopId, runId };
  writeFileSync(join(answer), JSON.stringify(state));
}
