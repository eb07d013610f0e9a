import { describe, expect, test } from 'vitest';
import { fakeAccount } from '../../../test/helpers/fake-entities.ts';
import type { NotificationGroup } from '../api/schema.gen.ts';
import { entriesOf, filterOf, isNewer, isUnread, refreshed } from './entries.ts';

const alice = fakeAccount('1', 'alice');

const groupOf = (
  key: string,
  newest: string,
  change: Partial<NotificationGroup> = {},
): NotificationGroup => ({
  group_key: key,
  ...{ notifications_count: 1, type: 'favourite', status_id: null, clip_id: null },
  ...{ most_recent_notification_id: Number(newest), page_min_id: newest, page_max_id: newest },
  ...{ latest_page_notification_at: '2026-01-01T00:00:00.000Z', sample_account_ids: ['1'] },
  ...{ report: null, processing: null, moderation_warning: null, pack: null },
  ...change,
});
const listOf = (...groups: NotificationGroup[]) =>
  entriesOf({ accounts: [alice], statuses: [], notification_groups: groups });
const keys = (list: ReturnType<typeof listOf> | null) => list?.map(({ key }) => key);

describe('entries', () => {
  test('ids are compared as the numbers they are', () => {
    expect(isNewer('10', '9')).toBe(true);
    expect(isNewer('116000000000000001', '116000000000000000')).toBe(true);
    expect(isNewer('9', '9')).toBe(false);
  });

  test('a group of nobody who can be named is left out', () => {
    expect(keys(listOf(groupOf('a', '5', { sample_account_ids: ['7'] }), groupOf('b', '4')))).toEqual(['b']);
  });

  test('a group is unread by its newest', () => {
    const [entry] = listOf(groupOf('a', '12'));
    expect(entry && isUnread(entry, '9')).toBe(true);
    expect(entry && isUnread(entry, '12')).toBe(false);
  });

  test('what is asked for once more takes the place of what was there, and what is older stays', () => {
    const known = listOf(groupOf('c', '30'), groupOf('b', '20'), groupOf('a', '10'));
    const first = listOf(groupOf('a', '41'), groupOf('d', '40'), groupOf('c', '30'));
    expect(keys(refreshed(known, first))).toEqual(['a', 'd', 'c', 'b']);
  });

  test('what was taken back meanwhile goes', () => {
    const known = listOf(groupOf('c', '30'), groupOf('b', '20'), groupOf('a', '10'));
    expect(keys(refreshed(known, listOf(groupOf('d', '40'), groupOf('b', '20'))))).toEqual(['d', 'b', 'a']);
  });

  test('where so much is new that there is a gap, nothing stays', () => {
    const known = listOf(groupOf('b', '20'), groupOf('a', '10'));
    expect(refreshed(known, listOf(groupOf('z', '90'), groupOf('y', '80')))).toBeNull();
  });

  test('an address that names no filter shows everything', () => {
    expect(filterOf('likes')).toBe('likes');
    expect(filterOf('constructor')).toBe('all');
    expect(filterOf(undefined)).toBe('all');
  });
});
