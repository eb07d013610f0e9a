import { z } from 'zod';
import { packLimits } from '../../../../config/limits.ts';
import { atOnce } from '../../../lib/at-once.ts';
import type { AccountId, PackId } from '../../../lib/ids.ts';
import { type PackFile, packCsv, parsePackFile } from '../../../modules/packs/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { isShownHere } from '../accounts/get-account.ts';
import { accountsInOrder } from '../relations/people.ts';
import { packEntity, packEntityOf, packParams, refusedMembers, shownPack, title } from './schemas.ts';

/** A pack as a file, as the viewer sees it. */
async function fileOf(deps: HttpDeps, id: PackId, viewerId: AccountId | null): Promise<PackFile> {
  const { title, description } = await shownPack(deps, id, viewerId);
  const ids = (await deps.packs.membersOf([id], viewerId)).get(id) ?? [];
  const members = await accountsInOrder(deps, ids);
  const handles = members.map(({ username, domain }) => `${username}@${domain ?? deps.config.domain}`);
  return { title, description, handles };
}

const exporting = {
  ...({ method: 'get', audience: 'anyone', scope: 'read:lists' } as const),
  params: packParams,
  limit: { name: 'exports', points: 30, seconds: 900 },
};

export const exportPack = route({
  ...exporting,
  path: '/api/v1/packs/:id/export',
  summary: 'A starter pack as a file of JSON, which can be imported at another server.',
  output: z
    .object({
      title: z.string(),
      description: z.string(),
      accounts: z.array(z.string()).describe('Handles with their servers'),
    })
    .meta({ id: 'PackFile' }),
  handler: async ({ deps, params, viewer, res }) => {
    const { handles, ...facts } = await fileOf(deps, params.id, viewer?.account.id ?? null);
    res.attachment(`pack-${params.id}.json`);
    return { ...facts, accounts: [...handles] };
  },
});

export const exportPackCsv = route({
  ...exporting,
  path: '/api/v1/packs/:id/export_csv',
  summary: 'The handles of a starter pack as a CSV file, in the shape in which Mastodon imports follows.',
  contentType: 'text/csv',
  output: z.string(),
  handler: async ({ deps, params, viewer, res }) => {
    const file = await fileOf(deps, params.id, viewer?.account.id ?? null);
    res.attachment(`pack-${params.id}.csv`);
    return packCsv(file);
  },
});

/** The accounts behind handles; those unknown here are asked for at their servers, as many as one import may. */
async function resolved(deps: HttpDeps, { handles }: PackFile): Promise<Map<string, AccountId>> {
  const wanted = handles.slice(0, packLimits.maxMembers);
  const suffix = `@${deps.config.domain}`.toLowerCase();
  const found = new Map<string, AccountId>();
  const unknown: string[] = [];
  for (const handle of wanted) {
    const isOurs = handle.toLowerCase().endsWith(suffix);
    const account = await deps.accounts.byHandle(isOurs ? handle.slice(0, -suffix.length) : handle);
    if (account && (await isShownHere(deps, account))) found.set(handle, account.id);
    else if (!account && !isOurs) unknown.push(handle);
  }
  await atOnce(packLimits.askedAtOnce, unknown.slice(0, packLimits.maxUnknown), async (handle) => {
    const outcome = await deps.lookup.account(handle);
    if (outcome.ok && (await isShownHere(deps, outcome.account))) found.set(handle, outcome.account.id);
  });
  return found;
}

export const importPack = route({
  method: 'post',
  path: '/api/v1/packs/import',
  summary:
    'Make a starter pack of a file: its JSON, or a CSV file with a handle in each line. Accounts unknown here are asked for at their servers.',
  audience: 'signed-in',
  scope: 'write:lists',
  limit: { name: 'packs-import', points: 10, seconds: 900 },
  body: z.object({
    content: z.string().max(packLimits.maxFileCharacters).describe('Text of the file'),
    title: title.optional().describe('Where the file names none, or another is wanted'),
  }),
  maxJsonBytes: 2 * packLimits.maxFileCharacters,
  output: z.object({ pack: packEntity, refused: refusedMembers }).meta({ id: 'PackImport' }),
  handler: async ({ deps, body, viewer }) => {
    const { account } = viewer;
    const parsed = parsePackFile(body.content);
    if (!parsed.ok) throw refused(parsed);
    const { file } = parsed;
    const name = body.title ?? file.title;
    if (name === '') throw new ApiError('validation-failed', 'The file has no title: give it one.');
    const found = await resolved(deps, file);
    const handleOf = new Map([...found].map(([handle, id]) => [id, handle]));
    const outcome = await deps.inTx(async (tx) => {
      const made = await deps.packs.create(tx, account.id, { title: name, description: file.description });
      if (!made.ok) return made;
      const added = await deps.packs.add(tx, account.id, made.pack.id, [...found.values()]);
      return added.ok ? { ...added, pack: made.pack } : added;
    });
    if (!outcome.ok) throw refused(outcome);
    return {
      pack: await packEntityOf(deps, outcome.pack.id, account.id),
      refused: [
        ...outcome.refused.map(({ accountId, reason }) => ({
          ...{ account: handleOf.get(accountId) ?? accountId, reason },
        })),
        ...file.handles
          .filter((handle) => !found.has(handle))
          .map((handle) => ({ account: handle, reason: 'not-found' as const })),
      ],
    };
  },
});

export const readPack = route({
  method: 'post',
  path: '/api/v1/packs/read',
  summary:
    'A starter pack by the address of its page or collection; one of another server is asked for there.',
  audience: 'signed-in',
  scope: 'write:lists',
  limit: { name: 'packs-read', points: 20, seconds: 900 },
  body: z.object({ url: z.string().trim().max(1_024) }),
  output: packEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.readPack(body.url);
    if (!outcome.ok) throw refused(outcome);
    return packEntityOf(deps, outcome.packId, viewer.account.id);
  },
});
