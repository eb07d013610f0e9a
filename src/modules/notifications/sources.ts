import { notificationLimits } from '../../../config/live-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { AccountId, CommentId, MeasureId, PackId, ReportId, VideoId } from '../../lib/ids.ts';
import { type Permission, permissionsOf, roles } from '../staff/index.ts';
import type { News } from './model.ts';
import { remixNews } from './remixes.ts';
import { type TellingDeps, tell } from './telling.ts';

interface Reacted {
  readonly accountId: AccountId;
  readonly videoId: VideoId | null;
  readonly commentId: CommentId | null;
  readonly uri: string;
}

interface Followed {
  readonly followerId: AccountId;
  readonly targetId: AccountId;
}

/** Who hears of which event. Each takes all events of its kind that come one after the other. */
export function newsSources(deps: TellingDeps) {
  const onVideos = (tx: Tx, events: readonly { videoId: VideoId }[]) => tellOfVideos(deps, tx, events);
  return {
    onLiked: { all: (tx: Tx, events: readonly Reacted[]) => tellOfLikes(deps, tx, events) },
    onUnliked: { all: (tx: Tx, events: readonly Reacted[]) => undo(tx, events, 'favourite') },
    onShared: {
      all: (tx: Tx, events: readonly Omit<Reacted, 'commentId'>[]) => tellOfShares(deps, tx, events),
    },
    onUnshared: {
      all: (tx: Tx, events: readonly Omit<Reacted, 'commentId'>[]) =>
        undo(
          tx,
          events.map((event) => ({ ...event, commentId: null })),
          'reblog',
        ),
    },
    onFollow: { all: (tx: Tx, events: readonly Followed[]) => tellOfFollows(deps, tx, events) },
    onFollowEnded: { all: undoFollows },
    onCommentPublished: {
      all: (tx: Tx, events: readonly { commentId: CommentId }[]) => tellOfComments(deps, tx, events),
    },
    /** A video of this server went out. */
    onVideoPublished: {
      async all(tx: Tx, events: readonly { videoId: VideoId }[]) {
        await tellAuthors(deps, tx, events, 'vireo.published');
        await onVideos(tx, events);
      },
    },
    onVideoDiscovered: { all: onVideos },
    ...remixNews(deps),
    onVideoRejected: {
      all: (tx: Tx, events: readonly { videoId: VideoId }[]) =>
        tellAuthors(deps, tx, events, 'vireo.rejected'),
    },
    /** Whoever is suspended reads of it elsewhere: in the mail, and where they sign in. */
    async onMeasure(tx: Tx, event: { measureId: MeasureId; accountId: AccountId }): Promise<void> {
      const { measureId, accountId } = event;
      const known = await tx('measures').where({ id: measureId }).whereNotNull('strike').first('id');
      if (!known) return;
      const subject = `moderation_warning:${measureId}`;
      const type = 'moderation_warning' as const;
      await tell(deps, tx, [{ type, accountId, fromId: accountId, measureId, subject }]);
    },
    /** Those of this server whom somebody put into a starter pack: they may leave it. */
    async onPacked(
      tx: Tx,
      {
        packId,
        ownerId,
        accountIds,
      }: { packId: PackId; ownerId: AccountId; accountIds: readonly AccountId[] },
    ): Promise<void> {
      const there = await tx('packs').where({ id: packId }).first('id');
      if (!there) return;
      const news = { type: 'vireo.pack', fromId: ownerId, packId, subject: `vireo.pack:${packId}` } as const;
      const others = accountIds.filter((id) => id !== ownerId);
      await tell(
        deps,
        tx,
        others.map((accountId) => ({ ...news, accountId })),
      );
    },
    onVideoEdited: {
      all: (tx: Tx, events: readonly { videoId: VideoId }[]) => tellOfEdits(deps, tx, events),
    },
    async onRegistered(tx: Tx, { accountId }: { accountId: AccountId }): Promise<void> {
      const isPerson = await tx('users').where({ account_id: accountId }).first('account_id');
      if (!isPerson) return;
      const subject = `admin.sign_up:${accountId}`;
      const news = { type: 'admin.sign_up', fromId: accountId, subject } as const;
      await tell(
        deps,
        tx,
        (await staff(tx, 'sign-ups')).map((staffId) => ({ ...news, accountId: staffId })),
      );
    },
    async onReported(tx: Tx, { reportId }: { reportId: ReportId }): Promise<void> {
      const report = await tx('reports').where({ id: reportId }).first('reporter_id');
      if (!report) return;
      const subject = `admin.report:${reportId}`;
      const news = { type: 'admin.report', fromId: report.reporter_id, reportId, subject } as const;
      await tell(
        deps,
        tx,
        (await staff(tx, 'reports')).map((staffId) => ({ ...news, accountId: staffId })),
      );
    },
    /** The reporter, where a person of this server, hears that it was looked at; what became of whom stays with the staff. */
    async onReportDecided(tx: Tx, { reportId }: { reportId: ReportId }): Promise<void> {
      const report = await tx('reports').where({ id: reportId }).first('reporter_id', 'state');
      const subject = `vireo.report:${reportId}`;
      if (!report) return;
      if (report.state === 'open') {
        await tx('notifications').where({ subject, state: 'shown' }).update({ state: 'undone' });
        return;
      }
      const by = report.reporter_id;
      await tell(deps, tx, [{ type: 'vireo.report', accountId: by, fromId: by, reportId, subject }]);
    },
    /** Whoever is blocked is not heard of any more, nor was. */
    async onBlocked(
      tx: Tx,
      { accountId, targetId }: { accountId: AccountId; targetId: AccountId },
    ): Promise<void> {
      await tx('notifications').where({ account_id: accountId, from_account_id: targetId }).delete();
    },
  };
}

