import { z } from 'zod';
import { servingLimits } from '../../../../config/serving-limits.ts';
import type { AccountId } from '../../../lib/ids.ts';
import { sliderNames } from '../../../modules/recommending/index.ts';
import { parseTag } from '../../../modules/tags/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { route } from '../../route.ts';
import { flag, languageSchema, manyOf } from '../inputs.ts';
import { emptyEntity } from '../schemas.ts';
import { settingsEntity } from './schemas.ts';

/** How somebody wants feeds to be: for that person alone (security.md P9). */

async function settingsOf(deps: Pick<HttpDeps, 'watching' | 'recommending'>, id: AccountId) {
  const [kept, wishes] = await Promise.all([deps.watching.settingsOf(id), deps.recommending.wishes.of(id)]);
  return {
    ...{ history_paused: kept.historyPaused, for_you_list: kept.forYouList, personal: wishes.isPersonal },
    ...{ sliders: { ...wishes.sliders }, interests: [...wishes.interests], languages: [...wishes.languages] },
  };
}

export const getFeedSettings = route({
  method: 'get',
  path: '/api/v1/feed_settings',
  summary: 'How you want your feeds: whether your history is kept, and what For You goes by.',
  audience: 'signed-in',
  scope: 'read:history',
  output: settingsEntity,
  handler: async ({ deps, viewer }) => settingsOf(deps, viewer.account.id),
});

const tag = z
  .string()
  .max(200)
  .transform((text, context): string => {
    const name = parseTag(text);
    if (name !== null) return name;
    context.addIssue({ code: 'custom', message: 'This is not a hashtag.' });
    return z.NEVER;
  });

const factor = z.number().min(0).max(servingLimits.maxSlider);

export const setFeedSettings = route({
  method: 'patch',
  path: '/api/v1/feed_settings',
  summary: 'Change these; what is not given stays as it is. For You changes with the next page.',
  audience: 'signed-in',
  scope: 'write:history',
  body: z.object({
    history_paused: flag.optional(),
    for_you_list: flag.optional(),
    personal: flag.optional().describe('False: For You uses nothing but whom you follow, block and mute'),
    sliders: z
      .partialRecord(z.enum(sliderNames as [string, ...string[]]), factor)
      .optional()
      .describe('How much each source, weight and foreseen action counts for you; 1 where it is not given'),
    interests: manyOf(tag, servingLimits.maxInterests).optional().describe('Hashtags'),
    languages: manyOf(languageSchema, servingLimits.maxLanguages).optional(),
  }),
  output: settingsEntity,
  handler: async ({ deps, body, viewer }) => {
    const { id } = viewer.account;
    const unique = (texts: readonly string[] | undefined) => texts && [...new Set(texts)];
    const wishes = {
      ...{ isPersonal: body.personal, sliders: body.sliders as Record<string, number> | undefined },
      ...{ interests: unique(body.interests), languages: unique(body.languages) },
    };
    await deps.inTx(async (tx) => {
      await deps.watching.setSettings(tx, id, {
        historyPaused: body.history_paused,
        forYouList: body.for_you_list,
      });
      await deps.recommending.wishes.set(tx, id, wishes, new Date(deps.clock.now()));
    });
    if (Object.values(wishes).some((one) => one !== undefined)) await deps.recommending.wished(id);
    return settingsOf(deps, id);
  },
});

export const resetFeedProfile = route({
  method: 'delete',
  path: '/api/v1/feed_profile',
  summary:
    'Forget all that For You has learnt of you, and what it chose for you: it begins anew with the next page. What you like, follow and watched stays where you see it, and is not learnt from again.',
  audience: 'signed-in',
  scope: 'write:history',
  output: emptyEntity,
  handler: async ({ deps, viewer }) => {
    const { id } = viewer.account;
    await deps.inTx((tx) => deps.recommending.forget(tx, id));
    await deps.recommending.forgotten(id);
    return {};
  },
});
