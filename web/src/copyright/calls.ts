import { request } from '../api/client.ts';
import type { CopyrightClaim, Strike } from '../api/schema.gen.ts';

const ofToken = (token: string) => `/api/v1/claims/${encodeURIComponent(token)}`;

export const fileClaim = (claim: object) => request<CopyrightClaim>('POST', '/api/v1/claims', claim);
export const claimBy = (token: string) => request<CopyrightClaim>('GET', ofToken(token));
export const confirmClaim = (token: string) => request<CopyrightClaim>('POST', `${ofToken(token)}/confirm`);
export const withdrawClaim = (token: string) => request<CopyrightClaim>('POST', `${ofToken(token)}/withdraw`);
export const goToCourt = (token: string, counterId: string, court: string) =>
  request<CopyrightClaim>('POST', `${ofToken(token)}/court`, { counter_notice_id: counterId, court });

/** As the viewer, or by the link of a mail. */
export const sendCounter = (strikeId: string, token: string | null, notice: object) =>
  request<Strike>(
    'POST',
    token === null
      ? `/api/v1/strikes/${strikeId}/counter_notice`
      : `/api/v1/decisions/${encodeURIComponent(token)}/counter_notice`,
    notice,
  );
