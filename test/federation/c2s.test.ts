import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../src/setup/demo/client.ts';
import { clip } from '../helpers/media-samples.ts';
import { createOAuthClient, REDIRECT, s256, VERIFIER } from '../helpers/oauth.ts';
import { clientOf, createPeople, type Person } from '../helpers/people.ts';
import { EVIL, HONEST } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Two servers of ours, and people on them who have nothing but curl and a token. */

const run = promisify(execFile);
const SLOW_MS = 120_000;

/** The first release that prints a header of the answer is 7.84. */
const curl = await run('curl', ['--version']).then(
  ({ stdout }) => /^curl (\d+)\.(\d+)/.exec(stdout)?.slice(1).map(Number) ?? [0, 0],
  () => null,
);
const [major = 0, minor = 0] = curl ?? [];
const isFit = major > 7 || (major === 7 && minor >= 84);
if (!isFit) {
  process.stderr.write('c2s.test.ts: skipped, curl 7.84 or newer is not installed (apt-get install curl)\n');
}

let directory: string;
let a: TestServer;
let b: TestServer;
let alice: Person;
let bob: Person;

/** A token as an app gets it, by a code of the page on which the person allows it. */
async function tokenOf(server: TestServer, person: Person, scope: string): Promise<string> {
  const oauth = createOAuthClient(server, clientOf(server.origin));
  const app = await oauth.register({ scopes: scope });
  const asked = oauth.asked(app, { scope, code_challenge: s256(VERIFIER), code_challenge_method: 'S256' });
  const cookie = await createPeople(server).tokenOf(person.account, 'cookie');
  const code = await oauth.code(asked, cookie);
  const answer = await oauth.token(
    oauth.exchangeOf(app, code, { code_verifier: VERIFIER, redirect_uri: REDIRECT }),
  );
  expect([answer.status, answer.body.scope]).toEqual([200, scope]);
  return answer.body.access_token;
}

/** The script of the documentation, as it stands there. */
async function script(): Promise<string> {
  const page = await readFile(new URL('../../docs/c2s.md', import.meta.url), 'utf8');
  const [, found] = /^```sh\n([\s\S]*?)^```$/m.exec(page) ?? [];
  if (found === undefined) throw new Error('docs/c2s.md has no script.');
  return found;
}

beforeAll(async () => {
  if (!isFit) return;
  directory = await mkdtemp(join(tmpdir(), 'vireo-c2s-'));
  [a, b] = await Promise.all([
    startTestServer({ role: 'all', host: HONEST }),
    startTestServer({ role: 'all', host: EVIL }),
  ]);
  alice = await createPeople(a).signedIn('alice');
  bob = await createPeople(b).signedIn('bob');
}, SLOW_MS);
afterAll(async () => {
  await Promise.all([a?.close(), b?.close()]);
  if (directory) await rm(directory, { recursive: true, force: true });
});

describe.skipIf(!isFit)('curl alone', { timeout: 2 * SLOW_MS }, () => {
  let uri: string;
  let token: string;

  /** One call of curl, as bob. */
  const asBob = async (path: string, ...args: string[]) => {
    const common = ['-sS', '--fail-with-body', '-H', `Authorization: Bearer ${token}`];
    const { stdout } = await run('curl', [...common, ...args, `${bob.account.actorUri}${path}`]);
    return stdout;
  };
  const post = (activity: object) =>
    asBob(
      '/outbox',
      ...['-H', 'Content-Type: application/activity+json', '-d', JSON.stringify(activity)],
      ...['-o', '/dev/null', '-w', '%header{location}'],
    );

  test('a follower on another server asks, and is let in', async () => {
    token = await tokenOf(b, bob, 'read write');
    const follow = await post({ type: 'Follow', object: alice.account.actorUri });
    expect(follow).toContain('/ap/follows/');
    const target = await b.context.accounts.byActorUri(alice.account.actorUri);
    await until('A accepts', async () => {
      const [state] = await b.context.social.relationships(bob.id, target ? [target.id] : []);
      return state?.following;
    });
  });

  test('what is posted on one server is in the home timeline of the other', async () => {
    const env = {
      PATH: process.env.PATH,
      ACTOR: alice.account.actorUri,
      TOKEN: await tokenOf(a, alice, 'write:media write:statuses'),
      CLIP: await clip(directory, 'clip.mp4', { seconds: 1, size: '180x320' }),
    };
    const { stdout } = await run('sh', ['-eu', '-c', await script()], { env });
    expect(stdout).toMatch(new RegExp(`^${a.origin}/ap/videos/\\d+#create$`));
    uri = stdout.replace(/#.*/, '');
    const client = clientOf(b.origin);
    const status = await until(
      'bob sees it, with a copy of the video',
      async () => {
        const { body } = await client.get('/api/v1/timelines/home', { as: bob });
        return body.find(
          (one: { uri: string; media_attachments: { url: string | null }[] }) =>
            one.uri === uri && one.media_attachments[0]?.url,
        );
      },
      SLOW_MS,
    );
    expect(status.content).toContain('Hello from curl');
    expect(status).toMatchObject({
      account: { acct: `alice@${new URL(a.origin).host}` },
      media_attachments: [{ description: 'A clip, posted by curl' }],
      tags: [{ name: 'curl' }],
    });
  });

  test('the follower finds it in the inbox, likes it and answers; the author’s server knows', async () => {
    const page = JSON.parse(await asBob('/inbox?page=true'));
    expect(page.orderedItems).toMatchObject([
      { type: 'Create', actor: alice.account.actorUri, object: { id: uri } },
    ]);
    const liked = await post({ type: 'Like', object: uri });
    const said = await post({ type: 'Note', inReplyTo: uri, content: 'Seen', to: ['as:Public'] });
    const client = clientOf(a.origin);
    const path = `/api/v1/statuses/${uri.split('/').at(-1)}`;
    const counts = (favourites: number, replies: number) =>
      until(`A counts ${favourites} likes and ${replies} answers`, async () => {
        const { body } = await client.get(path, { as: alice });
        return body.favourites_count === favourites && body.replies_count === replies;
      });
    await counts(1, 1);
    await post({ type: 'Undo', object: liked });
    await post({ type: 'Delete', object: said.replace(/#.*/, '') });
    await counts(0, 0);
  });
});
