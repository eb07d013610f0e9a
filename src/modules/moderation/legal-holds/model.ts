import type { LegalHoldId } from '../../../lib/ids.ts';

/** What can be kept for authorities. */
export const legalHoldKinds = ['account', 'video', 'report'] as const;
export type LegalHoldKind = (typeof legalHoldKinds)[number];

export interface HoldTarget {
  readonly kind: LegalHoldKind;
  readonly id: string;
}

/** Evidence that stays, whatever becomes of what it was copied from. */
export interface LegalHold {
  readonly id: LegalHoldId;
  readonly target: HoldTarget;
  /** By what the staff knows it again: an address. */
  readonly label: string;
  readonly reason: string;
  /** The number of the case, as the authority calls it. */
  readonly reference: string;
  readonly createdAt: Date;
  readonly releasedAt: Date | null;
  readonly files: {
    readonly kept: number;
    /** They are being copied. */
    readonly waiting: number;
    /** They were gone before they could be copied. */
    readonly missing: number;
    /** Of everything that is kept, records included. */
    readonly bytes: number;
  };
}

/** One file of an export. */
export interface HeldItem {
  /** Its name in the export. */
  readonly path: string;
  /** Of a record, JSON; null for a file. */
  readonly content: string | null;
  readonly key: string | null;
  readonly state: 'waiting' | 'kept' | 'missing';
  /** In hex. */
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly keptAt: Date | null;
}

export interface HoldRow {
  readonly id: LegalHoldId;
  readonly created_at: Date;
  readonly target_kind: LegalHoldKind;
  readonly target_id: string;
  readonly label: string;
  readonly reason: string;
  readonly reference: string;
  readonly released_at: Date | null;
}

export interface CountedRow extends HoldRow {
  readonly kept: string;
  readonly waiting: string;
  readonly missing: string;
  readonly bytes: string;
}

export interface ItemRow {
  readonly id: string;
  readonly hold_id: LegalHoldId;
  readonly path: string;
  readonly content: string | null;
  readonly source_key: string | null;
  readonly key: string | null;
  readonly state: HeldItem['state'];
  readonly sha256: string | null;
  readonly bytes: string | null;
  readonly kept_at: Date | null;
}

export function holdFromRow(row: CountedRow): LegalHold {
  return {
    id: row.id,
    target: { kind: row.target_kind, id: row.target_id },
    ...{ label: row.label, reason: row.reason, reference: row.reference },
    ...{ createdAt: row.created_at, releasedAt: row.released_at },
    files: {
      ...{ kept: Number(row.kept), waiting: Number(row.waiting), missing: Number(row.missing) },
      bytes: Number(row.bytes),
    },
  };
}

export function itemFromRow(row: ItemRow): HeldItem {
  const { path, content, key, state, sha256, bytes, kept_at: keptAt } = row;
  return { path, content, key, state, sha256, bytes: bytes === null ? null : Number(bytes), keptAt };
}
