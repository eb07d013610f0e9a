import type { ReadConfig } from '../../config/config.ts';
import type { Context } from '../context.ts';
import type { Logger } from '../lib/log.ts';

/**
 * Runs `work` against the server's data: beside a running server, or on its own where none runs. Prints
 * what it returns, as text or with `--json` as JSON; a returned failure is printed and ends with code 1.
 */
export type Run = (work: (context: Context) => Promise<Report>) => Promise<void>;

/** As `Run`, for work that needs no server: what is to be restored may be all there is. */
export type RunAlone = (work: (config: ReadConfig, log: Logger) => Promise<Report>) => Promise<void>;

/** What a command has to say: rows make a table, a text is itself. */
export type Report =
  | { readonly ok: true; readonly text: string; readonly rows?: readonly object[] }
  | { readonly ok: false; readonly text: string; readonly rows?: readonly object[] };
