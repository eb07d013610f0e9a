import { expect, test } from 'vitest';
import { fakeAccount, fakeStatus } from '../../../test/helpers/fake-entities.ts';
import type { Status } from '../api/types.ts';
import { firstClip } from './first-clip.ts';

const alice = fakeAccount('1', 'alice');
const media = { id: '7' } as Status['media_attachments'][number];
const clip: Status = { ...fakeStatus('60', alice, media), sensitive: false, spoiler_text: '', filtered: [] };
const page = (...statuses: Status[]) =>
  new Map<string, unknown>([
    ['/api/v2/instance', {}],
    ['/api/v1/feed_statuses?feed_type=for_you&limit=10', { statuses, next_cursor: null }],
  ]);

test('the clip that a feed begins with is the first that has one, also where somebody passed it on', () => {
  expect(firstClip(page(clip))?.id).toBe('7');
  expect(firstClip(page({ ...clip, media_attachments: [] }, clip))?.id).toBe('7');
  expect(firstClip(page({ ...clip, media_attachments: [], reblog: clip } as Status))?.id).toBe('7');
});

test('none begins that waits behind a warning, where there is none, and where no feed stands in the page', () => {
  expect(firstClip(page({ ...clip, sensitive: true }, clip))).toBeNull();
  expect(firstClip(page({ ...clip, spoiler_text: 'Spiders' }, clip))).toBeNull();
  expect(firstClip(page())).toBeNull();
  expect(firstClip(new Map())).toBeNull();
});
