import type { AccountId, PackId } from '../../lib/ids.ts';

/** People whom somebody recommends together. */
export interface Pack {
  readonly id: PackId;
  readonly ownerId: AccountId;
  readonly title: string;
  readonly description: string;
  /** Id of the collection. */
  readonly uri: string;
  /** Its page. */
  readonly url: string;
  /** Null where it is of this server. */
  readonly fetchedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The staff took it from everybody but its owner. */
  readonly takenDown: boolean;
}

export interface PackFacts {
  readonly title: string;
  readonly description: string;
}

/** A pack as another server tells of it. */
export interface RemotePack extends PackFacts {
  readonly ownerId: AccountId;
  readonly uri: string;
  readonly url: string;
  readonly memberIds: readonly AccountId[];
}

export interface PackRow {
  readonly id: PackId;
  readonly account_id: AccountId;
  readonly title: string;
  readonly description: string;
  readonly uri: string;
  readonly url: string;
  readonly fetched_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly taken_down_at: Date | null;
}

/** Row to model. */
export function packFromRow(row: PackRow): Pack {
  return {
    id: row.id,
    ownerId: row.account_id,
    title: row.title,
    description: row.description,
    uri: row.uri,
    url: row.url,
    fetchedAt: row.fetched_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    takenDown: row.taken_down_at !== null,
  };
}

/**
 * Why somebody is not put into a pack: not to be found here, or no wish to be found by strangers, or left this pack before,
 * or no room left.
 */
export const memberRefusals = ['not-found', 'not-discoverable', 'left', 'full', 'already-in'] as const;
export type MemberRefusal = (typeof memberRefusals)[number];
