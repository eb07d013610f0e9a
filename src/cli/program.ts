import { Command, CommanderError } from 'commander';
import { describeProblems, readConfig } from '../../config/config.ts';
import { createContext } from '../context.ts';
import { createLogger } from '../lib/log.ts';
import { version } from '../version.ts';
import { announceCommand } from './announce.ts';
import { auditCommand } from './audit.ts';
import { backupCommand } from './backup.ts';
import { claimCommand } from './claim.ts';
import { classifierCommand } from './classifier.ts';
import { countersCommand } from './counters.ts';
import { deliveryCommand } from './delivery.ts';
import { doctorCommand } from './doctor.ts';
import { domainCommand } from './domain.ts';
import { federationCommand } from './federation.ts';
import { hashCommand } from './hash.ts';
import { instanceCommand } from './instance.ts';
import { inviteCommand } from './invite.ts';
import { joiningCommand } from './joining.ts';
import { mailCommand } from './mail.ts';
import { commentCommand } from './measures.ts';
import { mediaCommand } from './media.ts';
import { queueCommand } from './queue.ts';
import { raidCommand } from './raid.ts';
import { rankingCommand } from './ranking.ts';
import { relayCommand } from './relay.ts';
import type { Report, Run, RunAlone } from './report.ts';
import { reportCommand } from './reports.ts';
import { ruleCommand } from './rule.ts';
import { registrationsCommand, settingsCommand } from './settings.ts';
import { storageCommand } from './storage.ts';
import { userCommand } from './user.ts';
import { videoCommand } from './video.ts';

/** Where a command runs: by default in this process, as it was started. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Pick<NodeJS.WritableStream, 'write'>;
  readonly stderr: Pick<NodeJS.WritableStream, 'write'>;
}

/** Runs `vireo` with these words behind its name; gives the exit code. */
export async function vireo(args: readonly string[], around: Surroundings = process): Promise<number> {
  const program = new Command('vireo')
    .description('Looks after a Vireo server. The same work the server does, from the command line.')
    .version(version)
    .option('--json', 'print JSON for programs');
  let exitCode = 0;

  function print(report: Report): void {
    if (!report.ok) exitCode = 1;
    const rows = report.rows ?? [];
    if (program.opts<{ json?: boolean }>().json) {
      around.stdout.write(`${JSON.stringify({ ok: report.ok, message: report.text, rows })}\n`);
      return;
    }
    if (rows.length > 0) around.stdout.write(`${table(rows)}\n`);
    if (report.text !== '') (report.ok ? around.stdout : around.stderr).write(`${report.text}\n`);
  }

  const run: Run = async (work) => {
    const read = readConfig(around.env);
    if (!read.ok) return print({ ok: false, text: describeProblems(read.problems) });
    const created = await createContext(read.config, {
      log: createLogger('warn', around.stderr),
      besideServer: true,
    });
    if (!created.ok) return print({ ok: false, text: created.detail ?? created.reason });
    try {
      print(await work(created.context));
    } finally {
      await created.context.close();
    }
  };

  const runAlone: RunAlone = async (work) => {
    const read = readConfig(around.env);
    if (!read.ok) return print({ ok: false, text: describeProblems(read.problems) });
    print(await work(read.config, createLogger('warn', around.stderr)));
  };

  program.addCommand(backupCommand(run, runAlone)).addCommand(doctorCommand(runAlone));
  for (const noun of [
    ...[userCommand, joiningCommand, inviteCommand, registrationsCommand, auditCommand],
    ...[videoCommand, commentCommand, reportCommand, claimCommand],
    ...[ruleCommand, raidCommand, hashCommand, classifierCommand],
    announceCommand,
    ...[queueCommand, federationCommand, deliveryCommand, domainCommand, instanceCommand, relayCommand],
    ...[mailCommand, mediaCommand, storageCommand, rankingCommand, countersCommand, settingsCommand],
  ])
    program.addCommand(noun(run));
  for (const command of [program, ...program.commands.flatMap((noun) => [noun, ...noun.commands])]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => around.stdout.write(text),
      writeErr: (text) => around.stderr.write(text),
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // It has said what is wrong, or what it was asked for.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode;
  }
  return exitCode;
}

/** Columns as wide as their longest value. */
function table(rows: readonly object[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = [
    names,
    ...rows.map((row) => names.map((name) => cell((row as Record<string, unknown>)[name]))),
  ];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cell(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value === null || value === undefined) return '-';
  // Control characters in remote text must not drive the terminal (security.md W7).
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/\p{Cc}/gu, ' ');
}
