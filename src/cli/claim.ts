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
} from '../modules/claims/index.ts';
import { operator } from '../modules/staff/index.ts';
import type { Report, Run } from './report.ts';

interface ListOptions {
  readonly state?: Claim['state'];
  readonly limit: number;
}

interface UpholdOptions {
  readonly reason: string;
  readonly keepAway?: true;
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
        if (!claim) return missing;
        const counters = (await context.claims.countersAmong([id])).get(id) ?? [];
        const history = await context.claims.ofClaimant(claim.claimant.email);
        const videos = await videosOf(context, id);
        return {
          ok: true,
          rows: [{ ...rowOf(claim), originals: claim.originals, videos, counters, history }],
          text: [
            claim.work,
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
    .option('--dry-run', 'show what would be removed, and remove nothing')
    .action((id: ClaimId, { reason, keepAway, dryRun }: UpholdOptions) =>
      run(async (context): Promise<Report> => {
        if (dryRun) return wouldRemove(context, id);
        const input = { claimId: id, answer: reason, keepAway: keepAway === true };
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
      .action((id: ClaimId, { reason }: { reason: string }) =>
        run(async ({ claims, inTx }) => {
          const input = { claimId: id, answer: reason };
          return said(await inTx((tx) => claims[verb](tx, operator, input)), `Claim ${id} ${done}.`);
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
      .action((counterId: CounterId, { reason: answer }: { reason: string }) =>
        run(async ({ claims, inTx }) =>
          said(
            await inTx((tx) =>
              claims.decideCounter(tx, operator, { counterId, accept: verb === 'accept', answer }),
            ),
            `Counter-notice ${counterId} is ${verb}ed.`,
          ),
        ),
      );
  }
  return command;
}

const missing: Report = { ok: false, text: 'There is no such claim.' };

function refused({ detail, reason }: { readonly detail?: string; readonly reason: string }): Report {
  return { ok: false, text: detail ?? reason };
}

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

async function wouldRemove(context: Context, id: ClaimId): Promise<Report> {
  if (!(await context.claims.byId(id))) return missing;
  const claimed = (await videosOf(context, id)).filter(({ via }) => via === 'claimed');
  const related = await context.claims.preview(
    claimed.map(({ videoId }) => videoId),
    AbortSignal.timeout(claimLimits.dryRunMs),
  );
  const rows = [...claimed, ...related].map(({ videoId, via, url }) => ({ videoId, via, url }));
  return { ok: true, rows, text: `Would remove ${rows.length} videos. Nothing was changed.` };
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
