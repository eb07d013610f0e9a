import type { Tx } from './db/database.ts';
import type { IdSource } from './lib/ids.ts';
import type { Urls } from './modules/instances/index.ts';
import type { Moderation } from './modules/moderation/index.ts';
import type { SaidTarget } from './modules/rules/index.ts';

/** What rules do through other modules, which are made after them. */
export function screeningMeans(parts: {
  readonly ids: IdSource;
  readonly urls: Urls;
  readonly moderation: () => Moderation;
}) {
  return {
    async report(tx: Tx, target: SaidTarget, comment: string): Promise<void> {
      const server = await tx('accounts').where({ actor_uri: parts.urls.instanceActor }).first('id');
      if (!server) return;
      await parts.moderation().file(tx, {
        reporterId: server.id,
        targetId: target.accountId,
        uri: parts.urls.report(parts.ids.next<'report'>()),
        videoIds: target.kind === 'video' ? [target.id] : [],
        commentIds: target.kind === 'comment' ? [target.id] : [],
        comment,
        category: 'violation',
        forward: false,
      });
    },
    async hold(tx: Tx, target: SaidTarget, cause: { readonly ruleId: string; readonly note: string }) {
      if (target.kind === 'account') return;
      await tx('held_posts').insert({
        id: parts.ids.next<'held'>(),
        [target.kind === 'video' ? 'video_id' : 'comment_id']: target.id,
        account_id: target.accountId,
        ...{ cause: 'rule', rule_id: cause.ruleId, note: cause.note },
      });
    },
  };
}
