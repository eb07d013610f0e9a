import type { Route } from '../../route.ts';
import { countUnreadGroups, dismissGroup, getGroup, listAccountsOfGroup, listGroups } from './groups.ts';
import {
  clearNotifications,
  countUnread,
  dismissNotification,
  getNotification,
  listNotifications,
} from './notifications.ts';
import { changePolicy, getPolicy } from './policy.ts';
import {
  acceptRequest,
  acceptRequests,
  dismissRequest,
  dismissRequests,
  getRequest,
  listRequests,
  requestsMerged,
} from './requests.ts';

/** Fixed paths stand before those with parameters that would match them. */
export const notificationRoutes: readonly Route[] = [
  listNotifications,
  countUnread,
  listRequests,
  requestsMerged,
  getRequest,
  acceptRequests,
  dismissRequests,
  acceptRequest,
  dismissRequest,
  clearNotifications,
  getNotification,
  dismissNotification,
  listGroups,
  countUnreadGroups,
  getPolicy,
  changePolicy,
  getGroup,
  listAccountsOfGroup,
  dismissGroup,
];