/** Tells those of the staff who look after something that it needs them; once for each subject. */
export async function tellStaff(
  deps: TellingDeps,
  tx: Tx,
  {
    fromId,
    subject,
    permission = 'storage',
  }: { readonly fromId: AccountId; readonly subject: string; readonly permission?: Permission },
): Promise<void> {
  const news = { type: 'admin.upkeep', fromId, subject: `admin.upkeep:${subject}` } as const;
  await tell(
    deps,
    tx,
    (await staff(tx, permission)).map((staffId) => ({ ...news, accountId: staffId })),
  );
}

/** Those who may do something about it. */
function staff(tx: Tx, permission: Permission): Promise<AccountId[]> {
  return tx('users')
    .whereIn(
      'role',
      roles.filter((role) => permissionsOf(role).includes(permission)),
    )
    .orWhereIn('staff_role_id', tx('staff_roles').whereRaw('? = any(permissions)', [permission]).select('id'))
    .pluck('account_id');
}

/** Looked up again: what was taken back before its event came is no news. */
async function tellOfLikes(deps: TellingDeps, tx: Tx, events: readonly Reacted[]): Promise<void> {
  const rows: { by: AccountId; author: AccountId; video_id: VideoId | null; comment_id: CommentId | null }[] =
    await tx('likes')
      .leftJoin('videos', 'videos.id', 'likes.video_id')
      .leftJoin('comments', 'comments.id', 'likes.comment_id')
      .whereRaw(
        '(likes.account_id, likes.uri) in (select * from unnest(?::bigint[], ?::text[]))',
        pairs(events),
      )
      .select('likes.account_id as by', 'likes.video_id', 'likes.comment_id')
      .select(tx.raw('coalesce(videos.account_id, comments.account_id) as author'));
  await tell(
    deps,
    tx,
    rows.map(({ by, author, video_id: videoId, comment_id: commentId }) => ({
      ...{ accountId: author, type: 'favourite' as const, fromId: by, videoId, commentId },
      subject: reactionSubject('favourite', by, videoId ?? commentId),
    })),
  );
}

async function tellOfShares(
  deps: TellingDeps,
  tx: Tx,
  events: readonly Omit<Reacted, 'commentId'>[],
): Promise<void> {
  const rows: { by: AccountId; author: AccountId; videoId: VideoId }[] = await tx('shares')
    .join('videos', 'videos.id', 'shares.video_id')
    .whereRaw(
      '(shares.account_id, shares.uri) in (select * from unnest(?::bigint[], ?::text[]))',
      pairs(events),
    )
    .select('shares.account_id as by', 'videos.account_id as author', 'videos.id as videoId');
  await tell(
    deps,
    tx,
    rows.map(({ by, author, videoId }) => ({
      ...{ accountId: author, type: 'reblog' as const, fromId: by, videoId },
      subject: reactionSubject('reblog', by, videoId),
    })),
  );
}

