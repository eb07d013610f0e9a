#!/usr/bin/env node
import { Command } from 'commander';
import { describeProblems, readConfig } from '../../config/config.ts';
import { createContext } from '../context.ts';
import { createLogger } from '../lib/log.ts';
import { version } from '../version.ts';
import { deliveryCommand } from './delivery.ts';
import { domainCommand } from './domain.ts';
import { federationCommand } from './federation.ts';
import { inviteCommand } from './invite.ts';
import { mailCommand } from './mail.ts';
import { mediaCommand } from './media.ts';
import { queueCommand } from './queue.ts';
import { relayCommand } from './relay.ts';
import type { Report, Run } from './report.ts';
import { storageCommand } from './storage.ts';
import { userCommand } from './user.ts';

const program = new Command('vireo')
  .description('Looks after a Vireo server. The same work the server does, from the command line.')
  .version(version)
  .option('--json', 'print JSON for programs');

const run: Run = async (work) => {
  const read = readConfig(process.env);
  if (!read.ok) return print({ ok: false, text: describeProblems(read.problems) });
  const created = await createContext(read.config, {
    log: createLogger('warn', process.stderr),
    besideServer: true,
  });
  if (!created.ok) return print({ ok: false, text: created.detail ?? created.reason });
  try {
    print(await work(created.context));
  } finally {
    await created.context.close();
  }
};

function print(report: Report): void {
  if (!report.ok) process.exitCode = 1;
  const rows = report.rows ?? [];
  if (program.opts<{ json?: boolean }>().json) {
    process.stdout.write(`${JSON.stringify({ ok: report.ok, message: report.text, rows })}\n`);
    return;
  }
  if (rows.length > 0) process.stdout.write(`${table(rows)}\n`);
  if (report.text !== '') (report.ok ? process.stdout : process.stderr).write(`${report.text}\n`);
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

for (const noun of [
  ...[userCommand, inviteCommand, queueCommand, federationCommand],
  ...[deliveryCommand, domainCommand, relayCommand, mailCommand, mediaCommand, storageCommand],
])
  program.addCommand(noun(run));
await program.parseAsync();
