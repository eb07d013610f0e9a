import ipaddr from 'ipaddr.js';
import type { Db, Tx } from '../../db/database.ts';
import type { AuditId, IdSource, JoiningBlockId } from '../../lib/ids.ts';
import { type Failure, fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, permitted } from './actor.ts';
import type { Audit } from './audit.ts';

/** `no_access`: not only nobody joins from there, nobody is answered at all; see networks.ts. */
export const ipSeverities = ['sign_up_requires_approval', 'sign_up_block', 'no_access'] as const;
export type IpSeverity = (typeof ipSeverities)[number];

export interface EmailDomainBlock {
  readonly id: JoiningBlockId;
  readonly domain: string;
  /** Whoever has an address there may ask, and the staff decides; else they are refused. */
  readonly allowWithApproval: boolean;
  readonly createdAt: Date;
}

export interface IpBlock {
  readonly id: JoiningBlockId;
  /** An address with the length of its prefix. */
  readonly ip: string;
  readonly severity: IpSeverity;
  readonly comment: string;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
}

export interface ReservedName {
  readonly id: JoiningBlockId;
  readonly name: string;
  readonly comment: string;
  readonly createdAt: Date;
}

interface JoiningDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly audit: Audit;
}

type Added = Result<{ id: JoiningBlockId }, 'permission-missing' | 'known' | 'validation-failed'>;
type Changed = Result<object, 'permission-missing' | 'not-found'>;

const TABLES = { email: 'email_domain_blocks', ip: 'ip_blocks', name: 'reserved_names' } as const;
export type JoiningBlockKind = keyof typeof TABLES;

/** Who is refused, or asked to wait, when joining. */
export function createJoining(deps: JoiningDeps) {
  const { db } = deps;
  return {
    emailDomains: async (): Promise<EmailDomainBlock[]> =>
      (await db('email_domain_blocks').orderBy('domain')).map((row) => ({
        ...{ id: row.id, domain: row.domain, allowWithApproval: row.allow_with_approval },
        createdAt: row.created_at,
      })),
    /** Those that have not run out. */
    ips: async (): Promise<IpBlock[]> =>
      (
        await db('ip_blocks')
          .whereRaw('expires_at is null or expires_at > now()')
          .orderBy('network')
          .select('*', db.raw('network::text as ip'))
      ).map((row) => ({
        ...{ id: row.id, ip: row.ip, severity: row.severity, comment: row.comment },
        ...{ expiresAt: row.expires_at, createdAt: row.created_at },
      })),
    names: async (): Promise<ReservedName[]> =>
      (await db('reserved_names').orderBy('name_key')).map((row) => ({
        ...{ id: row.id, name: row.name_key, comment: row.comment, createdAt: row.created_at },
      })),

    async blockEmailDomain(tx: Tx, by: Actor, domain: string, allowWithApproval: boolean): Promise<Added> {
      const key = domain.trim().toLowerCase().replace(/^@/, '');
      if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(key)) return invalid('This is not the name of a domain.');
      const row = { domain: key, allow_with_approval: allowWithApproval };
      return add(deps, tx, by, 'email', row, 'domain');
    },
    async blockIp(
      tx: Tx,
      by: Actor,
      block: Pick<IpBlock, 'ip' | 'severity' | 'comment' | 'expiresAt'>,
      /** From where that is asked for; null at the command line. */
      from: string | null = null,
    ): Promise<Added> {
      const network = networkOf(block.ip);
      if (network === null) return invalid('This is no address, and no network in CIDR notation.');
      const allowed = permitted(by, 'sign-ups');
      if (!allowed.ok) return allowed;
      const own = block.severity === 'no_access' ? await ownAmong(tx, network, from) : null;
      if (own !== null) return invalid(own);
      // What has run out gives its place to a new one.
      await tx('ip_blocks').where({ network }).whereRaw('expires_at <= now()').delete();
      const { severity, comment, expiresAt: expires_at } = block;
      return add(deps, tx, by, 'ip', { network, severity, comment, expires_at }, 'network');
    },
    reserveName: (tx: Tx, by: Actor, name: string, comment: string): Promise<Added> =>
      add(deps, tx, by, 'name', { name_key: name.trim().toLowerCase(), comment }, 'name_key'),

    changeEmailDomain: (
      tx: Tx,
      by: Actor,
      id: JoiningBlockId,
      allowWithApproval: boolean,
    ): Promise<Changed> => change(deps, tx, by, 'email', id, { allow_with_approval: allowWithApproval }),
    async changeIp(
      tx: Tx,
      by: Actor,
      id: JoiningBlockId,
      { severity, comment, expiresAt }: Pick<IpBlock, 'severity' | 'comment' | 'expiresAt'>,
      from: string | null = null,
    ): Promise<Changed | Failure<'validation-failed'>> {
      const row = await tx('ip_blocks').where({ id }).forUpdate().first(tx.raw('network::text as network'));
      const own = row && severity === 'no_access' ? await ownAmong(tx, row.network, from) : null;
      if (own !== null) return invalid(own);
      return change(deps, tx, by, 'ip', id, { severity, comment, expires_at: expiresAt });
    },
    changeName: (tx: Tx, by: Actor, id: JoiningBlockId, comment: string): Promise<Changed> =>
      change(deps, tx, by, 'name', id, { comment }),

    /** A block of a network was put back: refused where whoever did it would lock themselves out. */
    async restored(tx: Tx, id: string, from: string | null): Promise<Failure<'not-undoable'> | null> {
      const row = await tx('ip_blocks')
        .where({ id, severity: 'no_access' })
        .whereRaw('expires_at is null or expires_at > now()')
        .first(tx.raw('network::text as network'));
      const own = row ? await ownAmong(tx, row.network, from) : null;
      return own === null ? null : fail('not-undoable', own);
    },

    async remove(tx: Tx, by: Actor, kind: JoiningBlockKind, id: JoiningBlockId): Promise<Changed> {
      const allowed = permitted(by, 'sign-ups');
      if (!allowed.ok) return allowed;
      const removed = await record(deps.audit, tx, by, { verb: 'remove', kind, id }, () =>
        tx(TABLES[kind]).where({ id }).delete(),
      );
      return removed === null ? fail('not-found', 'There is no such block.') : ok();
    },
  };
}

