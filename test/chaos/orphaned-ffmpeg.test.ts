import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../helpers/chaos.ts';
import { clip } from '../helpers/media-samples.ts';
import { processesOn } from '../helpers/probes.ts';

const FFMPEG = new URL('../../media/ffmpeg.ts', import.meta.url).href;
const LOG = new URL('../../src/lib/log.ts', import.meta.url).href;
const works = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const hasBubblewrap = works('bwrap', '--unshare-all', '--ro-bind', '/', '/', 'true');
const hasSetpriv = works('setpriv', '--pdeathsig', 'KILL', '--', 'true');

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-orphan-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** A process of its own that reads a clip over and over at the speed of a player, which never ends. */
function endlessJob(source: string, tools: string) {
  const options = `['-re', '-stream_loop', '-1']`;
  const program = `
    import { createFfmpeg } from '${FFMPEG}';
    import { createLogger } from '${LOG}';
    const programs = { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 1, log: createLogger('silent') };
    const input = { path: '${source}', demuxer: 'mov', options: ${options} };
    const job = { input, args: ['-f', 'mp4', 'file:${directory}/out.mp4'], outputDirectory: '${directory}' };
    await createFfmpeg({ ...programs, tools: ${tools} }).run(job);`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

const encoders = async () =>
  (await processesOn(directory)).filter((line) => /(^|\/)(ffmpeg|bwrap) /.test(line));

test.for([
  ['in its sandbox', '{ setpriv: null }', hasBubblewrap],
  ['without a sandbox', '{ bwrap: null }', hasSetpriv],
  ['in its sandbox, as it is by default', '{}', hasBubblewrap || hasSetpriv],
] as const)('ffmpeg %s dies with a worker that is killed', async ([, tools, isPossible], { skip }) => {
  if (!isPossible) skip('needs bubblewrap or setpriv');
  const source = await clip(directory, 'source.mp4');
  const worker = endlessJob(source, tools);
  // Not only its walls, which are about to be told with whom they end.
  await eventually('ffmpeg runs', async () => (await encoders()).some((line) => /^[^ ]*ffmpeg /.test(line)));
  const gone = once(worker, 'exit');
  worker.kill('SIGKILL');
  await gone;
  await eventually('ffmpeg is gone', async () => (await encoders()).length === 0);
  expect(await processesOn(directory)).toEqual([]);
});
