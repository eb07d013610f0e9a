import type { Route } from '../route.ts';
import { blockAccount, unblockAccount } from './accounts/block.ts';
import { deleteAccount } from './accounts/delete-account.ts';
import { followAccount, getRelationships, unfollowAccount } from './accounts/follow.ts';
import { getAccount, lookupAccount } from './accounts/get-account.ts';
import { getAliases, moveAccount, setAliases } from './accounts/moving.ts';
import { register } from './accounts/register.ts';
import {
  getPreferences,
  removeAvatar,
  removeHeader,
  updateCredentials,
} from './accounts/update-credentials.ts';
import { verifyCredentials } from './accounts/verify-credentials.ts';
import { adminAnnouncementRoutes } from './admin/announcements.ts';
import { askForBackup, getBackups, listKeptBackups } from './admin/backups.ts';
import { brandingRoutes } from './admin/branding.ts';
import {
  deadDeliveries,
  deadDelivery,
  discardDeliveries,
  discardDelivery,
  failingHosts,
  retryDeliveries,
  retryDelivery,
} from './admin/deliveries.ts';
import { discoveryRoutes } from './admin/discovery.ts';
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
import { domainRoutes } from './admin/domains/index.ts';
import { exchangeRoutes } from './admin/exchange.ts';
import { getServerLock, putServerLock } from './admin/maintenance.ts';
import { queueRoutes } from './admin/queues.ts';
import { relayRoutes } from './admin/relays.ts';
import { getReleases } from './admin/releases.ts';
import { adminReportRoutes } from './admin/reports/index.ts';
import { ruleRoutes } from './admin/rule-routes.ts';
import { serviceRoutes } from './admin/services.ts';
import { changeSettings, getSettings, previewAccent, previewText } from './admin/settings.ts';
import { staffRoutes } from './admin/staff.ts';
import { cleanStorage, getStorage, listFindings, scanStorage } from './admin/storage.ts';
import {
  listCreatorTrends,
  listSoundTrends,
  listStatusTrends,
  listTagTrends,
  setTrendTrust,
  trendDecisions,
} from './admin/trends.ts';
import { createApp, verifyApp } from './apps/apps.ts';
import { claimRoutes } from './claims/index.ts';
import { blockDomain, listDomainBlocksOfMine, unblockDomain } from './domain-blocks/domain-blocks.ts';
import {
  askForReset,
  changeEmail,
  checkConfirmation,
  getEmailPreferences,
  mailConfirmation,
  setEmailPreferences,
} from './emails/emails.ts';
import { feedRoutes } from './feed/index.ts';
import { filterRoutes } from './filters/index.ts';
import { folderRoutes } from './folders/folders.ts';
import {
  getCustomEmojis,
  getExtendedDescription,
  getInstanceDomainBlocks,
  getPeers,
  getPrivacyPolicy,
  getRules,
  getTranslationLanguages,
} from './instance/about.ts';
import { getAlgorithm } from './instance/algorithm.ts';
import { announcementRoutes } from './instance/announcements.ts';
import { getInstance, getInstanceV1 } from './instance/get-instance.ts';
import { getTransparency } from './instance/transparency.ts';
import { checkInvite, createInvite, listInvites, revokeInvite } from './invites/invites.ts';
import {
  addToList,
  createList,
  deleteList,
  editList,
  getList,
  listLists,
  listMembers,
  listsWith,
  listTimeline,
  takeFromList,
} from './lists/lists.ts';
import { getMarkers, setMarkers } from './markers/markers.ts';
import { actingRoutes } from './measures/acting.ts';
import { appealRoutes } from './measures/appeals.ts';
import { listAdminVideos } from './measures/videos.ts';
import { deleteMedia, getMedia, postMedia, postMediaV1, putMedia } from './media/media.ts';
import { notificationRoutes } from './notifications/index.ts';
import { packRoutes } from './packs/index.ts';
import { passkeyRoutes } from './passkeys/passkeys.ts';
import { playlistRoutes } from './playlists/playlists.ts';
import { askForArchive, downloadArchive, getArchive } from './portability/archive.ts';
import { exportCsv, getImport, importCsv, importFailures, listImports } from './portability/portability.ts';
import { changeSubscription, getSubscription, subscribe, unsubscribe } from './push/subscription.ts';
import {
  directory,
  dismissSuggestion,
  familiarFollowers,
  listAccounts,
  listConversations,
  listEndorsements,
  listSuggestions,
  searchAccounts,
} from './relations/discover.ts';
import { muteAccount, noteAccount, removeFollower, unmuteAccount } from './relations/mutes.ts';
import {
  authorizeRequest,
  listBlocks,
  listFollowers,
  listFollowing,
  listFollowRequests,
  listMutes,
  rejectRequest,
} from './relations/people.ts';
import { listRemixes, remixPermission, revokeRemix } from './remixes/remixes.ts';
import { allowRemix, listRemixRequests, refuseRemix } from './remixes/requests.ts';
import { fileReport } from './reports/file-report.ts';
import { listOwnReports } from './reports/own-reports.ts';
import { searchPacks } from './search/packs.ts';
import { search } from './search/search.ts';
import { searchSounds, searchVideos, suggest } from './search/videos.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  disableSecondFactor,
  getSecondFactor,
} from './second-factor/second-factor.ts';
import { changePassword, endSession, listSessions } from './sessions/own-sessions.ts';
import { signIn, signOut } from './sessions/sessions.ts';
import {
  changeSound,
  findSounds,
  getSound,
  listSavedSounds,
  saveSound,
  soundTimeline,
  unsaveSound,
} from './sounds/sounds.ts';
import { ownSoundUsage, ownUsage } from './sounds/usage.ts';
import { postStatus } from './statuses/post-status.ts';
import {
  bookmarkStatus,
  likeStatus,
  muteStatus,
  pinStatus,
  shareStatus,
  unbookmarkStatus,
  unlikeStatus,
  unmuteStatus,
  unpinStatus,
  unshareStatus,
  wantSizes,
} from './statuses/reactions.ts';
import {
  getBookmarks,
  getFavouritedBy,
  getFavourites,
  getRebloggedBy,
  getShownLikes,
  getStatuses,
  getStatusHistory,
  getStatusSource,
} from './statuses/reads.ts';
import { deleteScheduled, getScheduled, listScheduled, putScheduled } from './statuses/scheduled.ts';
import { deleteStatus, editStatus, getContext, getStatus } from './statuses/statuses.ts';
import { channelAnalytics, liveChannel, liveVideo, topVideos, videoAnalytics } from './studio/analytics.ts';
import { exportChannel, exportVideo } from './studio/analytics-csv.ts';
import {
  bulkVideos,
  getStudioVideo,
  listStudioVideos,
  ownStorage,
  studioOverview,
  videoStatistics,
} from './studio/studio.ts';
import {
  featuredTagsOf,
  featureTag,
  listFeaturedTags,
  suggestFeaturedTags,
  unfeatureTag,
} from './tags/featured.ts';
import { getFollowedTags, getMutedTags, getTag, tagDeeds } from './tags/tags.ts';
import { accountTimeline, homeTimeline, publicTimeline, tagTimeline } from './timelines/timelines.ts';
import { getTrendingLinks, getTrendingStatuses, getTrendingTags, getTrends } from './trends/trends.ts';
import {
  getTrendingCreators,
  getTrendingSounds,
  getTrendingVideos,
  getTrendTrust,
} from './trends/video-trends.ts';
import { abortDirectUpload, beginDirectUpload, completeDirectUpload } from './uploads/direct.ts';
import { deleteCaptions, putCaptions } from './videos/captions.ts';
import {
  hideComment,
  listComments,
  pinComment,
  postComment,
  unhideComment,
  unpinComment,
} from './videos/comments.ts';
import { publishVideo } from './videos/drafts.ts';
import { putPoster } from './videos/poster.ts';
import { followProcessing, getProcessing } from './videos/processing.ts';
import { beginVideo, deleteVideo, editVideo, getVideo, shareVideo } from './videos/videos.ts';