async function add(
  { ids, audit }: JoiningDeps,
  tx: Tx,
  by: Actor,
  kind: JoiningBlockKind,
  row: object,
  unique: string,
): Promise<Added> {
  const allowed = permitted(by, 'sign-ups');
  if (!allowed.ok) return allowed;
  const id = ids.next<'joining-block'>();
  const made = await record(audit, tx, by, { verb: 'add', kind, id }, () =>
    tx(TABLES[kind])
      .insert({ id, ...row })
      .onConflict(unique)
      .ignore(),
  );
  return made === null ? fail('known', 'That is blocked or reserved already.') : ok({ id });
}

async function change(
  { audit }: JoiningDeps,
  tx: Tx,
  by: Actor,
  kind: JoiningBlockKind,
  id: JoiningBlockId,
  fields: object,
): Promise<Changed> {
  const allowed = permitted(by, 'sign-ups');
  if (!allowed.ok) return allowed;
  const known = await tx(TABLES[kind]).where({ id }).forUpdate().first('id');
  if (!known) return fail('not-found', 'There is no such block.');
  await record(audit, tx, by, { verb: 'change', kind, id }, () =>
    tx(TABLES[kind]).where({ id }).update(fields),
  );
  return ok();
}

/** What it is about stays out of the log: an address is somebody’s. */
const record = (
  audit: Audit,
  tx: Tx,
  by: Actor,
  {
    verb,
    kind,
    id,
  }: { readonly verb: 'add' | 'change' | 'remove'; readonly kind: JoiningBlockKind; readonly id: string },
  write: () => PromiseLike<unknown>,
): Promise<AuditId | null> =>
  audit.recordRows(
    tx,
    by,
    { action: `joining-block.${verb}`, target: { kind: 'setting', id: `${kind} ${id}` } },
    { watch: { table: TABLES[kind], where: (query) => query.where({ id }) }, write },
  );

/** Why a network may not be kept out altogether, or null where it may. */
async function ownAmong(tx: Tx, network: string, from: string | null): Promise<string | null> {
  const { rows } = await tx.raw<{ rows: { loopback: boolean; own: boolean | null }[] }>(
    `select network && '127.0.0.0/8' or network && '::1' as loopback, network >>= :from::inet as own
       from (select :network::cidr as network) as asked`,
    { network, from },
  );
  if (rows[0]?.own) return 'You come from this network yourself: you would lock yourself out.';
  return rows[0]?.loopback ? 'This server asks itself from there.' : null;
}

const invalid = (detail: string) => fail('validation-failed', detail);

/** The network that an address or a CIDR block names, with zeros behind its prefix; null for what is none. */
function networkOf(text: string): string | null {
  const trimmed = text.trim();
  const isBlock = ipaddr.isValidCIDR(trimmed);
  if (!isBlock && !ipaddr.isValid(trimmed)) return null;
  const address = isBlock ? null : ipaddr.process(trimmed);
  const [parsed, bits] = isBlock
    ? ipaddr.parseCIDR(trimmed)
    : [address ?? ipaddr.parse(trimmed), address?.kind() === 'ipv4' ? 32 : 128];
  const block = `${parsed.toString()}/${bits}`;
  const first =
    parsed.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(block)
      : ipaddr.IPv6.networkAddressFromCIDR(block);
  return `${first.toString()}/${bits}`;
}

/** Whether somebody may join from there, with this address and name, and whether the staff has to decide about it. */
export async function checkJoining(
  tx: Tx,
  who: { readonly username: string; readonly email: string | null; readonly ip: string | null },
): Promise<Result<{ needsApproval: boolean }, 'joining-refused' | 'username-reserved'>> {
  const reserved = await tx('reserved_names').where({ name_key: who.username.toLowerCase() }).first('id');
  if (reserved) return fail('username-reserved', 'That name is reserved.');
  let needsApproval = false;
  const domain = who.email?.split('@').at(-1)?.trim().toLowerCase().replace(/\.$/, '');
  if (domain) {
    // A block of a domain holds for those below it.
    const above = domain.split('.').map((_, at, parts) => parts.slice(at).join('.'));
    const blocks = await tx('email_domain_blocks').whereIn('domain', above).select('allow_with_approval');
    if (blocks.some((block) => !block.allow_with_approval)) return refusedToJoin();
    needsApproval = blocks.length > 0;
  }
  if (who.ip !== null) {
    const blocks = await tx('ip_blocks')
      .whereRaw('network >>= ?::inet and (expires_at is null or expires_at > now())', [who.ip])
      .select('severity');
    if (blocks.some((block) => block.severity !== 'sign_up_requires_approval')) return refusedToJoin();
    needsApproval ||= blocks.length > 0;
  }
  return ok({ needsApproval });
}

/** It says not why: whoever is kept out would only go round it. */
const refusedToJoin = () =>
  fail(
    'joining-refused',
    'This server does not take sign-ups with this e-mail provider or from this network.',
  );
