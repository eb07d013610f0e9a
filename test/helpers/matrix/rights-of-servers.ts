import type { World } from './world.ts';

/** The same as `RIGHT` in routes.ts, for what the staff does about other servers. */
export const rightsOfServers: Readonly<Record<string, (world: World) => { readonly body: object }>> = {
  'POST /api/v1/admin/services/:id/accept': () => ({ body: { reason: 'Its key is the one.' } }),
  'POST /api/v1/admin/services/:id/refuse': () => ({ body: { reason: 'Nobody here asked for it.' } }),
  'POST /api/v1/admin/services/:id/capabilities': () => ({
    body: { capability: 'data_sharing', enabled: true },
  }),
  'POST /api/v1/admin/exchange': ({ next }) => ({ body: { host: `asked${next()}.test` } }),
  'POST /api/v1/admin/exchange/:id/pause': () => ({ body: { reason: 'It lies.' } }),
  'POST /api/v1/admin/exchange/:id/resume': () => ({ body: { reason: 'It has stopped.' } }),
  'POST /api/v1/admin/discovery': () => ({ body: { hosts: ['far.test'], topics: ['birds'] } }),
  'POST /api/v1/admin/relays': ({ next }) => ({ body: { address: `https://relay${next()}.test/inbox` } }),
  'POST /api/v1/admin/relays/:id/pause': () => ({ body: { reason: 'It is too loud.' } }),
  'POST /api/v1/admin/relays/:id/resume': () => ({ body: { reason: 'It is quiet again.' } }),
};
