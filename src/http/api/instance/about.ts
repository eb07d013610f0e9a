import { z } from 'zod';
import { aboutLimits } from '../../../../config/limits.ts';
import { htmlFromText } from '../../../lib/html/from-text.ts';
import { htmlOfPage } from '../../../lib/html/markdown.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { rulesOf } from './get-instance.ts';
import { ruleEntity } from './schemas.ts';

/** What this server tells of itself beyond its limits. */

const textEntity = z
  .object({ updated_at: z.string().nullable(), content: z.string().describe('HTML, safe to show') })
  .meta({ id: 'InstanceText' });

const DEAR = { name: 'instance-list', points: 30, seconds: 300 };

export const getRules = route({
  method: 'get',
  path: '/api/v1/instance/rules',
  summary: 'Rules of this server.',
  audience: 'anyone',
  scope: null,
  output: z.array(ruleEntity),
  handler: async ({ deps }) => rulesOf(deps),
});

const changedAt = ({ settings }: HttpDeps, name: string): string | null =>
  settings.byName(name)?.changedAt?.toISOString() ?? null;

export const getExtendedDescription = route({
  method: 'get',
  path: '/api/v1/instance/extended_description',
  summary: 'What this server is for and who runs it.',
  audience: 'anyone',
  scope: null,
  output: textEntity,
  handler: async ({ deps }) => {
    const { about, description } = deps.config.instance;
    const content =
      about === null ? htmlFromText(description, { tagUrl: deps.urls.tagPage }) : htmlOfPage(about);
    return {
      updated_at: changedAt(deps, about === null ? 'INSTANCE_DESCRIPTION' : 'INSTANCE_ABOUT'),
      content,
    };
  },
});

export const getPrivacyPolicy = route({
  method: 'get',
  path: '/api/v1/instance/privacy_policy',
  summary: 'What this server does with what it knows of people; 404 where its admin has not said.',
  audience: 'anyone',
  scope: null,
  output: textEntity,
  handler: async ({ deps }) => {
    const { privacyPolicy } = deps.config.instance;
    if (privacyPolicy === null) throw new ApiError('not-found', 'This server has no privacy policy.');
    return { updated_at: changedAt(deps, 'INSTANCE_PRIVACY_POLICY'), content: htmlOfPage(privacyPolicy) };
  },
});

export const getTranslationLanguages = route({
  method: 'get',
  path: '/api/v1/instance/translation_languages',
  summary: 'Languages between which posts can be translated: none.',
  audience: 'anyone',
  scope: null,
  output: z.record(z.string(), z.array(z.string())),
  handler: async () => ({}),
});

export const getPeers = route({
  method: 'get',
  path: '/api/v1/instance/peers',
  summary: 'Servers that this one has heard from or reached.',
  audience: 'anyone',
  scope: null,
  limit: DEAR,
  output: z.array(z.string()),
  handler: async ({ deps }) => deps.instances.peers(aboutLimits.maxPeers),
});

export const getInstanceDomainBlocks = route({
  method: 'get',
  path: '/api/v1/instance/domain_blocks',
  summary: 'Servers that this one limits: for everybody, its people or nobody, as its staff decided.',
  audience: 'anyone',
  scope: 'read',
  limit: DEAR,
  output: z.array(
    z
      .object({
        domain: z.string().describe('With stars for letters where the staff hides part of it'),
        digest: z.string().describe('SHA-256 of the domain, in hex'),
        severity: z.enum(['silence', 'suspend']),
        comment: z.string(),
      })
      .meta({ id: 'InstanceDomainBlock' }),
  ),
  handler: async ({ deps, viewer }) => {
    const outcome = await deps.domains.list.published(viewer !== null);
    if (!outcome.ok) throw refused(outcome);
    return outcome.blocks.map((block) => ({ ...block }));
  },
});

export const getCustomEmojis = route({
  method: 'get',
  path: '/api/v1/custom_emojis',
  summary: 'Pictures that stand for words: there are none here.',
  audience: 'anyone',
  scope: null,
  output: z.array(z.object({})),
  handler: async () => [],
});
