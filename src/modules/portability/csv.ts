import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { portabilityLimits } from '../../../config/account-limits.ts';
import { folderLimits, packLimits, playlistLimits } from '../../../config/limits.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { playlistVisibilities } from '../playlists/index.ts';
import { parseTag } from '../tags/index.ts';

/** What only servers like this one know: what people put together of clips, of people and of hashtags. */
const libraryKinds = ['folders', 'playlists', 'packs', 'tags', 'sounds'] as const;
export type LibraryKind = (typeof libraryKinds)[number];
/** What people take along from server to server: the first in the files that Mastodon writes and reads. */
export const importKinds = [
  ...(['following', 'blocks', 'mutes', 'domain_blocks', 'lists', 'bookmarks'] as const),
  ...libraryKinds,
] as const;
export type ImportKind = (typeof importKinds)[number];
export const exportKinds = [...importKinds, 'followers'] as const;
export type ExportKind = (typeof exportKinds)[number];

/** What somebody does with a hashtag. */
export const tagUses = ['followed', 'muted', 'featured'] as const;

/** One line of such a file. */
export const portedRow = z.object({
  /**
   * The handle of an account; for `domain_blocks` a domain, for `tags` a hashtag, for `bookmarks`, `folders` and `playlists` the address of
   * a post, for `sounds` that of a clip with the sound.
   */
  name: z.string(),
  reblogs: z.boolean().optional(),
  notify: z.boolean().optional(),
  languages: z.array(z.string()).optional(),
  /** Of a mute: whether it hides notifications, too. */
  notifications: z.boolean().optional(),
  /** Title of the list the account is in, or of the folder, the playlist or the starter pack. */
  list: z.string().optional(),
  /** Of a folder: what is saved without naming one goes there. */
  isDefault: z.boolean().optional(),
  visibility: z.enum(playlistVisibilities).optional(),
  /** Of a playlist or a starter pack. */
  description: z.string().optional(),
  use: z.enum(tagUses).optional(),
});
export type PortedRow = z.output<typeof portedRow>;

const HEADERS: Readonly<Record<ExportKind, readonly string[] | null>> = {
  following: ['Account address', 'Show boosts', 'Notify on new posts', 'Languages'],
  followers: ['Account address'],
  mutes: ['Account address', 'Hide notifications'],
  folders: ['Folder', 'Post', 'Default'],
  playlists: ['Playlist', 'Video', 'Visibility', 'Description'],
  packs: ['Starter pack', 'Account address', 'Description'],
  tags: ['Hashtag', 'Use'],
  sounds: ['Video with the sound'],
  // Mastodon writes these without a header.
  ...{ blocks: null, domain_blocks: null, lists: null, bookmarks: null },
};

/** A file as Mastodon reads it. */
export function toCsv(kind: ExportKind, rows: readonly PortedRow[]): string {
  const header = HEADERS[kind];
  const lines = rows.map((row) => cellsOf(kind, row));
  return written(header ? [[...header], ...lines] : lines);
}

/**
 * The lines of a file that failed, each with its reason behind what it said: put right, they can be brought again, for
 * nobody reads further than that.
 */
export function failuresCsv(
  kind: ImportKind,
  failures: readonly { readonly row: PortedRow; readonly reason: string }[],
): string {
  const header = HEADERS[kind];
  const lines = failures.map(({ row, reason }) => [...cellsOf(kind, row), reason]);
  return written(header ? [[...header, 'Reason'], ...lines] : lines);
}

function written(lines: readonly (readonly (string | boolean)[])[]): string {
  return stringify(
    lines.map((line) => [...line]),
    {
      // A cell that a spreadsheet would take for a formula is quoted by an apostrophe.
      escape_formulas: true,
      cast: { boolean: (value) => String(value) },
    },
  );
}

function cellsOf(kind: ExportKind, row: PortedRow): (string | boolean)[] {
  switch (kind) {
    case 'following':
      return [row.name, row.reblogs ?? true, row.notify ?? false, (row.languages ?? []).join(', ')];
    case 'mutes':
      return [row.name, row.notifications ?? true];
    case 'lists':
      return [row.list ?? '', row.name];
    case 'folders':
      return [row.list ?? '', row.name, row.isDefault ?? false];
    case 'playlists':
      return [row.list ?? '', row.name, row.visibility ?? 'private', row.description ?? ''];
    case 'packs':
      return [row.list ?? '', row.name, row.description ?? ''];
    case 'tags':
      return [row.name, row.use ?? 'followed'];
    default:
      return [row.name];
  }
}

