import type { ReadConfig } from '../../config/config.ts';
import type { Context } from '../context.ts';
import type { Logger } from '../lib/log.ts';
import type { Failure } from '../lib/result.ts';

/**
 * Runs `work` against the server's data: beside a running server, or on its own where none runs. Prints
 * what it returns, as text or with `--json` as JSON; a returned failure is printed and ends with its exit code.
 */
export type Run = (work: (context: Context) => Promise<Report>) => Promise<void>;

/** As `Run`, for work that needs no server: what is to be restored may be all there is. */
export type RunAlone = (work: (config: ReadConfig, log: Logger) => Promise<Report>) => Promise<void>;

/** What a command has to say: rows make a table, a text is itself. */
export type Report =
  | { readonly ok: true; readonly text: string; readonly rows?: readonly object[] }
  | {
      readonly ok: false;
      readonly text: string;
      readonly rows?: readonly object[];
      /** The stable word of a refusal, from which the exit code follows; without one: it was tried and is not well. */
      readonly reason?: string;
    };

/** What a command ends with; docs/cli.md tells the same. */
export const exitCodes = { done: 0, failed: 1, misused: 2, missing: 3 } as const;

/** The exit code for the reason of a refusal. */
export function exitCodeOf(report: Report): number {
  if (report.ok) return exitCodes.done;
  const { reason } = report;
  if (reason === MISSING) return exitCodes.missing;
  if (reason === MISUSED || reason === 'validation-failed' || reason?.endsWith('-invalid')) {
    return exitCodes.misused;
  }
  return exitCodes.failed;
}

const MISSING = 'not-found';
const MISUSED = 'usage';

/** What a module refused, in its words. */
export function refused({ reason, detail }: Failure): Report {
  return { ok: false, reason, text: detail ?? reason };
}

/** How a deed is taken back, by its entry of the log. */
export const undoIt = (auditId: string): string => `To take this back: vireo audit undo ${auditId}`;

/** What was named is not there. */
export function missing(text: string): Report {
  return { ok: false, reason: MISSING, text };
}

/** The words behind the command do not fit together. */
export function misused(text: string): Report {
  return { ok: false, reason: MISUSED, text };
}
