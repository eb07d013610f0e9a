import { createHmac } from 'node:crypto';
import { measureLimits } from '../../../../config/measure-limits.ts';
import type { Db, InTx, Tx } from '../../../db/database.ts';
import { emitter } from '../../../db/outbox.ts';
import { within } from '../../../db/paging.ts';
import type { Clock } from '../../../lib/clock.ts';
import { purposeKey, timingSafeEqualText } from '../../../lib/crypto.ts';
import { type AccountId, type AuditId, type IdSource, type MeasureId, parseId } from '../../../lib/ids.ts';
import type { Page } from '../../../lib/paging.ts';
import type { Accounts } from '../../accounts/index.ts';
import { type Comments, commentEvents } from '../../comments/index.ts';
import type { Mail } from '../../mail/index.ts';
import type { Actor, Audit } from '../../staff/index.ts';
import type { Videos } from '../../videos/index.ts';
import { moderationEvents } from '../events.ts';
import { type Appeal, appeal, appealQueries, type Decision, decideAppeal } from './appeals.ts';
import { type Lifting, lift, type NewMeasure, take, undo } from './commands.ts';
import { purgedMeasures, type Target } from './kinds.ts';
import { answerLetter, liftedLetter, statementLetter } from './letters.ts';
import { type Measure, type MeasureRow, measureFromRow } from './model.ts';
import { purgeDue } from './purge.ts';
import { videoList } from './video-list.ts';

export { type Appeal, appealableUntil } from './appeals.ts';
export type { MeasureRefusal, NewMeasure, Taken } from './commands.ts';
export {
  accountMeasures,
  commentMeasures,
  type MeasureKind,
  type Target,
  videoMeasures,
} from './kinds.ts';
export { counts, type Measure } from './model.ts';
export { type StaffVideo, videoStandings } from './video-list.ts';

export type Measures = ReturnType<typeof createMeasures>;

interface Deps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly mail: Mail;
  readonly instanceSecret: string;
  /** Host part of handles. */
  readonly domain: string;
  /** As people see it. */
  readonly instance: { readonly name: string };
  /** How long strikes count, as it is set now; 0: for ever. */
  readonly strikes: { readonly days: number };
  /** A rule of this server in its words, also one that does not count any more. */
  readonly ruleText: (id: string) => string | null;
}

/** What the staff does to accounts and posts, how it is taken back, and what people say against it (ADR 0043). */
export function createMeasures(base: Deps) {
  const { db, ids } = base;
  const letters = correspondence(base);
  const deps = {
    ...base,
    ...letters,
    strikeDays: () => (base.strikes.days === 0 ? null : base.strikes.days),
    emit: emitter(moderationEvents, ids),
    emitComment: emitter(commentEvents, ids),
  };
  const ofTarget = ({ kind, id }: Target) =>
    db('measures')
      .where({ target_kind: kind, target_id: id })
      .orderBy('id', 'desc')
      .limit(measureLimits.maxListed);
  return {
    take: (tx: Tx, by: Actor, input: NewMeasure) => take(deps, tx, by, input),
    lift: (tx: Tx, by: Actor, input: Lifting) => lift(deps, tx, by, input),
    undo: (tx: Tx, by: Actor, auditId: AuditId, reason = '') => undo(deps, tx, by, { auditId, reason }),
    videos: videoList(db),
    purgeDue: () => purgeDue(deps),
    appeal: (tx: Tx, input: Parameters<typeof appeal>[2]) => appeal(deps, tx, input),
    decideAppeal: (tx: Tx, by: Actor, decision: Decision) => decideAppeal(deps, tx, by, decision),
    ...appealQueries(db),
    ...letters,

    /** Sets when what these hide is removed for good, as far as it is not yet; null: not before somebody says so. */
    async keepUntil(tx: Tx, ids: readonly MeasureId[], until: Date | null): Promise<void> {
      await tx('measures')
        .whereRaw('id = any(?::bigint[])', [[...ids]])
        .where({ lifted_at: null, purged_at: null })
        // What was only muted is never removed for good.
        .whereIn('measure', purgedMeasures)
        .update({ purge_at: until });
    },

    async byId(id: MeasureId): Promise<Measure | null> {
      const row: MeasureRow | undefined = await db('measures').where({ id }).first();
      return row ? measureFromRow(row) : null;
    },

    /** Of these, in no order. */
    async among(measureIds: readonly MeasureId[]): Promise<Measure[]> {
      if (measureIds.length === 0) return [];
      const rows: MeasureRow[] = await db('measures').whereRaw('id = any(?::bigint[])', [[...measureIds]]);
      return rows.map(measureFromRow);
    },

    /** All that was ever done to this very account or post, newest first. */
    async of(target: Target): Promise<Measure[]> {
      const rows: MeasureRow[] = await ofTarget(target);
      return rows.map(measureFromRow);
    },

    /** What is in force on it. */
    async live(target: Target): Promise<Measure[]> {
      const rows: MeasureRow[] = await ofTarget(target).where({ lifted_at: null });
      return rows.map(measureFromRow);
    },

    /** All that was done to an account and its posts, newest first; for the staff. */
    async ofAccount(accountId: AccountId, page: Page): Promise<Measure[]> {
      const rows: MeasureRow[] = await db('measures')
        .where({ account_id: accountId })
        .modify(within(page, 'id'))
        .select('*');
      return (page.minId === null ? rows : rows.reverse()).map(measureFromRow);
    },

    /** What somebody was told of, newest first. */
    async strikesOf(accountId: AccountId): Promise<Measure[]> {
      const rows: MeasureRow[] = await db('measures')
        .where({ account_id: accountId })
        .whereNotNull('strike')
        .orderBy('id', 'desc')
        .limit(measureLimits.maxListed);
      return rows.map(measureFromRow);
    },

    /** The latest suspension of an account that is in force; null where there is none. */
    async suspensionOf(accountId: AccountId): Promise<Measure | null> {
      const row: MeasureRow | undefined = await db('measures')
        .where({ target_kind: 'account', target_id: accountId, measure: 'suspend', lifted_at: null })
        .first();
      return row ? measureFromRow(row) : null;
    },
  };
}

