import { expect, test } from 'vitest';
import type { Db } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import type { Filters } from '../filters/index.ts';
import type { Recommending } from '../recommending/index.ts';
import type { Videos } from '../videos/index.ts';
import { createForYou } from './for-you.ts';
import { TOP } from './place.ts';

const kept = Promise.resolve();

test('somebody who has seen all that ranks highest is shown what is left', async () => {
  const left = ['900000', '900001'] as VideoId[];
  let offered = 0;
  const recommending: Pick<Recommending, 'standingOf' | 'wishesFor' | 'fromTop' | 'next' | 'noteServed'> = {
    standingOf: async () => null,
    wishesFor: async () => null,
    fromTop: () => ({ ids: [], slate: null, kept }),
    noteServed: async () => undefined,
    async next(_, { mustFind }) {
      if (mustFind) return { ids: left, slate: null, kept };
      offered += 60;
      const ids = Array.from({ length: 60 }, (_one, at) => String(offered + at) as VideoId);
      return { ids, slate: null, kept };
    },
  };
  const videos = {
    recommendableAmong: async (_viewer: AccountId | null, ids: readonly VideoId[]) =>
      ids.filter((id) => left.includes(id)).map((id) => ({ id, accountId: id })),
  } as unknown as Videos;
  const forYou = createForYou({
    ...{ db: {} as Db, videos, filters: {} as Filters, recommending, fallback: async () => [] },
  });
  const page = await forYou.page({ id: null, languages: [] }, TOP, 20);
  expect(page.ids).toEqual(left);
});
