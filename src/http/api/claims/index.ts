import type { Route } from '../../route.ts';
import { counterDecision, counterStrike } from './countering.ts';
import { claimDecisions, getClaim, listClaims, previewClaim, upholdClaim } from './deciding.ts';
import { claimToCourt, confirmClaim, fileClaim, readClaim, withdrawClaim } from './filing.ts';

/** Copyright claims: for whoever files them, for uploaders, and for the staff. */
export const claimRoutes: readonly Route[] = [
  ...[fileClaim, readClaim, confirmClaim, withdrawClaim, claimToCourt, counterStrike, counterDecision],
  ...[listClaims, getClaim, previewClaim, upholdClaim, ...claimDecisions],
];
