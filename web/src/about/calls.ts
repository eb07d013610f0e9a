import { request } from '../api/client.ts';
import type { InstanceDomainBlock, InstanceText, TransparencyReport, V1Instance } from '../api/schema.gen.ts';

const INSTANCE = '/api/v1/instance';

export const extendedDescription = () => request<InstanceText>('GET', `${INSTANCE}/extended_description`);
export const privacyPolicy = () => request<InstanceText>('GET', `${INSTANCE}/privacy_policy`);
export const limitedServers = () => request<InstanceDomainBlock[]>('GET', `${INSTANCE}/domain_blocks`);
/** The only one that counts. */
export const countedInstance = () => request<V1Instance>('GET', INSTANCE);
export const transparency = (year: number | null) =>
  request<TransparencyReport>('GET', `${INSTANCE}/transparency${year === null ? '' : `?year=${year}`}`);
