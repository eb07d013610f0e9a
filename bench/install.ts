import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clip } from '../test/helpers/media-samples.ts';
import { install } from './install/installed.ts';
import { useFirst } from './install/use.ts';
import type { Bench } from './measurement.ts';

const HOST = '127.0.0.21';
const OTHER = '127.0.0.22';
/** What is promised: ten minutes until a video plays, fifteen until another server follows. */
const PLAYABLE_SECONDS = 600;
const FOLLOWED_SECONDS = 900;

/** OP1. From an empty folder to a video that plays and a follow from elsewhere. Small: with the packages of this checkout. */
export const installation: Bench = async ({ isSmall }) => {
  const dir = await mkdtemp(join(tmpdir(), 'vireo-install-bench-'));
  const source = await clip(dir, 'clip.mp4', { seconds: 5, size: '1280x720', rate: 30 });
  const began = performance.now();
  const now = () => (performance.now() - began) / 1_000;
  const server = await install({
    ...{ host: HOST, packages: isSmall ? 'linked' : 'fetched', allowedPrivate: `${HOST},${OTHER}` },
  });
  try {
    for (const [step, took] of server.seconds) process.stderr.write(`${took.toFixed(1)} s  ${step}\n`);
    const { playable, followed } = await useFirst({ server, source, otherHost: OTHER, dir, now });
    return [
      { metric: 'from nothing to a video that plays', value: playable, baseline: PLAYABLE_SECONDS },
      { metric: 'from nothing to a follow from elsewhere', value: followed, baseline: FOLLOWED_SECONDS },
    ].map((one) => ({ ...one, unit: 's', goal: 1, lessIsBetter: true }));
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
};
