import { videoLimits } from '../../config/limits.ts';
import { readRights, type SoundRights } from '../../src/modules/sounds/index.ts';
import type { ClaimedSound, Video } from '../../src/modules/videos/index.ts';
import { idOf, isObject, type JsonObject, listOf, textOf, uriOf } from './read.ts';
import { approvalOf, ours } from './remix.ts';

/** Sounds on the wire (ADR 0077): terms of our own, in the namespace of those of duets and stitches. */
export const SOUND_CONTEXT = {
  canUseSound: { '@id': 'vireo:canUseSound', '@type': '@id' },
  usesSound: { '@id': 'vireo:usesSound', '@type': '@id' },
  soundTitle: 'vireo:soundTitle',
  soundLicence: 'vireo:soundLicence',
  soundHolder: 'vireo:soundHolder',
  soundIsrc: 'vireo:soundIsrc',
  soundSource: { '@id': 'vireo:soundSource', '@type': '@id' },
} as const;

/** The properties by which a Note says whose sound it has, or else what its author calls its own, and what is said of the rights to that. */
export function soundProperties(
  { soundTitle }: Pick<Video, 'soundTitle'>,
  { ofUri = null, rights = null }: { readonly ofUri?: string | null; readonly rights?: SoundRights | null },
): JsonObject {
  if (ofUri !== null) return { usesSound: ofUri };
  const { licence, holder, isrc, sourceUrl } = rights ?? {};
  const said = {
    soundTitle,
    soundLicence: licence,
    soundHolder: holder,
    soundIsrc: isrc,
    soundSource: sourceUrl,
  };
  return Object.fromEntries(Object.entries(said).filter(([, text]) => text));
}

/** What a post says of the sound of its video. Silence is no leave to use it. */
export function readSound(post: JsonObject): ClaimedSound {
  const { interactionPolicy } = post;
  const approval = isObject(interactionPolicy) ? approvalOf(ours(interactionPolicy, 'canUseSound')) : null;
  const ofUri = idOf(listOf(ours(post, 'usesSound'))[0]);
  const isOwn = ofUri === null || ofUri === uriOf(post.id);
  return {
    rights: isOwn ? rightsIn(post) : null,
    allowed: approval === null ? null : approval === 'open',
    title: textOf(ours(post, 'soundTitle'), videoLimits.maxSoundTitleCharacters) ?? '',
    ofUri: isOwn ? null : ofUri,
  };
}

function rightsIn(post: JsonObject): SoundRights | null {
  const text = (term: string) => listOf(ours(post, term))[0];
  return readRights({
    ...{ licence: text('soundLicence'), holder: text('soundHolder'), isrc: text('soundIsrc') },
    sourceUrl: idOf(text('soundSource')),
  });
}
