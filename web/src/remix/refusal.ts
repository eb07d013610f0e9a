import { refusalIn } from '../api/client.ts';
import type { RemixPermission } from '../api/types.ts';
import { say } from './say.ts';

/** Why somebody may not make a remix, in the language of the page. */
export const refusalOf = ({ reason, message }: Pick<RemixPermission['duet'], 'reason' | 'message'>): string =>
  (reason === null ? undefined : refusalIn(reason)) ?? message ?? say('refusedTitle');
