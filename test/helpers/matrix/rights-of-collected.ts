import type { World } from './world.ts';

/** What routes of starter packs and playlists take; see `RIGHT`. */
export const rightsOfCollected: Readonly<Record<string, (world: World) => { readonly body: object }>> = {
  ...Object.fromEntries(
    ['packs', 'playlists']
      .flatMap((what) => [`${what}/:id/take_down`, `${what}/:id/restore`])
      .map((path) => [`POST /api/v1/admin/${path}`, () => ({ body: { reason: 'Hate, or none.' } })]),
  ),
  'POST /api/v1/packs': () => ({ body: { title: 'Birds' } }),
  'PUT /api/v1/packs/:id': () => ({ body: { title: 'Birds' } }),
  'POST /api/v1/packs/:id/accounts': ({ friend }) => ({ body: { account_ids: [friend.id] } }),
  'DELETE /api/v1/packs/:id/accounts': ({ owner }) => ({ body: { account_ids: [owner.id] } }),
  'POST /api/v1/packs/:id/follow': () => ({ body: {} }),
  'POST /api/v1/packs/read': ({ server }) => ({ body: { url: `${server.origin}/packs/1` } }),
  'POST /api/v1/playlists': ({ shownVideo }) => ({ body: { title: 'Snow', video_ids: [shownVideo] } }),
  'PUT /api/v1/playlists/:id': () => ({ body: { title: 'Ice' } }),
  'POST /api/v1/playlists/:id/videos': ({ shownVideo }) => ({ body: { video_ids: [shownVideo] } }),
  'POST /api/v1/playlists/:id/videos/:video_id/move': () => ({ body: { before: null } }),
  'POST /api/v1/packs/import': ({ owner, server }) => ({
    body: { title: 'Birds', content: `${owner.account.username}@${new URL(server.origin).host}` },
  }),
};
