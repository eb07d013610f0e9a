import type { Route } from '../../../src/http/route.ts';
import { claimBody, counterBody } from '../claims.ts';
import { PASSWORD } from '../people.ts';
import { type About, staffVerbs, verbs } from './paths.ts';
import { rightsOfCollected } from './rights-of-collected.ts';
import { rightsOfServers } from './rights-of-servers.ts';
import type { Thing } from './thing.ts';
import type { World } from './world.ts';
import { nameOf } from './world.ts';

/** No posts yet, or none any more. */
const UNPOSTED = ['unfinished video', 'refused video'];

/**
 * What each path with a parameter is about. The longest that a path begins with counts, one with a verb before one
 * without. A route that none of them fits fails the test: whoever adds it says here what it is about.
 */
export const ABOUT: Readonly<Record<string, About>> = {
  '/api/v1/accounts/:id': { kind: 'account', writes: 'seen' },
  '/api/v1/follow_requests/:id': { kind: 'follow request' },
  '/api/v1/suggestions/:id': { kind: 'account', writes: 'seen' },
  '/api/v1/sessions/:id': { kind: 'session' },
  '/api/v1/invites/:id': { kind: 'invite' },
  '/api/v1/invites/:code': { kind: 'code of an invite' },
  '/api/v1/imports/:id': { kind: 'import' },
  '/api/v1/passkeys/:id': { kind: 'passkey' },
  '/api/v1/history/:id': { kind: 'watched video' },
  '/api/v1/studio/videos/:id': { kind: 'video', reads: 'own' },
  '/api/v1/studio/sounds/:id': { kind: 'sound', reads: 'own' },
  '/api/v1/exports/:kind': { kind: 'kind of export' },
  '/api/v1/lists/:id': { kind: 'list' },
  '/api/v1/timelines/list/:id': { kind: 'list' },
  '/api/v1/playlists/:id': { kind: 'playlist' },
  '/api/v1/bookmark_folders/:id': { kind: 'save folder' },
  '/api/v1/packs/:id': { kind: 'pack' },
  'POST /api/v1/packs/:id/follow': { kind: 'pack', writes: 'seen' },
  'POST /api/v1/packs/:id/leave': { kind: 'pack that its owner is in' },
  '/api/v1/admin/playlists/:id': { kind: 'playlist' },
  'POST /api/v1/admin/playlists/:id/restore': { kind: 'playlist that was taken down' },
  '/api/v1/admin/packs/:id': { kind: 'pack' },
  'POST /api/v1/admin/packs/:id/restore': { kind: 'pack that was taken down' },
  '/api/v1/filters/:id': { kind: 'word of a filter' },
  '/api/v2/filters/:id': { kind: 'filter' },
  '/api/v2/filters/keywords/:id': { kind: 'word of a filter' },
  '/api/v2/filters/statuses/:id': { kind: 'post in a filter' },
  '/api/v1/notifications/:id': { kind: 'notification' },
  '/api/v1/notifications/requests/:id': { kind: 'notification request' },
  '/api/v2/notifications/:group_key': { kind: 'notification' },
  '/api/v1/sounds/:id': { kind: 'sound' },
  ...verbs('/api/v1/sounds/:id', ['save'], { kind: 'sound', writes: 'seen' }),
  '/api/v1/tags/:name': { kind: 'word', writes: 'seen' },
  '/api/v1/timelines/tag/:hashtag': { kind: 'word' },
  '/api/v1/featured_tags/:id': { kind: 'hashtag on a profile' },
  '/api/v1/media/:id': { kind: 'media' },
  '/api/v1/scheduled_statuses/:id': { kind: 'scheduled' },
  '/api/v1/statuses/:id': { kind: 'post' },
  'PUT /api/v1/statuses/:id': { kind: 'post', absent: UNPOSTED },
  'GET /api/v1/statuses/:id/bookmark_folder': { kind: 'post', absent: UNPOSTED },
  'PUT /api/v1/statuses/:id/bookmark_folder': { kind: 'post', writes: 'seen', absent: UNPOSTED },
  ...verbs('/api/v1/statuses/:id', ['favourite', 'reblog', 'bookmark', 'mute'], {
    ...{ kind: 'post', writes: 'seen', absent: UNPOSTED },
  }),
  // Only videos can be pinned.
  ...verbs('/api/v1/statuses/:id', ['pin'], { kind: 'video', absent: UNPOSTED }),
  'POST /api/v1/statuses/:id/sizes': { kind: 'post', writes: 'seen', absent: UNPOSTED },
  'GET /api/v1/statuses/:id/source': { kind: 'post', reads: 'own', absent: UNPOSTED },
  'GET /api/v1/statuses/:id/history': { kind: 'post', absent: UNPOSTED },
  'GET /api/v1/statuses/:id/favourited_by': { kind: 'post', absent: UNPOSTED },
  'GET /api/v1/statuses/:id/reblogged_by': { kind: 'post', absent: UNPOSTED },
  '/api/v1/videos/:id': { kind: 'video' },
  'GET /api/v1/videos/:id/comments': { kind: 'video' },
  'POST /api/v1/videos/:id/comments': { kind: 'video', writes: 'seen', absent: UNPOSTED },
  '/api/v1/videos/:id/comments/:comment_id': { kind: 'comment of somebody' },
  'GET /api/v1/videos/:id/remixes': { kind: 'video' },
  'GET /api/v1/videos/:id/remix_permission': { kind: 'video' },
  'DELETE /api/v1/videos/:id/remixes/:remix_id': { kind: 'remix' },
  '/api/v1/remix_requests/:id': { kind: 'remix request' },
  '/api/v1/videos/:id/share': { kind: 'video', writes: 'seen', absent: UNPOSTED },
  '/api/v1/videos/:id/not_interested': { kind: 'video', writes: 'seen', absent: UNPOSTED },
  'GET /api/v1/videos/:id/processing': { kind: 'video', reads: 'own' },
  'GET /api/v1/videos/:id/events': { kind: 'video', reads: 'own' },
  '/api/v1/videos/:id/poster': { kind: 'video', absent: ['refused video'] },
  '/api/v1/videos/:id/captions/:language': { kind: 'captioned video' },
  '/api/v1/uploads/direct/:id': { kind: 'direct upload' },
  '/api/v1/admin/accounts/:id': { kind: 'sign-up' },
  '/api/v1/admin/accounts/:id/notes': { kind: 'reported account' },
  'DELETE /api/v1/admin/accounts/:id': { kind: 'account to act on' },
  ...staffVerbs(
    'accounts',
    ['action', 'enable', 'unsilence', 'unsuspend', 'unsensitive'],
    'account to act on',
  ),
  ...staffVerbs('accounts', ['open_comments', 'show_in_discovery', 'measures'], 'account to act on'),
  ...staffVerbs('videos', ['action', 'unsensitive', 'open_comments', 'show_in_discovery'], 'video to act on'),
  ...staffVerbs('videos', ['restore', 'unmute'], 'video to act on'),
  ...staffVerbs('comments', ['action', 'restore'], 'comment to act on'),
  '/api/v1/admin/measures/:id': { kind: 'measure' },
  '/api/v1/admin/appeals/:id': { kind: 'appeal' },
  '/api/v1/strikes/:id': { kind: 'strike' },
  '/api/v1/decisions/:token': { kind: 'decision by its link', writes: 'seen' },
  '/api/v1/claims/:token': { kind: 'claim by its link', writes: 'seen' },
  'POST /api/v1/strikes/:id/counter_notice': { kind: 'claimed strike' },
  'POST /api/v1/decisions/:token/counter_notice': { kind: 'claimed decision by its link', writes: 'seen' },
  '/api/v1/admin/claims/:id': { kind: 'claim' },
  'POST /api/v1/admin/claims/:id/reopen': { kind: 'rejected claim' },
  'POST /api/v1/admin/claims/:id/restore': { kind: 'upheld claim' },
  '/api/v1/admin/counter_notices/:id': { kind: 'counter-notice' },
  '/api/v1/admin/reports/:id': { kind: 'report' },
  '/api/v1/admin/report_groups/:id': { kind: 'reported account' },
  '/api/v1/admin/evidence/:id': { kind: 'report with evidence' },
  'POST /api/v1/admin/invites/:id/end': { kind: 'invite to end' },
  'POST /api/v1/admin/invites/:id/reopen': { kind: 'ended invite' },
  '/api/v1/admin/roles/:id': { kind: 'staff role' },
  '/api/v1/admin/email_domain_blocks/:id': { kind: 'blocked e-mail domain' },
  '/api/v1/admin/ip_blocks/:id': { kind: 'blocked network' },
  '/api/v1/admin/reserved_names/:id': { kind: 'reserved name' },
  '/api/v1/admin/deliveries/dead/:id': { kind: 'dead letter' },
  '/api/v1/admin/jobs/:id': { kind: 'dead job' },
  'POST /api/v1/admin/queues/:queue/pause': { kind: 'running queue' },
  'POST /api/v1/admin/queues/:queue/resume': { kind: 'paused queue' },
  '/api/v1/admin/queues/:queue': { kind: 'queue of dead jobs' },
  '/api/v1/admin/domain_blocks/:id': { kind: 'blocked domain' },
  '/api/v1/admin/domain_allows/:id': { kind: 'allowed domain' },
  '/api/v1/announcements/:id': { kind: 'announcement', writes: 'seen' },
  '/api/v1/admin/announcements/:id': { kind: 'announcement' },
  'POST /api/v1/admin/discovery/:id/resume': { kind: 'stopped pack' },
  '/api/v1/admin/discovery/:id': { kind: 'running pack' },
  'POST /api/v1/admin/services/:id/accept': { kind: 'waiting provider' },
  'POST /api/v1/admin/services/:id/refuse': { kind: 'waiting provider' },
  '/api/v1/admin/services/:id': { kind: 'accepted provider' },
  'POST /api/v1/admin/exchange/:id/resume': { kind: 'paused asked server' },
  '/api/v1/admin/exchange/:id': { kind: 'asked server' },
  'POST /api/v1/admin/relays/:id/resume': { kind: 'paused relay' },
  '/api/v1/admin/relays/:id': { kind: 'relay' },
  '/api/v1/admin/branding/:role': { kind: 'picture of the server' },
  '/api/v1/admin/rules/:id': { kind: 'rule' },
  '/api/v1/admin/sounds/:id': { kind: 'ruled sound' },
  '/api/v1/admin/hashes/:id': { kind: 'listed file' },
  '/api/v1/admin/hashes/matches/:id': { kind: 'match of the hash list' },
  'GET /api/v1/admin/hashes/matches/:id/file': { kind: 'opened match of the hash list' },
  '/api/v1/admin/legal_holds/:id': { kind: 'legal hold' },
  'POST /api/v1/admin/legal_holds/:id/restore': { kind: 'released legal hold' },
  'GET /api/v1/admin/legal_holds/:id/file': { kind: 'exported legal hold' },
  '/api/v1/admin/held/:id': { kind: 'held post' },
  '/api/v1/admin/trends/tags/:name': { kind: 'word', writes: 'seen' },
  '/api/v1/admin/trends/sounds/:id': { kind: 'trending sound' },
  '/api/v1/admin/trends/statuses/:id': { kind: 'trending video' },
  '/api/v1/admin/trends/creators/:id': { kind: 'trending account' },
  '/api/v1/admin/instances/:host': { kind: 'known server' },
  '/api/v1/admin/domains/subscriptions/:id': { kind: 'followed list of domains' },
  '/api/v1/admin/trends/trust/:domain': { kind: 'domain in trends' },
};

