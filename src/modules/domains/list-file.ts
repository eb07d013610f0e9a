import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { domainListLimits } from '../../../config/domain-limits.ts';
import { policyLimits } from '../../../config/limits.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type DomainPolicy, normaliseDomain } from '../instances/index.ts';
import { type ListedDecision, stricter } from './decision.ts';

/** Why a line of a list counts for nothing, or counts otherwise than it is written. */
export const lineProblems = [
  /** Not the name of a server. */
  'domain-invalid',
  /** Part of the name is hidden: nobody can tell which server is meant. */
  'obfuscated',
  /** A whole top-level domain: too much for a list. */
  'top-level',
  /** This server itself. */
  'own-domain',
  'severity-unknown',
  'flag-invalid',
  'comment-too-long',
  /** Named before; the stricter of the two counts. */
  'duplicate',
  /** Not CSV. */
  'unreadable',
] as const;
export type LineProblem = (typeof lineProblems)[number];

export interface BadLine {
  /** From 1 on; of JSON, the number of the item. */
  readonly line: number;
  readonly problem: LineProblem;
  readonly text: string;
}

/** A list as it was read: one decision for each domain, and the lines that were not taken as they are. */
export interface DomainList {
  readonly decisions: ReadonlyMap<string, ListedDecision>;
  readonly problems: readonly BadLine[];
}

/** A line before it is judged. */
interface RawLine {
  readonly line: number;
  readonly domain: string;
  readonly severity: string | undefined;
  readonly rejectMedia: string | undefined;
  readonly rejectReports: string | undefined;
  readonly comment: string;
  readonly obfuscate: string | undefined;
}

const HEADER = [
  ...['#domain', '#severity', '#reject_media', '#reject_reports', '#public_comment', '#obfuscate'],
] as const;
/** Ours alone, and written only where it says something: others know no such level. */
const NO_FEED = '#no_feed';

/**
 * Reads a list of domains: CSV with the columns of Mastodon, one domain a line, or JSON as servers tell it. A file that is none of these is
 * refused; lines that are not understood are named, and the rest counts.
 */
export function readDomainList(
  text: string,
  ownDomain: string,
): Result<DomainList, 'not-a-domain-list' | 'too-many-rows'> {
  // PostgreSQL stores none (security.md R7).
  if (text.includes('\u0000')) return fail('not-a-domain-list', 'The file holds bytes that are no text.');
  const read = /^\s*[[{]/.test(text) ? linesOfJson(text) : linesOfCsv(text);
  if (!read.ok) return read;
  if (read.lines.length + read.problems.length > domainListLimits.maxRows) {
    return fail(
      'too-many-rows',
      `At most ${domainListLimits.maxRows} lines are taken at once. Part the file.`,
    );
  }
  const decisions = new Map<string, ListedDecision>();
  const problems: BadLine[] = [...read.problems];
  for (const raw of read.lines) {
    const judged = judge(raw, ownDomain);
    const note = (problem: LineProblem) =>
      problems.push({ line: raw.line, problem, text: raw.domain.slice(0, policyLimits.maxDomainCharacters) });
    if (typeof judged === 'string') {
      note(judged);
      continue;
    }
    const before = decisions.get(judged.domain);
    if (before) note('duplicate');
    decisions.set(judged.domain, before ? stricter(before, judged.decision) : judged.decision);
  }
  problems.sort((a, b) => a.line - b.line);
  return ok({ decisions, problems });
}

type Lines = Result<{ lines: RawLine[]; problems: BadLine[] }, 'not-a-domain-list'>;

const csvRecords = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));

/** A quote that is never closed would take all below it into its cell: then each line is read for itself. */
function recordsOf(text: string, bad: (line: number) => void): z.output<typeof csvRecords> {
  const options = {
    ...{ bom: true, trim: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true },
    ...{ info: true, to: domainListLimits.maxRows + 1 },
  };
  try {
    return csvRecords.parse(parse(text, options));
  } catch {
    return text.split(/\r?\n/).flatMap((line, index) => {
      try {
        const [one] = csvRecords.parse(parse(line, options));
        return one ? [{ ...one, info: { lines: index + 1 } }] : [];
      } catch {
        bad(index + 1);
        return [];
      }
    });
  }
}