function pairs(events: readonly { readonly accountId: AccountId; readonly uri: string }[]): string[][] {
  return [events.map(({ accountId }) => accountId), events.map(({ uri }) => uri)];
}

function reactionSubject(type: 'favourite' | 'reblog', by: AccountId, postId: string | null): string {
  return `${type}:${by}:${postId}`;
}

/** What was taken back is not shown any more, unless it was done again since. */
async function undo(tx: Tx, events: readonly Reacted[], type: 'favourite' | 'reblog'): Promise<void> {
  const subjects = events.map((event) =>
    reactionSubject(type, event.accountId, event.videoId ?? event.commentId),
  );
  const table = type === 'favourite' ? 'likes' : 'shares';
  await tx('notifications')
    .whereRaw(
      `account_id in (select account_id from videos where id = any(?)
                      union all select account_id from comments where id = any(?))`,
      [events.flatMap(({ videoId }) => videoId ?? []), events.flatMap(({ commentId }) => commentId ?? [])],
    )
    .whereRaw('subject = any(?)', [subjects])
    .where({ state: 'shown' })
    .whereNotExists((again) =>
      again
        .select('id')
        .from(table)
        .whereRaw(`${table}.account_id = notifications.from_account_id`)
        .whereRaw(
          type === 'favourite'
            ? '(likes.video_id = notifications.video_id or likes.comment_id = notifications.comment_id)'
            : 'shares.video_id = notifications.video_id',
        ),
    )
    .update({ state: 'undone' });
}

/** A request that was accepted becomes a follow. Who follows a channel follows its owner. */
async function tellOfFollows(deps: TellingDeps, tx: Tx, events: readonly Followed[]): Promise<void> {
  const rows: { by: AccountId; told: AccountId; isPending: boolean }[] = await tx('follows')
    .join('accounts', 'accounts.id', 'follows.target_id')
    .whereRaw(
      '(follows.follower_id, follows.target_id) in (select * from unnest(?::bigint[], ?::bigint[]))',
      [events.map(({ followerId }) => followerId), events.map(({ targetId }) => targetId)],
    )
    .whereIn('follows.state', ['pending', 'accepted'])
    .where('accounts.domain', '')
    .select('follows.follower_id as by')
    .select(tx.raw('coalesce(accounts.owner_id, accounts.id) as told'))
    .select(tx.raw(`follows.state = 'pending' as "isPending"`));
  await tell(
    deps,
    tx,
    rows.map(({ by, told, isPending }) => ({
      ...{ accountId: told, type: isPending ? ('follow_request' as const) : ('follow' as const), fromId: by },
      subject: `follow:${by}`,
    })),
  );
}

async function undoFollows(tx: Tx, events: readonly Followed[]): Promise<void> {
  await tx('notifications')
    .whereRaw('subject = any(?)', [events.map(({ followerId }) => `follow:${followerId}`)])
    .whereRaw('account_id in (select coalesce(owner_id, id) from accounts where id = any(?))', [
      events.map(({ targetId }) => targetId),
    ])
    .where({ state: 'shown' })
    .whereNotExists((still) =>
      still
        .select('follows.id')
        .from('follows')
        .join('accounts', 'accounts.id', 'follows.target_id')
        .whereRaw('follows.follower_id = notifications.from_account_id')
        .whereRaw('coalesce(accounts.owner_id, accounts.id) = notifications.account_id')
        .whereIn('follows.state', ['pending', 'accepted']),
    )
    .update({ state: 'undone' });
}

/** What is read of the past is no news. */
function isNews(tx: Tx, table: 'videos' | 'comments') {
  return tx.raw(`${table}.published_at > now() - ? * interval '1 ms'`, [notificationLimits.newsMs]);
}

