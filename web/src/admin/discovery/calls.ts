import { request } from '../../api/client.ts';
import type {
  DiscoveryChange,
  DiscoveryPack,
  DiscoveryStart,
  ExchangeChange,
  ExchangePeer,
} from '../../api/schema.gen.ts';

const PEERS = '/api/v1/admin/exchange';

export const peers = () => request<ExchangePeer[]>('GET', PEERS);
export const addPeer = (host: string) => request<ExchangeChange>('POST', PEERS, { host });
export const removePeer = (id: string) => request<ExchangeChange>('DELETE', `${PEERS}/${id}`);
export const turnPeer = (id: string, verb: 'pause' | 'resume') =>
  request<ExchangeChange>('POST', `${PEERS}/${id}/${verb}`, {});
const PACKS = '/api/v1/admin/discovery';

/** What somebody chose to begin with. */
interface Chosen {
  readonly topics: readonly string[];
  readonly hosts: readonly string[];
  readonly accounts: readonly string[];
}

export const packs = () => request<DiscoveryPack[]>('GET', PACKS);
export const startPack = (chosen: Chosen) => request<DiscoveryStart>('POST', PACKS, chosen);
export const turnPack = (id: string, verb: 'stop' | 'resume') =>
  request<DiscoveryChange>('POST', `${PACKS}/${id}/${verb}`);
