import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signalsFromText, signalsToText } from './compact.ts';
import { type Signal, signalSchema, signalSources } from './events.ts';

const id = fc.string({ minLength: 1, maxLength: 64 });
const at = fc.nat();
const watch = fc.record({
  ...{ kind: fc.constant('watch' as const), at, actorId: fc.option(id), videoId: id, watchedMs: fc.nat() },
  ...{ isView: fc.boolean(), isComplete: fc.boolean(), source: fc.constantFrom(...signalSources) },
  network: fc.option(fc.string({ maxLength: 64 })),
});
const like = fc.record({
  ...{
    kind: fc.constantFrom('like' as const, 'save' as const),
    at,
    actorId: id,
    videoId: id,
    on: fc.boolean(),
  },
});
const signals: fc.Arbitrary<Signal[]> = fc.array(fc.oneof(watch, like), { maxLength: 20 });

test('what is written is read again, each kind as its schema has it', () => {
  fc.assert(
    fc.property(signals, (told) => {
      expect(signalsFromText(signalsToText(told))).toEqual({ signals: told, unread: 0 });
      for (const one of told) expect(signalSchema.parse(one)).toEqual(one);
    }),
  );
});

test('what cannot be read is left out, and said', () => {
  const like: Signal = { kind: 'like', at: 1, actorId: 'a', videoId: 'v', on: true };
  const watched = [1, null, 'v', 3_000, 1, 0, null];
  expect(signalsFromText('{')).toEqual({ signals: [], unread: 1 });
  expect(signalsFromText('{"kind":"like"}')).toEqual({ signals: [], unread: 1 });
  const damaged = [
    [],
    [...watched.slice(0, 4), 4, 0, null],
    [...watched.slice(0, 5), 99, null],
    { kind: 'new' },
  ];
  expect(signalsFromText(JSON.stringify([...damaged, like, watched]))).toMatchObject({
    signals: [like, { kind: 'watch', isView: true, isComplete: false, source: 'for_you' }],
    unread: damaged.length,
  });
});
