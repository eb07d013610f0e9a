import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { packLimits } from '../../../config/limits.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

/** A pack as a file: what it is called, and the handles of who is in it. */
export interface PackFile {
  readonly title: string;
  readonly description: string;
  /** `name@server`, without the first `@`. */
  readonly handles: readonly string[];
}

const HEADER = 'Account address';
const HANDLE = /^[^\s@]{1,200}@[^\s@]{1,253}$/;

const jsonSchema = z.object({
  title: z.string().max(packLimits.maxTitleCharacters).optional(),
  description: z.string().max(packLimits.maxDescriptionCharacters).optional(),
  accounts: z.array(z.string().max(500)).max(1_000),
});

/** The handles as CSV, in the shape of lists of follows, which other servers read. */
export function packCsv({ handles }: PackFile): string {
  return stringify([[HEADER], ...handles.map((handle) => [handle])], { escape_formulas: true });
}

/** Reads either of the two. What names nobody is refused; lines that are no handle are left out. */
export function parsePackFile(text: string): Result<{ file: PackFile }, 'not-a-pack'> {
  const refuse = (detail: string) => fail('not-a-pack' as const, detail);
  // PostgreSQL stores none (security.md R7).
  if (text.includes('\u0000')) return refuse('The file holds bytes that are no text.');
  const read = text.trimStart().startsWith('{') ? fromJson(text) : fromCsv(text);
  if (read === null) return refuse('This is neither a CSV file nor the JSON file of a starter pack.');
  const handles = read.handles.map((one) => one.trim().replace(/^@/, '')).filter((one) => HANDLE.test(one));
  if (handles.length === 0)
    return refuse('The file names nobody. Each line needs a handle like ana@film.example.');
  return ok({ file: { ...read, handles: [...new Set(handles)] } });
}

function fromJson(text: string): PackFile | null {
  try {
    const { title = '', description = '', accounts } = jsonSchema.parse(JSON.parse(text));
    return { title: title.trim(), description: description.trim(), handles: accounts };
  } catch {
    return null;
  }
}

function fromCsv(text: string): PackFile | null {
  try {
    const lines: string[][] = parse(text, {
      ...{ bom: true, trim: true, relax_column_count: true, skip_empty_lines: true, to: 1_000 },
    });
    // A cell that a spreadsheet would take for a formula, `@ana@film.example` among them, is quoted by an apostrophe.
    return { title: '', description: '', handles: lines.map(([cell = '']) => cell.replace(/^'/, '')) };
  } catch {
    return null;
  }
}
