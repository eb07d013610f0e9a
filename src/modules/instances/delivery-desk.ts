import type { Result } from '../../lib/result.ts';
import type { Actor } from '../staff/index.ts';

/** Which dead letters are meant: one by its id, those of one host, or all. */
export type DeadLetterChoice =
  | { readonly kind: 'one'; readonly id: string }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'all' };

/** A delivery to another server that was given up. */
export interface DeadDelivery {
  readonly id: string;
  readonly host: string;
  readonly inbox: string;
  /** Id and type of the activity, and the account it is of. */
  readonly activity: string;
  readonly type: string;
  readonly accountId: string;
  readonly attempts: number;
  /** Null where there was no answer. */
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  /** When it was made, or last redelivered. */
  readonly queuedAt: Date;
  readonly diedAt: Date;
}

/** A host that does not answer as it should. */
export interface FailingHost {
  readonly host: string;
  readonly failingSince: Date;
  readonly failures: number;
  /** When it is tried again; null while it is not yet held back. */
  readonly nextProbeAt: Date | null;
}

/** Part of the list of dead letters, newest first. */
export interface DeadLetterPage {
  readonly host: string | null;
  /** Only those made before, or after, the one with this id. */
  readonly maxId: string | null;
  readonly minId: string | null;
  readonly limit: number;
}

type Counted = Promise<Result<{ count: number }, 'permission-missing'>>;

/** What an admin sees and does about deliveries; the federation side implements it. */
export interface DeliveryDesk {
  dead(page: DeadLetterPage): Promise<DeadDelivery[]>;
  /** With the activity as it was to be sent. Null where there is no such dead letter. */
  show(id: string): Promise<{ letter: DeadDelivery; body: string } | null>;
  /** Queues dead letters again, for another week of tries, and probes their hosts at once. Returns how many. */
  retry(by: Actor, choice: DeadLetterChoice): Counted;
  /** Deletes dead letters for good. Returns how many. */
  discard(by: Actor, choice: DeadLetterChoice): Counted;
  /** How many of them there are. */
  count(choice: DeadLetterChoice): Promise<number>;
  /** Tries what waits for a host at once, its dead letters too. Returns how many of these were queued again. */
  retryHost(by: Actor, host: string): Counted;
  /** Those that fail for longest, first. */
  failingHosts(limit: number): Promise<FailingHost[]>;
}
