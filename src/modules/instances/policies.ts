import type { RemoteVideoMode } from '../../../config/env.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { normaliseDomain, withParents } from './domain-name.ts';
import type { instanceEvents } from './events.ts';

/** With whom this server talks: with all but the suspended, or with nobody but the allowed. */
export type FederationMode = 'open' | 'allow-list';

/**
 * `suspend`: nothing in, nothing out. `silence`: heard only where somebody here follows, and absent from
 * public lists. `no-feed`: heard as all others are, and absent from public lists, trends and recommendations but for those who follow
 * there. `noop`: a note, or the two lesser refusals alone. `allow`: on the list of `allow-list` mode,
 * and free of what a domain above it suffers.
 */
export const severities = ['allow', 'noop', 'no-feed', 'silence', 'suspend'] as const;
export type Severity = (typeof severities)[number];

/** Who decided: somebody of the staff about this domain, or with a whole file, or a list that this server follows. */
export type PolicyOrigin = 'hand' | 'import' | 'subscription';

/** What is decided about a domain; it covers its subdomains that have no policy of their own. */
export interface DomainPolicy extends Decision {
  readonly id: string;
  readonly domain: string;
  readonly createdAt: Date;
}

/** All that a policy says. */
export interface Decision {
  readonly severity: Severity;
  /** What it posts is shown, but its files are never copied. */
  readonly rejectMedia: boolean;
  readonly rejectReports: boolean;
  /** What happens to its videos; null: the same as to those of others. */
  readonly mediaMode: RemoteVideoMode | null;
  readonly publicComment: string;
  /** For the staff. */
  readonly privateComment: string;
  /** Whether the list for everybody hides part of the name. */
  readonly obfuscate: boolean;
  /** Until when it counts; null: for good. */
  readonly expiresAt: Date | null;
  readonly origin: PolicyOrigin;
  /** The list that set it; null: none, or one that is followed no more. */
  readonly subscriptionId: string | null;
}

/** What may be decided; parts that are left out stay as they are, or at their mildest. */
export interface PolicyChange {
  readonly severity: Severity;
  readonly rejectMedia?: boolean | undefined;
  readonly rejectReports?: boolean | undefined;
  readonly mediaMode?: RemoteVideoMode | null | undefined;
  readonly publicComment?: string | undefined;
  readonly privateComment?: string | undefined;
  readonly obfuscate?: boolean | undefined;
  readonly expiresAt?: Date | null | undefined;
}

/** What counts for one host, after every policy above it and the mode of the server. */
export interface Standing {
  readonly suspended: boolean;
  readonly silenced: boolean;
  readonly rejectsMedia: boolean;
  readonly rejectsReports: boolean;
  /** What was decided on the copying of its videos; null: nothing. */
  readonly mediaMode: RemoteVideoMode | null;
}

/** Why the files of a video are not copied. */
export type MediaRefusal = 'domain-suspended' | 'domain-media-rejected';

const NOBODY: Standing = {
  ...{ suspended: true, silenced: false, rejectsMedia: true, rejectsReports: true },
  mediaMode: null,
};

/** How much of its videos comes here by itself. */
const MEDIA_MODE_RANK: Record<RemoteVideoMode, number> = {
  ...{ off: 0, proxy: 1, 'on-view': 2, replicate: 3 },
};

const COLUMNS = [
  ...['id', 'domain', 'severity'],
  ...['reject_media as rejectMedia', 'reject_reports as rejectReports'],
  'media_mode as mediaMode',
  ...['public_comment as publicComment', 'private_comment as privateComment'],
  ...['created_at as createdAt', 'expires_at as expiresAt', 'obfuscate'],
  ...['origin', 'subscription_id as subscriptionId'],
];

