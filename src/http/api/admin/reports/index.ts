import type { Route } from '../../../route.ts';
import {
  addAccountNote,
  addReportNote,
  changeReports,
  evidenceFrames,
  forwardReport,
  getEvidence,
  getGroup,
  listAccountNotes,
  listGroups,
  listReportNotes,
  reportStaff,
  reportTotals,
  undoReportChanges,
} from './desk.ts';
import {
  assignReport,
  getReport,
  listReports,
  reopenReport,
  resolveReport,
  unassignReport,
  updateReport,
} from './single.ts';

export const adminReportRoutes: readonly Route[] = [
  ...[listReports, getReport, updateReport, assignReport, unassignReport, resolveReport, reopenReport],
  ...[listGroups, getGroup, reportTotals, reportStaff, changeReports, undoReportChanges],
  ...[listReportNotes, addReportNote, listAccountNotes, addAccountNote],
  ...[forwardReport, getEvidence, evidenceFrames],
];
