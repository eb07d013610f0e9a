import { domainToASCII } from 'node:url';
import type { Db, Tx } from '../../db/database.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

export type {
  DeadDelivery,
  DeadLetterChoice,
  DeliveryDesk,
} from './delivery-desk.ts';
export { createUrls, type Urls } from './urls.ts';

export type Instances = ReturnType<typeof createInstances>;

/** A server that this one does not talk to. */
export interface DomainBlock {
  readonly domain: string;
  readonly comment: string;
  readonly createdAt: Date;
}

/** What this server knows of others, and of its own lasting identity. */
export function createInstances({ db }: { db: Db }) {
  return {
    /**
     * Remembers the origin that ids were made with. A server that is started under another origin than
     * before would lose all its followers, so that is refused until the person has decided.
     */
    async claimOrigin(tx: Tx, origin: string): Promise<Result<object, 'origin-changed'>> {
      await tx('instance_settings')
        .insert({ key: 'origin', value: JSON.stringify(origin) })
        .onConflict('key')
        .ignore();
      const row = await tx('instance_settings').where({ key: 'origin' }).first('value');
      if (row.value === origin) return ok();
      return fail(
        'origin-changed',
        `This database belongs to ${row.value}, but ORIGIN is ${origin}. Other servers know accounts and videos by the old address. Set ORIGIN=${row.value}, or use another database.`,
      );
    },

    /** Stops all traffic with a domain and its subdomains, both ways. */
    async block(tx: Tx, domain: string, comment: string): Promise<Result<object, 'domain-invalid'>> {
      const name = normaliseDomain(domain);
      if (name === null) return fail('domain-invalid', `"${domain}" is not the name of a server.`);
      await tx('domain_blocks').insert({ domain: name, comment }).onConflict('domain').merge(['comment']);
      return ok();
    },

    /** Lifts a block. False when there was none. */
    async unblock(tx: Tx, domain: string): Promise<boolean> {
      const name = normaliseDomain(domain);
      return name !== null && (await tx('domain_blocks').where({ domain: name }).delete()) === 1;
    },

    async blocks(): Promise<DomainBlock[]> {
      return db('domain_blocks').orderBy('domain').select('domain', 'comment', 'created_at as createdAt');
    },

    /** True when the host, or a domain above it, is blocked (security.md S15). Accepts any spelling. */
    async isBlocked(host: string): Promise<boolean> {
      const name = normaliseDomain(host);
      if (name === null) return true;
      const row = await db('domain_blocks').whereIn('domain', withParents(name)).first('domain');
      return row !== undefined;
    },
  };
}

/**
 * One spelling per domain or address: lower case, ASCII form of international names, shortest form of IPv6,
 * no trailing dot, no port. Null when it is no host name.
 */
export function normaliseDomain(text: string): string | null {
  const host = text.trim().replace(/:\d+$/, '');
  // What follows these would be cut off or left out without a word.
  if (/[\s/?#@\\%]/.test(host)) return null;
  const ascii = domainToASCII(host).replace(/\.$/, '');
  if (/^\[[0-9a-f:]+\]$/.test(ascii)) return ascii;
  const isName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(ascii) && !ascii.includes('..');
  return isName ? ascii : null;
}

function withParents(domain: string): string[] {
  const labels = domain.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}
