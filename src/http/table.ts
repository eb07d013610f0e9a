import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Request, Response } from 'express';

type Cell = string | number | null;

/** A table that is for one person alone. */
export interface Table {
  /** What the file is called where it is saved. */
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>;
}

/**
 * Sends a table as CSV, line by line as it is read: no more of it than a few lines is in memory. A cell that a spreadsheet would
 * take for a formula is quoted by an apostrophe.
 */
export async function sendTable(req: Request, res: Response, table: Table): Promise<void> {
  res.attachment(table.name).type('text/csv').set('Cache-Control', 'private, no-store');
  if (req.method === 'HEAD') return void res.end();
  // Whoever gives up breaks the connection; that is no failure. One of ours breaks it, too: half a file must not look whole.
  await pipeline(Readable.from(linesOf(table)), stringify({ escape_formulas: true }), res).catch(() =>
    res.destroy(),
  );
}

async function* linesOf({ header, rows }: Table): AsyncGenerator<Cell[]> {
  yield [...header];
  for await (const row of rows) yield [...row];
}