/** Null where nobody has said it. */
export function aboutOf(route: Route): About | null {
  const fits = (key: string) => {
    const [path = '', method] = key.split(' ').reverse();
    const isMethod = method === undefined || method === route.method.toUpperCase();
    return isMethod && (route.path === path || route.path.startsWith(`${path}/`));
  };
  const rank = (key: string) => key.split('/').length * 2 + (key.startsWith('/') ? 0 : 1);
  const [best] = Object.keys(ABOUT)
    .filter(fits)
    .toSorted((a, b) => rank(b) - rank(a));
  return best === undefined ? null : (ABOUT[best] ?? null);
}

/** An input that a route takes. */
export interface Right {
  readonly body?: object | string;
  /** Of a text that is no JSON. */
  readonly type?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** The part of a form without which even a right body is refused. */
  readonly needsFile?: string;
}

const A_RULE = { name: 'Watches', when: { words: ['replica*'], fields: ['caption'] }, action: 'hold' };
const WRONG = 'not the password';
/** Of no passkey, but of its shape. */
const CREDENTIAL = (parts: readonly string[]) => ({
  ...{ id: 'AAAA', rawId: 'AAAA', type: 'public-key' },
  response: Object.fromEntries(['clientDataJSON', ...parts].map((name) => [name, 'AAAA'])),
});
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