/** Those whom a comment names or answers. */
async function tellOfComments(
  deps: TellingDeps,
  tx: Tx,
  events: readonly { commentId: CommentId }[],
): Promise<void> {
  const ids = events.map(({ commentId }) => commentId);
  const fresh = tx('comments').whereIn('comments.id', ids).where(isNews(tx, 'comments'));
  const rows: { commentId: CommentId; fromId: AccountId; accountId: AccountId }[] = await fresh
    .clone()
    .join('mentions', 'mentions.comment_id', 'comments.id')
    .select('comments.id as commentId', 'comments.account_id as fromId', 'mentions.account_id as accountId')
    .union([
      fresh
        .clone()
        .join('videos', 'videos.id', 'comments.video_id')
        .leftJoin('comments as parents', 'parents.id', 'comments.parent_id')
        .select('comments.id', 'comments.account_id')
        .select(tx.raw('coalesce(parents.account_id, videos.account_id)')),
    ]);
  await tell(
    deps,
    tx,
    rows.map((row) => ({ ...row, type: 'mention' as const, subject: `mention:${row.commentId}` })),
  );
}

/** Those whom a new video names, and those who asked to hear of everything its author posts. */
async function tellOfVideos(
  deps: TellingDeps,
  tx: Tx,
  events: readonly { videoId: VideoId }[],
): Promise<void> {
  const ids = events.map(({ videoId }) => videoId);
  const fresh = tx('videos')
    .whereIn('videos.id', ids)
    .where({ 'videos.state': 'published', 'videos.discovery': false })
    .where(isNews(tx, 'videos'))
    .select('videos.id as videoId', 'videos.account_id as fromId');
  const named: Omit<News, 'type' | 'subject'>[] = await fresh
    .clone()
    .join('mentions', 'mentions.video_id', 'videos.id')
    .select('mentions.account_id as accountId')
    .whereNotExists(remixOfThe(tx));
  const isNamed = new Set(named.map(({ videoId, accountId }) => `${videoId} ${accountId}`));
  const asked: Omit<News, 'type' | 'subject'>[] = await fresh
    .clone()
    .join('follows', 'follows.target_id', 'videos.account_id')
    .where({ 'follows.state': 'accepted', 'follows.notify': true })
    .select('follows.follower_id as accountId');
  await tell(deps, tx, [
    ...named.map((row) => ({ ...row, type: 'mention' as const, subject: `mention:${row.videoId}` })),
    ...asked
      .filter(({ videoId, accountId }) => !isNamed.has(`${videoId} ${accountId}`))
      .map((row) => ({ ...row, type: 'status' as const, subject: `status:${row.videoId}` })),
  ]);
}

/** Whoever is named because a video of theirs was remixed hears of that as such. */
const remixOfThe = (tx: Tx) =>
  tx('videos as original')
    .whereRaw('original.id = videos.remix_of_id and original.account_id = mentions.account_id')
    .select('original.id');

/** What became of uploads. */
async function tellAuthors(
  deps: TellingDeps,
  tx: Tx,
  events: readonly { videoId: VideoId }[],
  type: 'vireo.published' | 'vireo.rejected',
): Promise<void> {
  const rows: { videoId: VideoId; accountId: AccountId }[] = await tx('videos')
    .whereIn(
      'id',
      events.map(({ videoId }) => videoId),
    )
    .where({ local: true })
    .select('id as videoId', 'account_id as accountId');
  await tell(
    deps,
    tx,
    rows.map((row) => ({ ...row, type, fromId: row.accountId, subject: `${type}:${row.videoId}` })),
  );
}

/** Those who passed on what now says something else, once a day: an author may edit as often as she likes. */
async function tellOfEdits(
  deps: TellingDeps,
  tx: Tx,
  events: readonly { videoId: VideoId }[],
): Promise<void> {
  const rows: { videoId: VideoId; fromId: AccountId; accountId: AccountId; day: string }[] = await tx(
    'videos',
  )
    .join('shares', 'shares.video_id', 'videos.id')
    .join('accounts', 'accounts.id', 'shares.account_id')
    .whereIn(
      'videos.id',
      events.map(({ videoId }) => videoId),
    )
    .where('accounts.domain', '')
    .where(tx.raw(`videos.edited_at > now() - ? * interval '1 ms'`, [notificationLimits.newsMs]))
    .select('videos.id as videoId', 'videos.account_id as fromId', 'shares.account_id as accountId')
    .select(tx.raw(`to_char(videos.edited_at at time zone 'UTC', 'YYYY-MM-DD') as day`));
  await tell(
    deps,
    tx,
    rows.map(({ day, ...row }) => ({
      ...row,
      type: 'update' as const,
      subject: `update:${row.videoId}:${day}`,
    })),
  );
}
