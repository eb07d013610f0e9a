import { request } from '../../api/client.ts';
import type { DeadDelivery, DeadDeliveryWithBody, DeliveryCount, FailingHost } from '../../api/schema.gen.ts';

export type { DeadDelivery, DeadDeliveryWithBody, FailingHost };

const AT = '/api/v1/admin/deliveries';

export const deadPath = `${AT}/dead`;
export const failingHosts = () => request<FailingHost[]>('GET', `${AT}/hosts`);
export const showDead = (id: string) => request<DeadDeliveryWithBody>('GET', `${deadPath}/${id}`);

export type Deed = 'retry' | 'discard';
/** One of them, or all of a server. */
export type Which = { readonly id: string } | { readonly host: string };

export const actOn = (which: Which, deed: Deed) =>
  'id' in which
    ? request<DeliveryCount>('POST', `${deadPath}/${which.id}/${deed}`)
    : request<DeliveryCount>('POST', `${deadPath}/${deed}`, { host: which.host });
