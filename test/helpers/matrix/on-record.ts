import type { AuditAction } from '../../../src/modules/staff/index.ts';
import { operator } from '../../../src/modules/staff/index.ts';
import type { Right } from './routes.ts';
import { kinds } from './things.ts';
import type { World } from './world.ts';

type Facts = Readonly<Record<string, string>>;

/** What a route of the staff leaves in the audit log, once there is something for it to do. */
export interface OnRecord {
  /** What was done. */
  readonly action: AuditAction;
  /** Kind and id of what it was done to; `:name` is a fact of the path, of what `before` made, or of the answer. */
  readonly target: string;
  /** What follows of it by the rules, each on record and taken back by itself. */
  readonly besides?: readonly AuditAction[];
  /** The field of the body that says why, where it has another name than `reason`. */
  readonly why?: 'text' | 'note';
  /** Brings about that there is something to do; gives more facts. */
  readonly before?: (world: World, facts: Facts) => Promise<Facts>;
  /** What is sent, where it is not what every run of the route sends. */
  readonly sent?: (facts: Facts) => Right;
}

/** Nothing stays of it, for this reason. */
export interface Unrecorded {
  readonly none: string;
}

const LOOKED = { none: 'It shows what would be, and changes nothing.' };
const ASKED = { none: 'It asks another server how it is, and changes nothing but what is known of that.' };

const on = (action: AuditAction, target: string, more: Partial<OnRecord> = {}): OnRecord => ({
  ...{ action, target },
  ...more,
});

/** Something was done before, as the admin does it; its entry is the fact `entry`. */
const after =
  (method: 'post' | 'put' | 'delete', path: (facts: Facts, world: World) => string, body: object = {}) =>
  async (world: World, facts: Facts): Promise<Facts> => {
    const { status, text } = await world.ask(method, path(facts, world), { as: world.as.admin, body });
    if (status !== 200) throw new Error(`Nothing came of what has to be before: ${text}`);
    return { entry: await newestEntry(world) };
  };

async function newestEntry({ context: { db } }: World): Promise<string> {
  const row = await db('audit_log').max('id as id').first();
  return String(row?.id ?? 0);
}

/** Of something else that is made before. */
const alsoA =
  (kind: keyof typeof kinds) =>
  async (world: World): Promise<Facts> => {
    const [made] = await kinds[kind](world);
    return { ...made?.params };
  };

const measured = (of: 'accounts' | 'videos' | 'comments', type: string) =>
  after('post', ({ id = '' }) => `/api/v1/admin/${of}/${id}/action`, { type });

async function drafted(world: World): Promise<Facts> {
  const { db, ids } = world.context;
  const [subscription] = await kinds['followed list of domains'](world);
  const draft = ids.next<'draft'>();
  const domain = `draft${world.next()}.test`;
  const decision = { severity: 'silence', rejectMedia: false, rejectReports: false, obfuscate: false };
  await db('domain_drafts').insert({
    ...{ id: draft, subscription_id: subscription?.params.id, domain },
    decision: JSON.stringify({ ...decision, publicComment: '', privateComment: '' }),
  });
  return { draft, domain };
}
const answersDraft = { before: drafted, sent: ({ draft }: Facts) => ({ body: { ids: [draft] } }) };

async function decided(world: World): Promise<Facts> {
  const domain = `decided${world.next()}.test`;
  const { inTx, domains } = world.context;
  const input = { domain, change: { severity: 'silence' as const }, reason: '' };
  await inTx((tx) => domains.set(tx, operator, input));
  return { domain, entry: await newestEntry(world) };
}

async function toTellOf(world: World): Promise<Facts> {
  const target = await world.people.remote(`rude${world.next()}`, 'far.test');
  const { inTx, moderation } = world.context;
  const filed = await inTx((tx) =>
    moderation.file(tx, {
      ...{ reporterId: world.friend.id, targetId: target.id, videoIds: [], commentIds: [] },
      ...{ comment: 'Rude', forward: false, byServer: true },
    }),
  );
  if (!filed.ok) throw new Error(filed.detail);
  return { id: filed.reportId };
}

