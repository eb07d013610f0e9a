import { addressOf, infringing, openClaim } from '../claims.ts';
import { about, type CliRun, lists, says } from './run.ts';
import type { World } from './world.ts';

const filed = async ({ server: { context }, video, name }: World): Promise<string> =>
  openClaim(context, {
    videos: [await addressOf(context, await video())],
    email: `${name()}@rights.example`,
  });

const after =
  (verb: 'uphold' | 'reject') =>
  async (world: World): Promise<string> => {
    const id = await filed(world);
    await world.cli('claim', verb, id);
    return id;
  };

/** The counter-notice to a claim that was upheld. */
const countered = async ({ server: { context }, people: { local }, name }: World): Promise<string> => {
  const account = await local(name());
  await infringing(context, account, { claims: 1, daysAgo: 1 });
  const row = await context.db('claim_counters').orderBy('id', 'desc').first('id');
  return row.id;
};

/** What is about copyright. */
export const claims: Record<string, CliRun> = {
  'claim list': {
    async words(world) {
      await filed(world);
      return ['--state', 'open'];
    },
    shows: says('claims'),
  },
  'claim show': { ...about(filed), shows: says('A film of the sea') },
  'claim uphold': { ...about(filed), shows: lists({ removed: true }) },
  'claim reject': { ...about(filed), shows: says('is rejected') },
  'claim reopen': { ...about(after('reject')), shows: says('is open') },
  'claim restore': { ...about(after('uphold')), shows: says('is taken back') },
  'claim accept-counter': { ...about(countered), shows: says('is accepted') },
  'claim reject-counter': { ...about(countered), shows: says('is rejected') },
};