/**
 * For each route with a body, one that it takes, and for those that cannot be asked without, a query. Those of an account itself end in
 * a refusal for a wrong password, so that asking does no harm. A route with a body that is not here fails the test.
 */
export const RIGHT: Readonly<Record<string, (world: World, thing: Thing | null) => Right>> = {
  ...rightsOfServers,
  ...Object.fromEntries(
    [
      ...['enable', 'unsilence', 'unsuspend', 'unsensitive', 'open_comments', 'show_in_discovery'].map(
        (verb) => `accounts/:id/${verb}`,
      ),
      ...['unsensitive', 'open_comments', 'show_in_discovery', 'restore'].map((verb) => `videos/:id/${verb}`),
      ...['comments/:id/action', 'comments/:id/restore', 'videos/:id/unmute', 'measures/:id/undo'],
      ...['appeals/:id/accept', 'appeals/:id/reject'],
      ...['uphold', 'reject', 'reopen', 'restore'].map((verb) => `claims/:id/${verb}`),
      ...['counter_notices/:id/accept', 'counter_notices/:id/reject'],
    ].map((path) => [`POST /api/v1/admin/${path}`, () => ({ body: { text: 'A mistake.' } })]),
  ),
  ...rightsOfCollected,
  'POST /api/v1/featured_tags': (world) => ({ body: { name: `tag${world.next()}` } }),
  'POST /api/v1/admin/accounts/:id/action': () => ({ body: { type: 'silence', text: 'Too loud.' } }),
  'POST /api/v1/admin/videos/:id/action': () => ({ body: { type: 'sensitive', text: 'Blood.' } }),
  'POST /api/v1/claims': (world) => ({
    body: claimBody([`${world.server.origin}/@nobody/1`], { email: `ada${world.next()}@rights.example` }),
  }),
  'POST /api/v1/claims/:token/court': (_world, thing) => ({
    body: { counter_notice_id: thing?.params.counter ?? '1', court: 'Kiel, 12 O 34/26' },
  }),
  'POST /api/v1/strikes/:id/counter_notice': () => ({ body: counterBody }),
  'POST /api/v1/decisions/:token/counter_notice': () => ({ body: counterBody }),
  'POST /api/v1/strikes/:id/appeal': () => ({ body: { text: 'It was not me.' } }),
  'POST /api/v1/decisions/:token/appeal': () => ({ body: { text: 'It was not me.' } }),
  'POST /api/v1/accounts': (world) => ({
    body: {
      ...{ username: `newcomer_${world.next()}`, password: 'long enough it is' },
      email: `newcomer${world.next()}@mail.example`,
    },
  }),
  'POST /api/v1/admin/email_domain_blocks': (world) => ({ body: { domain: `mail${world.next()}.test` } }),
  'POST /api/v1/admin/ip_blocks': (world) => ({
    body: { ip: `198.51.${world.next() % 256}.0/24`, severity: 'sign_up_block' },
  }),
  'PUT /api/v1/admin/email_domain_blocks/:id': () => ({ body: { allow_with_approval: true } }),
  'PUT /api/v1/admin/ip_blocks/:id': () => ({ body: { severity: 'sign_up_requires_approval' } }),
  'PUT /api/v1/admin/reserved_names/:id': () => ({ body: { comment: 'A shop.' } }),
  'POST /api/v1/admin/reserved_names': (world) => ({ body: { name: `kept_${world.next()}` } }),
  'POST /api/v1/admin/roles': (world) => ({
    body: { name: `Role ${world.next()}`, permissions: ['reports'], rank: 10 },
  }),
  'PUT /api/v1/admin/roles/:id': (world) => ({
    body: { name: `Role ${world.next()}`, permissions: ['reports'], rank: 10 },
  }),
  'PUT /api/v1/admin/accounts/:id/quota': () => ({ body: { megabytes: 100 } }),
  'POST /api/v1/admin/accounts/:id/role': () => ({ body: { role: 'moderator' } }),
  'POST /api/v1/accounts/delete_account': () => ({ body: { password: WRONG } }),
  'POST /api/v1/import': () => ({ body: { type: 'following' }, needsFile: 'data' }),
  'POST /api/v1/accounts/alias': () => ({ body: { also_known_as_uris: [] } }),
  'POST /api/v1/accounts/move': () => ({ body: { password: WRONG, moved_to_uri: 'else@where.test' } }),
  'POST /api/v1/sessions': () => ({ body: { login: 'nobody', password: WRONG } }),
  'POST /api/v1/accounts/change_password': () => ({
    body: { password: WRONG, new_password: 'another long one' },
  }),
  'POST /api/v1/emails/confirmations': () => ({ body: {} }),
  'POST /api/v1/accounts/change_email': () => ({ body: { password: WRONG, email: 'a@mail.example' } }),
  'POST /api/v1/accounts/password_reset': () => ({ body: { login: 'nobody' } }),
  'PATCH /api/v1/emails/preferences': () => ({ body: { digest: 'weekly' } }),
  'POST /api/v1/invites': () => ({ body: { max_uses: 3 } }),
  'POST /api/v1/sessions/proof': () => ({ body: { password: WRONG } }),
  'POST /api/v1/passkeys/options': () => ({ body: { password: WRONG } }),
  'POST /api/v1/passkeys': () => ({ body: { credential: CREDENTIAL(['attestationObject']) } }),
  'PATCH /api/v1/passkeys/:id': () => ({ body: { name: 'Phone', password: PASSWORD } }),
  'POST /api/v1/passkeys/:id/remove': () => ({ body: { password: PASSWORD } }),
  'POST /api/v1/passkeys/sign_in': () => ({
    body: { credential: CREDENTIAL(['authenticatorData', 'signature']) },
  }),
  'POST /api/v1/events': ({ shownVideo, next }) => ({
    body: { events: [{ id: `event-${next()}-0`, video_id: shownVideo, type: 'view', watched_seconds: 4 }] },
  }),
  'GET /api/v1/feed_reasons': ({ shownVideo }) => ({ query: { video_id: shownVideo } }),
  'GET /api/v1/feed_slates': () => ({ query: { slate_id: '1' } }),
  'POST /api/v1/admin/settings/preview': () => ({ body: { text: 'We keep *little*.' } }),
  'POST /api/v1/admin/settings/preview_color': () => ({ body: { color: '#7a3cc2' } }),
  'PATCH /api/v1/admin/settings': () => ({ body: { settings: { INSTANCE_NAME: 'Matrix' } } }),
  'POST /api/v1/admin/storage/clean': () => ({ body: { class: 'mails' } }),
  'POST /api/v1/admin/backups/ask': () => ({ body: { kind: 'verify' } }),
  'PUT /api/v1/admin/maintenance': () => ({ body: { locked: false } }),
  'POST /api/v1/admin/storage/scan': () => ({ body: { mend: false } }),
  'POST /api/v1/admin/announcements': () => ({ body: { text: 'We update.', publish_at: 'now' } }),
  'POST /api/v1/admin/announcements/preview': () => ({ body: { text: 'We *update*.' } }),
  'POST /api/v1/admin/announcements/undo': () => ({ body: { audit_id: '1' } }),
  'PUT /api/v1/admin/announcements/:id': () => ({ body: { text: 'We updated.' } }),
  'PUT /api/v1/admin/branding/:role': () => ({ body: { description: 'A heron.' } }),
  'POST /api/v1/admin/rules': () => ({ body: A_RULE }),
  'PUT /api/v1/admin/rules/:id': () => ({ body: A_RULE }),
  'POST /api/v1/admin/rules/test': () => ({ body: { when: A_RULE.when } }),
  'POST /api/v1/admin/held/:id/release': () => ({ body: { reason: 'It is a song.' } }),
  'POST /api/v1/admin/held/:id/reject': () => ({ body: { reason: 'It sells watches.' } }),
  'PUT /api/v1/admin/sounds/:id/rule': () => ({ body: { action: 'mute', reason: 'Asked for.' } }),
  'POST /api/v1/admin/hashes': (world) => ({ body: { sha256: String(world.next()).padStart(64, '0') } }),
  'POST /api/v1/admin/hashes/import': (world) => ({
    ...{ body: `${String(world.next()).padStart(64, '0')},,\n`, type: 'text/csv' },
  }),
  'POST /api/v1/admin/hashes/matches/:id/evidence': () => ({ body: { reason: 'Asked by the police.' } }),
  'PATCH /api/v1/admin/preferences': () => ({ body: { greyscale: false } }),
  'POST /api/v1/admin/legal_holds': ({ owner }) => ({
    body: { kind: 'account', target_id: owner.id, reason: 'Asked by the police.' },
  }),
  ...Object.fromEntries(
    ['release', 'restore', 'export'].map((verb) => [
      `POST /api/v1/admin/legal_holds/:id/${verb}`,
      () => ({ body: { reason: 'The court says so.' } }),
    ]),
  ),
  'PUT /api/v1/admin/raid': () => ({ body: { on: true, hours: 2 } }),
  'PATCH /api/v1/admin/ranking': () => ({ body: { settings: { 'weights.trending': 0.4 } } }),
  'PATCH /api/v1/feed_settings': () => ({ body: { for_you_list: true } }),
  'POST /api/v1/studio/videos/bulk': () => ({ body: { action: 'delete', ids: ['1'] } }),
  'PUT /api/v1/admin/sounds/:id/rights': () => ({ body: { licence: 'CC-BY-4.0', reason: 'Asked for.' } }),
  'PATCH /api/v1/sounds/:id': () => ({ body: { title: 'Rain' } }),
  'GET /api/v1/sounds': () => ({ query: { q: 'rain' } }),
  'POST /api/v1/videos/:id/comments': () => ({ body: { text: 'Nice' } }),
  'POST /api/v1/second_factor': () => ({ body: { password: WRONG } }),
  'POST /api/v1/second_factor/confirm': () => ({ body: { code: '000000' } }),
  'POST /api/v1/second_factor/disable': () => ({ body: { password: WRONG } }),
  'POST /api/v1/apps': () => ({
    body: { client_name: 'An app', redirect_uris: 'urn:ietf:wg:oauth:2.0:oob' },
  }),
  'PATCH /api/v1/accounts/update_credentials': () => ({ body: { display_name: 'Alice' } }),
  'POST /api/v1/accounts/:id/follow': () => ({ body: { reblogs: true } }),
  'POST /api/v1/accounts/:id/mute': () => ({ body: { duration: 60 } }),
  'POST /api/v1/accounts/:id/note': () => ({ body: { comment: 'Met at the lake' } }),
  'POST /api/v1/lists': () => ({ body: { title: 'Cats' } }),
  'PUT /api/v1/lists/:id': () => ({ body: { title: 'Dogs' } }),
  'POST /api/v1/lists/:id/accounts': ({ friend }) => ({ body: { account_ids: [friend.id] } }),
  'DELETE /api/v1/lists/:id/accounts': ({ friend }) => ({ body: { account_ids: [friend.id] } }),
  'POST /api/v1/bookmark_folders': () => ({ body: { title: 'Snow' } }),
  'PUT /api/v1/bookmark_folders/:id': () => ({ body: { title: 'Ice' } }),
  'PUT /api/v1/statuses/:id/bookmark_folder': () => ({ body: { folder_id: null } }),
  'POST /api/v1/markers': () => ({ body: { home: { last_read_id: '1' } } }),
  'PUT /api/v2/filters/keywords/:id': () => ({ body: { keyword: 'spoiler' } }),
  'POST /api/v2/filters/:id/keywords': () => ({ body: { keyword: 'spoiler' } }),
  'POST /api/v2/filters/:id/statuses': ({ shownVideo }) => ({ body: { status_id: shownVideo } }),
  'POST /api/v2/filters': () => ({ body: { title: 'Finale', context: ['home'] } }),
  'PUT /api/v2/filters/:id': () => ({ body: { title: 'Finale' } }),
  'POST /api/v1/filters': () => ({ body: { phrase: 'finale', context: ['home'] } }),
  'PUT /api/v1/filters/:id': () => ({ body: { phrase: 'finale', context: ['home'] } }),
  'POST /api/v1/reports': ({ friend }) => ({ body: { account_id: friend.id } }),
  'POST /api/v1/notifications/requests/accept': ({ friend }) => ({ body: { id: [friend.id] } }),
  'POST /api/v1/notifications/requests/dismiss': ({ friend }) => ({ body: { id: [friend.id] } }),
  'PATCH /api/v2/notifications/policy': () => ({ body: { for_new_accounts: 'filter' } }),
  'POST /api/v1/push/subscription': () => ({
    body: { subscription: { endpoint: 'https://push.test/1', keys: { p256dh: 'a', auth: 'b' } } },
  }),
  'PUT /api/v1/push/subscription': () => ({ body: { data: { policy: 'all' } } }),
  'POST /api/v2/media': () => ({ body: { description: 'A cat' }, needsFile: 'file' }),
  'POST /api/v1/media': () => ({ body: { description: 'A cat' }, needsFile: 'file' }),
  'PUT /api/v1/media/:id': () => ({ body: { description: 'A cat' } }),
  'PUT /api/v1/scheduled_statuses/:id': () => ({ body: { scheduled_at: inAnHour() } }),
  'POST /api/v1/statuses': ({ shownVideo }) => ({ body: { status: 'Nice', in_reply_to_id: shownVideo } }),
  'PUT /api/v1/statuses/:id': () => ({ body: { status: 'Changed' } }),
  'POST /api/v1/videos': () => ({ body: { bytes: 10 } }),
  'PATCH /api/v1/videos/:id': () => ({ body: { caption: 'Changed' } }),
  'POST /api/v1/uploads/direct': () => ({ body: { bytes: 10, filename: 'a.mp4' } }),
  'POST /api/v1/uploads/direct/:id/complete': (_world, thing) => ({
    body: { parts: [{ number: 1, etag: thing?.params.etag }] },
  }),
  'PUT /api/v1/videos/:id/captions/:language': () => ({
    ...{ body: 'WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n', type: 'text/vtt' },
  }),
  'PUT /api/v1/videos/:id/poster': () => ({ body: { seconds: 1 } }),
  'POST /api/v1/admin/deliveries/dead/retry': () => ({ body: { host: 'nowhere.test' } }),
  'POST /api/v1/admin/deliveries/dead/discard': () => ({ body: { host: 'nowhere.test' } }),
  'POST /api/v1/admin/accounts/:id/notes': () => ({ body: { text: 'Wrote to them.' } }),
  'POST /api/v1/admin/reports/:id/notes': () => ({ body: { text: 'Looked at.' } }),
  'POST /api/v1/admin/reports/:id/forward': () => ({ body: { summary: 'Insults.' } }),
  'PUT /api/v1/admin/reports/:id': () => ({ body: { category: 'spam' } }),
  'POST /api/v1/admin/report_changes': () => ({ body: { change: 'reopen', reports: [{ id: '7' }] } }),
  'POST /api/v1/admin/report_changes/undo': () => ({ body: { audit_ids: ['7'] } }),
  'POST /api/v1/admin/audit_log/undo': () => ({ body: { audit_ids: ['7'] } }),
  'POST /api/v1/admin/domain_blocks': (world) => ({
    body: { domain: `bad${world.next()}.test`, severity: 'noop' },
  }),
  'PUT /api/v1/admin/domain_blocks/:id': () => ({ body: { severity: 'silence' } }),
  'POST /api/v1/admin/domain_allows': (world) => ({ body: { domain: `good${world.next()}.test` } }),
  'POST /api/v1/admin/domains/effect': () => ({ body: { domains: ['evil.test'] } }),
  'POST /api/v1/admin/domains/decide': (world) => ({
    body: { domains: [`bad${world.next()}.test`], severity: 'silence' },
  }),
  'POST /api/v1/admin/domains/lift': () => ({ body: { domain: 'evil.test' } }),
  'POST /api/v1/admin/domains/import': (world) => ({ body: `bad${world.next()}.test\n`, type: 'text/csv' }),
  'POST /api/v1/admin/domains/undo': () => ({ body: { id: '1' } }),
  'POST /api/v1/admin/domains/subscriptions': (world) => ({
    body: { url: `https://lists.test/${world.next()}.csv` },
  }),
  'PUT /api/v1/admin/domains/subscriptions/:id': () => ({ body: { priority: 7 } }),
  'POST /api/v1/admin/domains/drafts/accept': () => ({ body: { ids: ['1'] } }),
  'POST /api/v1/admin/domains/drafts/reject': () => ({ body: { ids: ['1'] } }),
  'POST /api/v1/admin/domains/excludes': () => ({ body: { domain: 'friend.test' } }),
  'DELETE /api/v1/admin/domains/excludes': () => ({ query: { domain: 'friend.test' } }),
  'PUT /api/v1/admin/domains/list_audience': () => ({ body: { audience: 'members' } }),
  'POST /api/v1/admin/domains/watches': (world) => ({ body: { host: `peer${world.next()}.test` } }),
  'DELETE /api/v1/admin/domains/watches': () => ({ query: { host: 'peer.test' } }),
  'POST /api/v1/admin/domains/notices/dismiss': () => ({ body: { domain: 'evil.test' } }),
  'POST /api/v1/admin/instances/:host/purge': () => ({ body: { dry_run: true } }),
  'POST /api/v1/domain_blocks': () => ({ body: { domain: 'noise.test' } }),
  'DELETE /api/v1/domain_blocks': () => ({ body: { domain: 'noise.test' } }),
  'GET /api/v1/accounts/lookup': () => ({ query: { acct: 'alice' } }),
  'GET /api/v1/accounts/search': () => ({ query: { q: 'alice' } }),
  'PUT /api/v1/admin/trends/trust/:domain': () => ({ body: { trust: 0.5, note: 'Small and well kept.' } }),
  ...Object.fromEntries(
    ['tags', 'statuses', 'creators', 'sounds'].flatMap((thing) =>
      ['approve', 'reject', 'hold', 'release'].map((verb) => [
        `POST /api/v1/admin/trends/${thing}/:${thing === 'tags' ? 'name' : 'id'}/${verb}`,
        () => ({ body: { note: 'Looked at.' } }),
      ]),
    ),
  ),
  'GET /api/v2/search': () => ({ query: { q: 'mark' } }),
  'GET /api/v1/search/videos': () => ({ query: { q: 'mark' } }),
  'GET /api/v1/search/sounds': () => ({ query: { q: 'mark' } }),
  'GET /api/v1/search/packs': () => ({ query: { q: 'mark' } }),
  'GET /api/v1/search/suggestions': () => ({ query: { q: 'mark' } }),
};

export const rightFor = (world: World, route: Route, thing: Thing | null): Right =>
  RIGHT[nameOf(route)]?.(world, thing) ?? {};