/** Every JSON endpoint. Fixed paths stand before those with parameters that would match them. */
export const routes: readonly Route[] = [
  getInstance,
  getInstanceV1,
  getRules,
  getExtendedDescription,
  getPrivacyPolicy,
  getTranslationLanguages,
  getPeers,
  getTransparency,
  getInstanceDomainBlocks,
  getCustomEmojis,
  ...announcementRoutes,
  register,
  ...[listInvites, createInvite, checkInvite, revokeInvite],
  deleteAccount,
  // Before the kinds of CSV, one of which it is not.
  ...[askForArchive, getArchive, downloadArchive],
  ...[exportCsv, importCsv, listImports, getImport, importFailures],
  ...[checkConfirmation, mailConfirmation, changeEmail, askForReset],
  ...[getEmailPreferences, setEmailPreferences],
  ...[getAliases, setAliases, moveAccount],
  signIn,
  signOut,
  listSessions,
  endSession,
  changePassword,
  getSecondFactor,
  beginSecondFactor,
  confirmSecondFactor,
  disableSecondFactor,
  ...passkeyRoutes,
  createApp,
  verifyApp,
  verifyCredentials,
  updateCredentials,
  removeAvatar,
  removeHeader,
  getPreferences,
  lookupAccount,
  getRelationships,
  searchAccounts,
  familiarFollowers,
  listAccounts,
  getAccount,
  accountTimeline,
  followAccount,
  unfollowAccount,
  blockAccount,
  unblockAccount,
  muteAccount,
  unmuteAccount,
  noteAccount,
  removeFollower,
  listFollowers,
  listFollowing,
  featuredTagsOf,
  listBlocks,
  listMutes,
  listFollowRequests,
  authorizeRequest,
  rejectRequest,
  listSuggestions,
  dismissSuggestion,
  directory,
  listConversations,
  listEndorsements,
  ...[listFeaturedTags, suggestFeaturedTags, featureTag, unfeatureTag],
  ...[listLists, listsWith, getList, createList, editList, deleteList],
  ...[listMembers, addToList, takeFromList, listTimeline],
  ...[...playlistRoutes, ...folderRoutes],
  ...packRoutes,
  ...[getMarkers, setMarkers],
  ...filterRoutes,
  ...[fileReport, listOwnReports],
  search,
  searchSounds,
  searchPacks,
  searchVideos,
  suggest,
  ...notificationRoutes,
  getSubscription,
  subscribe,
  changeSubscription,
  unsubscribe,
  ...feedRoutes,
  getAlgorithm,
  ...[getSettings, changeSettings, previewText, previewAccent],
  ...brandingRoutes,
  ...relayRoutes,
  ...[...exchangeRoutes, ...discoveryRoutes, ...serviceRoutes],
  ...[homeTimeline, publicTimeline, tagTimeline, getTrendingTags],
  getTrendingStatuses,
  getTrends,
  getTrendingLinks,
  getTag,
  ...tagDeeds,
  getFollowedTags,
  getMutedTags,
  postMedia,
  postMediaV1,
  getMedia,
  putMedia,
  deleteMedia,
  listScheduled,
  getScheduled,
  putScheduled,
  deleteScheduled,
  getBookmarks,
  getFavourites,
  getShownLikes,
  postStatus,
  getStatuses,
  getStatus,
  getStatusSource,
  getStatusHistory,
  getFavouritedBy,
  getRebloggedBy,
  getContext,
  editStatus,
  deleteStatus,
  likeStatus,
  unlikeStatus,
  shareStatus,
  unshareStatus,
  bookmarkStatus,
  unbookmarkStatus,
  muteStatus,
  unmuteStatus,
  pinStatus,
  unpinStatus,
  wantSizes,
  ...[beginVideo, getVideo, editVideo, deleteVideo, shareVideo, publishVideo],
  ...[listRemixes, remixPermission, revokeRemix],
  ...[listRemixRequests, allowRemix, refuseRemix],
  ...[listStudioVideos, getStudioVideo, studioOverview, videoStatistics, bulkVideos, ownStorage],
  ...[channelAnalytics, liveChannel, topVideos, exportChannel, videoAnalytics, liveVideo, exportVideo],
  ...[listComments, postComment, hideComment, unhideComment, pinComment, unpinComment],
  getProcessing,
  beginDirectUpload,
  completeDirectUpload,
  abortDirectUpload,
  followProcessing,
  putCaptions,
  deleteCaptions,
  putPoster,
  ...[getBackups, listKeptBackups, askForBackup],
  ...[getReleases, getServerLock, putServerLock],
  ...staffRoutes,
  failingHosts,
  deadDeliveries,
  retryDeliveries,
  discardDeliveries,
  ...[deadDelivery, retryDelivery, discardDelivery],
  ...adminReportRoutes,
  ...[...actingRoutes, ...appealRoutes, listAdminVideos, ...claimRoutes],
  ...queueRoutes,
  ...[cleanStorage, getStorage, listFindings, scanStorage],
  listDomainBlocks,
  getDomainBlock,
  createDomainBlock,
  updateDomainBlock,
  deleteDomainBlock,
  listDomainAllows,
  getDomainAllow,
  createDomainAllow,
  deleteDomainAllow,
  ...domainRoutes,
  ...[ownUsage, ownSoundUsage],
  ...[listSavedSounds, findSounds, getSound, soundTimeline, changeSound, saveSound, unsaveSound],
  ...[getTrendingVideos, getTrendingSounds, getTrendingCreators, getTrendTrust],
  ...[listTagTrends, listStatusTrends, listCreatorTrends, listSoundTrends, setTrendTrust],
  ...trendDecisions,
  ...ruleRoutes,
  ...adminAnnouncementRoutes,
  listDomainBlocksOfMine,
  blockDomain,
  unblockDomain,
];
