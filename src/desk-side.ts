import {
  createLegalHolds,
  createReportDesk,
  type LegalHolds,
  type ReportDesk,
} from './modules/moderation/index.ts';

type Parts = Parameters<typeof createReportDesk>[0] & Parameters<typeof createLegalHolds>[0];

/** Where the staff works through what was reported, and what it keeps of that for authorities. */
export function openDesk(parts: Parts): { reportDesk: ReportDesk; legalHolds: LegalHolds } {
  return { reportDesk: createReportDesk(parts), legalHolds: createLegalHolds(parts) };
}
