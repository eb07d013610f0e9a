import { expect, test } from 'vitest';
import { fakeAccount } from '../../../test/helpers/fake-entities.ts';
import type { NotificationGroup } from '../api/schema.gen.ts';
import type { Entry } from '../inbox/entries.ts';
import { entryOf, noticeOf, readPushed } from './notice.ts';

const mika = fakeAccount('2', 'mika', 'film.example');
const server = { owner: '1', server: 'Small Films' };

const entry = (group: Partial<NotificationGroup>): Entry => ({
  key: 'favourite-30',
  group: {
    ...{
      group_key: 'favourite-30',
      notifications_count: 1,
      type: 'favourite',
      most_recent_notification_id: 12,
    },
    ...{ page_min_id: '10', page_max_id: '12', latest_page_notification_at: '2026-11-01T00:00:00Z' },
    ...{
      sample_account_ids: ['2'],
      status_id: null,
      clip_id: null,
      report: null,
      processing: null,
      moderation_warning: null,
      pack: null,
    },
    ...group,
  },
  accounts: [mika],
  ...{ status: null, clip: null },
});

test('what was pushed is part of a group of the inbox', () => {
  const entries = [entry({ page_min_id: '15', page_max_id: '20' }), entry({})];
  const found = (id: string) =>
    entries.indexOf(entryOf(readPushed(JSON.stringify({ notification_id: id })), entries) as Entry);
  expect(['9', '10', '11', '12', '13', '17', '21', '', 'x'].map(found)).toEqual([
    -1, 1, 1, 1, -1, 0, -1, -1, -1,
  ]);
});

test('it is told as the inbox tells it, by names without signs around them', () => {
  const pushed = readPushed(
    '{"notification_id":12,"title":"mika liked your post","body":"Waves","icon":"/a.png"}',
  );
  expect(noticeOf(pushed, entry({ type: 'follow' }), server)).toEqual({
    ...{ title: `${mika.display_name || 'mika'} follows you now`, body: 'Waves', icon: '/a.png' },
    ...{ tag: 'favourite-30', data: '/@mika@film.example' },
  });
});

test.each([
  ['{"notification_id":12,"title":"mika followed you"}', 'mika followed you', '12'],
  ['{"title":7}', '7', ''],
  ['not JSON', 'Small Films', ''],
  ['null', 'Small Films', ''],
])('%s alone is told as it came', (text, title, tag) => {
  expect(noticeOf(readPushed(text), undefined, server)).toEqual({
    ...{ title, body: '', icon: '/app/icons/tile-192.png', tag, data: '/inbox' },
  });
});
