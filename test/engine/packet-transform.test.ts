import assert from 'node:assert/strict';
import {
  type PacketTransform,
  type PlainSection,
  type SectionDraft,
  stablePrefix,
} from '../../server/src/packet/section.ts';
import { transformSections } from '../../server/src/packet/transform.ts';

const DRAFTS: readonly SectionDraft[] = [
  { name: 'definition', slot: 'system', header: null, content: 'the language' },
  { name: 'log', slot: 'user', header: 'Log', content: 'onetwo', parts: ['one', 'two'], contentTokens: 2 },
  { name: 'prompt', slot: 'user', header: 'Prompts', content: 'go' },
];
const PARTS = DRAFTS[1]?.parts;

interface Timer {
  readonly work: () => void;
  readonly ms: number;
  cancelled: boolean;
}

/** Plugins with one timer each, which only the test lets run out. */
function run(transforms: readonly PacketTransform[]) {
  const timers: Timer[] = [];
  const controller = new AbortController();
  const done = transformSections(DRAFTS, {
    transforms,
    signal: controller.signal,
    limitMs: 5000,
    setTimeout: (work, ms) => {
      const timer: Timer = { work, ms, cancelled: false };
      timers.push(timer);
      return {
        cancel: () => {
          timer.cancelled = true;
        },
      };
    },
  });
  return { done, timers, controller };
}

const plugin = (name: string, transform: PacketTransform['transform']): PacketTransform => ({ name, transform });
const given = (value: unknown): PacketTransform => plugin('odd', () => value as readonly PlainSection[]);

describe('packet plugins', () => {
  it('[PKT-2] see the whole list one after the other, at once or later', async () => {
    const shout = plugin('shout', list => list.map(one => ({ ...one, content: one.content.toUpperCase() })));
    const sign = plugin('sign', async list => [...list, { name: 'sign', slot: 'user', header: null, content: 'me' }]);
    const { sections, applied, failures } = await run([shout, sign]).done;
    assert.deepEqual(
      sections.map(({ name, content }) => [name, content]),
      [
        ['definition', 'THE LANGUAGE'],
        ['log', 'ONETWO'],
        ['prompt', 'GO'],
        ['sign', 'me'],
      ],
    );
    assert.deepEqual([applied, failures], [['shout', 'sign'], []]);
  });

  it('[PKT-3] what they change is stored as it is sent; what they leave alone keeps its parts and measure', async () => {
    const same = await run([plugin('same', list => [...list])]).done;
    assert.deepEqual(same.sections, DRAFTS);
    const other = plugin('other', list => list.map(one => (one.name === 'log' ? { ...one, content: 'twoone' } : one)));
    const [, log] = (await run([other]).done).sections;
    assert.deepEqual(log, { name: 'log', slot: 'user', header: 'Log', content: 'twoone' });
    const forged = given([{ ...DRAFTS[0] }, { ...DRAFTS[1], content: 'x', parts: PARTS, contentTokens: 0 }]);
    assert.deepEqual((await run([forged]).done).sections[1], {
      name: 'log',
      slot: 'user',
      header: 'Log',
      content: 'x',
    });
  });

  it('[PKT-1] what comes before the stable sections ends what a provider may cache', () => {
    const section = (name: string, content: string) => ({
      name,
      slot: 'system' as const,
      header: null,
      content,
      tokens: 1,
    });
    const [definition, tools, git] = [
      section('definition', 'language'),
      section('tools', 'sh'),
      section('git', 'main'),
    ];
    const house = section('house', 'be brief');
    assert.equal(stablePrefix([definition, tools, git]), 'language\n\nsh'.length);
    assert.equal(stablePrefix([definition, house, tools, git]), 'language'.length);
    assert.equal(stablePrefix([house, definition, tools]), 0);
    assert.equal(stablePrefix([definition]), 'language'.length);
  });

  it('[PKT-1] what they empty is left out with its header', async () => {
    const empty = plugin('empty', list => list.map(one => (one.name === 'prompt' ? { ...one, content: '' } : one)));
    assert.deepEqual(
      (await run([empty]).done).sections.map(({ name }) => name),
      ['definition', 'log'],
    );
  });

  it('[RES-71] one that throws is left out by name, and the next one works on', async () => {
    const broken = plugin('broken', () => {
      throw new Error('it is Monday');
    });
    const rejecting = plugin('rejecting', async () => Promise.reject(new Error('it is Tuesday')));
    const sign = plugin('sign', list => [...list, { name: 'sign', slot: 'system', header: null, content: 'me' }]);
    const { sections, applied, failures } = await run([broken, rejecting, sign]).done;
    assert.deepEqual(
      failures.map(({ message }) => message),
      [
        'The packet plugin "broken" was left out: it is Monday',
        'The packet plugin "rejecting" was left out: it is Tuesday',
      ],
    );
    assert.deepEqual([applied, sections.length], [['sign'], 4]);
  });

  it('[RES-71] one that takes too long is left out, and told that nobody waits', async () => {
    let aborted = false;
    const reached = Promise.withResolvers<void>();
    const slow = plugin('slow', (_list, signal) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      reached.resolve();
      return new Promise(() => undefined);
    });
    const { done, timers } = run([slow]);
    await reached.promise;
    assert.equal(timers[0]?.ms, 5000);
    timers[0]?.work();
    const { sections, failures } = await done;
    assert.deepEqual(sections, DRAFTS);
    assert.equal(failures[0]?.message, 'The packet plugin "slow" was left out: it took longer than 5000 ms.');
    assert.ok(aborted);
    const quick = run([plugin('quick', list => list)]);
    await quick.done;
    assert.ok(quick.timers[0]?.cancelled);
  });

  it('[ENG-12] a cancelled run waits for none', async () => {
    const reached = Promise.withResolvers<void>();
    let asked = 0;
    const slow = plugin('slow', () => {
      asked += 1;
      reached.resolve();
      return new Promise(() => undefined);
    });
    const { done, controller, timers } = run([slow, slow]);
    await reached.promise;
    controller.abort();
    assert.deepEqual(await done, { sections: DRAFTS, applied: [], failures: [] });
    assert.ok(timers.every(timer => timer.cancelled));
    assert.equal(asked, 1);
  });

  const user = { name: 'u', slot: 'user', header: null, content: 'u' };
  const system = { name: 's', slot: 'system', header: null, content: 's' };
  for (const [what, value, sentence] of [
    ['nothing', undefined, /no list of sections/],
    ['null', null, /no list of sections/],
    ['a text', 'text', /no list of sections/],
    ['an empty list', [], /nothing in the system slot/],
    ['no user section', [system], /nothing in the user slot/],
    ['holes', [null, user, system], /section 1 has no name/],
    ['a section without content', [user, { ...system, content: 7 }], /section 2 \(s\) has no content/],
    ['an unknown slot', [user, { ...system, slot: 'assistant' }], /is in no slot/],
    ['a header of several lines', [user, { ...system, header: 'a\nb' }], /no line of text/],
    ['a name twice', [user, system, user], /two sections of one name/],
    ['the gauge', [user, { ...system, name: 'budget' }], /"budget" is the engine’s own/],
    ['the log as trusted text', [user, { ...system, name: 'log' }], /carries foreign text/],
    ['the prompt as trusted text', [user, { ...system, name: 'prompt' }], /carries foreign text/],
  ] as const) {
    it(`[RES-71] [RL-14] one that gives back ${what} is left out`, async () => {
      const { sections, failures } = await run([given(value)]).done;
      assert.deepEqual(sections, DRAFTS);
      assert.match(failures[0]?.message ?? '', sentence);
    });
  }
});
