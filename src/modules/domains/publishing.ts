import { z } from 'zod';
import type { Db, Tx } from '../../db/database.ts';
import { sha256 } from '../../lib/crypto.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Instances } from '../instances/index.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';

/** Who may read whom this server limits, and why. */
export const blockListAudiences = ['public', 'members', 'hidden'] as const;
export type BlockListAudience = (typeof blockListAudiences)[number];

const SETTING = 'block-list-audience';
const audienceSchema = z.enum(blockListAudiences);

/** A limited server, as everybody may see it. */
export interface PublishedBlock {
  /** With stars in place of letters where the staff wants that. */
  readonly domain: string;
  /** SHA-256 of the whole name, in hex: who knows the name can tell. */
  readonly digest: string;
  readonly severity: 'silence' | 'suspend';
  readonly comment: string;
}

/** The list of limited servers that others may read. */
export function publishing({
  db,
  instances,
  audit,
}: {
  readonly db: Db;
  readonly instances: Instances;
  readonly audit: Audit;
}) {
  /** Members, until the staff decides: they may know whom they cannot follow. */
  async function audience(): Promise<BlockListAudience> {
    const row = await db('instance_settings').where({ key: SETTING }).first('value');
    return row === undefined ? 'members' : audienceSchema.parse(row.value);
  }

  return {
    audience,

    async setAudience(
      tx: Tx,
      by: Actor,
      to: BlockListAudience,
    ): Promise<Result<object, 'permission-missing'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const value = JSON.stringify(to);
      const target = { kind: 'setting', id: SETTING } as const;
      await audit.recordRows(
        tx,
        by,
        { action: 'domain.publish', target, detail: { audience: to } },
        {
          watch: { table: 'instance_settings', where: (query) => query.where({ key: SETTING }) },
          write: () =>
            tx('instance_settings').insert({ key: SETTING, value }).onConflict('key').merge(['value']),
        },
      );
      return ok();
    },

    /** What is decided against servers, for somebody who is signed in or not. */
    async published(isMember: boolean): Promise<Result<{ blocks: PublishedBlock[] }, 'not-found'>> {
      const to = await audience();
      if (to === 'hidden') return fail('not-found', 'This server does not tell whom it limits.');
      if (to === 'members' && !isMember) return fail('not-found', 'Sign in to read this list.');
      const policies = await instances.policies(['silence', 'suspend']);
      const blocks = policies.map(({ domain, severity, publicComment, obfuscate }) => ({
        domain: obfuscate ? obfuscated(domain) : domain,
        digest: sha256(Buffer.from(domain)).toString('hex'),
        severity: severity === 'suspend' ? ('suspend' as const) : ('silence' as const),
        comment: publicComment,
      }));
      return ok({ blocks });
    },
  };
}

/** A name of which the first and the last part of its letters are left, as Mastodon writes it. */
export function obfuscated(domain: string): string {
  const visible = Math.floor(domain.length / 4);
  return [...domain]
    .map((letter, index) =>
      letter === '.' || index <= visible || domain.length - index <= visible ? letter : '*',
    )
    .join('');
}
