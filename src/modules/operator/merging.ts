import { portionLimits } from '../../../config/account-limits.ts';
import type { InTx, Tx } from '../../db/database.ts';
import { takeOver } from '../../db/take-over.ts';
import type { VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Account, type Accounts, lockCounts } from '../accounts/index.ts';
import { recountReactions } from '../counters/index.ts';
import type { Measures } from '../moderation/index.ts';
import { signalHearing } from '../signals/index.ts';
import type { Social } from '../social/index.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';

export interface MergingDeps {
  readonly audit: Audit;
  readonly accounts: Accounts;
  readonly social: Pick<Social, 'moveBlocks' | 'moveFollowers' | 'followersAfter'>;
  readonly measures: Pick<Measures, 'live'>;
}

export interface Merged {
  /** Of people here who follow, and now follow the other one. */
  readonly followers: number;
  /** Rows that name the other one now, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** What both had, and one has now. */
  readonly dropped: number;
}

type Refusal = 'permission-missing' | 'yourself' | 'local-account' | 'not-the-same' | 'measures-in-force';

/**
 * Makes one of two rows of one account of another server, as there are where its server gave it another id. Never of accounts of
 * this server: those know themselves who they are, and move with the consent of both.
 */
export function createMerging({ audit, accounts, social, measures }: MergingDeps) {
  async function whyNot(by: Actor, { from, to, force }: MergeInput): Promise<Result<object, Refusal>> {
    const allowed = permitted(by, 'accounts');
    if (!allowed.ok) return allowed;
    if (from.id === to.id) return fail('yourself', 'That is one and the same account.');
    if (from.domain === null || to.domain === null) {
      return fail(
        'local-account',
        'Accounts of this server are not merged. Their owners move them, or “vireo user move-to” does it for them.',
      );
    }
    if (to.state !== 'active')
      return fail('not-the-same', `${to.acct} is not active here. Ask for it first: vireo actor refresh.`);
    if (!force && !isSame(from, to)) {
      return fail(
        'not-the-same',
        `${to.acct} neither has the name of ${from.acct} on the same server nor names it as an alias. If you are sure that both are the same person’s, add --force.`,
      );
    }
    const live = await Promise.all([from, to].map(({ id }) => measures.live({ kind: 'account', id })));
    if (live.flat().length > 0) {
      return fail(
        'measures-in-force',
        'Something was done to one of them by the staff. Take it back first, and do it again to the one that stays.',
      );
    }
    return ok();
  }

  /** Asks anew in the name of everybody here, as after a move: the server of the account has to know who follows. */
  async function moveFollows(tx: Tx, from: Account, to: Account): Promise<number> {
    const limit = portionLimits.follows;
    for (let afterId: string | null = '0'; afterId !== null; )
      afterId = await social.moveBlocks(tx, { from, to }, { afterId, limit });
    let count = 0;
    for (let place = '0'; ; ) {
      const { lastId, rows } = await social.followersAfter(tx, from.id, { afterId: place, limit });
      if (lastId === null) return count;
      await lockCounts(tx, [from.id, to.id, ...rows]);
      const followers = await accounts.byIds(rows);
      const here = rows.flatMap((id) => followers.get(id) ?? []);
      await social.moveFollowers(tx, { from, to }, here);
      count += here.length;
      place = lastId;
    }
  }

  return {
    async merge(by: Actor, input: MergeInput, inTx: InTx): Promise<Result<{ merged: Merged }, Refusal>> {
      const refused = await whyNot(by, input);
      if (!refused.ok) return refused;
      const { from, to, reason } = input;
      return inTx(async (tx) => {
        const followers = await moveFollows(tx, from, to);
        const videos: VideoId[] = await tx('videos').where({ account_id: from.id }).pluck('id');
        const { rows, dropped, videos: counted } = await takeOver(tx, from.id, to.id);
        await recountReactions(tx, counted);
        await signalHearing.onVideo.all(
          tx,
          videos.map((videoId) => ({ videoId })),
        );
        await accounts.markMerged(tx, from.id, to.id);
        const merged: Merged = { followers, rows, dropped };
        const target = { kind: 'account', id: to.id } as const;
        const detail = { fromId: from.id, ...merged };
        await audit.record(tx, by, { action: 'user.merge', target, reason, detail });
        return ok({ merged });
      });
    },
  };
}

export interface MergeInput {
  readonly from: Account;
  readonly to: Account;
  /** Whoever asks knows that both are the same. */
  readonly force: boolean;
  readonly reason: string;
}

/** A name that another id took keeps a mark behind it. */
const nameOf = ({ acct }: Account) => acct.toLowerCase();

function isSame(from: Account, to: Account): boolean {
  return nameOf(from) === nameOf(to) || to.alsoKnownAs.includes(from.actorUri);
}
