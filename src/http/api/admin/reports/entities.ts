import type { z } from 'zod';
import type { AccountId } from '../../../../lib/ids.ts';
import type { Account } from '../../../../modules/accounts/index.ts';
import type { DeskReport, ReportGroup, ReportNote } from '../../../../modules/moderation/index.ts';
import type { HttpDeps } from '../../../deps.ts';
import { toAccount } from '../../accounts/entities.ts';
import { rulesOf } from '../../instance/get-instance.ts';
import { postEntitiesOf } from '../../statuses/posts.ts';
import type { adminReportEntity, groupPageEntity, noteEntity, reportGroupEntity } from './schemas.ts';

type AccountOf = (id: AccountId) => Account;

/** Looks up all accounts that are named, once. Those of reports are never deleted as rows. */
export async function peopleOf(
  deps: HttpDeps,
  ids: readonly (AccountId | null)[],
): Promise<{ readonly of: AccountOf; readonly maybe: (id: AccountId | null) => Account | null }> {
  const people = await deps.accounts.byIds([...new Set(ids.flatMap((id) => id ?? []))]);
  const maybe = (id: AccountId | null) => (id === null ? null : (people.get(id) ?? null));
  return {
    maybe,
    of(id) {
      const account = maybe(id);
      if (!account) throw new Error(`Account ${id} of a report is gone`);
      return account;
    },
  };
}

export function idsIn(report: DeskReport): (AccountId | null)[] {
  return [report.reporterId, report.targetId, report.assignedTo, report.closedBy];
}

export function rulesAmong(deps: HttpDeps, ids: readonly string[]) {
  return rulesOf(deps).filter(({ id }) => ids.includes(id));
}

export const postIdsOf = ({ videoIds, commentIds }: DeskReport): string[] => [...videoIds, ...commentIds];

/** Reports in the shape of the Mastodon API; their posts as the viewer may see them. */
export async function adminReportEntitiesOf(
  deps: HttpDeps,
  reports: readonly DeskReport[],
  viewerId: AccountId,
): Promise<z.input<typeof adminReportEntity>[]> {
  const people = await peopleOf(deps, reports.flatMap(idsIn));
  const posts = new Map(
    (await postEntitiesOf(deps, reports.flatMap(postIdsOf), viewerId)).map((post) => [post.id, post]),
  );
  const party = (account: Account) => ({
    id: account.id,
    username: account.username,
    domain: account.domain,
    created_at: account.createdAt.toISOString(),
    account: toAccount(deps, account),
  });
  const maybe = (id: AccountId | null) => {
    const account = people.maybe(id);
    return account && party(account);
  };
  return reports.map((report) => ({
    id: report.id,
    action_taken: report.state !== 'open',
    action_taken_at: report.closedAt?.toISOString() ?? null,
    category: report.category,
    comment: report.comment,
    forwarded: report.forwarded,
    created_at: report.createdAt.toISOString(),
    updated_at: report.updatedAt.toISOString(),
    account: party(people.of(report.reporterId)),
    target_account: party(people.of(report.targetId)),
    assigned_account: maybe(report.assignedTo),
    action_taken_by_account: maybe(report.closedBy),
    statuses: postIdsOf(report).flatMap((id) => posts.get(id) ?? []),
    rules: rulesAmong(deps, report.ruleIds),
    state: report.state,
    source: report.source,
    version: report.version,
    status_ids: postIdsOf(report),
    pack_ids: [...report.packIds],
    playlist_ids: [...report.playlistIds],
  }));
}

export async function groupEntitiesOf(
  deps: HttpDeps,
  groups: readonly ReportGroup[],
): Promise<z.input<typeof reportGroupEntity>[]> {
  const people = await peopleOf(
    deps,
    groups.flatMap(({ targetId, assignedTo }) => [targetId, ...assignedTo]),
  );
  return groups.map((group) => ({
    id: group.targetId,
    target_account: toAccount(deps, people.of(group.targetId)),
    count: group.count,
    reporters: group.reporters,
    oldest_at: group.oldestAt.toISOString(),
    newest_at: group.newestAt.toISOString(),
    categories: group.categories.map(({ category, count }) => ({ category, count })),
    rules: rulesAmong(deps, group.ruleIds),
    sources: Object.entries(group.sources).map(([host, count]) => ({ host: host || null, count })),
    assigned_to: group.assignedTo.flatMap((id) => {
      const account = people.maybe(id);
      return account ? [toAccount(deps, account)] : [];
    }),
    posts: [...group.posts],
    reports: group.reports.map(({ id, version }) => ({ id, version })),
  }));
}