/** A list that is followed no more cannot come back with what it once set. */
const WRITE_POLICIES = `
  insert into domain_policies (domain, severity, reject_media, reject_reports, media_mode, public_comment,
                               private_comment, obfuscate, expires_at, origin, subscription_id)
  select domain, severity, "rejectMedia", "rejectReports", "mediaMode", "publicComment",
         "privateComment", obfuscate, "expiresAt", origin,
         (select id from domain_subscriptions where id = "subscriptionId")
    from jsonb_to_recordset(?) as decided (
      domain text, severity text, "rejectMedia" boolean, "rejectReports" boolean, "mediaMode" text, "publicComment" text,
      "privateComment" text, obfuscate boolean, "expiresAt" timestamptz, origin text, "subscriptionId" bigint)
  on conflict (domain) do update set
    (severity, reject_media, reject_reports, media_mode, public_comment, private_comment, obfuscate, expires_at,
     origin, subscription_id) =
    (excluded.severity, excluded.reject_media, excluded.reject_reports, excluded.media_mode, excluded.public_comment,
     excluded.private_comment, excluded.obfuscate, excluded.expires_at, excluded.origin, excluded.subscription_id)`;

function refusalBy(standings: readonly Standing[]): MediaRefusal | null {
  if (standings.some(({ suspended }) => suspended)) return 'domain-suspended';
  return standings.some(({ rejectsMedia }) => rejectsMedia) ? 'domain-media-rejected' : null;
}

/** Of long lists, most domains are of servers that nobody here has met: about them there is nothing to do. */
async function withAccounts(tx: Tx, domains: readonly string[]): Promise<{ domain: string }[]> {
  if (domains.length === 0) return [];
  const { rows } = await tx.raw<{ rows: { domain: string }[] }>(
    `select changed.domain from unnest(?::text[]) as changed (domain)
      where exists (select from accounts where accounts.domain <> ''
                     and domain_suffixes(accounts.domain) @> array[changed.domain])
         or exists (select from accounts where accounts.domain <> ''
                     and domain_suffixes(accounts.host) @> array[changed.domain])`,
    [[...domains]],
  );
  return rows;
}

interface PolicyDeps {
  readonly db: Db;
  readonly emit: Emit<typeof instanceEvents>;
  readonly mode: FederationMode;
  /** What happens now to videos of servers that nothing is decided about. */
  readonly remoteVideo: { readonly mode: RemoteVideoMode };
}

