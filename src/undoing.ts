import type { InTx, Tx } from './db/database.ts';
import type { AuditId, FaspId, PackId, PlaylistId, SoundId } from './lib/ids.ts';
import { type Failure, fail, ok, type Result } from './lib/result.ts';
import type { Announcements } from './modules/announcements/index.ts';
import type { Auth } from './modules/auth/index.ts';
import type { Branding } from './modules/branding/index.ts';
import type { Claims } from './modules/claims/index.ts';
import type { Domains } from './modules/domains/index.ts';
import type { Exchange } from './modules/exchange/index.ts';
import type { Fasp } from './modules/fasp/index.ts';
import type { Hashes } from './modules/hashes/index.ts';
import type { Holding } from './modules/holding/index.ts';
import type { ServerLock } from './modules/maintenance/index.ts';
import type { LegalHolds, Measures, ReportDesk } from './modules/moderation/index.ts';
import type { Packs } from './modules/packs/index.ts';
import type { Playlists } from './modules/playlists/index.ts';
import type { Raid } from './modules/raid/index.ts';
import type { Recommending } from './modules/recommending/index.ts';
import type { Relays } from './modules/relays/index.ts';
import type { Rules } from './modules/rules/index.ts';
import type { Settings } from './modules/settings/index.ts';
import type { Sounds } from './modules/sounds/index.ts';
import {
  type Actor,
  type Audit,
  type AuditEntry,
  type KeptTable,
  type Restored,
  type UndoWay,
  undoable,
} from './modules/staff/index.ts';
import type { LiveTrends } from './modules/trending/index.ts';
import type { Work } from './modules/work/index.ts';
import type { StaffSide } from './staff-side.ts';

interface Parts {
  readonly inTx: InTx;
  readonly audit: Audit;
  readonly auth: Auth;
  readonly measures: Measures;
  readonly reportDesk: ReportDesk;
  readonly legalHolds: LegalHolds;
  readonly domains: Domains;
  readonly exchange: Exchange;
  readonly fasp: Fasp;
  readonly settings: Settings;
  readonly staff: StaffSide;
  readonly rules: Rules;
  readonly hashes: Hashes;
  readonly sounds: Sounds;
  readonly holding: Holding;
  readonly raid: Raid;
  readonly announcements: Announcements;
  readonly branding: Branding;
  readonly trending: LiveTrends;
  readonly recommending: Recommending;
  readonly relays: Relays;
  readonly work: Work;
  readonly serverLock: ServerLock;
  readonly claims: Claims;
  readonly packs: Packs;
  readonly playlists: Pick<Playlists, 'setTakenDown'>;
}

/** What is asked for, and from where: whoever takes something back must not lock themselves out. */
export interface UndoAsk {
  readonly auditIds: readonly AuditId[];
  readonly reason: string;
  /** Null at the command line. */
  readonly from?: string | null;
}

export type Undoing = ReturnType<typeof createUndoing>;

/** Taking one entry back; refused where something else was done since. */
type Undo = (tx: Tx, by: Actor, entry: AuditEntry, reason: string, from: string | null) => Promise<Result>;

/** Takes back what the audit log tells of, whatever it was: each by the command that its module has for it. */
export function createUndoing(parts: Parts) {
  const ways = waysOf(parts);

  async function undoOne(tx: Tx, by: Actor, id: AuditId, { reason, from = null }: UndoAsk): Promise<Result> {
    const entry = await parts.audit.byId(tx, id);
    if (entry === null) return fail('not-found', 'There is no such entry in the audit log.');
    const undoing = undoable[entry.action];
    if ('why' in undoing) return fail('not-undoable', undoing.why);
    if (entry.undoneBy !== null) return fail('undone-before', 'This was taken back already.');
    return ways[undoing.way](tx, by, entry, reason, from);
  }

  return {
    /**
     * Takes entries back, all or none, in a transaction of its own: the newest first, since what was done last is in the way of
     * what was done before.
     */
    async undo(by: Actor, asked: UndoAsk): Promise<Result<{ auditIds: readonly AuditId[] }>> {
      const newestFirst = asked.auditIds.toSorted((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1));
      const refused: Failure[] = [];
      try {
        return await parts.inTx(async (tx) => {
          const undone: AuditId[] = [];
          await parts.reportDesk.lockOf(tx, newestFirst);
          for (const id of newestFirst) {
            const outcome = await undoOne(tx, by, id, asked);
            if (!outcome.ok) {
              refused.push(outcome);
              throw ROLLED_BACK;
            }
            undone.push(...(await parts.audit.undoingOf(tx, id)));
          }
          return ok({ auditIds: undone });
        });
      } catch (error) {
        const [refusal] = refused;
        if (error !== ROLLED_BACK || !refusal) throw error;
        return refusal;
      }
    },
  };
}

const ROLLED_BACK = new Error('One of them is refused, so none is taken back.');

