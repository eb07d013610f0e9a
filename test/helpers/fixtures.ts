import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { recordOutcomes } from '../../federation/inbox/index.ts';
import { carryOutAll } from '../../federation/inbox/verb.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { activityOf, publish, quiet, type Rig } from './activities.ts';
import { empty, forgetOthers } from './emptying.ts';
import type { FixtureLook } from './fixture-rows.ts';

/** Documents of real servers, kept outside the repository: set SHARED_DIR to the folder that holds fixtures. */
export const FIXTURES = resolve(process.env.SHARED_DIR ?? '../shared', 'fixtures');

// biome-ignore lint/suspicious/noExplicitAny: other servers' documents, as they are.
export type Document = any;

/** What a folder holds: every file must have its verdict. */
export function fixturesIn(folder: string): string[] {
  return readdirSync(join(FIXTURES, folder)).filter((name) => name.endsWith('.json'));
}

export function readFixture(file: string): string {
  return readFileSync(join(FIXTURES, file), 'utf8');
}

/** Our things that the documents of one test are about. */
export interface Scene {
  readonly alice: Account;
  readonly video: { readonly id: VideoId; readonly uri: string };
}

/** Hosts whose addresses are names, and stay what they are. */
const NAMES = new Set(['www.w3.org', 'w3id.org']);

/**
 * Plays documents of real servers to ours. Their hosts become peers of the test: the one of the sender is
 * A, all others are E, which knows nothing; addresses that were of the receiving server become ours.
 */
export function createReplay(rig: Rig) {
  const { context } = rig.server;
  const { db, accounts, inTx, social, federation } = context;

  async function account(uri: string): Promise<Account> {
    const found = await accounts.byActorUri(uri);
    if (!found) throw new Error(`${uri} is not known.`);
    return found;
  }

  /** Empties the tables. */
  async function wipe(): Promise<void> {
    await quiet(rig.server);
    await empty(rig.server, 'videos', 'inbox_activities', 'undone_activities', 'tombstones', 'reports');
    await forgetOthers(rig.server);
  }

  /** Nothing of an earlier test is left but our people. */
  async function begin(): Promise<Scene> {
    await wipe();
    return { alice: await account(rig.alice.account.uri), video: await publish(rig) };
  }

  /** A fixture as it would have been written to our server by A. */
  function adapt(file: string, sender: string, ours: Readonly<Record<string, string>>): Document {
    let text = readFixture(file);
    for (const [theirs, uri] of Object.entries(ours)) {
      text = text
        .replaceAll(`"${theirs}"`, `"${uri}"`)
        .replaceAll(`"${theirs}/followers"`, `"${uri}/followers"`);
    }
    const own = new URL(rig.server.origin).host;
    text = text.replaceAll(/https?:\/\/([a-z0-9.:-]+)/gi, (whole, host: string) => {
      if (host === own || NAMES.has(host)) return whole;
      return host === sender ? rig.a.origin : rig.e.origin;
    });
    return JSON.parse(text);
  }

  /** The same for the address of something. */
  const at = (uri: string) => rig.a.origin + uri.replace(/^https?:\/\/[^/]+/, '');

  /** Lets A serve a document under its own address. */
  function serve(document: Document): void {
    const url = new URL(document.id);
    rig.a.page(url.pathname + url.search, document);
  }

  let people = 0;

  /** Serves an actor of A that has nothing but what is needed, unless a fixture shows all of it. */
  function serveActor(id: string): void {
    people += 1;
    const preferredUsername = `u${people}`;
    serve({ id, type: 'Person', preferredUsername, inbox: `${id}/inbox`, followers: `${id}/followers` });
  }

  /** Lets alice follow an account that is asked for at its server. Returns the id of the Follow. */
  async function follow(uri: string, { accepted = true } = {}): Promise<string> {
    const found = await federation.lookup.actor(uri);
    if (!found.ok) throw new Error(`${uri} cannot be followed: ${found.detail}`);
    const alice = await account(rig.alice.account.uri);
    await inTx((tx) => social.follow(tx, alice, found.account));
    const pair = { followerId: alice.id, targetId: found.account.id };
    if (accepted) await inTx((tx) => social.accept(tx, pair));
    const row = { follower_id: pair.followerId, target_id: pair.targetId };
    return (await db('follows').where(row).first('uri')).uri;
  }

  /** What becomes of an activity after its signature was found good. */
  async function receive(activity: Document): Promise<string> {
    const id = context.ids.next<'inbox'>();
    const text = JSON.stringify(activity);
    const actor = typeof activity.actor === 'string' ? activity.actor : activity.actor?.id;
    const uri = activity.id ?? `${actor}#${id}`;
    const row = {
      id,
      actor_uri: actor ?? 'none',
      activity_uri: uri,
      type: String(activity.type),
      host: URL.parse(actor ?? '')?.host ?? 'none',
      body: text,
    };
    await db('inbox_activities').insert(row);
    try {
      const checked = await federation.checkInbox(text);
      await inTx(async (tx) => recordOutcomes(tx, [id], await carryOutAll([checked], tx)));
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
    const { state, reason } = await db('inbox_activities').where({ id }).first();
    return reason === null ? state : `${state}: ${reason}`;
  }

  /** What becomes of a post that somebody whom alice follows passes on: it is asked for at A. */
  async function announce(id: string): Promise<string> {
    const booster = { id: `${rig.a.origin}/booster`, followers: `${rig.a.origin}/booster/followers` };
    serveActor(booster.id);
    await follow(booster.id);
    return receive(activityOf('Announce', booster, id));
  }

  /** Looks at what a document has left. */
  function lookAt(look: FixtureLook, { video }: Scene, { object, ...document }: Document): Promise<unknown> {
    const { db, engagement, videos, comments } = context;
    const uri = document.type === 'Create' || document.type === 'Update' ? object.id : document.id;
    const fixed: Record<string, () => Promise<unknown>> = {
      counts: async () => ({ ...(await engagement.statsOf([video.id])).get(video.id) }),
      kept: async () => {
        const found = await videos.internalByUri(uri);
        return (
          found && {
            ...found,
            mentions: await db('mentions').where({ video_id: found.id }).pluck('account_id'),
          }
        );
      },
      account: () => accounts.byActorUri(document.actor),
      said: () => comments.internalByUri(uri),
      follows: async () => db('follows').whereNot({ state: 'undone' }).orderBy('id').pluck('state'),
    };
    const [, how, table = ''] = /^(rows of|newest) (\w+)$/.exec(look) ?? [];
    if (how === 'newest')
      return db(table)
        .orderBy('id', 'desc')
        .first()
        .then((row) => row);
    if (how)
      return db(table)
        .count('* as count')
        .first()
        .then((row) => Number(row?.count));
    return fixed[look]?.() ?? Promise.reject(new Error(look));
  }

  return { lookAt, begin, adapt, at, serve, serveActor, follow, receive, announce, account };
}
