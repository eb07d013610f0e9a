import { readingLimits } from '../../config/limits.ts';
import { fail, ok } from '../../src/lib/result.ts';
import type { ReadOutbox } from '../../src/modules/exchange/index.ts';
import type { Lookup } from '../lookup.ts';
import { readCollection } from '../net/collection.ts';
import type { LoadDocument } from '../net/document-loader.ts';
import { idOf, sameOrigin } from '../translate/read.ts';
import { publishedBy } from './backfill.ts';

const no = (reason: string, again = false) => ({ ...fail(reason), again });

/** See `ReadOutbox`: only ids are taken, of posts of the server of the account itself. */
export function createReadOutbox(deps: {
  readonly lookup: Lookup;
  readonly loadDocument: LoadDocument;
}): ReadOutbox {
  return async (handle, { signal, most }) => {
    const found = await deps.lookup.account(handle);
    if (!found.ok) return no(`account-${found.reason}`, found.reason === 'unreachable');
    const { account } = found;
    if (account.domain === null) return no('our-own');
    if (account.outboxUri === null) return no('no-outbox');
    const uris = new Set<string>();
    const from = { loadDocument: deps.loadDocument, limits: readingLimits, signal };
    const { end } = await readCollection(from, account.actorUri, account.outboxUri, (item) => {
      const uri = idOf(publishedBy(account, item));
      if (uri !== null && sameOrigin(uri, account.actorUri)) uris.add(uri);
      return uris.size < most;
    });
    if (uris.size === 0 && end === 'again') return no('outbox-unreachable', true);
    return ok({ uris: [...uris] });
  };
}
