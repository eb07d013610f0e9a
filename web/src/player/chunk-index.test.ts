import { expect, test } from 'vitest';
import { fileName, readChunkIndex } from './chunk-index.ts';

const rung = (key: string, changes: object = {}) => ({
  key,
  initLength: 1_300,
  chunks: [
    [1_300, 100, 0, 1],
    [1_400, 50, 400, 0],
    [1_450, 90, 2_000, 1],
  ],
  ...changes,
});
const index = (...rungs: object[]) => ({ version: 1, durationSeconds: 3, rungs });

test('chunks become groups that last until the next one', () => {
  const read = readChunkIndex(index(rung('1/a-360-cmaf.mp4'), rung('1/b-720-cmaf.mp4')));
  expect(read?.durationSeconds).toBe(3);
  expect([...(read?.files.keys() ?? [])]).toEqual(['a-360-cmaf.mp4', 'b-720-cmaf.mp4']);
  expect(read?.files.get('a-360-cmaf.mp4')).toEqual({
    initLength: 1_300,
    groups: [
      { from: 1_300, to: 1_450, start: 0, end: 2 },
      { from: 1_450, to: 1_540, start: 2, end: 3 },
    ],
  });
});

test.each<[string, unknown]>([
  ['null', null],
  ['a text', 'index'],
  ['another version', { ...index(rung('a')), version: 2 }],
  ['no rungs', index()],
  ['no length', { ...index(rung('a')), durationSeconds: 0 }],
  ['a rung without chunks', index(rung('a', { chunks: [] }))],
  ['chunks of words', index(rung('a', { chunks: [['x', 1, 0, 1]] }))],
  ['chunks before the file', index(rung('a', { chunks: [[-5, 1, 0, 1]] }))],
  ['no set-up bytes', index(rung('a', { initLength: null }))],
  ['sizes that change at other times', index(rung('a'), rung('b', { chunks: [[1_300, 100, 0, 1]] }))],
])('%s is no index', (_what, body) => {
  expect(readChunkIndex(body)).toBeNull();
});

test('a file is known by the last part of its address', () => {
  expect(fileName('https://cdn.example/media/7/abc-360-cmaf.mp4?token=1')).toBe('abc-360-cmaf.mp4');
  expect(fileName('7/abc-360-cmaf.mp4')).toBe('abc-360-cmaf.mp4');
});
