import { Command, Option } from 'commander';
import { z } from 'zod';
import { packLimits } from '../../config/exchange-limits.ts';
import type { Context } from '../context.ts';
import { ok, type Result } from '../lib/result.ts';
import { passwordLimits } from '../modules/auth/index.ts';
import { operator } from '../modules/staff/index.ts';
import { examine } from '../operations/doctor/index.ts';
import { asking, firstLineOf } from './asking.ts';
import { several } from './discover.ts';
import { newPassword } from './new-password.ts';
import { DRY_RUN, keptIf, ofTrial, type Tried } from './rehearsal.ts';
import { misused, type Report, type Run, refused } from './report.ts';
import type { Surroundings } from './surroundings.ts';

interface Answers {
  readonly owner?: string;
  readonly email?: string;
  readonly instanceName?: string;
  readonly registrations?: string;
  /** Servers to fill the feeds from, and hashtags to look for there. */
  readonly peer?: readonly string[];
  readonly topic?: readonly string[];
}
type SetupOptions = Answers & Tried & { readonly passwordStdin?: true };

/** `vireo setup`: what a server needs before anybody comes. */
export function setupCommand(run: Run, { stdin = process.stdin, stderr }: Surroundings): Command {
  return new Command('setup')
    .description(
      'make a new server ready: its owner, its name, who may join, what its feeds begin with; then look at what it stands on. What is not given is asked for on a terminal; the password is made up and printed',
    )
    .option('--owner <name>', 'name of the owner; default: OWNER_USERNAME')
    .option('--email <address>', 'e-mail address of the owner, which counts as confirmed')
    .option('--password-stdin', 'take the password from the first line of stdin, and ask nothing')
    .option('--instance-name <text>', 'name of the server that people see')
    .addOption(
      new Option('--registrations <mode>', 'who may join').choices(['open', 'approval', 'invite', 'closed']),
    )
    .option('--peer <host>', 'a server to fill the feeds from; may be given again', several, undefined)
    .option('--topic <tag>', 'a hashtag to look for there; may be given again', several, undefined)
    .option(...DRY_RUN)
    .action((options: SetupOptions, command: Command) =>
      run(async (context): Promise<Report> => {
        // Before anybody is asked anything.
        if (await context.auth.owner())
          return { ok: false, reason: 'owner-exists', text: 'This server has an owner already.' };
        const isAsked = stdin.isTTY === true && !options.passwordStdin && !command.optsWithGlobals().json;
        const answers = isAsked ? await askFor(context, options, { stdin, stderr }) : options;
        if (answers === null) return misused('Not every question was answered: nothing was changed.');
        const given = options.passwordStdin ? await firstLineOf(stdin) : null;
        return setUp(context, answers, given, options);
      }),
    );
}

/** What was not said with the command. Null where somebody stops answering. */
async function askFor(
  { config, settings }: Context,
  given: Answers,
  { stdin, stderr }: Required<Pick<Surroundings, 'stdin' | 'stderr'>>,
): Promise<Answers | null> {
  const terminal = asking(stdin, stderr);
  const questions = [
    ['instanceName', 'Name of the server', settings.byName('INSTANCE_NAME')],
    ['registrations', 'Who may join: open, approval, invite or closed', settings.byName('REGISTRATIONS')],
    ['owner', 'Name of the owner', { value: config.owner.username, source: 'default' }],
    ['email', 'E-mail address of the owner, if you like', null],
  ] as const;
  const answers: { -readonly [Name in keyof Answers]: Answers[Name] } = {};
  const wordsAt = async (question: string) => {
    const answer = await terminal.ask(question, '');
    return answer === null ? null : answer.split(/[\s,]+/).filter((word) => word !== '');
  };
  try {
    for (const [name, question, known] of questions) {
      // What the environment says cannot be said here.
      if (given[name] !== undefined || known?.source === 'environment') continue;
      const answer = await terminal.ask(question, known?.value ?? '');
      if (answer === null) return null;
      // What stays as it is is no decision of the staff.
      if (answer !== (known?.value ?? '')) answers[name] = answer;
    }
    if (given.peer === undefined) {
      const peer = await wordsAt('Servers to fill the feeds from, such as video.example, if you like');
      if (peer === null) return null;
      const topic = peer.length === 0 ? [] : await wordsAt('Hashtags to look for there, if you like');
      if (topic === null) return null;
      Object.assign(answers, { peer, topic });
    }
    return { ...given, ...answers };
  } finally {
    terminal.close();
  }
}

const emailSchema = z.email().max(254).optional();

async function setUp(
  context: Context,
  answers: Answers,
  given: string | null,
  { dryRun = false }: Tried,
): Promise<Report> {
  const { audit, auth, config, exchange, inTx, log, settings } = context;
  const { owner: username = config.owner.username, instanceName, registrations } = answers;
  const { peer: hosts = [], topic: topics = [] } = answers;
  if (topics.length > 0 && hosts.length === 0)
    return misused('Name a server to look for these topics: --peer.');
  const email = emailSchema.safeParse(answers.email);
  if (!email.success) return misused(`${answers.email} is not an e-mail address.`);
  const { min, max } = passwordLimits;
  if (given !== null && (given.length < min || given.length > max))
    return misused(`The password on stdin must have ${min} to ${max} characters.`);
  const password = given ?? newPassword();
  const form = await auth.prepareSignUp({ username, password, email: email.data });
  const changes = {
    ...(instanceName !== undefined && { INSTANCE_NAME: instanceName }),
    ...(registrations !== undefined && { REGISTRATIONS: registrations }),
  };
  // All of it or nothing: an owner without the rest could not be made again.
  const outcome = await keptIf<Result>(
    inTx,
    (done) => done.ok && !dryRun,
    async (tx) => {
      const made = await auth.createFirstOwner(tx, form);
      if (!made.ok) return made;
      const target = { kind: 'account', id: made.account.id } as const;
      await audit.record(tx, operator, { action: 'user.create', target, detail: { role: 'owner' } });
      const set = await settings.change(tx, operator, changes, '');
      if (!set.ok || hosts.length === 0) return set.ok ? ok() : set;
      const maxVideos = packLimits.defaultVideos;
      return exchange.packs.start(tx, operator, { hosts, topics, accounts: [], maxVideos });
    },
  );
  if (!outcome.ok) return refused(outcome);
  if (dryRun) return ofTrial({ ok: true, text: `${username} would be the owner.` }, { dryRun });
  await settings.refresh();
  const findings = (await examine(context.config, log)).filter(({ level }) => level !== 'ok');
  const signsIn = `${username} can sign in with the password ${given === null ? password : 'that was given'}`;
  const state =
    findings.length === 0
      ? 'Nothing is broken.'
      : `${findings.length} things are to be looked at; later: vireo doctor`;
  const begun =
    hosts.length > 0 && 'Clips are brought once the server runs; how far that is: vireo discover list';
  return { ok: true, rows: findings, text: [signsIn, begun, state].filter(Boolean).join('\n') };
}
