import { notificationLimits } from '../../../config/live-limits.ts';
import type { Tx } from '../../db/database.ts';
import { notMutedBy } from '../../db/feed.ts';
import type { Emit } from '../../db/outbox.ts';
import {
  accountVisibleTo,
  commentVisibleTo,
  SEVERITY,
  UNDER_RAID,
  type UnlistedDomains,
  visibleTo,
} from '../../db/visibility.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, NotificationId } from '../../lib/ids.ts';
import type { notificationEvents } from './events.ts';
import { groupKeyOf, type News, typesOfUnseen } from './model.ts';

export interface TellingDeps {
  readonly clock: Clock;
  readonly emit: Emit<typeof notificationEvents>;
  /** Whether accounts of domains without a policy are shown. */
  readonly unlistedDomains: UnlistedDomains;
}

interface ToldRow {
  readonly id: NotificationId;
  readonly account_id: AccountId;
  readonly filtered: boolean;
  readonly is_new: boolean;
}

/**
 * Tells people of this server what they want to hear and may see: nothing of what they did themselves, of people
 * they block, mute or do not see, in threads they muted, of types they turned off, or about posts they may not see
 * (security.md P1). What was told before is not told again, even where it was undone and done once more; then it is
 * shown as it was. One statement, whatever the number.
 */
export async function tell(deps: TellingDeps, tx: Tx, news: readonly News[]): Promise<void> {
  if (news.length === 0) return;
  const { rows } = await tx.raw<{ rows: ToldRow[] }>(
    `insert into notifications (account_id, type, from_account_id, video_id, comment_id, report_id, measure_id, pack_id,
                                subject, group_key, filtered)
     ?
     on conflict (account_id, subject) do update
       set type = excluded.type,
           state = case notifications.state when 'undone' then 'shown' else notifications.state end
       where notifications.state = 'undone' or notifications.type <> excluded.type
     returning id, account_id, filtered, xmax = 0 as is_new`,
    [wanted(deps, tx, news)],
  );
  const added = rows.filter((row) => row.is_new);
  await forgetOldest(tx, [...new Set(added.map((row) => row.account_id))]);
  await deps.emit(
    tx,
    'notification.added',
    added
      .filter((row) => !row.filtered)
      .map((row) => ({ notificationId: row.id, accountId: row.account_id })),
  );
}

/** Of types that nobody sets aside: they are about oneself, or of those one asked to hear of. */
const ALWAYS_TOLD = [
  'status',
  'update',
  'admin.sign_up',
  'admin.report',
  'admin.upkeep',
  'moderation_warning',
  'vireo.published',
  ...typesOfUnseen,
  'vireo.report',
];

/** What of mentions a comment is to the one who is told; also where it names the person besides. Null: neither. */
const MENTION_KIND = `(
  select case when parents.account_id = news.account_id then 'vireo.reply'
              when comments.parent_id is null and videos.account_id = news.account_id then 'vireo.comment' end
    from comments
    join videos on videos.id = comments.video_id
    left join comments as parents on parents.id = comments.parent_id
   where comments.id = news.comment_id)`;

/** The rows to be inserted, in one order for all, so that two relays do not wait for each other. */
function wanted(deps: TellingDeps, tx: Tx, news: readonly News[]) {
  const recipient = tx.raw('news.account_id');
  const unlisted = deps.unlistedDomains;
  return tx
    .select('news.account_id', 'news.type', 'news.from_account_id')
    .select('news.video_id', 'news.comment_id', 'news.report_id', 'news.measure_id', 'news.pack_id')
    .select('news.subject', 'news.group_key')
    .select(tx.raw(`verdict.actions @> '{filter}'`))
    .distinctOn('news.account_id', 'news.subject')
    .from(candidates(deps, tx, news))
    .joinRaw(`join accounts as told on told.id = news.account_id`)
    .joinRaw(`left join notification_policies as policy on policy.account_id = news.account_id`)
    .joinRaw('cross join lateral (?) as verdict', [verdict(tx)])
    .where({ 'told.domain': '', 'told.state': 'active', 'told.owner_id': null })
    .whereRaw(
      `(news.account_id <> news.from_account_id or news.type like 'vireo.%' or news.type = 'moderation_warning')`,
    )
    .whereRaw(`not news.type = any(coalesce(policy.muted_types, '{}'))`)
    .whereRaw(
      `(policy.muted_types is null or news.type <> 'mention' or not coalesce(${MENTION_KIND} = any(policy.muted_types), false))`,
    )
    .whereRaw(`not verdict.actions @> '{drop}'`)
    .where((shown) =>
      shown
        .whereLike('news.type', 'admin.%')
        .orWhereExists((from) =>
          from
            .select('accounts.id')
            .from('accounts')
            .whereRaw('accounts.id = news.from_account_id')
            .modify(accountVisibleTo(recipient, unlisted)),
        ),
    )
    .where((seen) =>
      seen
        .whereNull('news.video_id')
        .orWhereIn('news.type', typesOfUnseen)
        .orWhereExists((video) =>
          video
            .select('videos.id')
            .from('videos')
            .whereRaw('videos.id = news.video_id')
            .modify(visibleTo(recipient, unlisted)),
        ),
    )
    .where((seen) =>
      seen
        .whereNull('news.comment_id')
        .orWhereExists((comment) =>
          comment
            .select('comments.id')
            .from('comments')
            .join('videos', 'videos.id', 'comments.video_id')
            .whereRaw('comments.id = news.comment_id')
            .modify(commentVisibleTo(recipient, unlisted)),
        ),
    )
    .modify(notMutedBy(recipient, 'news.from_account_id', 'notifications'))
    .whereNotExists((mute) =>
      mute
        .select('thread_mutes.video_id')
        .from('thread_mutes')
        .whereRaw('thread_mutes.account_id = news.account_id')
        .whereRaw(
          `thread_mutes.video_id = coalesce(news.video_id,
             (select comments.video_id from comments where comments.id = news.comment_id))`,
        ),
    )
    .orderBy(['news.account_id', 'news.subject']);
}

