import type { AccountId, AuditId, Id, MeasureId, VideoId } from '../../lib/ids.ts';
import type { ListedId } from '../hashes/index.ts';

export type ClaimId = Id<'claim'>;
export type CounterId = Id<'counter-notice'>;

export const claimStates = ['unconfirmed', 'open', 'upheld', 'rejected', 'withdrawn', 'restored'] as const;
export type ClaimState = (typeof claimStates)[number];
export type ClaimStep = 'confirm' | 'uphold' | 'reject' | 'reopen' | 'reconsider' | 'restore' | 'withdraw';

/** What can become of a claim, by what it is. A claim that was withdrawn stays so. */
const CLAIM_STEPS: Readonly<Record<ClaimState, Readonly<Partial<Record<ClaimStep, ClaimState>>>>> = {
  unconfirmed: { confirm: 'open', withdraw: 'withdrawn' },
  open: { uphold: 'upheld', reject: 'rejected', withdraw: 'withdrawn' },
  upheld: { restore: 'restored', reconsider: 'open', withdraw: 'withdrawn' },
  rejected: { reopen: 'open' },
  restored: { uphold: 'upheld' },
  withdrawn: {},
};

export const counterStates = ['waiting', 'sued', 'accepted', 'rejected'] as const;
export type CounterState = (typeof counterStates)[number];
export type CounterStep = 'sue' | 'accept' | 'reject';

/** The same of a counter-notice: the staff may change its mind about it. */
const COUNTER_STEPS: Readonly<Record<CounterState, Readonly<Partial<Record<CounterStep, CounterState>>>>> = {
  waiting: { sue: 'sued', accept: 'accepted', reject: 'rejected' },
  sued: { accept: 'accepted', reject: 'rejected' },
  accepted: { reject: 'rejected' },
  rejected: { accept: 'accepted' },
};

/** What a claim becomes by a step; null where it cannot take it. */
export function afterStep(state: ClaimState, step: ClaimStep): ClaimState | null {
  return CLAIM_STEPS[state][step] ?? null;
}

/** What a counter-notice becomes by a step; null where it cannot take it. */
export function counterAfter(state: CounterState, step: CounterStep): CounterState | null {
  return COUNTER_STEPS[state][step] ?? null;
}

/** Who claims, as the form asks. */
export interface Claimant {
  readonly name: string;
  readonly email: string;
  readonly organisation: string;
  readonly address: string;
  /** ISO 3166-1, two letters. */
  readonly country: string;
  readonly actsAs: 'owner' | 'agent';
}

/** What somebody says is theirs, and is here. */
export interface Claim {
  readonly id: ClaimId;
  readonly state: ClaimState;
  readonly claimant: Claimant;
  readonly work: string;
  readonly originals: readonly string[];
  readonly signature: string;
  readonly createdAt: Date;
  /** Null: the address was never shown to be theirs. */
  readonly confirmedAt: Date | null;
  readonly decidedAt: Date | null;
  readonly decidedById: AccountId | null;
  /** As the claimant reads it. */
  readonly answer: string;
  readonly auditId: AuditId | null;
  /** As it was upheld last. */
  readonly soundPolicy: SoundPolicy;
}

export interface ClaimRow {
  readonly id: ClaimId;
  readonly state: ClaimState;
  readonly name: string;
  readonly email: string;
  readonly organisation: string;
  readonly address: string;
  readonly country: string;
  readonly acts_as: Claimant['actsAs'];
  readonly work: string;
  readonly originals: string[];
  readonly signature: string;
  readonly created_at: Date;
  readonly confirmed_at: Date | null;
  readonly decided_at: Date | null;
  readonly decided_by_id: AccountId | null;
  readonly answer: string;
  readonly audit_id: AuditId | null;
  readonly suspensions: MeasureId[];
  readonly sound_policy: SoundPolicy;
}

export function claimFromRow(row: ClaimRow): Claim {
  const { name, email, organisation, address, country, acts_as: actsAs } = row;
  return {
    id: row.id,
    state: row.state,
    claimant: { name, email, organisation, address, country, actsAs },
    work: row.work,
    originals: row.originals,
    signature: row.signature,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
    decidedAt: row.decided_at,
    decidedById: row.decided_by_id,
    answer: row.answer,
    auditId: row.audit_id,
    soundPolicy: row.sound_policy,
  };
}

/** What becomes of videos that were made with the sound of a claimed one: nothing, they are muted, or they go with it. */
export const soundPolicies = ['keep', 'mute', 'remove'] as const;
export type SoundPolicy = (typeof soundPolicies)[number];

/** How a video came to be among those of a claim. */
export const vias = ['claimed', 'file', 'picture', 'remix', 'sound'] as const;
export type Via = (typeof vias)[number];
/** Videos of people who took what was offered to them, and posted nothing as their own: it counts for nothing against them. */
export const lentVias: readonly Via[] = ['remix', 'sound'];

/** A video of a claim, and what was done to it. */
export interface ClaimVideo {
  readonly claimId: ClaimId;
  readonly videoId: VideoId;
  readonly accountId: AccountId;
  readonly url: string;
  readonly via: Via;
  readonly viaVideoId: VideoId | null;
  readonly measureId: MeasureId | null;
  readonly removedAt: Date | null;
  readonly restoredAt: Date | null;
}

export interface ClaimVideoRow {
  readonly id: Id<'claim-video'>;
  readonly claim_id: ClaimId;
  readonly video_id: VideoId;
  readonly account_id: AccountId;
  readonly url: string;
  readonly via: Via;
  readonly via_video_id: VideoId | null;
  readonly measure_id: MeasureId | null;
  readonly owns_measure: boolean;
  readonly listed_id: ListedId | null;
  readonly removed_at: Date | null;
  readonly restored_at: Date | null;
  readonly awaits: 'removal' | 'return' | null;
  readonly return_reason: string | null;
}

export function claimVideoFromRow(row: ClaimVideoRow): ClaimVideo {
  return {
    claimId: row.claim_id,
    videoId: row.video_id,
    accountId: row.account_id,
    url: row.url,
    via: row.via,
    viaVideoId: row.via_video_id,
    measureId: row.measure_id,
    removedAt: row.removed_at,
    restoredAt: row.restored_at,
  };
}

/** What an uploader answers to a removal. */
export interface Counter {
  readonly id: CounterId;
  readonly claimId: ClaimId;
  readonly accountId: AccountId;
  readonly name: string;
  readonly address: string;
  readonly country: string;
  readonly text: string;
  readonly signature: string;
  readonly state: CounterState;
  readonly createdAt: Date;
  /** When the videos come back, unless the claimant goes to court. */
  readonly dueAt: Date;
  readonly court: string;
  readonly answer: string;
}

export interface CounterRow {
  readonly id: CounterId;
  readonly claim_id: ClaimId;
  readonly account_id: AccountId;
  readonly name: string;
  readonly address: string;
  readonly country: string;
  readonly text: string;
  readonly signature: string;
  readonly state: CounterState;
  readonly created_at: Date;
  readonly due_at: Date;
  readonly court: string;
  readonly answer: string;
  readonly audit_id: AuditId | null;
}

export function counterFromRow(row: CounterRow): Counter {
  return {
    id: row.id,
    claimId: row.claim_id,
    accountId: row.account_id,
    name: row.name,
    address: row.address,
    country: row.country,
    text: row.text,
    signature: row.signature,
    state: row.state,
    createdAt: row.created_at,
    dueAt: row.due_at,
    court: row.court,
    answer: row.answer,
  };
}
