import { expect, test } from 'vitest';
import { meaningOf } from './hearing.ts';

const ORIGIN = 'https://here.test';

test('what cannot be read means nothing, and harms nobody: it is committed already', () => {
  for (const payload of ['nonsense', null, [{ kind: 'save' }], [{ kind: 7 }], {}]) {
    for (const name of ['signals', 'like.added', 'block.added', 'account.deleted']) {
      expect(meaningOf({ name, payload }, ORIGIN, 1), `${name} ${JSON.stringify(payload)}`).toEqual({
        ...{ signals: [], busts: [], gone: [] },
      });
    }
  }
});

test('a like counts at once, and so does taking it back; what people of other servers do comes by the log', () => {
  const payload = { accountId: '1', videoId: '2', uri: `${ORIGIN}/likes/3` };
  for (const on of [true, false]) {
    const heard = meaningOf({ name: on ? 'like.added' : 'like.removed', payload }, ORIGIN, 9);
    expect(heard.signals).toEqual([{ kind: 'like', at: 9, actorId: '1', videoId: '2', on }]);
    expect(heard.busts).toEqual(['1']);
  }
  const elsewhere = { ...payload, uri: 'https://here.test.evil.test/likes/3' };
  expect(meaningOf({ name: 'like.added', payload: elsewhere }, ORIGIN, 9).busts).toEqual([]);
});