const entryIn = ({ entry }: Facts): Right => ({ body: { audit_ids: [entry] } });
const domainIn = ({ domain = '' }: Facts): Right => ({ query: { domain } });

const trends = Object.fromEntries(
  [
    ['tags', 'tags', 'name'],
    ['statuses', 'videos', 'id'],
    ['creators', 'creators', 'id'],
    ['sounds', 'sounds', 'id'],
  ].flatMap(([path, of, key]) =>
    ['approve', 'reject', 'hold', 'release'].map((verb) => {
      const opposite = verb === 'hold' ? 'reject' : 'hold';
      const before = after(
        'post',
        (facts) => `/api/v1/admin/trends/${path}/${facts[key ?? '']}/${opposite}`,
        { note: '' },
      );
      return [
        `POST /api/v1/admin/trends/${path}/:${key}/${verb}`,
        on('trend.decide', `trend ${of} :${key}`, { why: 'note', before }),
      ];
    }),
  ),
);

const joining = Object.fromEntries(
  [
    ['email_domain_blocks', 'email'],
    ['ip_blocks', 'ip'],
    ['reserved_names', 'name'],
  ].flatMap(([path, kind]) => [
    [`POST /api/v1/admin/${path}`, on('joining-block.add', `setting ${kind} :id`)],
    [`PUT /api/v1/admin/${path}/:id`, on('joining-block.change', `setting ${kind} :id`)],
    [`DELETE /api/v1/admin/${path}/:id`, on('joining-block.remove', `setting ${kind} :id`)],
  ]),
);

/** Measures that are taken, and each of them taken back. */
const measures = Object.fromEntries(
  (
    [
      ['accounts', 'enable', 'disable', 'account.unfreeze'],
      ['accounts', 'unsilence', 'silence', 'account.unsilence'],
      ['accounts', 'unsuspend', 'suspend', 'account.unsuspend'],
      ['accounts', 'unsensitive', 'sensitive', 'account.unmark-sensitive'],
      ['accounts', 'open_comments', 'comments_off', 'account.open-comments'],
      ['accounts', 'show_in_discovery', 'no_discovery', 'account.show-in-discovery'],
      ['videos', 'unsensitive', 'sensitive', 'video.unmark-sensitive'],
      ['videos', 'open_comments', 'comments_off', 'video.open-comments'],
      ['videos', 'unmute', 'mute', 'video.unmute'],
      ['videos', 'show_in_discovery', 'no_discovery', 'video.show-in-discovery'],
      ['videos', 'restore', 'remove', 'video.restore'],
      ['comments', 'restore', 'remove', 'comment.restore'],
    ] as const
  ).map(([of, back, type, action]) => [
    `POST /api/v1/admin/${of}/:id/${back}`,
    on(action, `${of.slice(0, -1)} :id`, { why: 'text', before: measured(of, type) }),
  ]),
);

