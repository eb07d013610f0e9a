import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Client, signUp, until } from './demo/client.ts';
import { freePort, type Instance, startInstance } from './demo/instance.ts';

/**
 * Shows the whole of the product on one machine: two servers, a follow across them, an upload on one and
 * the copy on the other. `--once` ends after the check; otherwise both stay up to be looked at.
 */
const DATA = resolve('data/demo');
const CLIP = resolve('../shared/media-corpus/ax_rotated270_cut.mp4');
const PASSWORD = 'demo-password';

const began = performance.now();
const stopping = new Promise<void>((done) => {
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(event, () => done());
});

function tell(text: string): void {
  process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${text}\n`);
}

/** Prints a line whenever the text changes. */
function teller(): (text: string) => void {
  let last = '';
  return (text) => {
    if (text !== last) tell(text);
    last = text;
  };
}

async function startPair(): Promise<{ a: Instance; b: Instance; restartA: () => Promise<Instance> }> {
  const [hostA, hostB] = ['127.0.0.2', '127.0.0.3'];
  const variables = {
    ALLOWED_PRIVATE_ADDRESSES: `${hostA},${hostB}`,
    REGISTRATIONS: 'open',
    MINIMUM_AGE: '0',
    OWNER_PASSWORD: PASSWORD,
  };
  const portA = await freePort(hostA, 3001);
  const portB = await freePort(hostB, 3002);
  const options = (name: string, host: string, port: number) => ({
    host,
    port,
    dataDir: join(DATA, name),
    logFile: join(DATA, `${name}.log`),
    variables: { ...variables, INSTANCE_NAME: `Vireo ${name.toUpperCase()}` },
  });
  const optionsA = options('a', hostA, portA);
  const [a, b] = await Promise.all([startInstance(optionsA), startInstance(options('b', hostB, portB))]);
  return { a, b, restartA: () => startInstance(optionsA) };
}

/** The clip that is uploaded: a real one where the corpus lies beside the project, else one that ffmpeg draws. */
async function findClip(): Promise<string> {
  if (existsSync(CLIP)) return CLIP;
  const path = join(DATA, 'clip.mp4');
  const picture = 'testsrc2=size=720x1280:rate=30:duration=6';
  const sound = 'sine=frequency=440:duration=6';
  const inputs = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound];
  const args = [
    '-v',
    'error',
    '-y',
    ...inputs,
    '-c:v',
    'libx264',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
    path,
  ];
  await promisify(execFile)(process.env.FFMPEG_PATH ?? 'ffmpeg', args);
  return path;
}

async function befriend(alice: Client, bob: Client): Promise<void> {
  const found = await bob.find(alice.handle);
  if (!found) throw new Error(`B does not find ${alice.handle}.`);
  await bob.follow(found.id);
  tell(`Bob on B asks to follow ${alice.handle}`);
  await until('A accepts the follow', async () => (await bob.relationship(found.id)).following);
  tell('accepted by A');
}

async function publish(alice: Client, clip: string): Promise<void> {
  const say = teller();
  const about = { filename: 'clip.mp4', caption: 'A first clip from A to B #hello', alt_text: 'A demo clip' };
  const id = await alice.upload(clip, about, (done) => say(`uploaded ${Math.floor(done * 100)} %`));
  await until(
    'A publishes the video',
    async () => {
      const { state, stage, percent, detail } = await alice.processing(id);
      if (state === 'rejected') throw new Error(`A refused the clip: ${detail}`);
      if (state === 'processing') say(`A: ${stage} ${percent} %`);
      return state === 'published';
    },
    300_000,
  );
  tell('published on A; delivered to followers');
}

/** Waits for the clip in Bob's feed and for the copy; returns the addresses of B's own files. */
async function replicated(bob: Client): Promise<{ page: string; mp4: string; hls: string }> {
  const say = teller();
  return until(
    'B has its own copy',
    async () => {
      const [status] = await bob.home();
      const media = status?.media_attachments[0];
      if (!status || !media) return null;
      if (media.processing?.state === 'failed')
        throw new Error(`B could not copy it: ${media.processing.detail}`);
      if (media.processing) say(`B: received; replicated ${media.processing.percent} %`);
      if (!media.url || !media.hls_url) return null;
      return {
        page: `${bob.origin}/@${status.account.acct}/${status.id}`,
        mp4: media.url,
        hls: media.hls_url,
      };
    },
    300_000,
  );
}

/** Fetches what a player would: master playlist, first rendition, its first bytes, and the start of the MP4. */
async function play(files: { mp4: string; hls: string }): Promise<void> {
  const text = async (url: string | URL) => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
    return response.text();
  };
  const firstUri = (playlist: string) =>
    playlist.split('\n').find((line) => line !== '' && !line.startsWith('#'));
  const master = await text(files.hls);
  const rendition = new URL(firstUri(master) ?? '', files.hls);
  const media = new URL(firstUri(await text(rendition)) ?? '', rendition);
  for (const url of [media, files.mp4]) {
    const response = await fetch(url, { headers: { Range: 'bytes=0-4095' } });
    const start = Buffer.from(await response.arrayBuffer());
    if (response.status !== 206 || start.toString('latin1', 4, 8) !== 'ftyp') {
      throw new Error(`${url} does not serve the start of an MP4.`);
    }
  }
}

async function demo(once: boolean): Promise<void> {
  await rm(DATA, { recursive: true, force: true });
  const running: Instance[] = [];
  try {
    const { a, b, restartA } = await startPair();
    running.push(a, b);
    tell(`A answers at ${a.origin}, B at ${b.origin}`);
    const [alice, bob] = await Promise.all([
      signUp(a.origin, 'alice', PASSWORD),
      signUp(b.origin, 'bob', PASSWORD),
    ]);
    tell('Alice has an account on A, Bob on B');
    await befriend(alice, bob);
    await publish(alice, await findClip());
    const files = await replicated(bob);
    tell('replicated: B has its own copy');
    await a.stop();
    running.splice(running.indexOf(a), 1);
    await play(files);
    tell('A is stopped, and the clip still plays from B: playable');
    if (once) return;
    running.push(await restartA());
    tell('both servers are up; stop them with Ctrl-C');
    process.stdout.write(`
  A: ${a.origin}   sign in as alice with ${PASSWORD}
  B: ${b.origin}   sign in as bob with ${PASSWORD}
  The clip on B: ${files.page}
`);
    await stopping;
  } finally {
    await Promise.all(running.map((instance) => instance.stop()));
  }
}

const finished = demo(process.argv.includes('--once')).then(
  () => 0,
  (error: unknown) => {
    process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : error}\n`);
    process.stderr.write(`The logs of both servers lie in ${DATA}.\n`);
    return 1;
  },
);
process.exitCode = await Promise.race([finished, stopping.then(() => finished)]);
if (process.connected) process.disconnect();
