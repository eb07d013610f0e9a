import { Command, InvalidArgumentError, Option } from 'commander';
import { claimLimits } from '../../config/claim-limits.ts';
import type { Context } from '../context.ts';
import { type Id, idSchema } from '../lib/ids.ts';
import type { Result } from '../lib/result.ts';
import {
  type Claim,
  type ClaimId,
  type ClaimVideo,
  type CounterId,
  claimStates,
  type SoundPolicy,
  soundPolicies,
} from '../modules/claims/index.ts';
import { operator } from '../modules/staff/index.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { missing, type Report, type Run, refused } from './report.ts';

interface ListOptions {
  readonly state?: Claim['state'];
  readonly limit: number;
}

interface UpholdOptions {
  readonly reason: string;
  readonly keepAway?: true;
  readonly sounds: SoundPolicy;
  readonly dryRun?: true;
}

/** `vireo claim …`: copyright claims, and what becomes of them. */
export function claimCommand(run: Run): Command {
  const command = new Command('claim').description('copyright claims, and what becomes of them');

  command
    .command('list')
    .description('list claims, newest first')
    .addOption(
      new Option('--state <state>', 'all that were confirmed, where it is left out').choices([
        ...claimStates,
      ]),
    )
    .option('--limit <number>', 'how many', limit, 40)
    .action(({ state, limit: most }: ListOptions) =>
      run(async ({ claims }) => {
        const page = { maxId: null, minId: null, sinceId: null, limit: most };
        const rows = (await claims.list({ state }, page)).map(rowOf);
        return { ok: true, rows, text: `${rows.length} claims.` };
      }),
    );

  command
    .command('show')
    .description('show one claim with its videos and counter-notices')
    .argument('<id>', 'of the claim', anId<'claim'>)
    .action((id: ClaimId) =>
      run(async (context): Promise<Report> => {
        const claim = await context.claims.byId(id);
        if (!claim) return noClaim;
        const counters = (await context.claims.countersAmong([id])).get(id) ?? [];
        const remaining = (await context.claims.remainingAmong([id])).get(id) ?? { toRemove: 0, toReturn: 0 };
        const history = await context.claims.ofClaimant(claim.claimant.email);
        const videos = await videosOf(context, id);
        return {
          ok: true,
          rows: [{ ...rowOf(claim), originals: claim.originals, videos, counters, history, remaining }],
          text: [
            claim.work,
            ...(remaining.toRemove > 0
              ? [`${remaining.toRemove} videos are still to be removed or muted.`]
              : []),
            ...(remaining.toReturn > 0 ? [`${remaining.toReturn} videos are still to come back.`] : []),
            ...counters.map((one) => `Counter-notice ${one.id} (${one.state}): ${one.text}`),
          ].join('\n'),
        };
      }),
    );

  command
    .command('uphold')
    .description('remove the videos of a claim, with copies and remixes of them')
    .argument('<id>', 'of the claim', anId<'claim'>)
    .option('--reason <text>', 'why, as the claimant reads it', '')
    .option('--keep-away', 'put the videos on the list of what must not be uploaded')
    .addOption(
      new Option('--sounds <what>', 'what becomes of videos that were made with the sound of one')
        .choices([...soundPolicies])
        .default('mute'),
    )
    .option('--dry-run', 'show what would be done to which videos, and do nothing')
    .action((id: ClaimId, { reason, keepAway, sounds, dryRun }: UpholdOptions) =>
      run(async (context): Promise<Report> => {
        if (dryRun) return wouldUphold(context, id, sounds);
        const input = { claimId: id, answer: reason, keepAway: keepAway === true, sounds };
        const outcome = await context.inTx((tx) => context.claims.uphold(tx, operator, input));
        if (!outcome.ok) return refused(outcome);
        const rows = await videosOf(context, id);
        return { ok: true, rows, text: `Claim ${id} is upheld. What shows the same is looked for now.` };
      }),
    );

  for (const [verb, description, done] of [
    ['reject', 'reject a claim: the videos stay', 'is rejected'],
    ['reopen', 'take a rejection back', 'is open'],
    ['restore', 'take an upheld claim back: all that was removed for it is seen again', 'is taken back'],
  ] as const) {
    command
      .command(verb)
      .description(description)
      .argument('<id>', 'of the claim', anId<'claim'>)
      .option('--reason <text>', 'why, as the claimant reads it', '')
      .option(...DRY_RUN)
      .action((id: ClaimId, options: { reason: string } & Tried) =>
        run(async ({ claims, inTx }) => {
          const input = { claimId: id, answer: options.reason };
          const outcome = await tried(inTx, options.dryRun === true, (tx) =>
            claims[verb](tx, operator, input),
          );
          return ofTrial(said(outcome, `Claim ${id} ${done}.`), options);
        }),
      );
  }

  for (const verb of ['accept', 'reject'] as const) {
    command
      .command(`${verb}-counter`)
      .description(
        verb === 'accept'
          ? 'accept a counter-notice: its videos are seen again'
          : 'reject a counter-notice: its videos stay removed, or are again',
      )
      .argument('<id>', 'of the counter-notice, as show has it', anId<'counter-notice'>)
      .option('--reason <text>', 'why, as both read it', '')
      .option(...DRY_RUN)
      .action((counterId: CounterId, options: { reason: string } & Tried) =>
        run(async ({ claims, inTx }) => {
          const input = { counterId, accept: verb === 'accept', answer: options.reason };
          const outcome = await tried(inTx, options.dryRun === true, (tx) =>
            claims.decideCounter(tx, operator, input),
          );
          return ofTrial(said(outcome, `Counter-notice ${counterId} is ${verb}ed.`), options);
        }),
      );
  }
  return command;
}

