import { type ApiOutcome, request } from '../../api/client.ts';
import type { Strike } from '../../api/schema.gen.ts';

/** One decision by the link of a mail, or all of the viewer. */
export async function decisions(token: string | null): Promise<ApiOutcome<readonly Strike[]>> {
  if (token === null) return request<Strike[]>('GET', '/api/v1/strikes');
  const one = await request<Strike>('GET', `/api/v1/decisions/${encodeURIComponent(token)}`);
  return one.ok ? { ok: true, value: [one.value] } : one;
}

export const appealAgainst = (id: string, token: string | null, text: string) =>
  request<Strike>(
    'POST',
    token === null ? `/api/v1/strikes/${id}/appeal` : `/api/v1/decisions/${encodeURIComponent(token)}/appeal`,
    { text },
  );
