import type { Route } from '../route.ts';
import { followAccount, getRelationships, unfollowAccount } from './accounts/follow.ts';
import { getAccount, lookupAccount } from './accounts/get-account.ts';
import { register } from './accounts/register.ts';
import { verifyCredentials } from './accounts/verify-credentials.ts';
import {
  createDomainAllow,
  createDomainBlock,
  deleteDomainAllow,
  deleteDomainBlock,
  getDomainAllow,
  getDomainBlock,
  listDomainAllows,
  listDomainBlocks,
  updateDomainBlock,
} from './admin/domain-policies.ts';
import { approveSignUp, listSignUps, rejectSignUp } from './admin/sign-ups.ts';
import { blockDomain, listDomainBlocksOfMine, unblockDomain } from './domain-blocks/domain-blocks.ts';
import { getInstance } from './instance/get-instance.ts';
import { search } from './search/search.ts';
import { signIn, signOut } from './sessions/sessions.ts';
import { deleteStatus, getProcessing, getStatus } from './statuses/statuses.ts';
import { accountTimeline, homeTimeline, publicTimeline } from './timelines/timelines.ts';

/** Every JSON endpoint. Fixed paths stand before those with parameters that would match them. */
export const routes: readonly Route[] = [
  getInstance,
  register,
  signIn,
  signOut,
  verifyCredentials,
  lookupAccount,
  getRelationships,
  getAccount,
  accountTimeline,
  followAccount,
  unfollowAccount,
  search,
  homeTimeline,
  publicTimeline,
  getStatus,
  deleteStatus,
  getProcessing,
  listSignUps,
  approveSignUp,
  rejectSignUp,
  listDomainBlocks,
  getDomainBlock,
  createDomainBlock,
  updateDomainBlock,
  deleteDomainBlock,
  listDomainAllows,
  getDomainAllow,
  createDomainAllow,
  deleteDomainAllow,
  listDomainBlocksOfMine,
  blockDomain,
  unblockDomain,
];
