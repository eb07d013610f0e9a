import { z } from 'zod';
import { measureLimits } from '../../../../config/measure-limits.ts';
import { idSchema, type MeasureId } from '../../../lib/ids.ts';
import { actorOf, type Viewer } from '../../../modules/auth/index.ts';
import {
  accountMeasures,
  type MeasureKind,
  type Target,
  videoMeasures,
} from '../../../modules/moderation/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages, pageOf } from '../paging.ts';
import { accountParams, emptyEntity, flagSchema, pageQuery, videoParams } from '../schemas.ts';
import { actionOf, measureEntitiesOf, measureEntity } from './entities.ts';

const commentParams = z.object({ id: idSchema<'comment'>() });
const text = z.string().max(measureLimits.maxFactsCharacters).default('');

/** Why: what every measure is given. */
const reasons = {
  text: text.describe('What led to it, as the person reads it'),
  rule_ids: z.array(z.string().max(20)).max(measureLimits.maxRules).default([]),
  report_id: idSchema<'report'>().optional().describe('What led to it: it is closed with the deed'),
  report_ids: z
    .array(idSchema<'report'>())
    .max(measureLimits.maxReports)
    .default([])
    .describe('The same for several'),
  reports: z
    .array(z.object({ id: idSchema<'report'>(), version: z.number().int().optional() }))
    .max(measureLimits.maxReports)
    .default([])
    .describe(
      'The same, as they were looked at: where one has another version by now, nothing is done at all',
    ),
  send_email_notification: flagSchema
    .default(true)
    .describe('Whether the person is told at all, here and by mail'),
};

/** Measures by what the API calls them. */
const named = <K extends MeasureKind>(measures: readonly K[]) =>
  new Map<string, K>(measures.map((measure) => [actionOf(measure), measure]));
const OF_ACCOUNT = named(accountMeasures.filter((measure) => measure !== 'delete'));
const OF_VIDEO = named(videoMeasures);

const typeOf = (measures: ReadonlyMap<string, MeasureKind>) =>
  z.enum([...measures.keys()] as [string, ...string[]]);

interface Acting {
  readonly target: Target;
  readonly measure: MeasureKind;
  readonly body: z.output<z.ZodObject<typeof reasons>>;
}

async function act(deps: HttpDeps, viewer: Viewer, { target, measure, body }: Acting) {
  const named = [...body.report_ids, ...(body.report_id ? [body.report_id] : [])].map((id) => ({ id }));
  const reports = [...new Map([...named, ...body.reports].map((report) => [report.id, report])).values()];
  const outcome = await deps.inTx((tx) =>
    deps.reportDesk.act(tx, actorOf(viewer), {
      ...{ target, measure, facts: body.text, ruleIds: body.rule_ids, reports },
      notice: body.send_email_notification,
    }),
  );
  if (!outcome.ok) throw refused(outcome);
  deps.mediaAccess.forgetAll();
  return { ...(await one(deps, outcome.measureId)), audit_ids: [...outcome.auditIds] };
}

const takenEntity = measureEntity
  .extend({
    audit_ids: z.array(z.string()).describe('All that was done with it: taken back together'),
  })
  .meta({ id: 'TakenMeasure' });

async function one(deps: HttpDeps, id: MeasureId | null) {
  const measure = id === null ? null : await deps.measures.byId(id);
  const [entity] = measure ? await measureEntitiesOf(deps, [measure]) : [];
  if (!entity) throw new ApiError('not-found');
  return entity;
}

const staff = { audience: 'staff', scope: 'admin:write:accounts' } as const;

export const actOnAccount = route({
  method: 'post',
  path: '/api/v1/admin/accounts/:id/action',
  summary:
    'Warn somebody, limit an account, or suspend it. The person is told why, and can appeal; the reports that led to it are closed with it.',
  ...{ ...staff, permission: 'accounts' },
  params: accountParams,
  body: z.object({ type: typeOf(OF_ACCOUNT), warning_preset_id: z.string().max(20).optional(), ...reasons }),
  output: takenEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const measure = OF_ACCOUNT.get(body.type) ?? 'warn';
    return act(deps, viewer, { target: { kind: 'account', id: params.id }, measure, body });
  },
});

export const actOnVideo = route({
  method: 'post',
  path: '/api/v1/admin/videos/:id/action',
  summary:
    'Mark a video as sensitive, close its comments, have it played without its sound, hide it from discovery, or remove it.',
  ...{ ...staff, permission: 'content' },
  params: videoParams,
  body: z.object({ type: typeOf(OF_VIDEO), ...reasons }),
  output: takenEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const measure = OF_VIDEO.get(body.type) ?? 'sensitive';
    return act(deps, viewer, { target: { kind: 'video', id: params.id }, measure, body });
  },
});

export const actOnComment = route({
  method: 'post',
  path: '/api/v1/admin/comments/:id/action',
  summary: 'Remove a comment. Within 30 days that can be taken back.',
  ...{ ...staff, permission: 'content' },
  params: commentParams,
  body: z.object({ type: z.literal('remove').default('remove'), ...reasons }),
  output: takenEntity,
  handler: async ({ deps, params, body, viewer }) =>
    act(deps, viewer, { target: { kind: 'comment', id: params.id }, measure: 'remove', body }),
});