function candidates({ clock }: TellingDeps, tx: Tx, news: readonly News[]) {
  const now = clock.now();
  const rows = news.map((one) => ({
    account_id: one.accountId,
    type: one.type,
    from_account_id: one.fromId,
    video_id: one.videoId ?? null,
    comment_id: one.commentId ?? null,
    report_id: one.reportId ?? null,
    measure_id: one.measureId ?? null,
    pack_id: one.packId ?? null,
    subject: one.subject,
    group_key: groupKeyOf(one, now),
  }));
  return tx.raw(
    `jsonb_to_recordset(?) as news (account_id bigint, type text, from_account_id bigint, video_id bigint,
                                    comment_id bigint, report_id bigint, measure_id bigint, pack_id bigint, subject text, group_key text)`,
    [JSON.stringify(rows)],
  );
}

/**
 * What the recipient's policy says of one who tells: each of its parts that fits has its say. Nobody is set aside
 * whom the recipient let through by name, nor the staff of this server.
 */
function verdict(tx: Tx) {
  return tx.raw(
    `select case when news.type = any(?) or facts.is_trusted then '{}'::text[] else array_remove(array[
              case when not facts.followed then policy.for_not_following end,
              case when not facts.followed and news.type = 'mention' and ${UNDER_RAID} then 'filter' end,
              case when not facts.follows then policy.for_not_followers end,
              case when facts.is_new and not facts.followed then policy.for_new_accounts end,
              case when facts.is_private and not facts.followed then policy.for_private_mentions end,
              case when facts.is_limited and not facts.followed then coalesce(policy.for_limited_accounts, 'filter') end], null)
            end as actions
       from (select
         exists (select from follows where follower_id = news.account_id and target_id = news.from_account_id
                                       and state = 'accepted') as followed,
         exists (select from follows where follower_id = news.from_account_id and target_id = news.account_id
                                       and state = 'accepted') as follows,
         accounts.created_at > now() - ? * interval '1 ms' as is_new,
         news.type = 'mention' and coalesce(
           (select visibility from comments where id = news.comment_id),
           (select visibility from videos where id = news.video_id)) = 'direct'
           and not exists (select from comments as own join comments as answer on answer.parent_id = own.id
                            where answer.id = news.comment_id and own.account_id = news.account_id) as is_private,
         accounts.domain <> '' and ${SEVERITY} is not distinct from 'silence' as is_limited,
         exists (select from notification_permissions as permission
                  where permission.account_id = news.account_id
                    and permission.from_account_id = news.from_account_id)
           or exists (select from users where users.account_id = news.from_account_id
                                          and users.role <> 'user') as is_trusted
         from accounts where accounts.id = news.from_account_id) as facts`,
    [ALWAYS_TOLD, notificationLimits.newAccountMs],
  );
}

/** Nobody's list grows for ever. */
async function forgetOldest(tx: Tx, accountIds: readonly AccountId[]): Promise<void> {
  if (accountIds.length === 0) return;
  await tx.raw(
    `delete from notifications using unnest(?::bigint[]) as told (id)
      where notifications.account_id = told.id
        and notifications.id <= (select id from notifications as kept where kept.account_id = told.id
                                  order by id desc offset ? limit 1)`,
    [[...accountIds], notificationLimits.kept],
  );
}
