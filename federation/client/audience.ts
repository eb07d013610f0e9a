import { videoLimits } from '../../config/limits.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Visibility } from '../../src/modules/videos/index.ts';
import type { Activity } from '../inbox/normalise.ts';
import { AS_PUBLIC, audienceOf, isObject, type JsonObject, listOf, typesOf } from '../translate/read.ts';
import type { Caller, ClientDeps } from './caller.ts';
import { personAt } from './targets.ts';

/** Whom a post of a client is for. */
export interface Audience {
  readonly visibility: Visibility;
  /** The people it is addressed to by name. */
  readonly named: readonly Account[];
}

/** Beside the people: the public, and one's followers. */
const MAX_ADDRESSES = videoLimits.maxMentions + 2;

const ADDRESSES = ['to', 'cc', 'bto', 'bcc'] as const;

/** The addresses of an activity and of what is in it, as one (ActivityPub 6.2): what is in `to` is not in `cc`. */
function addressesOf({ raw, object }: Pick<Activity, 'raw' | 'object'>) {
  const both = (name: (typeof ADDRESSES)[number]) => audienceOf(raw[name], object?.[name]);
  const to = both('to');
  return {
    to,
    cc: new Set([...both('cc')].filter((id) => !to.has(id))),
    hidden: new Set([...both('bto'), ...both('bcc')]),
  };
}

/**
 * Reads the audience from `to` and `cc`; null where none is named. People are those in it, and those that a Mention
 * in `tag` leads to. `bto` and `bcc` are taken away unread, so they alone make no audience: nobody is told of a post
 * without standing in it, since every server that gets it says to whom it is addressed.
 */
export async function readAudience(
  deps: ClientDeps,
  caller: Caller,
  activity: Pick<Activity, 'raw' | 'object'>,
): Promise<Result<{ audience: Audience | null }, string>> {
  const malformed = malformedAddress(activity.raw) ?? malformedAddress(activity.object ?? {});
  if (malformed) return malformed;
  const { to, cc, hidden } = addressesOf(activity);
  const all = new Set([...to, ...cc]);
  if (all.size === 0) {
    return hidden.size === 0
      ? ok({ audience: null })
      : fail('validation-failed', 'bto, bcc: There are no hidden recipients here. Use `to` or `cc`.');
  }
  if (all.size > MAX_ADDRESSES) {
    return fail('validation-failed', `to, cc: At most ${MAX_ADDRESSES} addresses are taken.`);
  }
  const followers = deps.urls.followers(caller.account.id);
  const people = [...all, ...mentionsOf(activity.object)].filter(
    (id) => id !== AS_PUBLIC && id !== followers && id !== caller.account.actorUri,
  );
  const named: Account[] = [];
  for (const id of new Set(people)) {
    const found = await personAt(deps, caller, id);
    if (!found.ok && found.reason === 'not-found') {
      return fail('validation-failed', `to, cc: ${id} is not an account that this server can address.`);
    }
    if (!found.ok) return found;
    named.push(found.account);
  }
  return ok({ audience: { visibility: visibilityOf(to, cc, followers), named } });
}

function visibilityOf(to: ReadonlySet<string>, cc: ReadonlySet<string>, followers: string): Visibility {
  if (to.has(AS_PUBLIC)) return 'public';
  if (cc.has(AS_PUBLIC)) return 'unlisted';
  return to.has(followers) || cc.has(followers) ? 'followers' : 'direct';
}

/** A recipient that cannot be read must not be passed over: somebody would not get what was meant for them. */
function malformedAddress(from: JsonObject) {
  for (const name of ADDRESSES) {
    const given = listOf(from[name]);
    if (given.length > MAX_ADDRESSES) {
      return fail('validation-failed', `${name}: At most ${MAX_ADDRESSES} addresses are taken.`);
    }
    const isBad = (item: unknown) => [...audienceOf(item)].every((id) => !isAddress(id));
    if (given.some(isBad)) return fail('validation-failed', `${name}: Every address is the id of somebody.`);
  }
  return undefined;
}

function isAddress(id: string): boolean {
  return id === AS_PUBLIC || /^https?:\/\/\S{1,1000}$/i.test(id);
}

function mentionsOf(object: JsonObject | null): string[] {
  const mentions = listOf(object?.tag).filter(isObject);
  return [
    ...audienceOf(...mentions.filter((tag) => typesOf(tag).includes('Mention')).map(({ href }) => href)),
  ]
    .filter(isAddress)
    .slice(0, videoLimits.maxMentions);
}

/** The named people by their handles, as the commands take those whom a text mentions. */
export function byHandle(named: readonly Account[]): Map<string, Account> {
  return new Map(
    named.map((account) => {
      const { username, domain } = account;
      return [(domain === null ? username : `${username}@${domain}`).toLowerCase(), account];
    }),
  );
}
