import { expect, test } from 'vitest';
import { createOutbox, type Fate, type Wish } from './outbox.ts';

const like = (id: string, on = true, account = '9'): Wish => ({ account, deed: 'like', id, on });

function rig(fateOf: (wish: Wish) => Fate | Promise<Fate>) {
  const rig = {
    stored: null as string | null,
    sent: [] as string[],
    refused: [] as string[],
  };
  const open = () =>
    createOutbox({
      read: () => rig.stored,
      write: (text) => {
        rig.stored = text;
      },
      send: async (wish) => {
        rig.sent.push(`${wish.deed} ${wish.id} ${wish.on}`);
        return fateOf(wish);
      },
      onRefused: ({ id }, sentence) => rig.refused.push(`${id}: ${sentence}`),
    });
  return Object.assign(rig, { open, outbox: open() });
}

test('what cannot be sent waits over a reload, and goes in its order, once', async () => {
  let isOnline = false;
  const { open, outbox, sent } = rig(() => (isOnline ? 'done' : 'later'));
  outbox.put(like('1'));
  outbox.put({ ...like('2'), deed: 'save' });
  expect(await outbox.flush('9')).toBe(false);
  expect(sent).toEqual(['like 1 true']);
  isOnline = true;
  sent.length = 0;
  const later = open();
  expect(await later.flush('9')).toBe(true);
  expect(sent).toEqual(['like 1 true', 'save 2 true']);
  expect(await later.flush('9')).toBe(true);
  expect(sent).toHaveLength(2);
});

test('only the last wish about a clip is sent', async () => {
  const { outbox, sent } = rig(() => 'done');
  outbox.put(like('1'));
  outbox.put(like('1', false));
  await outbox.flush('9');
  expect(sent).toEqual(['like 1 false']);
});

test('what is wished while the one before is on its way is sent after it', async () => {
  let arrive = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const { outbox, sent } = rig(async ({ on }): Promise<Fate> => {
    if (on) await first;
    return 'done';
  });
  outbox.put(like('1'));
  const flushed = outbox.flush('9');
  outbox.put(like('1', false));
  arrive();
  expect(await flushed).toBe(true);
  expect(sent).toEqual(['like 1 true', 'like 1 false']);
  expect(outbox.waiting('9')).toEqual([]);
});

test('what is refused is told and not sent again', async () => {
  const { outbox, refused, sent } = rig(() => ({ refused: 'It is gone.' }));
  outbox.put(like('1'));
  expect(await outbox.flush('9')).toBe(true);
  await outbox.flush('9');
  expect(refused).toEqual(['1: It is gone.']);
  expect(sent).toHaveLength(1);
});

test('what was sent otherwise is not sent again, and what was wished since then is', async () => {
  const { outbox, sent } = rig(() => 'done');
  for (const wish of [like('1'), like('2'), like('3', false)]) outbox.put(wish);
  outbox.drop([like('1'), like('2'), like('3'), like('3', false, '8')]);
  await outbox.flush('9');
  expect(sent).toEqual(['like 3 false']);
});

test('wishes of another account wait for that account', async () => {
  const { outbox, sent } = rig(() => 'done');
  outbox.put(like('1', true, '8'));
  await outbox.flush('9');
  expect(sent).toEqual([]);
  expect(outbox.waiting('8')).toHaveLength(1);
});

test.each([
  ['not JSON', '{'],
  ['no list', '{"a":1}'],
  ['no wishes', '[null, 1, {"account":"9","deed":"pay","id":"1","on":true}]'],
  ['a path for an id', '[{"account":"9","deed":"like","id":"1/../../sessions","on":true}]'],
])('a storage with %s is an empty one', async (_name, stored) => {
  const one = rig(() => 'done');
  one.stored = stored;
  expect(one.outbox.waiting('9')).toEqual([]);
  expect(await one.outbox.flush('9')).toBe(true);
  expect(one.sent).toEqual([]);
});
