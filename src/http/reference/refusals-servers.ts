import type { Reason } from '../errors.ts';

/** What is refused besides the usual where other servers are asked for something. */
export const ofServers: Readonly<Record<string, readonly Reason[]>> = {
  'POST /api/v1/admin/relays': ['known', 'unreachable'],
  'POST /api/v1/admin/relays/:id/pause': ['conflict'],
  'POST /api/v1/admin/relays/:id/resume': ['conflict'],
  'POST /api/v1/admin/discovery': ['conflict'],
  'POST /api/v1/admin/discovery/:id/stop': ['conflict'],
  'POST /api/v1/admin/discovery/:id/resume': ['conflict'],
  'POST /api/v1/admin/services/:id/accept': ['conflict'],
  'POST /api/v1/admin/services/:id/refuse': ['conflict'],
  'DELETE /api/v1/admin/services/:id': ['conflict'],
  'POST /api/v1/admin/services/:id/capabilities': ['conflict'],
  'POST /api/v1/admin/services/:id/callback': ['conflict'],
  'POST /api/v1/admin/exchange': ['known'],
  'POST /api/v1/admin/exchange/:id/pause': ['conflict'],
  'POST /api/v1/admin/exchange/:id/resume': ['conflict'],
};
