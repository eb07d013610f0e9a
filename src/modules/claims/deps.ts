import type { Db, InTx, Tx } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Clock } from '../../lib/clock.ts';
import type { IdSource } from '../../lib/ids.ts';
import type { Hashes } from '../hashes/index.ts';
import type { Mail } from '../mail/index.ts';
import type { Measures } from '../moderation/index.ts';
import type { Actor, Audit } from '../staff/index.ts';

/** What follows of claims; the staff may change it while the server runs. */
export interface ClaimRules {
  readonly waitingDays: number;
  readonly repeatLimit: number | null;
  readonly repeatDays: number;
  readonly repeatAction: 'tell' | 'suspend';
}

export interface ClaimDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly enqueue: Enqueue;
  readonly audit: Audit;
  readonly mail: Mail;
  readonly measures: Measures;
  readonly hashes: Hashes;
  readonly rules: ClaimRules;
  readonly instanceSecret: string;
  readonly origin: string;
  readonly unlistedDomains: UnlistedDomains;
  /** Host part of handles. */
  readonly domain: string;
  /** As people see it. */
  readonly instance: { readonly name: string };
  /** Tells those who work on reports that something waits for them; once for each subject. */
  readonly tellStaff: (tx: Tx, subject: string) => Promise<void>;
}

/** Who takes what follows from a decision, and brings it back. */
export const SERVER: Actor = { kind: 'server', name: 'copyright-claims' };
