import { legalHoldLimits } from '../../../../config/legal-hold-limits.ts';
import { nameOf } from '../../../../media/keys.ts';
import type { Tx } from '../../../db/database.ts';
import type { HoldTarget } from './model.ts';

/** What becomes a file of the export: a record as JSON, or an object that is to be copied. */
export type NewItem = { readonly path: string } & (
  | { readonly content: string }
  | { readonly sourceKey: string }
);

interface Collected {
  readonly label: string;
  readonly items: readonly NewItem[];
}

/** All that this server knows of a target, as it is now; null where there is no such target. */
export function collect(tx: Tx, { kind, id }: HoldTarget): Promise<Collected | null> {
  return OF_KIND[kind](tx, id);
}

const OF_KIND = { account: ofAccount, video: ofVideo, report: ofReport };

async function ofAccount(tx: Tx, id: string): Promise<Collected | null> {
  const label = await handleOf(tx, id);
  if (label === null) return null;
  const videoIds: string[] = await tx('videos').where({ account_id: id }).orderBy('id').pluck('id');
  return {
    label,
    items: [
      ...(await accountItems(tx, id)),
      ...(await videoItems(tx, videoIds)),
      ...(await commentItems(tx, (query) => query.where({ account_id: id }))),
    ],
  };
}

async function ofVideo(tx: Tx, id: string): Promise<Collected | null> {
  const video = await tx('videos').where({ id }).first('uri', 'account_id');
  if (!video) return null;
  return {
    label: video.uri,
    items: [...(await accountItems(tx, video.account_id)), ...(await videoItems(tx, [id]))],
  };
}

async function ofReport(tx: Tx, id: string): Promise<Collected | null> {
  const report = await tx('reports').where({ id }).first();
  if (!report) return null;
  const evidence: Record<string, unknown>[] = await tx('report_evidence')
    .where({ report_id: id })
    .orderBy('id');
  return {
    label: (await handleOf(tx, report.target_id)) ?? report.uri,
    items: [
      record('report.json', report),
      ...evidence.map((post) => record(`evidence/${post.post_kind}-${post.post_id}.json`, post)),
      ...evidence.flatMap(({ post_id: postId, sheet_key: key }) =>
        typeof key === 'string' ? file(`evidence/${postId}-${nameOf(key)}`, key) : [],
      ),
      ...(await accountItems(tx, report.target_id)),
      ...(await videoItems(tx, report.video_ids)),
      ...(await commentItems(tx, (query) => query.whereRaw('id = any(?::bigint[])', [report.comment_ids]))),
    ],
  };
}

async function handleOf(tx: Tx, id: string): Promise<string | null> {
  const row = await tx('accounts').where({ id }).first('username', 'domain');
  if (!row) return null;
  return `@${row.username}${row.domain === '' ? '' : `@${row.domain}`}`;
}

/** Who it is, how to reach them, and from where they came, as far as that is still known. */
async function accountItems(tx: Tx, id: string): Promise<NewItem[]> {
  const account = await tx('accounts')
    .leftJoin('users', 'users.account_id', 'accounts.id')
    .where('accounts.id', id)
    .first(
      ...['accounts.id', 'username', 'domain', 'actor_uri', 'url', 'actor_type', 'display_name', 'bio_html'],
      ...['fields', 'also_known_as', 'state', 'accounts.created_at', 'avatar_key', 'header_key'],
      ...['email', 'unconfirmed', 'approval', 'reason', 'role', 'last_seen_at'],
      'users.created_at as joined_at',
    );
  if (!account) return [];
  const { avatar_key: avatar, header_key: header, ...facts } = account;
  const sessions = await tx('sessions')
    .where({ account_id: id })
    .orderBy('id')
    .select('kind', 'user_agent', 'created_at', 'last_used_at', tx.raw('host(ip) as ip'));
  return [
    record('account.json', { ...facts, sessions }),
    ...(avatar === null ? [] : file(`account/${nameOf(avatar)}`, avatar)),
    ...(header === null ? [] : file(`account/${nameOf(header)}`, header)),
  ];
}

interface AssetRow {
  readonly video_id: string;
  readonly key: string;
  readonly role: string;
  readonly width: number | null;
  readonly height: number | null;
}

/** What was uploaded, what people saw in its largest size, and everything that is said in it or of it. */
async function videoItems(tx: Tx, ids: readonly string[]): Promise<NewItem[]> {
  const named = [[...ids]];
  const videos = await tx('videos')
    .whereRaw('id = any(?::bigint[])', named)
    // Whoever deletes one of them waits, and finds that its files are to be copied first.
    .forShare()
    .orderBy('id')
    .select(
      ...['id', 'account_id', 'local', 'uri', 'url', 'state', 'visibility', 'caption', 'caption_html'],
      ...['content_warning', 'sensitive', 'alt_text', 'language', 'duration_seconds', 'source_url'],
      ...['created_at', 'published_at', 'edited_at', 'original_key', 'original_sha256'],
    );
  const assets: AssetRow[] = await tx('video_assets')
    .whereRaw('video_id = any(?::bigint[])', named)
    .orderBy('key')
    .select('video_id', 'key', 'role', 'width', 'height');
  const matches: { video_id: string; evidence_key: string }[] = await tx('listed_media_matches')
    .whereRaw('video_id = any(?::bigint[])', named)
    .whereNotNull('evidence_key')
    .select('video_id', 'evidence_key');
  return videos.flatMap(({ original_key: original, ...facts }) => {
    const below = `videos/${facts.id}`;
    const quarantined = matches.find(({ video_id: id }) => id === facts.id);
    return [
      record(`${below}/video.json`, facts),
      ...(original === null ? [] : file(`${below}/original`, original)),
      ...(quarantined ? file(`${below}/quarantined`, quarantined.evidence_key) : []),
      ...telling(assets.filter(({ video_id: id }) => id === facts.id)).flatMap(({ key }) =>
        file(`${below}/${nameOf(key)}`, key),
      ),
    ];
  });
}

const PLAYED = new Set(['mp4', 'copy']);
const BESIDE = new Set(['poster', 'captions', 'storyboard']);

/** The largest size that plays by itself, and what is beside it; the other sizes show the same. */
function telling(assets: readonly AssetRow[]): AssetRow[] {
  const area = ({ width, height }: AssetRow) => (width ?? 0) * (height ?? 0);
  const [largest] = assets.filter(({ role }) => PLAYED.has(role)).toSorted((a, b) => area(b) - area(a));
  return [...(largest ? [largest] : []), ...assets.filter(({ role }) => BESIDE.has(role))];
}

async function commentItems(tx: Tx, which: (query: ReturnType<Tx>) => ReturnType<Tx>): Promise<NewItem[]> {
  const comments: Record<string, unknown>[] = await which(tx('comments'))
    .orderBy('id')
    .select(
      ...['id', 'account_id', 'video_id', 'parent_id', 'uri', 'url', 'visibility', 'text', 'content_html'],
      ...['content_warning', 'published_at', 'edited_at', 'removed_at'],
    );
  const { commentsPerRecord } = legalHoldLimits;
  return Array.from({ length: Math.ceil(comments.length / commentsPerRecord) }, (_, part) =>
    record(
      `comments-${String(part + 1).padStart(4, '0')}.json`,
      comments.slice(part * commentsPerRecord, (part + 1) * commentsPerRecord),
    ),
  );
}

const record = (path: string, facts: object): NewItem => ({
  path,
  content: `${JSON.stringify(facts, null, 2)}\n`,
});

const file = (path: string, sourceKey: string): NewItem[] => [{ path, sourceKey }];
