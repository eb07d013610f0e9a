import type { z } from 'zod';
import { type AccountId, parseId, type SoundId } from '../../../lib/ids.ts';
import type { Result } from '../../../lib/result.ts';
import { licenceOf, type Place, type SaidRights } from '../../../modules/sounds/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { toAccount } from '../accounts/entities.ts';
import type { rightsEntity, rightsForm, SoundEntity } from './schemas.ts';

/** Those of these texts that are ids. */
export const soundIdsOf = (texts: readonly string[]): SoundId[] =>
  texts.flatMap((text) => parseId<'sound'>(text) ?? []);

/** An answer to whether something may be done, as apps are told. */
export const permissionOf = (answer: Result<object, string>) =>
  answer.ok
    ? { allowed: true, reason: null, message: null }
    : { allowed: false, reason: answer.reason, message: answer.detail ?? null };

/** What is said of the rights to a sound, as the API tells it; of known licences with their address. */
export function toRights({ sourceUrl, byStaff, ...same }: SaidRights): z.input<typeof rightsEntity> {
  const known = licenceOf(same.licence);
  return {
    ...{ ...same, known_licence: known?.id ?? null, licence_url: known?.url ?? null },
    ...{ source_url: sourceUrl, by_staff: byStaff },
  };
}

/** What a form says of them, as the module takes it. */
export const rightsIn = ({ source_url: sourceUrl, ...same }: z.output<typeof rightsForm>) => ({
  ...same,
  sourceUrl,
});

/** Sounds as somebody may know of them, in this order: the same number of queries whatever their number. */
export async function soundEntitiesOf(
  deps: HttpDeps,
  ids: readonly SoundId[],
  viewerId: AccountId | null,
  place?: Place,
): Promise<SoundEntity[]> {
  const sounds = await deps.sounds.among(ids, viewerId, place);
  const found = ids.flatMap((id) => sounds.get(id) ?? []);
  const [authors, originals] = await Promise.all([
    deps.accounts.byIds([...new Set(found.flatMap(({ authorId }) => authorId ?? []))]),
    deps.videos.forViewerAmong(
      found.flatMap(({ originalId }) => originalId ?? []),
      viewerId,
    ),
  ]);
  return found.map((sound) => {
    const author = sound.authorId && authors.get(sound.authorId);
    const video = sound.originalId && originals.get(sound.originalId);
    const urlOf = (role: 'poster' | 'mp4') => {
      const asset = video ? video.assets.find((one) => one.role === role) : undefined;
      return video && asset ? deps.videos.objectUrl(asset.key, video) : null;
    };
    return {
      ...{ id: sound.id, title: sound.title, url: deps.urls.soundPage(sound.id) },
      author: author ? toAccount(deps, author) : null,
      video_id: video ? video.id : null,
      ...{
        preview_url: urlOf('poster'),
        audio_url: video?.soundMuted ? null : urlOf('mp4'),
        uses: sound.uses,
      },
      duration: video ? video.durationSeconds : null,
      history: sound.history.map(({ day, uses }) => ({
        day: String(day.getTime() / 1_000),
        uses: String(uses),
      })),
      saved: sound.isSaved,
      use: sound.use && permissionOf(sound.use),
      ...{ withheld: sound.region, here: sound.here, rights: sound.rights && toRights(sound.rights) },
      own: viewerId !== null && sound.authorId === viewerId,
      created_at: sound.createdAt.toISOString(),
    };
  });
}
