import type { Reason } from '../errors.ts';

const ACTING: readonly Reason[] = ['outranked', 'not-possible'];
const SETTLING: readonly Reason[] = [...ACTING, 'report-changed'];
const TAKING_BACK: readonly Reason[] = [...ACTING, 'too-late'];
export const UNDOING: readonly Reason[] = [
  ...TAKING_BACK,
  ...(['report-changed', 'not-undoable', 'undone-before', 'not-found', 'conflict'] as const),
];
const ON_ACCOUNT = ['enable', 'unsilence', 'unsuspend', 'unsensitive', 'open_comments', 'show_in_discovery'];
const ON_VIDEO = ['unsensitive', 'open_comments', 'show_in_discovery', 'restore'];
const appealing: readonly Reason[] = ['too-late', 'appealed-before', 'undone-before'];

/** Those of what the staff does to accounts and posts. */
export const measures: Readonly<Record<string, readonly Reason[]>> = {
  ...Object.fromEntries([
    ...['accounts', 'videos', 'comments'].map((of) => [`POST /api/v1/admin/${of}/:id/action`, SETTLING]),
    ...ON_ACCOUNT.map((verb) => [`POST /api/v1/admin/accounts/:id/${verb}`, TAKING_BACK]),
    ...ON_VIDEO.map((verb) => [`POST /api/v1/admin/videos/:id/${verb}`, TAKING_BACK]),
  ]),
  'POST /api/v1/admin/comments/:id/restore': TAKING_BACK,
  'DELETE /api/v1/admin/accounts/:id': ACTING,
  'POST /api/v1/admin/measures/:id/undo': [...TAKING_BACK, ...(['undone-before', 'not-undoable'] as const)],
  'POST /api/v1/admin/appeals/:id/accept': [
    ...TAKING_BACK,
    'decided-before',
    'own-decision',
    'undone-before',
  ],
  'POST /api/v1/admin/appeals/:id/reject': ['decided-before', 'own-decision'],
  'POST /api/v1/strikes/:id/appeal': appealing,
  'POST /api/v1/decisions/:token/appeal': appealing,
};

const deciding: readonly Reason[] = ['decided-before', 'outranked'];

/** Those of copyright claims. */
export const claims: Readonly<Record<string, readonly Reason[]>> = {
  'POST /api/v1/claims': ['claim-target-unknown', 'too-many-claims'],
  'POST /api/v1/claims/:token/confirm': ['decided-before'],
  'POST /api/v1/claims/:token/withdraw': ['decided-before'],
  'POST /api/v1/claims/:token/court': ['decided-before'],
  'POST /api/v1/strikes/:id/counter_notice': ['too-late', 'countered-before'],
  'POST /api/v1/decisions/:token/counter_notice': ['too-late', 'countered-before'],
  ...Object.fromEntries([
    ...['uphold', 'reject', 'reopen', 'restore'].map((verb) => [
      `POST /api/v1/admin/claims/:id/${verb}`,
      deciding,
    ]),
    ...['accept', 'reject'].map((verb) => [`POST /api/v1/admin/counter_notices/:id/${verb}`, deciding]),
  ]),
};
