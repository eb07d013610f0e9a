import type { Route } from '../../route.ts';
import { createFilter, deleteFilter, editFilter, getFilter, listFilters } from './filters.ts';
import {
  createFirstFilter,
  deleteFirstFilter,
  editFirstFilter,
  getFirstFilter,
  listFirstFilters,
} from './first-version.ts';
import {
  addFilteredStatus,
  addKeyword,
  deleteFilteredStatus,
  deleteKeyword,
  editKeyword,
  getFilteredStatus,
  getKeyword,
  listFilteredStatuses,
  listKeywords,
} from './parts.ts';

/** Words, posts and people that somebody does not want to see, in both versions of the API. Parts stand before what they are parts of. */
export const filterRoutes: readonly Route[] = [
  ...[getKeyword, editKeyword, deleteKeyword, getFilteredStatus, deleteFilteredStatus],
  ...[listKeywords, addKeyword, listFilteredStatuses, addFilteredStatus],
  ...[listFilters, getFilter, createFilter, editFilter, deleteFilter],
  ...[listFirstFilters, getFirstFilter, createFirstFilter, editFirstFilter, deleteFirstFilter],
];
