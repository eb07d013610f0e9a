import type { TestServer } from './server.ts';

/** Tables that say what an area decides; what has its own time or counts changes is left out. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  role: ['staff_roles', 'users', 'sessions'],
  'joining-block': ['email_domain_blocks', 'ip_blocks', 'reserved_names'],
  setting: ['settings'],
  branding: ['instance_pictures'],
  invite: ['invites'],
  announcement: ['announcements'],
  raid: ['raid_mode'],
  queue: ['queue_pauses'],
  maintenance: ['server_lock'],
  relay: ['relays'],
  pack: ['packs'],
  playlist: ['playlists'],
  exchange: ['exchange_peers', 'discovery_packs'],
  fasp: ['fasp_providers', 'fasp_capabilities'],
  ranking: [],
  trend: ['trend_decisions', 'trend_trusts'],
  report: ['reports', 'report_notes'],
  rule: ['content_rules'],
  hash: ['listed_media'],
  sound: ['sound_rules', 'sound_rights'],
  'legal-hold': ['legal_holds'],
  domain: [
    ...(['domain_policies', 'domain_subscriptions', 'domain_excludes', 'domain_drafts'] as const),
    ...(['block_watches', 'block_notices', 'instance_settings'] as const),
  ],
  account: ['accounts', 'videos'],
  video: ['videos'],
  comment: ['comments', 'video_stats'],
  user: ['users'],
};
/** What changes by itself with whatever is done. */
const BESIDES = [
  ...[
    'updated_at',
    'changed_at',
    'decided_at',
    'edited_at',
    'created_at',
    'version',
    'told',
    'next_at',
    'etag',
    'decided_by',
  ],
  ...['last_used_at', 'last_seen_at'],
];

/** A policy that is put back has a new number; raid mode says why it is on again. */
const OF_TABLE: Readonly<Record<string, readonly string[]>> = {
  domain_policies: ['id'],
  raid_mode: ['reason'],
  // One that is locked again is so from then on.
  server_lock: ['since'],
  // When it was decided for the first time is never told anew.
  reports: ['first_closed_at'],
  queue_pauses: ['paused_at'],
};

/** What the tables of an area say, without what changes by itself. */
export async function stateOfArea(
  { db, recommending }: Pick<TestServer['context'], 'db' | 'recommending'>,
  area: string,
): Promise<Record<string, unknown>> {
  const tables = (TABLES[area] ?? []).map(async (table) => {
    const known = await db.schema.hasTable(table);
    if (!known) return [table, null];
    const rows = await db(table).select(
      db.raw('(to_jsonb(??.*) - ?::text[])::text as row', [table, [...BESIDES, ...(OF_TABLE[table] ?? [])]]),
    );
    // A decision that nobody took, a note that was taken back and a hold that was released are none.
    const counting = rows.filter(
      ({ row }) =>
        !/"standing": "open"|"trust": null/.test(row) && !/"(removed|released|revoked)_at": "/.test(row),
    );
    // One that is paused again, or taken down again, is so from then on.
    const paused = /"(paused|taken_down)_at": "[^"]+"/;
    return [table, counting.map(({ row }) => row.replace(paused, '"$1_at": true')).sort()];
  });
  const numbers = area === 'ranking' ? (await recommending.settings.current()).version : null;
  return { ...Object.fromEntries(await Promise.all(tables)), numbers };
}
