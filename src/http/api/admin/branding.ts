import { z } from 'zod';
import { brandLimits } from '../../../../config/brand-limits.ts';
import { apiLimits } from '../../../../config/limits.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import { type BrandPicture, brandRoles } from '../../../modules/branding/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';

const pictureEntity = z
  .object({
    url: z.string(),
    width: z.number().describe('Pixels'),
    height: z.number(),
    description: z.string().describe('What it shows, for those who do not see it'),
    updated_at: z.string(),
  })
  .meta({ id: 'BrandPicture' });

const brandEntity = z
  .object({
    logo: pictureEntity.nullable().describe('Beside the name of the server'),
    icon: pictureEntity
      .nullable()
      .describe('Of the installed page, in the bar of browsers, and for other servers'),
    banner: pictureEntity.nullable().describe('Where links to the server are shown, and in lists of servers'),
  })
  .meta({ id: 'Brand' });

const changedEntity = z
  .object({
    brand: brandEntity,
    audit_id: z
      .string()
      .nullable()
      .describe('The entry of the log, by which this can be taken back; null: nothing changed'),
  })
  .meta({ id: 'BrandChange' });

async function entityOf({ branding, videos }: HttpDeps): Promise<z.input<typeof brandEntity>> {
  const { logo, icon, banner } = await branding.now();
  const told = (picture: BrandPicture | null) =>
    picture && {
      url: videos.objectUrl(picture.key, { state: 'published', visibility: 'public' }),
      ...{ width: picture.width, height: picture.height, description: picture.alt },
      updated_at: picture.updatedAt.toISOString(),
    };
  return { logo: told(logo), icon: told(icon), banner: told(banner) };
}

const forStaff = { audience: 'staff', permission: 'settings' } as const;
const params = z.object({ role: z.enum(brandRoles) });
const reason = z
  .string()
  .trim()
  .max(apiLimits.maxReasonCharacters)
  .default('')
  .describe('For those who ask later');
/** What a picture is, its bytes say: programs are not always sure. */
const picture = { types: ['image/*', 'application/octet-stream'], maxBytes: brandLimits.maxPictureBytes };

const getBranding = route({
  method: 'get',
  path: '/api/v1/admin/branding',
  summary: 'The pictures that stand for this server.',
  ...forStaff,
  scope: 'admin:read',
  output: brandEntity,
  handler: ({ deps }) => entityOf(deps),
});

const setBranding = route({
  method: 'put',
  path: '/api/v1/admin/branding/:role',
  summary: 'Choose one of them, or say anew what the one that is there shows. Counts at once.',
  ...forStaff,
  scope: 'admin:write',
  params,
  fileParts: { picture },
  body: z.object({
    description: z.string().max(brandLimits.maxAltCharacters).default('').describe('What it shows'),
    reason,
  }),
  output: changedEntity,
  handler: async ({ deps, params: { role }, body, files, viewer }) => {
    const made = files.picture ? await deps.branding.make(role, files.picture.path) : null;
    if (made !== null && !made.ok) throw refused(made);
    const input = { role, picture: made, alt: body.description, reason: body.reason };
    const outcome = await deps.inTx((tx) => deps.branding.set(tx, actorOf(viewer), input));
    if (!outcome.ok) throw refused(outcome);
    deps.branding.forget();
    return { brand: await entityOf(deps), audit_id: outcome.auditId };
  },
});

const removeBranding = route({
  method: 'delete',
  path: '/api/v1/admin/branding/:role',
  summary: 'Take one of them away: what Vireo has stands in its place.',
  ...forStaff,
  scope: 'admin:write',
  params,
  output: changedEntity,
  handler: async ({ deps, params: { role }, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.branding.remove(tx, actorOf(viewer), { role }));
    if (!outcome.ok) throw refused(outcome);
    deps.branding.forget();
    return { brand: await entityOf(deps), audit_id: outcome.auditId };
  },
});

export const brandingRoutes = [getBranding, setBranding, removeBranding];
