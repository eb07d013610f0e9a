import type { GroupedNotifications, NotificationGroup } from '../api/schema.gen.ts';
import type { Account, Status } from '../api/types.ts';

export type NotificationType = NotificationGroup['type'];

/** What of the inbox is shown. */
export const filters = ['all', 'mentions', 'likes', 'follows', 'server'] as const;
export type Filter = (typeof filters)[number];

/** The types of each; none: all. */
export const typesOf: Readonly<Record<Filter, readonly NotificationType[]>> = {
  all: [],
  mentions: ['mention', 'quote', 'vireo.remix_request'],
  likes: ['favourite', 'reblog'],
  follows: ['follow', 'follow_request', 'vireo.pack'],
  server: [
    'vireo.published',
    'vireo.rejected',
    'vireo.remix_refused',
    'vireo.report',
    'moderation_warning',
    'admin.report',
    'admin.sign_up',
    'admin.upkeep',
  ],
};

/** The filter that an address names; all for what is none. */
export function filterOf(name: string | undefined): Filter {
  return filters.find((filter) => filter === name) ?? 'all';
}

/** A group of notifications with what it speaks of. */
export interface Entry {
  readonly key: string;
  readonly group: NotificationGroup;
  /** Who did it, the newest first; not all where there are many, and at least one. */
  readonly accounts: readonly [Account, ...Account[]];
  /** The clip or the comment. */
  readonly status: Status | null;
  /** The clip, also where `status` is a comment below it. */
  readonly clip: Status | null;
}

/** Puts together what an answer names by id. A group of nobody is left out. */
export function entriesOf({
  accounts,
  statuses,
  notification_groups: groups,
}: GroupedNotifications): Entry[] {
  const people = new Map(accounts.map((account) => [account.id, account]));
  const posts = new Map(statuses.map((status) => [status.id, status]));
  return groups.flatMap((group) => {
    const [first, ...others] = group.sample_account_ids.flatMap((id) => people.get(id) ?? []);
    if (!first) return [];
    const status = posts.get(group.status_id ?? '') ?? null;
    const clip = posts.get(group.clip_id ?? '') ?? null;
    return [{ key: group.group_key, group, accounts: [first, ...others] as const, status, clip }];
  });
}

/** Whether one id is newer than another: ids are numbers too long for numbers. */
export function isNewer(id: string, than: string): boolean {
  return BigInt(id) > BigInt(than);
}

/** Whether something of a group is newer than what was read. */
export function isUnread({ group }: Entry, readId: string): boolean {
  return isNewer(group.page_max_id, readId);
}

/**
 * The list after its first page was asked for once more: what is older than that page stays, unless so much is new that
 * there is a gap. Null: there is one, and the page is all that is known now.
 */
export function refreshed(list: readonly Entry[], first: readonly Entry[]): Entry[] | null {
  const last = first.at(-1)?.group.page_max_id;
  const newestKnown = list[0]?.group.page_max_id;
  if (last === undefined || newestKnown === undefined) return null;
  if (isNewer(last, newestKnown)) return null;
  const keys = new Set(first.map(({ key }) => key));
  const older = list.filter(({ key, group }) => !keys.has(key) && isNewer(last, group.page_max_id));
  return [...first, ...older];
}
