import type { Db, InTx, Tx } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Clock } from '../../lib/clock.ts';
import type { FaspId, IdSource } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { JsonValue } from '../../lib/net/bounded-json.ts';
import type { AddressPolicy } from '../../lib/net/ip-policy.ts';
import type { Failure, Ok } from '../../lib/result.ts';
import type { Accounts, RemoteLookup } from '../accounts/index.ts';
import type { Instances } from '../instances/index.ts';
import type { Audit } from '../staff/index.ts';
import type { ProviderKeys } from './keys.ts';

/** Why a provider could not be asked, with its status and the pause that it asks for, where it answered so. */
export type NotAsked = Failure<'failed'> & { readonly status?: number; readonly pauseMs?: number };

/** Sends a signed request to a provider, and believes an answer that is signed alone. */
export type AskProvider = (
  provider: ProviderKeys,
  request: {
    readonly method: 'GET' | 'POST' | 'DELETE';
    /** Below its base address. */
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly json?: unknown;
    readonly deadlineMs?: number;
    readonly signal?: AbortSignal;
  },
) => Promise<Ok<{ status: number; json: JsonValue | null }> | NotAsked>;

export interface FaspDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly enqueue: Enqueue;
  readonly audit: Audit;
  readonly policy: AddressPolicy;
  readonly ports: readonly number[];
  readonly instances: Pick<Instances, 'isBlocked'>;
  readonly instanceSecret: string;
  readonly ownHost: string;
  readonly unlistedDomains: UnlistedDomains;
  readonly ask: AskProvider;
  readonly log: Logger;
  readonly accounts: Pick<Accounts, 'byActorUris'>;
  /** Asks the server of an account for it. */
  readonly lookup: Pick<RemoteLookup, 'actor'>;
  /** Hears which posts trend by a provider: candidates, which are looked at at their own servers. */
  readonly hearTrends: (tx: Tx, id: FaspId, posts: readonly TrendingPost[]) => Promise<void>;
}

/** A post that trends by a provider; `rank` is 1 to 100, which is the best. */
export interface TrendingPost {
  readonly uri: string;
  readonly rank: number;
}
