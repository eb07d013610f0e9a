import { CommanderError } from 'commander';
import { describeProblems, readConfig } from '../../config/config.ts';
import { createContext } from '../context.ts';
import { createLogger } from '../lib/log.ts';
import { GivenFileError } from './given-file.ts';
import { exitCodeOf, exitCodes, misused, type Report, type Run, type RunAlone, refused } from './report.ts';
import type { Surroundings } from './surroundings.ts';
import { table } from './table.ts';
import { commandTree, everyCommand } from './tree.ts';

/** Runs `vireo` with these words behind its name; gives the exit code. */
export async function vireo(args: readonly string[], around: Surroundings = process): Promise<number> {
  // Not as commander reads it: it must be known where the words are wrong, too.
  const isJson = args.includes('--json');
  let exitCode: number = exitCodes.done;
  function print(report: Report): void {
    exitCode = exitCodeOf(report);
    (isJson ? printJson : printText)(report, around);
  }

  const run: Run = async (work) => {
    const read = readConfig(around.env);
    if (!read.ok) return print(misconfigured(read.problems));
    const created = await createContext(read.config, {
      log: createLogger('warn', around.stderr),
      besideServer: true,
    });
    if (!created.ok) return print(refused(created));
    try {
      print(await work(created.context));
    } finally {
      await created.context.close();
    }
  };

  const runAlone: RunAlone = async (work) => {
    const read = readConfig(around.env);
    if (!read.ok) return print(misconfigured(read.problems));
    print(await work(read.config, createLogger('warn', around.stderr)));
  };

  const program = commandTree(run, runAlone, around);
  for (const command of everyCommand(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => around.stdout.write(text),
      writeErr: (text) => isJson || around.stderr.write(text),
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof GivenFileError) print(misused(error.message));
    else if (!(error instanceof CommanderError)) {
      // A bug, or a connection that was lost: whoever mends it needs to know where.
      around.stderr.write(`${(error as Error).stack}\n`);
      print({ ok: false, text: `It failed: ${(error as Error).message}` });
    } else if (error.exitCode !== 0) {
      exitCode = exitCodes.misused;
      // As text, commander has said it.
      if (isJson) printJson(misused(wordsOf(error)), around);
    }
  }
  return exitCode;
}

function printJson(report: Report, { stdout }: Surroundings): void {
  const { ok, text: message, rows = [] } = report;
  const reason = report.ok ? {} : { reason: report.reason ?? 'failed' };
  stdout.write(`${JSON.stringify({ ok, ...reason, message, rows })}\n`);
}

function printText({ ok, text, rows = [] }: Report, { stdout, stderr }: Surroundings): void {
  if (rows.length > 0) stdout.write(`${table(rows)}\n`);
  if (text !== '') (ok ? stdout : stderr).write(`${text}\n`);
}

function misconfigured(problems: Parameters<typeof describeProblems>[0]): Report {
  return { ok: false, reason: 'misconfigured', text: describeProblems(problems) };
}

function wordsOf({ code, message }: CommanderError): string {
  return code === 'commander.help' ? 'Name a command; --help lists them.' : message.replace(/^error: /, '');
}