/**
 * Reads such a file. Lines that name nobody are left out, a header is one of them; what is not CSV, holds too many
 * lines or none that can be used is refused.
 */
export function fromCsv(
  kind: ImportKind,
  text: string,
): Result<{ rows: PortedRow[] }, 'not-csv' | 'too-many-rows'> {
  // PostgreSQL stores none (security.md R7).
  if (text.includes('\u0000')) return fail('not-csv', 'The file holds bytes that are no text.');
  let records: string[][];
  try {
    records = parse(text, {
      ...{ bom: true, trim: true, relax_column_count: true, skip_empty_lines: true },
      to: portabilityLimits.maxRows + 1,
    });
  } catch (error) {
    return fail('not-csv', `This is not a CSV file: ${error instanceof Error ? error.message : error}`);
  }
  const rows = records.flatMap((cells) => rowOf(kind, cells) ?? []);
  if (rows.length === 0) return fail('not-csv', 'The file names nobody. Choose the right kind of file.');
  if (rows.length > portabilityLimits.maxRows) {
    return fail(
      'too-many-rows',
      `At most ${portabilityLimits.maxRows} lines are taken at once. Part the file.`,
    );
  }
  return ok({ rows });
}

const HANDLE = /^@?[^\s@]+@[^\s@]+\.?[^\s@]*$/;
const DOMAIN = /^[^\s@#]+\.[^\s@]+$/;

function rowOf(kind: ImportKind, cells: readonly string[]): PortedRow | null {
  const [first = '', second = '', third = '', fourth = ''] = cells;
  if (cells.length > portabilityLimits.maxCells) return null;
  if (cells.some((cell) => cell.length > portabilityLimits.maxCellCharacters)) return null;
  if (isOf(libraryKinds, kind)) return libraryRow(kind, cells.map(unquoted));
  if (kind === 'bookmarks') return isWebAddress(first) ? { name: first } : null;
  if (kind === 'domain_blocks') return DOMAIN.test(first) ? { name: first.toLowerCase() } : null;
  const name = (kind === 'lists' ? second : first).replace(/^@/, '');
  if (!HANDLE.test(name)) return null;
  switch (kind) {
    case 'following': {
      const languages = fourth.split(',').map((one) => one.trim());
      const wanted = languages.filter((one) => /^[a-z]{2,3}$/.test(one));
      const choice = { reblogs: isTrue(second, true), notify: isTrue(third, false) };
      return { name, ...choice, ...(wanted.length > 0 ? { languages: wanted } : {}) };
    }
    case 'mutes':
      return { name, notifications: isTrue(second, true) };
    case 'lists':
      return first === '' ? null : { name, list: first };
    default:
      return { name };
  }
}

function libraryRow(kind: LibraryKind, cells: readonly string[]): PortedRow | null {
  const [first = '', second = '', third = '', fourth = ''] = cells;
  switch (kind) {
    case 'sounds':
      return isWebAddress(first) ? { name: first } : null;
    case 'tags': {
      const name = parseTag(first);
      return name !== null && isOf(tagUses, second) ? { name, use: second } : null;
    }
    case 'packs': {
      const name = second.replace(/^@/, '');
      if (first === '' || first.length > packLimits.maxTitleCharacters || !HANDLE.test(name)) return null;
      return { name, list: first, description: third.slice(0, packLimits.maxDescriptionCharacters) };
    }
    case 'folders':
      if (first === '' || first.length > folderLimits.maxTitleCharacters || !isWebAddress(second))
        return null;
      return { name: second, list: first, isDefault: isTrue(third, false) };
    case 'playlists': {
      if (first === '' || first.length > playlistLimits.maxTitleCharacters || !isWebAddress(second))
        return null;
      const visibility = isOf(playlistVisibilities, third) ? third : 'private';
      return { name: second, list: first, visibility, description: fourth };
    }
  }
}

/** Without the apostrophe by which a spreadsheet is told that a cell is no formula. */
const unquoted = (cell: string): string => cell.replace(/^'(?=[=+\-@])/, '');

function isOf<T extends string>(words: readonly T[], word: string): word is T {
  return (words as readonly string[]).includes(word);
}

function isWebAddress(cell: string): boolean {
  const { protocol } = URL.parse(cell) ?? {};
  return protocol === 'https:' || protocol === 'http:';
}

function isTrue(cell: string, usual: boolean): boolean {
  return cell === '' ? usual : /^(true|1|yes)$/i.test(cell);
}
