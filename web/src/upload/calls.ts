import { request } from '../api/client.ts';
import { momentOf } from '../editing/schedule.ts';
import type { editOf } from '../editing/trim.ts';
import type { UploadDetails } from './draft.ts';

/** What the server answers to an announced upload. */
interface Begun {
  readonly video_id: string;
  readonly upload_url: string;
}

/** A file and all that is said of it, as the server is told. */
export function announcement(
  file: Pick<File, 'name' | 'size'>,
  details: UploadDetails,
  edit: ReturnType<typeof editOf>,
): object {
  const { caption, visibility, sensitive, warning, altText, language, permissions, when, postAt } = details;
  const content_warning = warning.trim();
  return {
    bytes: file.size,
    filename: file.name,
    caption: caption.trim(),
    visibility,
    sensitive: sensitive || content_warning !== '',
    permissions,
    ...(content_warning ? { content_warning } : {}),
    ...(altText.trim() ? { alt_text: altText.trim() } : {}),
    ...(language ? { language } : {}),
    ...(edit ? { edit } : {}),
    ...(when === 'draft' ? { draft: true } : {}),
    ...(when === 'at' ? { scheduled_at: momentOf(postAt) } : {}),
  };
}

export const calls = {
  begin: (...about: Parameters<typeof announcement>) =>
    request<Begun>('POST', '/api/v1/videos', announcement(...about)),
};
