import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'csv-stringify';
import { z } from 'zod';
import { isoCountries } from '../lib/countries.ts';
import { idSchema, type SoundId } from '../lib/ids.ts';
import type { Result } from '../lib/result.ts';
import {
  licenceIds,
  rightsFields,
  type SoundAction,
  soundActions,
  soundStandings,
  usageHeader,
} from '../modules/sounds/index.ts';
import { operator } from '../modules/staff/index.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { missing, misused, type Report, type Run, refused } from './report.ts';

const LISTED = 1_000;
const PAGE = { maxId: null, minId: null, sinceId: null, limit: LISTED };
type Standing = (typeof soundStandings)[number];

/** `vireo sound …`: what is decided about sounds that videos share. */
export function soundCommand(run: Run): Command {
  const command = new Command('sound').description(
    'sounds that videos share, and what is decided about them',
  );
  addReads(command, run);
  addRules(command, run);
  addRights(command, run);
  addUsage(command, run);
  return command;
}

function addReads(command: Command, run: Run): void {
  command
    .command('list')
    .description('list sounds of videos that were for everybody, newest first')
    .option('--named <text>', 'those with this in their name')
    .addOption(
      new Option('--standing <what>', 'those about which this was decided').choices([...soundStandings]),
    )
    .action(({ named: q, standing }: { named?: string; standing?: Standing }) =>
      run(async ({ sounds }) => {
        const rows = (await sounds.forStaff({ q, standing }, PAGE)).map(
          ({ rule, listed, rights, ...sound }) => ({
            ...sound,
            rule: rule?.action ?? null,
            listed: listed?.action ?? null,
            licence: rights?.licence ?? null,
          }),
        );
        return { ok: true, rows, text: `${rows.length} sounds.` };
      }),
    );

  command
    .command('show')
    .description('show a sound, and what was decided about it')
    .argument('<sound>', 'its id', aSound)
    .action((id: SoundId) =>
      run(async ({ sounds }): Promise<Report> => {
        const sound = await sounds.forStaffById(id);
        if (!sound) return missing('There is no such sound here.');
        const { rule, listed, rights, ...rest } = sound;
        const decided = {
          rule: rule?.action ?? null,
          reason: rule?.reason ?? null,
          countries: rule?.region?.countries.join(',') ?? null,
          except: rule?.region?.except ?? null,
          listed: listed?.id ?? null,
        };
        return { ok: true, text: `Sound ${id}.`, rows: [{ ...rest, ...decided, ...rights }] };
      }),
    );
}

interface RuleOptions extends Tried {
  readonly reason: string;
  readonly in?: string[];
  readonly except?: string[];
}

function addRules(command: Command, run: Run): void {
  command
    .command('rule')
    .description(
      'decide about a sound: mute its videos, refuse new ones as well, or allow it whatever is listed',
    )
    .argument('<sound>', 'its id', aSound)
    .addArgument(new Argument('<action>', 'what is done').choices([...soundActions]))
    .option('--reason <text>', 'why, as the authors of its videos read it', '')
    .addOption(
      new Option('--in <countries>', 'mute or refuse it in these countries only: DE,FR').argParser(
        someCountries,
      ),
    )
    .addOption(
      new Option('--except <countries>', 'mute or refuse it everywhere but in these countries')
        .argParser(someCountries)
        .conflicts('in'),
    )
    .option(...DRY_RUN)
    .action((soundId: SoundId, action: SoundAction, options: RuleOptions) =>
      run(async ({ sounds, inTx }) => {
        const countries = options.in ?? options.except;
        const region = countries ? { countries, except: options.except !== undefined } : null;
        const rule = { soundId, action, reason: options.reason, region };
        const decided = await tried(inTx, options.dryRun === true, (tx) =>
          sounds.setRule(tx, operator, rule),
        );
        return ofTrial(told(decided, 'It is decided. Videos that are here follow within minutes.'), options);
      }),
    );

  command
    .command('unrule')
    .description('take back what was decided about a sound')
    .argument('<sound>', 'its id', aSound)
    .option('--reason <text>', 'why, for the log', '')
    .option(...DRY_RUN)
    .action((soundId: SoundId, options: Tried & { reason: string }) =>
      run(async ({ sounds, inTx }) => {
        const input = { soundId, reason: options.reason };
        const removed = await tried(inTx, options.dryRun === true, (tx) =>
          sounds.removeRule(tx, operator, input),
        );
        return ofTrial(told(removed, 'It is taken back. Videos are heard again within minutes.'), options);
      }),
    );
}

