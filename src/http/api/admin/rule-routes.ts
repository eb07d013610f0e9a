import type { Route } from '../../route.ts';
import {
  addHash,
  exportHashes,
  getEvidence,
  importHashes,
  listHashes,
  listMatches,
  openEvidence,
  removeHash,
} from './hashes.ts';
import {
  addRule,
  changeRule,
  disableRule,
  enableRule,
  getRaid,
  listHeld,
  listRules,
  rejectHeld,
  releaseHeld,
  removeRule,
  ruleHits,
  setRaid,
  tryRule,
} from './rules.ts';
import { soundRuleRoutes } from './sounds.ts';

/** Everything about rules, what they hold, raid mode and hash lists; a fixed word stands before a parameter in its place. */
export const ruleRoutes: readonly Route[] = [
  ...[listRules, addRule, tryRule, changeRule, removeRule, enableRule, disableRule, ruleHits],
  ...[listHeld, releaseHeld, rejectHeld, getRaid, setRaid],
  ...soundRuleRoutes,
  ...[listMatches, openEvidence, getEvidence, importHashes, exportHashes, listHashes, addHash, removeHash],
];
