import { z } from 'zod';
import { profileLimits } from '../../../../config/account-limits.ts';
import { type MadePicture, type PictureRole, pictureRoles } from '../../../modules/accounts/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import type { ReceivedFile } from '../../form.ts';
import { route } from '../../route.ts';
import { flag, languageOrNone, text } from '../inputs.ts';
import { credentialEntityOf } from './entities.ts';
import { credentialAccountEntity } from './schemas.ts';

/** What a picture is, its bytes say: apps are not always sure. */
const picture = { types: ['image/*', 'application/octet-stream'], maxBytes: profileLimits.maxPictureBytes };

/** The pictures that came, made clean. Throws the refusal for the client. */
async function picturesOf(
  deps: HttpDeps,
  files: { readonly [Role in PictureRole]?: ReceivedFile },
): Promise<MadePicture[]> {
  const pictures: MadePicture[] = [];
  for (const role of pictureRoles) {
    const file = files[role];
    const made = file && (await deps.pictures.make(role, file.path));
    if (made && !made.ok) throw refused(made);
    if (made) pictures.push(made.picture);
  }
  return pictures;
}

const { maxDisplayNameCharacters, maxBioCharacters, maxFields, maxFieldCharacters } = profileLimits;

const VISIBILITY = {
  public: 'public',
  unlisted: 'unlisted',
  private: 'followers',
  direct: 'direct',
} as const;

const field = z.object({
  name: text(maxFieldCharacters).default(''),
  value: text(maxFieldCharacters).default(''),
});

/** Forms number them, and what they number is no list. */
const fields = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.values(value) : value,
  z.array(field).max(maxFields),
);

export const updateCredentials = route({
  method: 'patch',
  path: '/api/v1/accounts/update_credentials',
  summary: 'Change your profile; what is not given stays as it is.',
  audience: 'signed-in',
  scope: 'write:accounts',
  fileParts: { avatar: picture, header: picture },
  body: z.object({
    display_name: text(maxDisplayNameCharacters).optional(),
    note: text(maxBioCharacters).optional().describe('Plain text'),
    locked: flag.optional().describe('Followers need your approval'),
    bot: flag.optional(),
    discoverable: flag.optional(),
    indexable: flag.optional(),
    hide_collections: flag.optional().describe('Whom you follow, and who follows you, is shown to you alone'),
    shows_likes: flag.optional().describe('Others may see which public videos you like'),
    fields_attributes: fields.optional(),
    source: z
      .object({
        privacy: z.enum(['public', 'unlisted', 'private', 'direct']).optional(),
        sensitive: flag.optional(),
        language: languageOrNone.optional(),
        permissions: z
          .object({
            ...{ download: flag.optional(), duet: flag.optional(), stitch: flag.optional() },
            sound: flag.optional(),
            ask: flag.optional().describe('Each duet and stitch waits for your approval'),
          })
          .optional()
          .describe('What others may do with videos of yours that do not say otherwise'),
      })
      .optional(),
  }),
  output: credentialAccountEntity,
  handler: async ({ deps, body, files, viewer }) => {
    const { id } = viewer.account;
    const pictures = await picturesOf(deps, files);
    const outcome = await deps.inTx(async (tx) => {
      const { privacy, sensitive, language, permissions } = body.source ?? {};
      const preferences = {
        ...(privacy === undefined ? {} : { visibility: VISIBILITY[privacy] }),
        ...(sensitive === undefined ? {} : { sensitive }),
        ...(language === undefined ? {} : { language }),
        ...(permissions === undefined ? {} : { allows: permissions }),
      };
      const change = {
        displayName: body.display_name,
        bio: body.note,
        locked: body.locked,
        bot: body.bot,
        discoverable: body.discoverable,
        indexable: body.indexable,
        hideCollections: body.hide_collections,
        showsLikes: body.shows_likes,
        fields: body.fields_attributes,
      };
      // A rule may refuse what it says: then nothing else is changed either.
      const edited = await deps.accounts.editProfile(tx, id, change, pictures.length > 0);
      if (!edited.ok) return edited;
      for (const one of pictures) await deps.pictures.set(tx, id, one);
      await deps.auth.prefer(tx, id, preferences);
      return edited;
    });
    if (!outcome.ok) throw refused(outcome);
    const account = pictures.length === 0 ? outcome.account : await deps.accounts.byId(id);
    if (!account) throw new Error('An account whose profile was edited is gone.');
    return credentialEntityOf(deps, account, viewer);
  },
});

const removePicture = (role: 'avatar' | 'header') =>
  route({
    method: 'delete',
    path: `/api/v1/profile/${role}`,
    summary: `Take the ${role === 'avatar' ? 'picture' : 'banner'} of your profile away.`,
    audience: 'signed-in',
    scope: 'write:accounts',
    output: credentialAccountEntity,
    handler: async ({ deps, viewer }) => {
      const { id } = viewer.account;
      const outcome = await deps.inTx(async (tx) => {
        await deps.pictures.remove(tx, id, role);
        return deps.accounts.editProfile(tx, id, {}, true);
      });
      if (!outcome.ok) throw refused(outcome);
      return credentialEntityOf(deps, outcome.account, viewer);
    },
  });

export const removeAvatar = removePicture('avatar');
export const removeHeader = removePicture('header');

export const getPreferences = route({
  method: 'get',
  path: '/api/v1/preferences',
  summary:
    'What the posts of the viewer are where an app does not say, and how the viewer likes to be shown those of others.',
  audience: 'signed-in',
  scope: 'read:accounts',
  output: z
    .object({
      'posting:default:visibility': z.enum(['public', 'unlisted', 'private', 'direct']),
      'posting:default:sensitive': z.boolean(),
      'posting:default:language': z.string().nullable(),
      'posting:default:permissions': z
        .object({
          download: z.boolean(),
          duet: z.boolean(),
          stitch: z.boolean(),
          sound: z.boolean(),
          ask: z.boolean(),
        })
        .describe('What others may do with videos'),
      'reading:expand:media': z.enum(['default', 'show_all', 'hide_all']),
      'reading:expand:spoilers': z.boolean(),
    })
    .meta({ id: 'Preferences' }),
  handler: async ({ deps, viewer }) => {
    const { visibility, sensitive, language, allows } = await deps.auth.preferencesOf(viewer.account.id);
    return {
      'posting:default:visibility': visibility === 'followers' ? ('private' as const) : visibility,
      'posting:default:sensitive': sensitive,
      'posting:default:language': language,
      'posting:default:permissions': allows,
      'reading:expand:media': 'default' as const,
      'reading:expand:spoilers': false,
    };
  },
});
