import { expect, test } from 'vitest';
import { readFirstClips } from './first-clips.ts';

const clip = { id: '1', acct: 'alice', text: 'Waves', cover: '/media/1/2-poster.webp' };

test('what was kept is read again, without what is none of ours', () => {
  const covered = { ...clip, id: '2', cover: null };
  const text = JSON.stringify({ at: '2026-11-01', clips: [clip, { ...clip, text: 3 }, null, covered] });
  expect(readFirstClips(text)).toEqual({ at: '2026-11-01', clips: [clip, covered] });
});

test.each([
  null,
  '',
  '{',
  'null',
  '{"at":"x"}',
  '{"at":1,"clips":[]}',
  '{"at":"x","clips":[]}',
  '{"at":"x","clips":[1]}',
])('%s is nothing', (text) => {
  expect(readFirstClips(text)).toBe(null);
});
