import { z } from 'zod';
import { apiLimits } from '../../../../config/limits.ts';
import type { Accent } from '../../../lib/colour.ts';
import { htmlOfPage } from '../../../lib/html/markdown.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { Setting } from '../../../modules/settings/index.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { accentsOf } from '../../theme.ts';
import { textPreviewEntity } from './text-preview.ts';

const settingEntity = z
  .object({
    name: z.string().describe('Of the variable of the environment that stands for it'),
    value: z.string().nullable().describe('As the environment would write it; null where it has none'),
    default: z.string().nullable(),
    source: z
      .enum(['environment', 'staff', 'default'])
      .describe('What the environment sets, nobody changes here'),
    group: z.string(),
    description: z.string(),
    control: z.object({
      kind: z.enum(['text', 'paragraph', 'markdown', 'lines', 'number', 'choice', 'color']),
      max_length: z.number().optional(),
      min: z.number().optional(),
      max: z.number().optional(),
      unit: z.string().optional(),
      options: z.array(z.string()).optional(),
    }),
    changed_at: z.string().nullable(),
  })
  .meta({ id: 'Setting' });

function entityOf({
  name,
  value,
  source,
  group,
  doc,
  fallback,
  control,
  changedAt,
}: Setting): z.input<typeof settingEntity> {
  const { kind } = control;
  return {
    ...{ name, value, source, group, description: doc, default: fallback },
    control: {
      kind,
      ...('maxLength' in control && { max_length: control.maxLength }),
      ...('min' in control && { min: control.min, max: control.max, unit: control.unit }),
      ...('options' in control && { options: [...control.options] }),
    },
    changed_at: changedAt?.toISOString() ?? null,
  };
}

export const getSettings = route({
  method: 'get',
  path: '/api/v1/admin/settings',
  summary: 'What can be set while the server runs, and how it is set.',
  audience: 'staff',
  permission: 'settings',
  scope: 'admin:read',
  output: z.array(settingEntity),
  handler: async ({ deps }) => deps.settings.list().map(entityOf),
});

export const changeSettings = route({
  method: 'patch',
  path: '/api/v1/admin/settings',
  summary: 'Set some of them, all or none; those that are not given stay. Counts at once in all processes.',
  audience: 'staff',
  permission: 'settings',
  scope: 'admin:write',
  maxJsonBytes: apiLimits.maxSettingsBytes,
  body: z.object({
    settings: z
      .record(z.string().max(100), z.string().max(apiLimits.maxSettingCharacters).nullable())
      .refine((settings) => Object.keys(settings).length <= apiLimits.maxSettingsAtOnce)
      .describe('Texts by name, as the environment would write them; null: the default again'),
    reason: z
      .string()
      .trim()
      .max(apiLimits.maxReasonCharacters)
      .default('')
      .describe('For those who ask later'),
  }),
  output: z.array(settingEntity),
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.settings.change(tx, actorOf(viewer), body.settings, body.reason),
    );
    if (!outcome.ok) throw refused(outcome);
    await deps.settings.refresh();
    return deps.settings.list().map(entityOf);
  },
});

const forSettings = { audience: 'staff', permission: 'settings', scope: 'admin:write' } as const;

export const previewText = route({
  method: 'post',
  path: '/api/v1/admin/settings/preview',
  summary: 'How a text in Markdown would look as a page of this server; nothing is kept of it.',
  ...forSettings,
  maxJsonBytes: apiLimits.maxSettingsBytes,
  body: z.object({ text: z.string().max(apiLimits.maxSettingCharacters) }),
  output: textPreviewEntity,
  handler: async ({ body }) => ({ content: htmlOfPage(body.text) }),
});

const accentEntity = z.object({
  accent: z.string(),
  on_accent: z.string().describe('Of words on it'),
  is_moved: z.boolean().describe('It could not be read as it was asked for: this is the nearest that can be'),
});

export const previewAccent = route({
  method: 'post',
  path: '/api/v1/admin/settings/preview_color',
  summary: 'How a colour would look as that of the server, on light and on dark pages.',
  ...forSettings,
  body: z.object({ color: z.string().regex(/^#[0-9A-Fa-f]{6}$/) }),
  output: z.object({ light: accentEntity, dark: accentEntity }).meta({ id: 'AccentPreview' }),
  handler: async ({ body, deps }) => {
    const color = body.color.toLowerCase();
    const { light, dark } = accentsOf({ light: color, dark: color }, deps.config.app.theme);
    const told = ({ accent, onAccent, isMoved }: Accent) => ({
      accent,
      on_accent: onAccent,
      is_moved: isMoved,
    });
    return { light: told(light), dark: told(dark) };
  },
});
