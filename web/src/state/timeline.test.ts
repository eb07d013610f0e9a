import { expect, test } from 'vitest';
import { fakeAccount, fakeStatus } from '../../../test/helpers/fake-entities.ts';
import { describeClip } from '../../../test/helpers/fake-media.ts';
import type { ApiOutcome } from '../api/client.ts';
import type { FeedStatuses, Status } from '../api/types.ts';
import { createTimeline } from './timeline.ts';

const alice = fakeAccount('1', 'alice');
const mika = fakeAccount('2', 'mika', 'film.example');
const shape = { name: 'tall', width: 9, height: 16, seconds: 9, picture: 'testsrc2', hls: true } as const;

const clip = (id: string) => fakeStatus(id, alice, describeClip(id, shape));
const shared = (id: string, of: string): Status => ({
  ...{ ...clip(id), account: mika },
  reblog: { ...clip(of), reblog: null },
});
const failure = { ok: false, status: 503, reason: 'busy', sentence: 'Busy.', fields: {} } as const;

/** A server whose feed is `rig.all`, in pages of two. */
function rig(ids: readonly string[], isByTime = true) {
  const rig = { all: ids.map(clip), fails: false, asked: [] as (string | undefined)[] };
  const load = async (cursor: string | undefined): Promise<ApiOutcome<FeedStatuses>> => {
    rig.asked.push(cursor);
    if (rig.fails) return failure;
    const from = cursor === undefined ? 0 : rig.all.findIndex(({ id }) => id === cursor) + 1;
    const statuses = rig.all.slice(from, from + 2);
    const isEnd = from + 2 >= rig.all.length;
    const next_cursor = isEnd ? null : (statuses.at(-1)?.id ?? null);
    return { ok: true, value: { statuses, next_cursor } } as ApiOutcome<FeedStatuses>;
  };
  const timeline = createTimeline(load, isByTime);
  return Object.assign(rig, { timeline, ids: () => timeline.items.value.map(({ id }) => id) });
}

test('goes on by the cursors, to the end, and fails without losing anything', async () => {
  const one = rig(['5', '4', '3', '2']);
  await one.timeline.loadMore();
  one.fails = true;
  await one.timeline.loadMore();
  expect(one.timeline.phase.value).toBe('failed');
  expect(one.timeline.problem.value).toBe('Busy.');
  expect(one.ids()).toEqual(['5', '4']);
  one.fails = false;
  await one.timeline.loadMore();
  expect(one.ids()).toEqual(['5', '4', '3', '2']);
  expect(one.timeline.phase.value).toBe('ended');
  await one.timeline.loadMore();
  expect(one.asked).toEqual([undefined, '4', '4']);
});

test('shows what somebody passed on as what it is, once, with who did', async () => {
  const one = rig([]);
  one.all = [shared('9', '5'), clip('7'), shared('6', '7')];
  await one.timeline.loadMore();
  await one.timeline.loadMore();
  expect(one.ids()).toEqual(['5', '7']);
  expect(one.timeline.sharedBy('5')?.acct).toBe('mika@film.example');
  expect(one.timeline.sharedBy('7')).toBeUndefined();
});

test('looks further where a whole page is left out', async () => {
  const one = rig([]);
  one.all = ['9', '8', '7'].map((id) => ({
    ...clip(id),
    media_attachments: id === '7' ? clip(id).media_attachments : [],
  }));
  await one.timeline.loadMore();
  expect(one.ids()).toEqual(['7']);
});

test('newer clips are offered, and put on top when asked for', async () => {
  const one = rig(['5', '4', '3']);
  await one.timeline.loadMore();
  one.timeline.currentId.value = '4';
  await one.timeline.lookForNew();
  expect(one.timeline.hasNew.value).toBe(false);
  one.all = [clip('6'), ...one.all];
  await one.timeline.lookForNew();
  expect(one.timeline.hasNew.value).toBe(true);
  expect(one.ids()).toEqual(['5', '4']);
  one.timeline.showNew();
  expect(one.ids()).toEqual(['6', '5', '4']);
  expect(one.timeline.currentId.value).toBe('6');
  expect(one.timeline.hasNew.value).toBe(false);
});

test('with more newer clips than one page the list begins anew, so that none is missed', async () => {
  const one = rig(['5', '4']);
  await one.timeline.loadMore();
  one.all = ['9', '8', '7', '5', '4'].map(clip);
  await one.timeline.lookForNew();
  one.timeline.showNew();
  expect(one.ids()).toEqual(['9', '8']);
  await one.timeline.loadMore();
  expect(one.ids()).toEqual(['9', '8', '7', '5']);
});

test('what is chosen is not asked for newer clips, and begins anew on demand', async () => {
  const one = rig(['5', '4', '3'], false);
  await one.timeline.loadMore();
  await one.timeline.lookForNew();
  expect(one.asked).toHaveLength(1);
  one.all = ['8', '5'].map(clip);
  expect(await one.timeline.refresh()).toBeUndefined();
  expect(one.ids()).toEqual(['8', '5']);
  expect(one.timeline.currentId.value).toBe('8');
  one.fails = true;
  expect(await one.timeline.refresh()).toEqual(failure);
  expect(one.ids()).toEqual(['8', '5']);
  expect(one.timeline.phase.value).toBe('ended');
});

test('a clip that is taken out gives its place to the next one, and comes back to where it was', async () => {
  const one = rig(['5', '4', '3', '2']);
  await one.timeline.loadMore();
  await one.timeline.loadMore();
  one.timeline.currentId.value = '4';
  const undo = one.timeline.remove(({ id }) => id === '4');
  expect(one.ids()).toEqual(['5', '3', '2']);
  expect(one.timeline.currentId.value).toBe('3');
  undo();
  expect(one.ids()).toEqual(['5', '4', '3', '2']);
  expect(one.timeline.currentId.value).toBe('4');
  const undoLast = one.timeline.remove(({ id }) => id === '2' || id === '4');
  undoLast();
  expect(one.ids()).toEqual(['5', '4', '3', '2']);
  undoLast();
  expect(one.ids()).toHaveLength(4);
});