const backBody = z.object({ text: text.describe('Why it is taken back, for the log') });

async function takeBack(
  deps: HttpDeps,
  viewer: Viewer,
  lifting: { readonly target: Target; readonly measure: MeasureKind; readonly reason: string },
): Promise<Record<string, never>> {
  const outcome = await deps.inTx((tx) => deps.measures.lift(tx, actorOf(viewer), lifting));
  if (!outcome.ok) throw refused(outcome);
  deps.mediaAccess.forgetAll();
  return {};
}

/** What takes a measure of an account back, by the verb of the Mastodon API where it has one. */
const ACCOUNT_VERBS = {
  enable: 'freeze',
  unsilence: 'silence',
  unsuspend: 'suspend',
  unsensitive: 'sensitive',
  open_comments: 'comments-off',
  show_in_discovery: 'no-discovery',
} as const;

const VIDEO_VERBS = {
  unsensitive: 'sensitive',
  unmute: 'mute',
  open_comments: 'comments-off',
  show_in_discovery: 'no-discovery',
  restore: 'remove',
} as const;

const accountVerb = ([verb, measure]: [string, MeasureKind]) =>
  route({
    method: 'post',
    path: `/api/v1/admin/accounts/:id/${verb}`,
    summary: `Take “${actionOf(measure)}” of an account back.`,
    ...{ ...staff, permission: 'accounts' },
    params: accountParams,
    body: backBody,
    output: emptyEntity,
    handler: async ({ deps, params, body, viewer }) =>
      takeBack(deps, viewer, { target: { kind: 'account', id: params.id }, measure, reason: body.text }),
  });

const videoVerb = ([verb, measure]: [string, MeasureKind]) =>
  route({
    method: 'post',
    path: `/api/v1/admin/videos/:id/${verb}`,
    summary: `Take “${actionOf(measure)}” of a video back.`,
    ...{ ...staff, permission: 'content' },
    params: videoParams,
    body: backBody,
    output: emptyEntity,
    handler: async ({ deps, params, body, viewer }) =>
      takeBack(deps, viewer, { target: { kind: 'video', id: params.id }, measure, reason: body.text }),
  });

export const restoreComment = route({
  method: 'post',
  path: '/api/v1/admin/comments/:id/restore',
  summary: 'Bring a comment back that the staff removed.',
  ...{ ...staff, permission: 'content' },
  params: commentParams,
  body: backBody,
  output: emptyEntity,
  handler: async ({ deps, params, body, viewer }) =>
    takeBack(deps, viewer, {
      target: { kind: 'comment', id: params.id },
      measure: 'remove',
      reason: body.text,
    }),
});

export const deleteAccountForGood = route({
  method: 'delete',
  path: '/api/v1/admin/accounts/:id',
  summary:
    'Delete an account of this server for good, with all that it has; of a suspended one elsewhere, what is known of it here.',
  ...{ ...staff, permission: 'accounts' },
  params: accountParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.measures.take(tx, actorOf(viewer), {
        ...{ target: { kind: 'account', id: params.id }, measure: 'delete', facts: '' },
      }),
    );
    if (!outcome.ok) throw refused(outcome);
    deps.mediaAccess.forgetAll();
    return {};
  },
});

export const undoMeasure = route({
  method: 'post',
  path: '/api/v1/admin/measures/:id/undo',
  summary: 'Take a measure back, whatever it was: who may take one may take it back.',
  ...{ ...staff, permission: 'reports' },
  params: z.object({ id: idSchema<'measure'>() }),
  body: backBody,
  output: measureEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const measure = await deps.measures.byId(params.id);
    const { auditId } = measure ?? {};
    if (!auditId) throw new ApiError('not-found');
    const outcome = await deps.inTx((tx) => deps.measures.undo(tx, actorOf(viewer), auditId, body.text));
    if (!outcome.ok) throw refused(outcome);
    deps.mediaAccess.forgetAll();
    return one(deps, params.id);
  },
});

export const accountMeasuresList = route({
  method: 'get',
  path: '/api/v1/admin/accounts/:id/measures',
  summary: 'What was done to an account and its posts, newest first, with what was taken back.',
  ...{ audience: 'staff', permission: 'accounts', scope: 'admin:read:accounts' },
  params: accountParams,
  query: pageQuery,
  output: z.array(measureEntity),
  handler: async ({ deps, params, query, req, res }) => {
    if ((await deps.accounts.byId(params.id)) === null) throw new ApiError('not-found');
    const measures = await deps.measures.ofAccount(params.id, pageOf(query));
    linkPages(req, res, deps.config.origin, measures, query.limit);
    return measureEntitiesOf(deps, measures);
  },
});

export const actingRoutes = [
  ...[actOnAccount, actOnVideo, actOnComment, restoreComment, deleteAccountForGood, undoMeasure],
  accountMeasuresList,
  ...Object.entries(ACCOUNT_VERBS).map(accountVerb),
  ...Object.entries(VIDEO_VERBS).map(videoVerb),
];