interface RightsOptions extends Tried {
  readonly licence?: string;
  readonly holder?: string;
  readonly isrc?: string;
  readonly source?: string;
  readonly reason: string;
}

function addRights(command: Command, run: Run): void {
  command
    .command('rights')
    .description(
      'say whose a sound is, and what may be done with it; what is left out stays, and an empty text takes back',
    )
    .argument('<sound>', 'its id', aSound)
    .option('--licence <id>', `${licenceIds.join(', ')}, or words of its own`, as(rightsFields.licence))
    .option('--holder <name>', 'whose the rights are', as(rightsFields.holder))
    .option('--isrc <code>', 'of the recording', as(rightsFields.isrc))
    .option('--source <url>', 'where it is from', as(rightsFields.sourceUrl))
    .option('--reason <text>', 'why, for the log', '')
    .option(...DRY_RUN)
    .action((soundId: SoundId, options: RightsOptions) =>
      run(async ({ sounds, inTx }): Promise<Report> => {
        const { licence, holder, isrc, source: sourceUrl, reason } = options;
        const rights = { licence, holder, isrc, sourceUrl };
        if (Object.values(rights).every((said) => said === undefined)) {
          return misused('Say what is to change: --licence, --holder, --isrc or --source.');
        }
        const said = await tried(inTx, options.dryRun === true, (tx) =>
          sounds.setRights(tx, operator, { soundId, rights, reason }),
        );
        const done = 'It is said. Its author cannot change it until all of it is emptied.';
        return ofTrial(told(said, done), options);
      }),
    );
}

function addUsage(command: Command, run: Run): void {
  command
    .command('usage')
    .description('write who used which sound, and how often that was played, to a file: CSV')
    .argument('<file>')
    .option('--sound <sound>', 'of this one alone', aSound)
    .option('--from <day>', 'first day of the plays, UTC: 2026-11-01', aDay)
    .option('--to <day>', 'the last one', aDay)
    .action((file: string, options: { sound?: SoundId; from?: string; to?: string }) =>
      run(async ({ sounds }): Promise<Report> => {
        const { sound: soundId = null, from = null, to = null } = options;
        if (from !== null && to !== null && from > to) return misused('The period ends before it begins.');
        let rows = 0;
        async function* lines() {
          yield [...usageHeader];
          for await (const row of sounds.usage({ soundId, authorId: null, from, to })) {
            rows += 1;
            yield [...row];
          }
        }
        const csv = stringify({ escape_formulas: true });
        await pipeline(Readable.from(lines()), csv, createWriteStream(resolve(file)));
        return { ok: true, text: `${rows} videos are in ${file}.` };
      }),
    );
}

/** Countries by their codes, between commas. */
function someCountries(text: string): string[] {
  const read = isoCountries.safeParse(text.split(','));
  if (!read.success)
    throw new InvalidArgumentError(read.error.issues[0]?.message ?? 'These are no countries.');
  return read.data;
}

/** A text of this form. */
const as =
  (form: z.ZodType<string>) =>
  (text: string): string => {
    const read = form.safeParse(text);
    if (!read.success) throw new InvalidArgumentError(read.error.issues[0]?.message ?? 'It cannot be read.');
    return read.data;
  };

function aDay(text: string): string {
  const read = z.iso.date().safeParse(text);
  if (!read.success) throw new InvalidArgumentError('Write a day as 2026-11-01.');
  return read.data;
}

function told(outcome: Result, done: string): Report {
  return outcome.ok ? { ok: true, text: done } : refused(outcome);
}

function aSound(text: string): SoundId {
  const read = idSchema<'sound'>().safeParse(text);
  if (!read.success) throw new InvalidArgumentError('Write the id of a sound, as in its address.');
  return read.data;
}
