import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { VideoId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { createClipCopies } from './clip-copies.ts';
import { createDeeds, settle } from './news.ts';
import { createOAuthClient, type RegisteredApp } from './oauth.ts';
import { type Client, clientOf, createPeople, type People, type Person } from './people.ts';
import { startTestServer, type TestServer } from './server.ts';
import { heardIn } from './sounds.ts';
import { storeWatched } from './watched.ts';

/** A server on which something of everything has happened, so that no list is empty and no part of a screen is left out. */
export interface LivedIn {
  readonly server: TestServer;
  readonly people: People;
  readonly client: Client;
  /** Runs the server, makes clips, follows some, and is followed: the one as whom the screens are looked at. */
  readonly nora: Person;
  /** Makes clips as well. */
  readonly ben: Person;
  /** Nora's: with captions in two languages, comments with answers, and figures. */
  readonly own: VideoId;
  /** Nora's, not posted yet. */
  readonly draft: VideoId;
  /** What is heard in hers. */
  readonly sound: string;
  /** Ben's. */
  readonly other: VideoId;
  /** Of another server, in another language, behind a warning. */
  readonly warned: VideoId;
  /** Nora's, of clips of both. */
  readonly playlist: string;
  /** Nora's starter pack. */
  readonly pack: string;
  /** A code with which somebody may join. */
  readonly inviteCode: string;
  readonly app: RegisteredApp;
  /** A video that can be uploaded. */
  readonly file: Buffer;
  close(): Promise<void>;
}

const VTT = 'WEBVTT\n\n00:00.000 --> 00:05.000\nA bird calls.\n';

export async function startLivedIn(): Promise<LivedIn> {
  const variables = {
    ...{ INSTANCE_RULES: 'Be kind.\nNo spoilers.', MINIMUM_AGE: '13', RANKING: 'on' },
    INSTANCE_PRIVACY_POLICY: 'We keep what you post.',
  };
  const server = await startTestServer({ variables });
  const people = createPeople(server);
  const { domains, inTx } = server.context;
  await inTx((tx) => domains.list.setAudience(tx, operator, 'public'));
  const client = clientOf(server.origin);
  const nora = await people.signedIn('nora', 'admin');
  const ben = await people.signedIn('ben');
  const clips = await addClips(server, nora, ben, people);
  const living = { server, people, client, nora, ben, ...clips };
  await addTalk(living);
  await addNews(living);
  await addSettings(living);
  const invite = await client.post('/api/v1/invites', { as: nora, body: { max_uses: 3 } });
  const app = await createOAuthClient(server, client).register({
    client_name: 'Tusk',
    website: 'https://app.test',
  });
  for (const username of ['dora', 'emil']) await people.local(username, { pending: true });
  await server.context.db('accounts').where({ domain: '' }).update({ indexable: true });
  const listed = { title: 'Winter birds', video_ids: [clips.own, clips.other] };
  const { body: playlist } = await client.post('/api/v1/playlists', { as: nora, body: listed });
  const pack = await addPacks(living);
  await settle(server.context);
  await server.context.search.follow();
  const [mp4] = await server.context.db('video_assets').where({ video_id: clips.own, role: 'mp4' });
  const found = await server.context.storage.open(mp4.key);
  if (!found) throw new Error('The clip has no file.');
  const file = await buffer(found.stream);
  return {
    ...living,
    app,
    file,
    playlist: playlist.id,
    pack,
    inviteCode: invite.body.code,
    close: () => server.close(),
  };
}

type Living = Pick<LivedIn, 'server' | 'people' | 'client' | 'nora' | 'ben' | 'own' | 'other' | 'warned'>;

async function addClips({ context }: TestServer, nora: Person, ben: Person, people: People) {
  const copy = await createClipCopies(context);
  const mika = await people.remote('mika', 'film.example');
  const warned = await copy(mika, {
    caption: 'Sturm über der Stadt #sturm',
    row: { language: 'de', content_warning: 'Flashing lights', sensitive: true },
  });
  for (let n = 1; n <= 6; n += 1) {
    await copy(n % 2 ? nora.account : ben.account, { caption: `Birds at ${n} #birds`, tags: ['birds'] });
  }
  const draft = await copy(nora.account, { caption: 'Not yet', state: 'draft', row: { awaits_post: true } });
  const caption =
    'Snow on the roof, and a long story of how it came to lie there, told in one sentence #snow';
  const own = await copy(nora.account, {
    caption: `${caption} #birds`,
    tags: ['snow', 'birds'],
    row: { alt_text: 'A roof under snow', language: 'en', sound_title: 'Dawn chorus', allows_download: true },
  });
  const other = await copy(ben.account, { caption: 'A blackbird #birds', tags: ['birds'] });
  const sound = await heardIn(context, own);
  return { warned, draft, own, other, sound };
}

/** What is said and done about clips. */
/** One of Nora's, and one that she is in. */
async function addPacks({ client, nora, ben }: Pick<LivedIn, 'client' | 'nora' | 'ben'>): Promise<string> {
  const made = [];
  for (const [as, other] of [[ben, nora] as const, [nora, ben] as const]) {
    const body = { title: 'Bird people', description: 'They know every song.' };
    const pack = (await client.post('/api/v1/packs', { as, body })).body;
    await client.post(`/api/v1/packs/${pack.id}/accounts`, { as, body: { account_ids: [other.id] } });
    made.push(pack.id);
  }
  return made[1];
}

async function addTalk({ server, people, client, nora, ben, own, other }: Living): Promise<void> {
  const deeds = createDeeds(server.context);
  const cleo = await people.signedIn('cleo');
  const first = await deeds.comment(ben.account, own, 'Where is this? #snow');
  await deeds.comment(nora.account, own, 'On my roof.', { parentId: first });
  await deeds.comment(cleo.account, own, 'Wonderful.');
  const rude = await deeds.comment(cleo.account, own, 'Boring.');
  await deeds.comment(nora.account, other, 'It sings all day here.');
  const path = (id: string, what: string) => `/api/v1/videos/${own}/comments/${id}/${what}`;
  await client.post(path(first, 'pin'), { as: nora, body: {} });
  await client.post(path(rude, 'hide'), { as: nora, body: {} });
  for (const language of ['en', 'de']) {
    const put = { videoId: own, language, accountId: nora.id, label: null, file: Buffer.from(VTT) };
    await server.context.inTx((tx) => server.context.videos.setCaptions(tx, put));
  }
  for (const what of ['favourite', 'bookmark']) {
    await client.post(`/api/v1/statuses/${other}/${what}`, { as: nora, body: {} });
  }
  await client.post(`/api/v1/statuses/${own}/pin`, { as: nora, body: {} });
  const watched = [own, other].map((video_id) => ({
    id: randomUUID(),
    video_id,
    type: 'watch',
    watched_seconds: 4,
  }));
  await client.post('/api/v1/events', { as: nora, body: { events: watched } });
  await storeWatched(server.context);
  await server.context
    .db('video_views')
    .insert({ video_id: own, views: 12_345, completions: 20, skips: 1, watched_ms: 200_000 })
    .onConflict('video_id')
    .merge();
}

/** What Nora is told. */
async function addNews({ server, people, nora, ben, own }: Living): Promise<void> {
  const deeds = createDeeds(server.context);
  await people.follow(nora.account, ben.account);
  await deeds.follow(ben.account, nora.account);
  await deeds.like(ben.account, own);
  await deeds.share(ben.account, own);
  await server.context.db('accounts').where({ id: nora.id }).update({ locked: true });
  for (const name of ['fay', 'gus']) {
    const asking = await people.local(name);
    await deeds.follow(asking, { ...nora.account, locked: true });
  }
}

/** Something on each page of the settings. */
async function addSettings({ people, client, nora }: Living): Promise<void> {
  const fields = [{ name: 'Camera', value: 'A small one' }];
  await client.patch('/api/v1/accounts/update_credentials', {
    as: nora,
    body: { display_name: 'Nora of the birds', note: 'I film #birds.', fields_attributes: fields },
  });
  const words = { title: 'No spoilers', keywords_attributes: [{ keyword: 'finale', whole_word: true }] };
  await client.post('/api/v2/filters', { as: nora, body: { ...words, context: ['home'] } });
  for (const name of ['loud', 'a_name_that_is_really_long_and_goes_on']) {
    const { id } = await people.remote(name, 'some.very-long-name-of-a-server.test');
    await client.post(`/api/v1/accounts/${id}/block`, { as: nora });
    await client.post(`/api/v1/accounts/${id}/mute`, { as: nora });
  }
  await client.post('/api/v1/domain_blocks', { as: nora, body: { domain: 'rude.test' } });
  const wishes = { interests: ['birds', 'rain'], languages: ['de'] };
  await client.patch('/api/v1/feed_settings', { as: nora, body: wishes });
  await client.post('/api/v1/tags/birds/follow', { as: nora, body: {} });
}
