import { expect, test } from 'vitest';
import { fakeAccount, fakeStatus } from '../../../test/helpers/fake-entities.ts';
import { fakeInstance } from '../../../test/helpers/fake-instance.ts';
import { describeClip, type FakeClip } from '../../../test/helpers/fake-media.ts';
import { embedCode, isEmbeddable } from './embed-code.ts';

const tall: FakeClip = {
  ...{ name: 'tall', width: 360, height: 640, seconds: 5, picture: 'testsrc2', hls: false },
};
const of = (host?: string) => fakeStatus('7', fakeAccount('1', 'alice', host), describeClip('7', tall));

test('the code of a frame has the shape of the clip, and words of people only as text', () => {
  const code = embedCode(of(), 'https://video.example', `"><script>alert(1)</script> & 'more'`);
  expect(code).toContain('src="https://video.example/embed/7"');
  expect(code).toContain('width="405" height="720"');
  expect(code).toContain('title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;more&#39;"');
  expect(code.match(/</g)).toHaveLength(2);
  expect(code).not.toContain('allow-top-navigation');
});

test('only what is for every page is offered to pages', () => {
  const server = fakeInstance();
  expect(isEmbeddable(of(), server)).toBe(true);
  expect(isEmbeddable(of(), undefined)).toBe(false);
  expect(isEmbeddable(of('film.example'), server)).toBe(false);
  expect(isEmbeddable({ ...of(), visibility: 'unlisted' }, server)).toBe(true);
  for (const kind of ['private', 'direct'] as const) {
    expect(isEmbeddable({ ...of(), visibility: kind }, server)).toBe(false);
  }
  expect(isEmbeddable({ ...of(), sensitive: true }, server)).toBe(false);
  expect(isEmbeddable({ ...of(), spoiler_text: 'Spiders' }, server)).toBe(false);
  const { configuration } = server;
  const off = { ...server, configuration: { ...configuration, embeds: { enabled: false } } };
  expect(isEmbeddable(of(), off)).toBe(false);
});
