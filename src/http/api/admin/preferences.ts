import { z } from 'zod';
import { digestLimits } from '../../../../config/mail-limits.ts';
import { isTimeZone } from '../../../modules/digests/index.ts';
import type { StaffPreferences } from '../../../modules/staff/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { route } from '../../route.ts';
import { flagSchema } from '../schemas.ts';

const hour = z.coerce.number().int().min(0).max(23);

const preferencesEntity = z
  .object({
    blur: z.boolean().describe('Evidence is covered until it is asked for'),
    greyscale: z.boolean().describe('Evidence has no colours'),
    mute: z.boolean().describe('Films begin without sound'),
    quiet: z
      .object({ from: z.number(), until: z.number() })
      .nullable()
      .describe('Hours of the day in which nothing is pushed or mailed about the work of the staff'),
    urgent: z.boolean().describe('What cannot wait comes in quiet hours, too'),
    time_zone: z.string(),
    digest: z.boolean().describe('What waits is mailed each morning'),
  })
  .meta({ id: 'StaffPreferences' });

const entityOf = ({ timeZone, ...rest }: StaffPreferences) => ({ ...rest, time_zone: timeZone });

export const getStaffPreferences = route({
  method: 'get',
  path: '/api/v1/admin/preferences',
  summary: 'How you like to work: how evidence is shown, and when nobody disturbs you.',
  audience: 'staff',
  scope: 'admin:read',
  output: preferencesEntity,
  handler: async ({ deps, viewer }) => entityOf(await preferencesOf(deps).of(viewer.account.id)),
});

export const setStaffPreferences = route({
  method: 'patch',
  path: '/api/v1/admin/preferences',
  summary: 'Choose how you like to work. What is not given stays as it is.',
  audience: 'staff',
  scope: 'admin:write',
  body: z.object({
    ...{ blur: flagSchema.optional(), greyscale: flagSchema.optional(), mute: flagSchema.optional() },
    quiet: z.object({ from: hour, until: hour }).nullish(),
    ...{ urgent: flagSchema.optional(), digest: flagSchema.optional() },
    time_zone: z
      .string()
      .max(digestLimits.maxTimeZoneCharacters)
      .refine(isTimeZone, 'This is no time zone, such as Europe/Berlin.')
      .optional(),
  }),
  output: preferencesEntity,
  handler: async ({ deps, body: { time_zone: timeZone, ...rest }, viewer }) => {
    const given = Object.entries({ ...rest, timeZone }).filter(([, value]) => value !== undefined);
    const change: Partial<StaffPreferences> = Object.fromEntries(given);
    return entityOf(await deps.inTx((tx) => preferencesOf(deps).prefer(tx, viewer.account.id, change)));
  },
});

const preferencesOf = ({ staff }: HttpDeps) => staff.preferences;
