import type { Route } from '../../../route.ts';
import {
  decideDomains,
  domainDeeds,
  domainEffect,
  exportDomains,
  importDomains,
  liftDomain,
  listPolicies,
  undoDomains,
} from './deciding.ts';
import {
  acceptDrafts,
  changeSubscription,
  excludeDomain,
  fetchSubscription,
  getBlockListAudience,
  includeDomain,
  listDrafts,
  listExcludes,
  listSubscriptions,
  rejectDrafts,
  setBlockListAudience,
  subscribeToList,
  unsubscribeFromList,
} from './lists.ts';
import {
  dismissBlockNotice,
  listBlockNotices,
  listServers,
  listSoftwares,
  listWatches,
  probeServer,
  purgeServer,
  retryServer,
  showServer,
  unwatchServer,
  watchServers,
} from './servers.ts';

/** What the staff sees of other servers, and decides about them. */
export const domainRoutes: readonly Route[] = [
  ...[
    listPolicies,
    domainEffect,
    decideDomains,
    liftDomain,
    importDomains,
    exportDomains,
    undoDomains,
    domainDeeds,
  ],
  ...[listSubscriptions, subscribeToList, changeSubscription, fetchSubscription, unsubscribeFromList],
  ...[listDrafts, acceptDrafts, rejectDrafts, listExcludes, excludeDomain, includeDomain],
  ...[getBlockListAudience, setBlockListAudience, listWatches, watchServers, unwatchServer],
  ...[listBlockNotices, dismissBlockNotice, listServers, listSoftwares, showServer],
  ...[retryServer, probeServer, purgeServer],
];