function waysOf(parts: Parts): Readonly<Record<UndoWay, Undo>> {
  const { auth, measures, reportDesk, domains, settings, staff, recommending, relays, work, audit } = parts;
  const restored = restoredIn(parts);
  return {
    report: (tx, by, { id }) => reportDesk.undo(tx, by, id),
    pack: (tx, by, { id, target, action }, reason) =>
      parts.packs.setTakenDown(tx, by, {
        ...{ id: target.id as PackId, takenDown: action === 'pack.restore', reason, undoes: id },
      }),
    playlist: (tx, by, { id, target, action }, reason) =>
      parts.playlists.setTakenDown(tx, by, {
        ...{ id: target.id as PlaylistId, takenDown: action === 'playlist.restore', reason, undoes: id },
      }),
    measure: (tx, by, { id }, reason) => measures.undo(tx, by, id, reason),
    domain: (tx, by, { id }, reason) => domains.undo(tx, by, { auditId: id, reason }),
    draft: (tx, by, entry, reason) => domains.drafts.undoAcceptance(tx, by, entry, reason),
    setting: (tx, by, { id }) => settings.undo(tx, by, id),
    role: (tx, by, entry, reason) => staff.roles.undoAssignment(tx, by, entry, reason),
    ranking: (tx, by, entry, reason) => recommending.settings.undo(tx, by, entry, reason),
    relay(tx, by, { id, action, target, detail }, reason) {
      const why = { reason, undoes: id };
      if (action === 'relay.add') return relays.remove(tx, by, target.id, why);
      const since = typeof detail.since === 'string' ? detail.since : null;
      return relays.pause(tx, by, target.id, { isPaused: action === 'relay.resume', since, ...why });
    },
    held: (tx, by, { id }, reason) => parts.holding.undo(tx, by, id, reason),
    'legal-hold': (tx, by, entry, reason) => parts.legalHolds.undo(tx, by, entry, reason),
    raid: (tx, by, { id }, reason) => parts.raid.undo(tx, by, id, reason),
    announcement: (tx, by, { id }, reason) => parts.announcements.undo(tx, by, id, reason),
    invite: (tx, by, entry) => auth.invites.undo(tx, by, entry),
    queue: (tx, by, entry) => work.undo(tx, by, entry),
    lock: (tx, by, entry, reason) => parts.serverLock.undo(tx, by, entry, reason),
    claim: (tx, by, entry, reason) => parts.claims.undo(tx, by, entry, reason),
    quota: (tx, by, entry, reason) => staff.quotas.undo(tx, by, entry, reason),
    async rows(tx, by, entry, reason, from) {
      const outcome = await audit.putBack(tx, by, { entry, reason });
      if (!outcome.ok) return outcome;
      for (const row of outcome.restored) {
        const refusal = await restored[row.table](tx, row.key, from);
        if (refusal) return refusal;
      }
      return outcome;
    },
  };
}

/** What hangs on a row that was put back, or that was taken away again; a refusal, where it must not be. */
function restoredIn({ domains, exchange, fasp, staff, rules, hashes, sounds, trending, branding }: Parts) {
  type After = (tx: Tx, key: Restored['key'], from: string | null) => Promise<Failure | null>;
  const nothing: After = async () => null;
  const then =
    (after: (tx: Tx, key: Restored['key']) => Promise<unknown>): After =>
    async (tx, key) => {
      await after(tx, key);
      return null;
    };
  return {
    staff_roles: then((tx, { id = '' }) => staff.roles.restored(tx, id)),
    email_domain_blocks: nothing,
    ip_blocks: (tx, { id = '' }, from) => staff.joining.restored(tx, id, from),
    reserved_names: nothing,
    content_rules: then((tx) => rules.restored(tx)),
    listed_media: then((tx, { id = '' }) => hashes.restored(tx, id)),
    sound_rules: then((tx, { sound_id: id = '' }) => sounds.ruleRestored(tx, id as SoundId)),
    sound_rights: then((tx, { sound_id: id = '' }) => sounds.rightsRestored(tx, id as SoundId)),
    trend_decisions: then((tx, { of = '', subject = '' }) =>
      trending.decisions.restored(tx, { of, subject }),
    ),
    trend_trusts: then((tx, { domain = '' }) => trending.decisions.trustRestored(tx, domain)),
    instance_settings: nothing,
    instance_pictures: then(async () => branding.forget()),
    domain_subscriptions: then((tx) => domains.subscriptions.restored(tx)),
    domain_excludes: then((tx) => domains.subscriptions.restored(tx)),
    domain_drafts: nothing,
    block_watches: nothing,
    discovery_packs: then((tx, { id = '' }) => exchange.packs.restored(tx, id)),
    exchange_peers: then((tx, { id = '' }) => exchange.peers.restored(tx, id)),
    fasp_providers: then((tx, { id = '' }) => fasp.providers.restored(tx, id as FaspId)),
    fasp_capabilities: then((tx, { provider_id = '', capability = '' }) =>
      fasp.providers.restored(tx, provider_id as FaspId, capability),
    ),
    block_notices: nothing,
  } satisfies Readonly<Record<KeptTable, After>>;
}
