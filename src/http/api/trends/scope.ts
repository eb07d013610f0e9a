import { z } from 'zod';
import { apiLimits } from '../../../../config/limits.ts';
import type { TrendScope } from '../../../modules/trending/index.ts';
import { ApiError } from '../../errors.ts';
import { flag } from '../inputs.ts';
import { limitOf, offset } from './paging.ts';

/** Of what videos trend, and which part of them. */
export const trendQuery = z.object({
  offset,
  limit: limitOf(apiLimits.defaultPageItems, apiLimits.maxPageItems),
  scope: z
    .enum(['global', 'local', 'tag', 'language', 'sound'])
    .default('global')
    .describe('`tag`, `language` and `sound` need `key`'),
  key: z.string().trim().min(1).max(100).optional().describe('The hashtag, language code or id of a sound'),
  window: z
    .enum(['hot', 'usual', 'week'])
    .default('usual')
    .describe('How fast what happened fades: by half in 2, 6 or 48 hours. For `global` and `local`'),
  own: flag
    .optional()
    .describe(
      'Only what happened here counts, and nothing that other servers told: for servers that ask each other',
    ),
});

/** The list that is asked for; refused where it does not say of what. */
export function trendScopeOf({
  scope,
  key,
}: z.output<typeof trendQuery>): Extract<TrendScope, { of: 'videos' }> {
  if (scope === 'global' || scope === 'local') return { of: 'videos', within: scope };
  if (key === undefined) {
    throw new ApiError('validation-failed', `Trends of one ${scope} need to know which: set \`key\`.`);
  }
  const plain = scope === 'tag' ? key.replace(/^#/, '') : scope === 'language' ? key.toLowerCase() : key;
  return { of: 'videos', within: scope, key: plain };
}

/** How the list is to be read. */
export const howOf = ({ window, own }: z.output<typeof trendQuery>) => ({ window, isOwn: own ?? false });
