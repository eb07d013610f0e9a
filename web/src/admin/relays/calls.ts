import { request } from '../../api/client.ts';
import type { Relay, RelayChange } from '../../api/schema.gen.ts';

const PATH = '/api/v1/admin/relays';

export const relays = () => request<Relay[]>('GET', PATH);
export const addRelay = (address: string) => request<RelayChange>('POST', PATH, { address });
export const removeRelay = (id: string) => request<RelayChange>('DELETE', `${PATH}/${id}`);
export const turn = (id: string, verb: 'pause' | 'resume') =>
  request<RelayChange>('POST', `${PATH}/${id}/${verb}`, {});
