import { request } from '../../api/client.ts';
import type { LegalHold, LegalHoldChange, LegalHoldEvidence, LegalHoldExport } from '../../api/schema.gen.ts';

export type { LegalHold, LegalHoldEvidence, LegalHoldExport };

export const LIST = '/api/v1/admin/legal_holds';

export interface NewHold {
  readonly kind: LegalHold['kind'];
  readonly target_id: string;
  readonly reason: string;
  readonly reference: string;
}

export const hold = (input: NewHold) => request<LegalHoldChange>('POST', LIST, input);
export const lookAt = (id: string) => request<LegalHoldEvidence>('GET', `${LIST}/${id}`);
export const decide = (id: string, verb: 'release' | 'restore', reason: string) =>
  request<LegalHoldChange>('POST', `${LIST}/${id}/${verb}`, { reason });
export const takeOut = (id: string, reason: string) =>
  request<LegalHoldExport>('POST', `${LIST}/${id}/export`, { reason });
