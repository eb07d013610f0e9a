import { request } from '../../api/client.ts';
import type { AuxiliaryService, AuxiliaryServiceChange } from '../../api/schema.gen.ts';

const PATH = '/api/v1/admin/services';
type Change = AuxiliaryServiceChange;

export const services = () => request<AuxiliaryService[]>('GET', PATH);
export const answerTo = (id: string, verb: 'accept' | 'refuse') =>
  request<Change>('POST', `${PATH}/${id}/${verb}`, {});
export const removeService = (id: string) => request<Change>('DELETE', `${PATH}/${id}`);
export const askForCallback = (id: string) => request<Change>('POST', `${PATH}/${id}/callback`, {});
export const setCapability = (id: string, capability: string, enabled: boolean) =>
  request<Change>('POST', `${PATH}/${id}/capabilities`, { capability, enabled });