/** Every route of the staff that writes. One that is missing here fails audit-total.test.ts. */
export const onRecord: Readonly<Record<string, OnRecord | Unrecorded>> = {
  ...{ ...measures, ...joining, ...trends },
  'PATCH /api/v1/admin/preferences': {
    none: 'It is what somebody of the staff chooses for the pages that they see themselves.',
  },
  'PATCH /api/v1/admin/settings': on('setting.change', 'setting INSTANCE_NAME'),
  'POST /api/v1/admin/settings/preview': LOOKED,
  'POST /api/v1/admin/settings/preview_color': LOOKED,
  'POST /api/v1/admin/relays': on('relay.add', 'relay :address', {
    before: async ({ next }) => ({ address: `https://relay${next()}.test/inbox` }),
    sent: ({ address }) => ({ body: { address } }),
  }),
  'POST /api/v1/admin/relays/:id/pause': on('relay.pause', 'relay :inbox'),
  'POST /api/v1/admin/relays/:id/resume': on('relay.resume', 'relay :inbox'),
  'DELETE /api/v1/admin/relays/:id': on('relay.remove', 'relay :inbox'),
  'POST /api/v1/admin/packs/:id/take_down': on('pack.take-down', 'pack :id'),
  'POST /api/v1/admin/packs/:id/restore': on('pack.restore', 'pack :id'),
  'POST /api/v1/admin/playlists/:id/take_down': on('playlist.take-down', 'playlist :id'),
  'POST /api/v1/admin/playlists/:id/restore': on('playlist.restore', 'playlist :id'),
  'POST /api/v1/admin/discovery': on('exchange.start-pack', 'domain pack :id', {
    before: async ({ context: { db } }) => {
      await db('discovery_packs').delete();
      return {};
    },
  }),
  'POST /api/v1/admin/discovery/:id/stop': on('exchange.stop-pack', 'domain pack :id'),
  'POST /api/v1/admin/discovery/:id/resume': on('exchange.resume-pack', 'domain pack :id'),
  'POST /api/v1/admin/services/:id/accept': on('fasp.accept', 'domain :host'),
  'POST /api/v1/admin/services/:id/refuse': on('fasp.refuse', 'domain :host'),
  'POST /api/v1/admin/services/:id/capabilities': on('fasp.enable', 'domain :host'),
  'POST /api/v1/admin/services/:id/callback': on('fasp.callback', 'domain :host'),
  'DELETE /api/v1/admin/services/:id': on('fasp.remove', 'domain :host'),
  'POST /api/v1/admin/exchange': on('exchange.add', 'domain :host', {
    before: async ({ next }) => ({ host: `asked${next()}.test` }),
    sent: ({ host }) => ({ body: { host } }),
  }),
  'POST /api/v1/admin/exchange/:id/pause': on('exchange.pause', 'domain :host'),
  'POST /api/v1/admin/exchange/:id/resume': on('exchange.resume', 'domain :host'),
  'DELETE /api/v1/admin/exchange/:id': on('exchange.remove', 'domain :host'),
  'PUT /api/v1/admin/branding/:role': on('branding.set', 'setting :role'),
  'DELETE /api/v1/admin/branding/:role': on('branding.remove', 'setting :role'),
  'PUT /api/v1/admin/maintenance': on('maintenance.unlock', 'setting server-lock', {
    // Not the other way: what comes after it would be refused.
    async before({ context: { inTx, serverLock } }) {
      await inTx((tx) => serverLock.lock(tx, operator, { reason: '' }));
      return {};
    },
  }),
  'POST /api/v1/admin/legal_holds': on('legal-hold.add', 'legal-hold :id', {
    before: async (world) => ({ report: (await alsoA('report')(world)).id ?? '' }),
    sent: ({ report }) => ({ body: { kind: 'report', target_id: report } }),
  }),
  'POST /api/v1/admin/legal_holds/:id/release': on('legal-hold.release', 'legal-hold :id'),
  'POST /api/v1/admin/legal_holds/:id/restore': on('legal-hold.restore', 'legal-hold :id'),
  'POST /api/v1/admin/legal_holds/:id/export': on('legal-hold.export', 'legal-hold :id'),
  'POST /api/v1/admin/backups/ask': on('backup.verify', 'storage backup'),
  'POST /api/v1/admin/accounts/:id/approve': on('sign-up.approve', 'account :id'),
  'POST /api/v1/admin/accounts/:id/reject': on('sign-up.reject', 'account :id'),
  'PATCH /api/v1/admin/ranking': on('ranking.change', 'setting ranking'),
  'DELETE /api/v1/admin/ranking': on('ranking.reset', 'setting ranking'),
  'PUT /api/v1/admin/accounts/:id/quota': on('user.quota', 'account :id'),
  'POST /api/v1/admin/accounts/:id/role': on('role.assign', 'account :id'),
  'POST /api/v1/admin/roles': on('role.create', 'role :id'),
  'PUT /api/v1/admin/roles/:id': on('role.change', 'role :id'),
  'DELETE /api/v1/admin/roles/:id': on('role.remove', 'role :id'),
  'POST /api/v1/admin/audit_log/undo': on('domain.undo', 'domain :domain', {
    ...{ before: decided, sent: entryIn },
  }),
  'POST /api/v1/admin/invites/:id/end': on('invite.revoke', 'setting invite :id'),
  'POST /api/v1/admin/invites/:id/reopen': on('invite.reopen', 'setting invite :id'),
  ...Object.fromEntries(
    (['retry', 'discard'] as const).flatMap((verb) => [
      [`POST /api/v1/admin/deliveries/dead/:id/${verb}`, on(`delivery.${verb}`, 'job :id')],
      [
        `POST /api/v1/admin/deliveries/dead/${verb}`,
        on(`delivery.${verb}`, 'domain a.example', {
          ...{ before: alsoA('dead letter'), sent: () => ({ body: { host: 'a.example' } }) },
        }),
      ],
      [`POST /api/v1/admin/jobs/:id/${verb}`, on(`job.${verb}`, 'job :id')],
      [`POST /api/v1/admin/queues/:queue/${verb}`, on(`job.${verb}`, 'queue :queue')],
    ]),
  ),
  'POST /api/v1/admin/queues/:queue/pause': on('queue.pause', 'queue :queue'),
  'POST /api/v1/admin/queues/:queue/resume': on('queue.resume', 'queue :queue'),
  'PUT /api/v1/admin/reports/:id': on('report.categorise', 'report :id'),
  'POST /api/v1/admin/reports/:id/assign_to_self': on('report.assign', 'report :id'),
  'POST /api/v1/admin/reports/:id/unassign': on('report.assign', 'report :id', {
    before: after('post', ({ id }) => `/api/v1/admin/reports/${id}/assign_to_self`),
  }),
  'POST /api/v1/admin/reports/:id/resolve': on('report.resolve', 'report :id'),
  'POST /api/v1/admin/reports/:id/reopen': on('report.reopen', 'report :id', {
    before: after('post', ({ id }) => `/api/v1/admin/reports/${id}/resolve`),
  }),
  'POST /api/v1/admin/report_changes': on('report.dismiss', 'report :id', {
    before: alsoA('report'),
    sent: ({ id }) => ({ body: { change: 'dismiss', reports: [{ id }], reason: 'On record.' } }),
  }),
  'POST /api/v1/admin/report_changes/undo': on('report.undo', 'report :id', {
    async before(world) {
      const { id = '' } = await alsoA('report')(world);
      const { entry = '' } = await after('post', () => `/api/v1/admin/reports/${id}/resolve`)(world, {});
      return { id, entry };
    },
    sent: entryIn,
  }),
  'POST /api/v1/admin/reports/:id/notes': on('report.note', 'report :id'),
  'POST /api/v1/admin/accounts/:id/notes': on('report.note', 'account :id'),
  'POST /api/v1/admin/reports/:id/forward': on('report.forward', 'report :id', { before: toTellOf }),
  'POST /api/v1/admin/accounts/:id/action': on('account.silence', 'account :id', { why: 'text' }),
  'POST /api/v1/admin/videos/:id/action': on('video.mark-sensitive', 'video :id', { why: 'text' }),
  'POST /api/v1/admin/comments/:id/action': on('comment.remove', 'comment :id', { why: 'text' }),
  'DELETE /api/v1/admin/accounts/:id': on('account.delete', 'account :id'),
  'POST /api/v1/admin/measures/:id/undo': on('account.unwarn', 'account :owner', { why: 'text' }),
  'POST /api/v1/admin/appeals/:id/accept': on('appeal.accept', 'account :owner', {
    ...{ why: 'text', besides: ['account.unwarn'] },
  }),
  'POST /api/v1/admin/appeals/:id/reject': on('appeal.reject', 'account :owner', { why: 'text' }),
  'POST /api/v1/admin/claims/:id/uphold': on('claim.uphold', 'claim :id', {
    ...{ why: 'text', besides: ['video.remove'] },
  }),
  'POST /api/v1/admin/claims/:id/reject': on('claim.reject', 'claim :id', { why: 'text' }),
  'POST /api/v1/admin/claims/:id/reopen': on('claim.reopen', 'claim :id', { why: 'text' }),
  'POST /api/v1/admin/claims/:id/restore': on('claim.restore', 'claim :id', {
    ...{ why: 'text', besides: ['video.restore'] },
  }),
  'POST /api/v1/admin/counter_notices/:id/accept': on('claim.accept-counter', 'claim :claim', {
    ...{ why: 'text', besides: ['video.restore'] },
  }),
  'POST /api/v1/admin/counter_notices/:id/reject': on('claim.reject-counter', 'claim :claim', {
    why: 'text',
  }),
  'POST /api/v1/admin/storage/clean': on('storage.clean', 'storage mails'),
  'POST /api/v1/admin/storage/scan': on('storage.scan', 'storage objects'),
  'POST /api/v1/admin/domain_blocks': on('domain.set', 'domain :domain'),
  'PUT /api/v1/admin/domain_blocks/:id': on('domain.set', 'domain :domain'),
  'DELETE /api/v1/admin/domain_blocks/:id': on('domain.remove', 'domain :domain'),
  'POST /api/v1/admin/domain_allows': on('domain.set', 'domain :domain'),
  'DELETE /api/v1/admin/domain_allows/:id': on('domain.remove', 'domain :domain'),
  'POST /api/v1/admin/domains/effect': LOOKED,
  'POST /api/v1/admin/domains/decide': on('domain.bulk', 'domain several'),
  'POST /api/v1/admin/domains/lift': on('domain.remove', 'domain :domain', {
    ...{ before: decided, sent: ({ domain }) => ({ body: { domain } }) },
  }),
  'POST /api/v1/admin/domains/import': on('domain.import', 'domain several'),
  'POST /api/v1/admin/domains/undo': on('domain.undo', 'domain :domain', {
    ...{ before: decided, sent: ({ entry }) => ({ body: { id: entry } }) },
  }),
  'POST /api/v1/admin/domains/subscriptions': on('domain.subscribe', 'domain subscription::id'),
  'PUT /api/v1/admin/domains/subscriptions/:id': on('domain.change-subscription', 'domain subscription::id'),
  'POST /api/v1/admin/domains/subscriptions/:id/fetch': on('domain.retry', 'domain subscription::id'),
  'DELETE /api/v1/admin/domains/subscriptions/:id': on('domain.unsubscribe', 'domain subscription::id'),
  'POST /api/v1/admin/domains/drafts/accept': on('domain.accept-draft', 'domain :domain', answersDraft),
  'POST /api/v1/admin/domains/drafts/reject': on('domain.reject-draft', 'domain :domain', answersDraft),
  'POST /api/v1/admin/domains/excludes': on('domain.exclude', 'domain friend.test', { why: 'note' }),
  'DELETE /api/v1/admin/domains/excludes': on('domain.include', 'domain :domain', {
    async before(world) {
      const domain = `spared${world.next()}.test`;
      const { inTx, domains } = world.context;
      await inTx((tx) => domains.subscriptions.exclude(tx, operator, { domain, note: '' }));
      return { domain };
    },
    sent: domainIn,
  }),
  'PUT /api/v1/admin/domains/list_audience': on('domain.publish', 'setting block-list-audience'),
  'POST /api/v1/admin/domains/watches': on('domain.watch', 'domain :host'),
  'DELETE /api/v1/admin/domains/watches': on('domain.unwatch', 'domain :host', {
    async before(world) {
      const host = `watched${world.next()}.test`;
      await after('post', () => '/api/v1/admin/domains/watches', { host })(world, {});
      return { host };
    },
    sent: ({ host = '' }) => ({ query: { host } }),
  }),
  'POST /api/v1/admin/domains/notices/dismiss': on('domain.dismiss-notice', 'domain :domain', {
    async before({ context: { db }, next }) {
      const domain = `noticed${next()}.test`;
      await db('block_notices').insert({ domain, peers: 3 });
      return { domain };
    },
    sent: ({ domain }) => ({ body: { domain } }),
  }),
  'POST /api/v1/admin/instances/:host/retry': on('domain.retry', 'domain :host'),
  'POST /api/v1/admin/instances/:host/probe': ASKED,
  'POST /api/v1/admin/instances/:host/purge': on('domain.purge', 'domain :host', {
    sent: () => ({ body: { dry_run: false } }),
  }),
  'PUT /api/v1/admin/trends/trust/:domain': on('trend.trust', 'domain :domain', { why: 'note' }),
  'POST /api/v1/admin/rules': on('rule.add', 'rule :id'),
  'POST /api/v1/admin/rules/test': LOOKED,
  'PUT /api/v1/admin/rules/:id': on('rule.change', 'rule :id'),
  'DELETE /api/v1/admin/rules/:id': on('rule.remove', 'rule :id'),
  'POST /api/v1/admin/rules/:id/enable': on('rule.enable', 'rule :id', {
    before: after('post', ({ id }) => `/api/v1/admin/rules/${id}/disable`),
  }),
  'POST /api/v1/admin/rules/:id/disable': on('rule.disable', 'rule :id'),
  'POST /api/v1/admin/held/:id/release': on('held.release', 'video :video'),
  'POST /api/v1/admin/held/:id/reject': on('held.reject', 'video :video'),
  'PUT /api/v1/admin/raid': on('raid.on', 'setting raid-mode'),
  'PUT /api/v1/admin/sounds/:id/rule': on('sound.rule', 'sound :id'),
  'PUT /api/v1/admin/sounds/:id/rights': on('sound.rights', 'sound :id'),
  'DELETE /api/v1/admin/sounds/:id/rule': on('sound.unrule', 'sound :id', {
    before: after('put', ({ id }) => `/api/v1/admin/sounds/${id}/rule`, { action: 'mute' }),
  }),
  'POST /api/v1/admin/hashes/matches/:id/evidence': on('hash.evidence', 'video :video'),
  'POST /api/v1/admin/hashes/import': on('hash.import', 'rule hash-list'),
  'POST /api/v1/admin/hashes': on('hash.add', 'rule :id'),
  'DELETE /api/v1/admin/hashes/:id': on('hash.remove', 'rule :id'),
  'POST /api/v1/admin/announcements': on('announcement.add', 'announcement :id'),
  'POST /api/v1/admin/announcements/preview': LOOKED,
  'POST /api/v1/admin/announcements/undo': on('announcement.change', 'announcement :id', {
    async before(world) {
      const { id = '' } = await alsoA('announcement')(world);
      const ended = after('post', () => `/api/v1/admin/announcements/${id}/end`);
      return { id, ...(await ended(world, {})) };
    },
    sent: ({ entry }) => ({ body: { audit_id: entry } }),
  }),
  'PUT /api/v1/admin/announcements/:id': on('announcement.change', 'announcement :id'),
  'POST /api/v1/admin/announcements/:id/publish': on('announcement.publish', 'announcement :id', {
    before: after('post', ({ id }) => `/api/v1/admin/announcements/${id}/end`),
  }),
  'POST /api/v1/admin/announcements/:id/end': on('announcement.end', 'announcement :id'),
  'DELETE /api/v1/admin/announcements/:id': on('announcement.remove', 'announcement :id'),
};