export async function noteEntitiesOf(
  deps: HttpDeps,
  notes: readonly ReportNote[],
): Promise<z.input<typeof noteEntity>[]> {
  const people = await peopleOf(
    deps,
    notes.map(({ writtenBy }) => writtenBy),
  );
  return notes.map((note) => {
    const account = people.maybe(note.writtenBy);
    return {
      id: note.id,
      report_id: note.reportId,
      account: account && toAccount(deps, account),
      text: note.text,
      created_at: note.createdAt.toISOString(),
    };
  });
}

const SHOWN_ACTIONS = 20;
const SHOWN_SIMILAR = 10;
const FIRST_PAGE = { maxId: null, minId: null, sinceId: null };

/** Everything that is known of one reported account, for one screen. */
export async function groupPageOf(
  deps: HttpDeps,
  target: Account,
  group: ReportGroup,
  viewerId: AccountId,
): Promise<z.input<typeof groupPageEntity>> {
  const desk = deps.reportDesk;
  const reporterIds = [...new Set(group.reports.map(({ reporterId }) => reporterId))];
  const [similar, notes, actions, about, by, statuses, packs, playlists] = await Promise.all([
    desk.similar(target.id, SHOWN_SIMILAR),
    desk.notesAbout(target.id),
    deps.audit.list({ target: { kind: 'account', id: target.id } }, { ...FIRST_PAGE, limit: SHOWN_ACTIONS }),
    desk.aboutAccounts([target.id]),
    desk.byAccounts(reporterIds),
    postEntitiesOf(
      deps,
      group.posts.map(({ id }) => id),
      viewerId,
    ),
    deps.packs.all(group.posts.flatMap((post) => (post.kind === 'pack' ? [post.id] : []))),
    deps.playlists.all(group.posts.flatMap((post) => (post.kind === 'playlist' ? [post.id] : []))),
  ]);
  const people = await peopleOf(deps, [...group.reports, ...similar].flatMap(idsIn));
  const maybe = (id: AccountId | null) => {
    const account = people.maybe(id);
    return account && toAccount(deps, account);
  };
  return {
    target_account: toAccount(deps, target),
    count: group.count,
    history: about.get(target.id) ?? { open: 0, resolved: 0, dismissed: 0 },
    reporters: [...by].map(([id, standings]) => ({ id, ...standings })),
    statuses,
    posts: [...group.posts],
    packs: packs.map(({ id, title, description, url, takenDown }) => ({
      ...{ id, title, description, url, taken_down: takenDown },
    })),
    playlists: playlists.map(({ id, title, description, takenDownAt }) => ({
      ...{ id, title, description, url: deps.urls.playlistPage(id), taken_down: takenDownAt !== null },
    })),
    notes: await noteEntitiesOf(deps, notes),
    actions: actions.map(({ id, action, reason, createdAt, undoneBy }) => ({
      ...{ id, action, reason, created_at: createdAt.toISOString(), undone: undoneBy !== null },
    })),
    similar: similar.map(({ id, category, comment, targetId }) => ({
      ...{ id, category, comment, target_account: toAccount(deps, people.of(targetId)) },
    })),
    reports: group.reports.map((report) => ({
      id: report.id,
      version: report.version,
      state: report.state,
      category: report.category,
      rule_ids: [...report.ruleIds],
      comment: report.comment,
      source: report.source,
      reporter: toAccount(deps, people.of(report.reporterId)),
      status_ids: postIdsOf(report),
      pack_ids: [...report.packIds],
      playlist_ids: [...report.playlistIds],
      forwarded: report.forwarded,
      assigned_to: maybe(report.assignedTo),
      closed_by: maybe(report.closedBy),
      closed_at: report.closedAt?.toISOString() ?? null,
      created_at: report.createdAt.toISOString(),
    })),
  };
}
