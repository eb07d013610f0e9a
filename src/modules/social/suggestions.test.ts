import { expect, test } from 'vitest';
import type { AccountId } from '../../lib/ids.ts';
import { ranked } from './suggestions.ts';

const id = (text: string) => text as AccountId;

test('who is found for several reasons comes first, with all of them', () => {
  const found = ranked({
    friends_of_friends: [
      { accountId: id('1'), count: 4, followedBy: [id('9')] },
      { accountId: id('2'), count: 2, followedBy: [] },
    ],
    shared_interests: [{ accountId: id('2'), count: 3, tags: ['snow'] }],
    recommended: [],
    most_followed: [{ accountId: id('3'), count: 50 }],
  });
  expect(found).toEqual([
    {
      ...{ accountId: '2', followedBy: [], tags: ['snow'] },
      sources: ['friends_of_friends', 'shared_interests'],
    },
    { accountId: '1', sources: ['friends_of_friends'], followedBy: ['9'], tags: [] },
    { accountId: '3', sources: ['most_followed'], followedBy: [], tags: [] },
  ]);
});

test('of equals the newer account comes first, as a number and not as a text', () => {
  const counted = ['9', '10', '8'].map((one) => ({ accountId: id(one), count: 2 }));
  const found = ranked({
    ...{ friends_of_friends: [], shared_interests: [], recommended: [] },
    most_followed: counted,
  });
  expect(found.map(({ accountId }) => accountId)).toEqual(['10', '9', '8']);
});
