/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  title: 'Roles',
  intro:
    'Whoever ranks higher may act on whoever ranks lower. Nobody gives a role that ranks as high as theirs.',
  name: 'Name',
  rank: 'Rank',
  rankHint: 'A number from 1 to 499. Moderators have 100, administrators 500.',
  members: 'People',
  permissions: 'May',
  none: 'Nothing beyond what everybody may',
  all: 'Everything',
  add: 'New role',
  change: 'Change',
  changeWho: 'Change {name}',
  remove: 'Remove',
  removeWho: 'Remove {name}',
  removeTitle: 'Remove the role {name}?',
  removeText: 'Nobody has it. What people with it did stays in the log.',
  save: 'Save',
  saved: 'The role was saved.',
  removed: 'The role was removed.',
  owner: 'Owner',
  admin: 'Administrator',
  moderator: 'Moderator',
  user: 'Everybody',
  permission:
    '{name, select, reports {Reports and appeals} accounts {Accounts} content {Clips and comments} signups {Sign-ups} invites {Invites} domains {Other servers} rules {Rules and raid mode} legal {Evidence for authorities} trends {Trends} ranking {Ranking} announcements {Announcements} settings {Settings} queues {Background work} storage {Files and backups} roles {Roles} audit {The log} other {{name}}}',
} as const;