/** Decides which servers this one talks to (security.md S15). Hosts may be given in any spelling. */
export function domainPolicies({ db, emit, mode, remoteVideo }: PolicyDeps) {
  /** What is decided about each of these hosts: the most specific policy that counts now. One question. */
  async function standingsOf(hosts: readonly string[], from: Db = db): Promise<Standing[]> {
    const domains = hosts.map((host) => {
      const name = normaliseDomain(host);
      // From the host itself upwards.
      return name === null ? null : withParents(name).sort((a, b) => b.length - a.length);
    });
    const policies: DomainPolicy[] = await from('domain_policies')
      .whereRaw('domain = any(?)', [[...new Set(domains.flatMap((names) => names ?? []))]])
      .where((lasting) => lasting.whereNull('expires_at').orWhere('expires_at', '>', from.fn.now()))
      .select(COLUMNS);
    const byDomain = new Map(policies.map((policy) => [policy.domain, policy]));
    return domains.map((names) => {
      if (names === null) return NOBODY;
      const decisive = names.find((name) => byDomain.has(name));
      return standingBy(decisive === undefined ? undefined : byDomain.get(decisive));
    });
  }

  function standingBy(policy: DomainPolicy | undefined): Standing {
    return {
      suspended: mode === 'open' ? policy?.severity === 'suspend' : policy?.severity !== 'allow',
      silenced: policy?.severity === 'silence',
      rejectsMedia: policy?.rejectMedia ?? false,
      rejectsReports: policy?.rejectReports ?? false,
      mediaMode: policy?.mediaMode ?? null,
    };
  }

  const standingOf = async (host: string, from?: Db): Promise<Standing> =>
    (await standingsOf([host], from))[0] ?? NOBODY;

  /** Tells the others when a change made one of the domains stricter or milder. */
  async function change(tx: Tx, domains: readonly string[], write: () => Promise<unknown>): Promise<void> {
    const before = await standingsOf(domains, tx);
    await write();
    const after = await standingsOf(domains, tx);
    const those = (is: (was: Standing, now: Standing) => boolean) =>
      domains.filter((_, index) => is(before[index] ?? NOBODY, after[index] ?? NOBODY));
    const stricter = those((was, now) => !was.suspended && now.suspended);
    const milder = those(
      (was, now) =>
        (was.suspended && !now.suspended) ||
        (was.rejectsMedia && !now.rejectsMedia) ||
        needsAnotherLook(was.mediaMode ?? remoteVideo.mode, now.mediaMode ?? remoteVideo.mode),
    );
    await emit(tx, 'domain.suspended', await withAccounts(tx, stricter));
    await emit(tx, 'domain.lifted', await withAccounts(tx, milder));
  }

  /** Whether videos that are not here are to be handled in another way now. What is here stays here. */
  function needsAnotherLook(before: RemoteVideoMode, after: RemoteVideoMode): boolean {
    if (before === after) return false;
    return [before, after].includes('proxy') || MEDIA_MODE_RANK[after] > MEDIA_MODE_RANK[before];
  }

  /** Somebody decides about one domain: it is hers from then on, whatever list had set it. */
  async function setPolicy(
    tx: Tx,
    domain: string,
    to: PolicyChange,
  ): Promise<Result<{ policy: DomainPolicy }, 'domain-invalid'>> {
    const name = normaliseDomain(domain);
    if (name === null) return fail('domain-invalid', `"${domain}" is not the name of a server.`);
    const given = {
      severity: to.severity,
      reject_media: to.rejectMedia,
      reject_reports: to.rejectReports,
      media_mode: to.mediaMode,
      public_comment: to.publicComment,
      private_comment: to.privateComment,
      obfuscate: to.obfuscate,
      expires_at: to.expiresAt,
      ...{ origin: 'hand', subscription_id: null },
    };
    const facts = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    await change(tx, [name], () =>
      tx('domain_policies')
        .insert({ domain: name, ...facts })
        .onConflict('domain')
        .merge(facts),
    );
    const policy: DomainPolicy = await tx('domain_policies').where({ domain: name }).first(COLUMNS);
    return ok({ policy });
  }

  /** The policy that counts for a domain: its own, or the one next above it. */
  async function nearestPolicy(name: string, from: Db | Tx = db): Promise<DomainPolicy | null> {
    const policy: DomainPolicy | undefined = await from('domain_policies')
      .whereRaw('domain = any(?)', [withParents(name)])
      .where((lasting) => lasting.whereNull('expires_at').orWhere('expires_at', '>', from.fn.now()))
      .orderByRaw('length(domain) desc')
      .first(COLUMNS);
    return policy ?? null;
  }

  /**
   * Decides on the copying of a domain's videos alone. Where the domain has no policy of its own, the new one
   * repeats all else of the policy above it: a domain below a suspended one stays suspended.
   */
  async function setMediaMode(
    tx: Tx,
    domain: string,
    to: RemoteVideoMode | null,
  ): Promise<Result<{ policy: DomainPolicy }, 'domain-invalid'>> {
    const name = normaliseDomain(domain);
    if (name === null) return fail('domain-invalid', `"${domain}" is not the name of a server.`);
    const nearest = await nearestPolicy(name, tx);
    const change: PolicyChange = {
      severity: nearest?.severity ?? 'noop',
      rejectMedia: nearest?.rejectMedia,
      rejectReports: nearest?.rejectReports,
      mediaMode: to,
      expiresAt: nearest?.domain === name ? undefined : null,
    };
    return setPolicy(tx, name, change);
  }

  /** Writes whole policies, and removes those that are null: of each domain one, in its one spelling. */
  async function writePolicies(tx: Tx, changes: ReadonlyMap<string, Decision | null>): Promise<void> {
    const rows = [...changes].flatMap(([domain, to]) => (to === null ? [] : [{ domain, ...to }]));
    const removed = [...changes].flatMap(([domain, to]) => (to === null ? [domain] : []));
    await change(tx, [...changes.keys()], async () => {
      await tx('domain_policies').whereRaw('domain = any(?)', [removed]).delete();
      await tx.raw(WRITE_POLICIES, [JSON.stringify(rows)]);
    });
  }

  async function removePolicy(tx: Tx, domain: string): Promise<boolean> {
    const name = normaliseDomain(domain);
    if (name === null) return false;
    let removed = 0;
    await change(tx, [name], async () => {
      removed = await tx('domain_policies').where({ domain: name }).delete();
    });
    return removed === 1;
  }

  return {
    mode,
    standingOf: (host: string) => standingOf(host),
    /** `standingOf` each host in turn, with one question to the database. */
    standingsOf: (hosts: readonly string[]) => standingsOf(hosts),

    /** True when nothing may come from or go to the host, nor be fetched from it. */
    isBlocked: async (host: string): Promise<boolean> => (await standingOf(host)).suspended,

    /** Why no file may be fetched that one of these hosts posted or holds, or null where all may. */
    async mediaRefusal(hosts: readonly string[]): Promise<MediaRefusal | null> {
      return refusalBy(await standingsOf(hosts));
    },

    /** `mediaRefusal` of each group of hosts in turn, with one question to the database. */
    async mediaRefusals(groups: readonly (readonly string[])[]): Promise<(MediaRefusal | null)[]> {
      const standings = await standingsOf(groups.flat());
      let at = 0;
      return groups.map(({ length }) => {
        at += length;
        return refusalBy(standings.slice(at - length, at));
      });
    },

    /** Makes or changes the policy of a domain. It counts at once. */
    setPolicy,
    nearestPolicy,
    writePolicies,
    setMediaMode,
    /** What happens to the videos that these servers, each in turn, posted. */
    async mediaModesOf(hosts: readonly string[]): Promise<RemoteVideoMode[]> {
      return (await standingsOf(hosts)).map((standing) => standing.mediaMode ?? remoteVideo.mode);
    },
    /** Takes the policy of a domain away; what stands above it counts again. False when there was none. */
    removePolicy,

    /** Policies by domain, or a page of them by id, newest first. */
    async policies(
      only: readonly Severity[] = severities,
      page?: { before: string | null; limit: number },
    ): Promise<DomainPolicy[]> {
      const query = db('domain_policies')
        .whereIn('severity', [...only])
        .select(COLUMNS);
      if (!page) return query.orderBy('domain');
      if (page.before !== null) query.where('id', '<', page.before);
      return query.orderBy('id', 'desc').limit(page.limit);
    },

    /** What is decided about each of these domains itself, whatever is above it. */
    async decisionsOn(conn: Db | Tx, domains: readonly string[]): Promise<Map<string, Decision>> {
      const rows: DomainPolicy[] = await conn('domain_policies')
        .whereRaw('domain = any(?)', [[...domains]])
        .select(COLUMNS);
      return new Map(rows.map(({ id, domain, createdAt, ...decision }) => [domain, decision]));
    },

    async policyById(id: string): Promise<DomainPolicy | null> {
      return (await db('domain_policies').where({ id }).first(COLUMNS)) ?? null;
    },

    async policyOf(domain: string, conn: Db | Tx = db): Promise<DomainPolicy | null> {
      const name = normaliseDomain(domain);
      return name === null
        ? null
        : ((await conn('domain_policies').where({ domain: name }).first(COLUMNS)) ?? null);
    },

    /** Forgets policies whose time is over, and tells the others that they count no more. */
    async sweepPolicies(tx: Tx): Promise<number> {
      const over: { domain: string }[] = await tx('domain_policies')
        .where('expires_at', '<=', tx.fn.now())
        .delete()
        .returning('domain');
      for (const { domain } of over) {
        const { suspended } = await standingOf(domain, tx);
        await emit(tx, suspended ? 'domain.suspended' : 'domain.lifted', { domain });
      }
      return over.length;
    },
  };
}
