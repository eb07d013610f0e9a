import type { AccountId } from '../lib/ids.ts';
import type { MayLookUp } from '../modules/fasp/index.ts';
import type { HttpDeps } from './deps.ts';

/** Questions to other servers that what auxiliary services find may cause for one person; besides those that they cause themselves. */
const SERVICE_LOOKUPS = { name: 'service-lookup', points: 20, seconds: 300 };

/** Counts one more question, and says whether it may be asked. */
export const mayLookUp =
  ({ limits }: Pick<HttpDeps, 'limits'>, viewerId: AccountId): MayLookUp =>
  () =>
    limits.take(SERVICE_LOOKUPS, viewerId).then(
      () => true,
      () => false,
    );
