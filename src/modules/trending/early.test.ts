import { describe, expect, it } from 'vitest';
import { type ActOnVideo, createEarlyActs } from './early.ts';

const like = (actorId: string, videoId: string): ActOnVideo => ({
  ...({ kind: 'like', at: 0, actorId, videoId, on: true } as const),
});

describe('what is heard of videos before the videos', () => {
  it('waits in its order, and is taken once', () => {
    const early = createEarlyActs(10);
    for (const act of [like('a', '1'), like('b', '2'), like('c', '1')]) early.keep(act);
    expect(early.take('1')).toEqual([like('a', '1'), like('c', '1')]);
    expect(early.take('1')).toEqual([]);
    expect(early.take('2')).toEqual([like('b', '2')]);
  });

  it('is bounded: what waits for longest goes', () => {
    const early = createEarlyActs(3);
    for (const act of [like('a', '1'), like('b', '1'), like('a', '2'), like('a', '3')]) early.keep(act);
    expect(['1', '2', '3'].map((id) => early.take(id).length)).toEqual([0, 1, 1]);
    for (const act of [like('a', '4'), like('b', '4'), like('c', '4')]) early.keep(act);
    expect(early.take('4')).toHaveLength(3);
  });
});