/** What is written to people about measures, and the links by which they answer without being signed in. */
function correspondence({ mail, instanceSecret, domain, instance, ruleText }: Deps) {
  const key = purposeKey({ instanceSecret, purpose: 'appeal-link' });
  const macOf = (id: MeasureId) => createHmac('sha256', key).update(id).digest('base64url').slice(0, 22);
  const tokenFor = (id: MeasureId): string => `${id}.${macOf(id)}`;
  const appealLink = (id: MeasureId): string => mail.link('/settings/status', { token: tokenFor(id) });
  const wordsOfRules = (measure: Measure) => measure.ruleIds.flatMap((id) => ruleText(id) ?? []);

  async function reach(conn: Tx, accountId: AccountId) {
    if (!mail.isOn) return null;
    const row = await conn('users')
      .join('accounts', 'accounts.id', 'users.account_id')
      .where({ account_id: accountId, unconfirmed: false })
      .whereNotNull('users.email')
      .first('users.email', 'accounts.username');
    return row
      ? { to: row.email as string, whom: { handle: `@${row.username}@${domain}`, server: instance.name } }
      : null;
  }

  return {
    appealLink,
    wordsOfRules,

    /** The measure that a link of ours names, or null: nobody else can name one. */
    measureOfToken(token: string): MeasureId | null {
      const [text = '', mac = ''] = token.split('.');
      const id = parseId<'measure'>(text);
      return id !== null && timingSafeEqualText(mac, macOf(id)) ? id : null;
    },

    async writeTo(tx: Tx, measure: Measure, about: 'taken' | 'lifted'): Promise<void> {
      const person = await reach(tx, measure.accountId);
      if (!person) return;
      const { to, whom } = person;
      const link = appealLink(measure.id);
      const letter =
        about === 'taken'
          ? statementLetter(whom, { measure, rules: wordsOfRules(measure), appealLink: link })
          : liftedLetter(whom, link, measure.strike ?? 0);
      await mail.write(tx, { kind: `measure-${about}`, accountId: measure.accountId, to, letter });
    },

    async tellOfAnswer(tx: Tx, { accountId, measureId, state, answer }: Appeal): Promise<void> {
      const person = await reach(tx, accountId);
      if (!person) return;
      const letter = answerLetter(person.whom, appealLink(measureId), {
        accepted: state === 'accepted',
        answer,
      });
      await mail.write(tx, { kind: 'appeal-answer', accountId, to: person.to, letter });
    },
  };
}