const noClaim = missing('There is no such claim.');

function said(outcome: Result, done: string): Report {
  return outcome.ok ? { ok: true, text: done } : refused(outcome);
}

function rowOf({ id, state, claimant, confirmedAt, createdAt, decidedAt }: Claim) {
  const { name, organisation, email } = claimant;
  return {
    id,
    state,
    name,
    organisation,
    email,
    confirmed: confirmedAt !== null,
    filed: createdAt,
    decidedAt,
  };
}

async function videosOf({ claims }: Context, id: ClaimId) {
  const videos = (await claims.videosAmong([id])).get(id) ?? [];
  return videos.map(({ videoId, via, url, removedAt, restoredAt }: ClaimVideo) => ({
    ...{ videoId, via, url, removed: removedAt !== null && restoredAt === null },
  }));
}

async function wouldUphold(context: Context, id: ClaimId, sounds: SoundPolicy): Promise<Report> {
  if (!(await context.claims.byId(id))) return noClaim;
  const claimed = (await videosOf(context, id)).filter(({ via }) => via === 'claimed');
  const related = await context.claims.preview(
    claimed.map(({ videoId }) => videoId),
    AbortSignal.timeout(claimLimits.dryRunMs),
  );
  const rows = [...claimed, ...related.videos]
    .map(({ videoId, via, url }) => ({ videoId, via, url, would: via === 'sound' ? sounds : 'remove' }))
    .filter(({ would }) => would !== 'keep');
  const muted = rows.filter(({ would }) => would === 'mute').length;
  const also = muted === 0 ? '' : `, and mute ${muted}`;
  const more = related.isComplete ? '' : ' There may be more: upholding looks through all.';
  const text = `Would remove ${rows.length - muted} videos${also}.${more} Nothing was changed.`;
  return { ok: true, rows, text };
}

function anId<Kind extends string>(text: string): Id<Kind> {
  const read = idSchema<Kind>().safeParse(text);
  if (!read.success) throw new InvalidArgumentError('Write an id.');
  return read.data;
}

function limit(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1 && number <= 1_000) return number;
  throw new InvalidArgumentError('Write a number from 1 to 1000.');
}
