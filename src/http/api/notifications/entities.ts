import type { AccountId, PackId } from '../../../lib/ids.ts';
import type { Account } from '../../../modules/accounts/index.ts';
import type { Notification, NotificationGroup } from '../../../modules/notifications/index.ts';
import type { Pack } from '../../../modules/packs/index.ts';
import type { Video } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { toAccount } from '../accounts/entities.ts';
import { commentEntitiesOf, statusEntitiesOf } from '../entities.ts';
import { processingEntityOf } from '../media/entities.ts';
import type { StatusEntity } from '../schemas.ts';
import type { GroupEntity, NotificationEntity } from './schemas.ts';
import { warningsOf } from './warnings.ts';

type About = Pick<GroupEntity, 'report' | 'moderation_warning' | 'pack' | 'processing'>;

interface More {
  /** Further accounts to know. */
  readonly more?: readonly AccountId[];
  /** Whether the videos below which comments are shall be known, too. */
  readonly withClips?: boolean;
}

/** Everything that notifications speak of, as their recipient sees it: one round of queries, whatever their number. */
async function subjectsOf(
  deps: HttpDeps,
  list: readonly Notification[],
  viewerId: AccountId,
  { more = [], withClips = false }: More = {},
) {
  const refused = list
    .filter(({ type }) => type === 'vireo.rejected')
    .flatMap(({ videoId }) => videoId ?? []);
  const videoIds = list.flatMap(({ type, videoId }) => (type === 'vireo.rejected' ? [] : (videoId ?? [])));
  const commentIds = list.flatMap(({ commentId }) => commentId ?? []);
  const reportIds = list.flatMap(({ reportId }) => reportId ?? []);
  const [comments, reports, uploads, warningOf, packs] = await Promise.all([
    deps.comments.forViewerAmong([...new Set(commentIds)], viewerId),
    deps.moderation.reportsAmong(reportIds),
    deps.videos.ofAuthorAmong(refused, viewerId),
    warningsOf(deps, list),
    deps.packs.among(
      list.flatMap(({ packId }) => packId ?? []),
      viewerId,
    ),
  ]);
  const below = withClips ? [...comments.values()].map(({ videoId }) => videoId) : [];
  const videos = await deps.videos.forViewerAmong([...new Set([...videoIds, ...below])], viewerId);
  const people = [...list.map(({ fromId }) => fromId), ...more, ...reports.map(({ targetId }) => targetId)];
  const [accounts, statuses] = await Promise.all([
    deps.accounts.byIds([...new Set(people)]),
    Promise.all([
      videos.size > 0
        ? statusEntitiesOf(deps, await deps.feed.withAuthors([...videos.values()]), viewerId)
        : [],
      comments.size > 0 ? commentEntitiesOf(deps, [...comments.values()], viewerId) : [],
    ]),
  ]);
  const byId = new Map(statuses.flat().map((status) => [status.id, status]));
  return {
    accounts,
    statuses: byId,
    statusOf: ({ videoId, commentId }: Notification) => byId.get(commentId ?? videoId ?? '') ?? null,
    clipOf: ({ videoId, commentId }: Notification) =>
      byId.get(videoId ?? (commentId && comments.get(commentId)?.videoId) ?? '') ?? null,
    aboutOf: (notification: Notification): About => ({
      ...aboutOf(deps, notification, accounts, reports, uploads),
      moderation_warning: warningOf(notification, accounts.get(notification.fromId)),
      pack: packOf(packs.get(notification.packId ?? ('' as PackId))),
    }),
  };
}

const packOf = (pack: Pack | undefined): About['pack'] =>
  pack ? { id: pack.id, title: pack.title, url: pack.url } : null;

function aboutOf(
  deps: HttpDeps,
  { reportId, videoId }: Notification,
  accounts: ReadonlyMap<AccountId, Account>,
  reports: Awaited<ReturnType<HttpDeps['moderation']['reportsAmong']>>,
  uploads: ReadonlyMap<string, Video>,
): Omit<About, 'moderation_warning' | 'pack'> {
  const report = reports.find(({ id }) => id === reportId);
  const target = report && accounts.get(report.targetId);
  const upload = uploads.get(videoId ?? '');
  return {
    report:
      report && target
        ? {
            id: report.id,
            ...{ action_taken: false, action_taken_at: null },
            ...{ category: report.category, rule_ids: [...report.ruleIds] },
            comment: report.comment,
            forwarded: report.forwarded,
            created_at: report.createdAt.toISOString(),
            status_ids: [...report.videoIds, ...report.commentIds],
            target_account: toAccount(deps, target),
          }
        : null,
    processing: upload ? processingEntityOf(upload) : null,
  };
}

/** Notifications in the API's shape; the viewer is their recipient. */
export async function notificationEntitiesOf(
  deps: HttpDeps,
  list: readonly Notification[],
  viewerId: AccountId,
): Promise<NotificationEntity[]> {
  const subjects = await subjectsOf(deps, list, viewerId);
  return list.flatMap((notification) => {
    const account = subjects.accounts.get(notification.fromId);
    if (!account) return [];
    return [
      {
        id: notification.id,
        type: notification.type,
        group_key: notification.groupKey,
        created_at: notification.createdAt.toISOString(),
        account: toAccount(deps, account),
        status: subjects.statusOf(notification),
        ...subjects.aboutOf(notification),
      },
    ];
  });
}

/** Groups, and beside them the accounts and posts that they name by id, each once. */
export async function groupedEntityOf(
  deps: HttpDeps,
  groups: readonly NotificationGroup[],
  viewerId: AccountId,
  expand: 'full' | 'partial_avatars' = 'full',
) {
  const list = groups.map(({ newest }) => newest);
  const sampled = groups.flatMap(({ sampleIds }) => sampleIds);
  const subjects = await subjectsOf(deps, list, viewerId, { more: sampled, withClips: true });
  const isFull = (id: AccountId) => expand === 'full' || list.some(({ fromId }) => fromId === id);
  const people = [...new Set(sampled)].flatMap((id) => subjects.accounts.get(id) ?? []);
  const statuses: StatusEntity[] = [...subjects.statuses.values()];
  return {
    accounts: people.filter(({ id }) => isFull(id)).map((one) => toAccount(deps, one)),
    ...(expand === 'full'
      ? {}
      : { partial_accounts: people.filter(({ id }) => !isFull(id)).map((one) => partial(deps, one)) }),
    statuses,
    notification_groups: groups.map((group) => ({
      group_key: group.groupKey,
      notifications_count: group.count,
      type: group.newest.type,
      most_recent_notification_id: Number(group.newest.id),
      page_min_id: group.oldestId,
      page_max_id: group.newest.id,
      latest_page_notification_at: group.newest.createdAt.toISOString(),
      sample_account_ids: [...group.sampleIds],
      status_id: subjects.statusOf(group.newest)?.id ?? null,
      clip_id: subjects.clipOf(group.newest)?.id ?? null,
      ...subjects.aboutOf(group.newest),
    })),
  };
}

function partial(deps: HttpDeps, account: Account) {
  const { id, acct, url, avatar, locked, bot } = toAccount(deps, account);
  return { id, acct, url, avatar, avatar_static: avatar, locked, bot };
}
