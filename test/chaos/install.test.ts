import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { install } from '../../bench/install/installed.ts';
import { useFirst } from '../../bench/install/use.ts';
import { clip } from '../helpers/media-samples.ts';

const HOST = '127.0.0.23';
const OTHER = '127.0.0.24';

/** With the packages of this checkout; `npm run bench -- install` fetches and builds them as the Dockerfile does. */
test('OP1 from an empty folder and the compose file to a video that plays and a follow from elsewhere', {
  timeout: 400_000,
}, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'vireo-installed-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const source = await clip(dir, 'clip.mp4', { seconds: 2 });
  const began = performance.now();
  const now = () => (performance.now() - began) / 1_000;
  const server = await install({ host: HOST, packages: 'linked', allowedPrivate: `${HOST},${OTHER}` });
  onTestFinished(() => server.stop());
  const { playable, followed } = await useFirst({ server, source, otherHost: OTHER, dir, now });
  expect(playable).toBeLessThan(600);
  expect(followed).toBeLessThan(900);
  for (const name of ['web', 'worker', 'media-worker']) {
    expect(await server.logOf(name)).not.toMatch(/"level":(?:50|60|"error"|"fatal")/);
  }
});
