import { portabilityLimits } from '../../../../config/account-limits.ts';
import type { Db, Tx } from '../../../db/database.ts';
import { playlistItemVisibleTo } from '../../../db/visibility.ts';
import type { AccountId, PlaylistId, VideoId } from '../../../lib/ids.ts';
import { fail, ok } from '../../../lib/result.ts';
import { halvesOf, type LibraryPart, pairOf } from './part.ts';

const items = (db: Db | Tx, accountId: AccountId) =>
  db('playlist_items')
    .join('playlists', 'playlists.id', 'playlist_items.playlist_id')
    .join('videos', 'videos.id', 'playlist_items.video_id')
    .where('playlists.account_id', accountId);

/** Playlists with their clips in order. One without clips is named by no line. */
export const playlistsPart: LibraryPart = {
  rows: ({ db }, accountId) =>
    items(db, accountId)
      .modify(playlistItemVisibleTo(accountId, 'shown'))
      .orderBy(['playlists.id', 'playlist_items.position', 'playlist_items.video_id'])
      .limit(portabilityLimits.maxExportRows)
      .select('videos.uri as name', 'playlists.title as list')
      .select('playlists.visibility', 'playlists.description'),

  there: (_deps, tx, accountId) =>
    items(tx, accountId)
      .select(tx.raw(`playlists.id || ':' || videos.id as names`))
      .select(tx.raw(`playlists.title || e'\\n' || videos.uri as name`)),

  async add({ playlists }, tx, { id: ownerId }, named, { list: title = '', visibility, description = '' }) {
    if (!('post' in named && 'videoId' in named.post))
      return fail('not-a-clip', 'Only clips can be in a playlist.');
    const { videoId } = named.post;
    const known: { id: PlaylistId } | undefined = await tx('playlists')
      .where({ account_id: ownerId, title })
      .orderBy('id')
      .first('id');
    const facts = { title, description, visibility: visibility ?? 'private', coverVideoId: null };
    const made = known ? ok(known) : await playlists.create(tx, ownerId, facts);
    if (!made.ok) return made;
    const added = await playlists.add(tx, ownerId, made.id, [videoId]);
    return added.ok ? ok({ names: pairOf(made.id, videoId) }) : added;
  },

  take({ playlists }, tx, { id }, names) {
    const [playlistId, videoId] = halvesOf<PlaylistId, VideoId>(names);
    return playlists.take(tx, id, playlistId, videoId);
  },
};
