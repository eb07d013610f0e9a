import type { Media, Status } from '../../web/src/api/types.ts';
import type { FakeState } from './fake-state.ts';

/** What one call of an editing route brings. */
interface Edit {
  readonly state: FakeState;
  readonly id: string;
  readonly language: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * Does what the real server does with captions and covers, for clips that the fake server knows, as far as the page
 * can tell: the next answer about the clip has them. Undefined where there is no such clip or no such call.
 */
export function answerEdit(state: FakeState, call: string, type: string, bytes: Buffer): unknown {
  const match = /^(PUT|DELETE) \/api\/v1\/videos\/(\d+)\/(captions|poster)(?:\/([\w-]+))?$/.exec(call);
  if (!match) return undefined;
  const [, method, id = '', what, language = ''] = match;
  const edit: Edit = { state, id, language, type, bytes };
  if (what === 'poster') return setPoster(edit);
  return method === 'PUT' ? setCaptions(edit) : changeMedia(edit, () => ({}));
}

function setPoster(edit: Edit): Media | undefined {
  if (edit.type.startsWith('image/')) {
    const path = `/media/poster-${edit.bytes.length}.jpg`;
    edit.state.files.set(path, { type: edit.type, bytes: edit.bytes });
    return changeMedia(edit, () => ({ preview_url: path }));
  }
  const { seconds } = JSON.parse(edit.bytes.toString());
  // The same picture, at an address that tells which frame was asked for.
  return changeMedia(edit, ({ preview_url }) => ({
    preview_url: `${preview_url?.split('?')[0]}?seconds=${seconds}`,
  }));
}

function setCaptions(edit: Edit): Media | undefined {
  const { state, language, bytes } = edit;
  const path = `/media/captions-${language}-${bytes.length}.vtt`;
  state.files.set(path, { type: 'text/vtt', bytes });
  return changeMedia(edit, () => ({
    captions: [{ language, label: language, url: path, automatic: false }],
  }));
}

/** Replaces captions of the language by those of the change, and all else that it names. */
function changeMedia(
  { state, id, language }: Edit,
  change: (media: Media) => Partial<Media>,
): Media | undefined {
  const status = state.statuses.find((one) => one.id === id);
  const [media] = status?.media_attachments ?? [];
  if (!status || !media) return undefined;
  const { captions = [], ...changes } = change(media);
  const others = media.captions.filter((one) => one.language !== language);
  const changed: Media = { ...media, ...changes, captions: [...others, ...captions] };
  const edited: Status = { ...status, media_attachments: [changed] };
  state.statuses = state.statuses.map((one) => (one === status ? edited : one));
  return changed;
}
