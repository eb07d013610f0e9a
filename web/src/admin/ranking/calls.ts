import { request } from '../../api/client.ts';
import type { AdminRanking } from '../../api/schema.gen.ts';

export type Numbers = Readonly<Record<string, number>>;
/** As the API says it, with what its numbers are. */
export interface Ranking extends Omit<AdminRanking, 'settings' | 'defaults' | 'changes'> {
  readonly settings: Numbers;
  readonly defaults: Numbers;
  readonly changes: readonly (Omit<AdminRanking['changes'][number], 'settings'> & {
    readonly settings: Numbers;
  })[];
}

const AT = '/api/v1/admin/ranking';

export const ranking = () => request<Ranking>('GET', AT);
export const setRanking = (settings: Numbers, reason: string) =>
  request<Ranking>('PATCH', AT, { settings, reason });
export const resetRanking = () => request<Ranking>('DELETE', AT);