function linesOfCsv(text: string): Lines {
  const problems: BadLine[] = [];
  const records = recordsOf(text, (line) => problems.push({ line, problem: 'unreadable', text: '' }));
  const [first] = records;
  if (!first) return fail('not-a-domain-list', 'The file is empty, or is no list of domains.');
  const titles = first.record.map((title) => title.toLowerCase().replace(/^#/, ''));
  const hasHeader = titles.includes('domain');
  const column = (name: string) => (hasHeader ? titles.indexOf(name) : name === 'domain' ? 0 : -1);
  const places = {
    ...{ domain: column('domain'), severity: column('severity'), rejectMedia: column('reject_media') },
    ...{ rejectReports: column('reject_reports'), comment: column('public_comment') },
    ...{ obfuscate: column('obfuscate'), noFeed: column('no_feed') },
  };
  const lines = records.slice(hasHeader ? 1 : 0).flatMap(({ record, info }): RawLine[] => {
    const cell = (at: number) => (at < 0 ? undefined : record[at] || undefined);
    const domain = cell(places.domain) ?? '';
    // Remarks, as lists without a header have them.
    if (!hasHeader && domain.startsWith('#')) return [];
    if (record.length > domainListLimits.maxCells) {
      problems.push({ line: info.lines, problem: 'unreadable', text: '' });
      return [];
    }
    return [
      {
        ...{ line: info.lines, domain, comment: cell(places.comment) ?? '' },
        severity: isTrue(cell(places.noFeed)) ? 'no-feed' : cell(places.severity),
        ...{ rejectMedia: cell(places.rejectMedia), rejectReports: cell(places.rejectReports) },
        obfuscate: cell(places.obfuscate),
      },
    ];
  });
  return ok({ lines, problems });
}

const flag = z
  .union([z.boolean(), z.string()])
  .nullish()
  .transform((value) => value?.toString());
const text = z.string().nullish();
const jsonItem = z.object({
  domain: z.string(),
  ...{ severity: text, comment: text, public_comment: text },
  ...{ reject_media: flag, reject_reports: flag, obfuscate: flag },
});

function linesOfJson(source: string): Lines {
  let items: unknown;
  try {
    items = JSON.parse(source);
  } catch {
    return fail('not-a-domain-list', 'This is neither CSV nor JSON.');
  }
  if (!Array.isArray(items)) return fail('not-a-domain-list', 'The JSON is no list.');
  const problems: BadLine[] = [];
  const lines = items.slice(0, domainListLimits.maxRows + 1).flatMap((item: unknown, index): RawLine[] => {
    const read = jsonItem.safeParse(item);
    if (!read.success) {
      problems.push({ line: index + 1, problem: 'unreadable', text: '' });
      return [];
    }
    const { domain, severity, reject_media, reject_reports, obfuscate } = read.data;
    return [
      {
        ...{ line: index + 1, domain, severity: severity ?? undefined, obfuscate },
        ...{ rejectMedia: reject_media, rejectReports: reject_reports },
        comment: read.data.public_comment ?? read.data.comment ?? '',
      },
    ];
  });
  return ok({ lines, problems });
}

const SEVERITIES: Readonly<Record<string, ListedDecision['severity']>> = {
  ...{ noop: 'noop', silence: 'silence', suspend: 'suspend', 'no-feed': 'no-feed' },
};

function judge(raw: RawLine, ownDomain: string): { domain: string; decision: ListedDecision } | LineProblem {
  // A policy covers what is below its domain: `*.evil.test` is `evil.test`.
  const name = raw.domain.replace(/^\*\./, '');
  if (name.includes('*')) return 'obfuscated';
  const domain = normaliseDomain(name);
  if (domain === null) return 'domain-invalid';
  if (!domain.includes('.') && !domain.startsWith('[')) return 'top-level';
  if (domain === ownDomain) return 'own-domain';
  // Lists that tell no severity name whom their server suspends.
  const severity = SEVERITIES[(raw.severity ?? 'suspend').toLowerCase()];
  if (severity === undefined) return 'severity-unknown';
  if ([raw.rejectMedia, raw.rejectReports, raw.obfuscate].some((one) => !isFlag(one))) return 'flag-invalid';
  if (raw.comment.length > policyLimits.maxCommentCharacters) return 'comment-too-long';
  const decision = {
    ...{ severity, rejectMedia: isTrue(raw.rejectMedia), rejectReports: isTrue(raw.rejectReports) },
    ...{ publicComment: raw.comment, obfuscate: isTrue(raw.obfuscate) },
  };
  return { domain, decision };
}

function isFlag(cell: string | undefined): boolean {
  return cell === undefined || /^(true|false|1|0|yes|no)$/i.test(cell);
}

function isTrue(cell: string | undefined): boolean {
  return cell !== undefined && /^(true|1|yes)$/i.test(cell);
}

/** Policies against domains as Mastodon reads them. What only the staff sees stays here. */
export function writeDomainList(policies: readonly DomainPolicy[]): string {
  const blocks = policies.filter(({ severity }) => severity !== 'allow');
  const withNoFeed = blocks.some(({ severity }) => severity === 'no-feed');
  const lines = blocks.map((policy) => {
    const { domain, severity, rejectMedia, rejectReports, publicComment, obfuscate } = policy;
    const known = severity === 'no-feed' ? 'noop' : severity;
    const cells = [domain, known, rejectMedia, rejectReports, publicComment, obfuscate];
    return withNoFeed ? [...cells, severity === 'no-feed'] : cells;
  });
  return stringify([withNoFeed ? [...HEADER, NO_FEED] : [...HEADER], ...lines], {
    // A cell that a spreadsheet would take for a formula is quoted by an apostrophe.
    escape_formulas: true,
    cast: { boolean: (value) => String(value) },
  });
}
