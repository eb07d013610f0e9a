import { momentOf } from '../editing/schedule.ts';
import type { editOf } from '../editing/trim.ts';
import type { UploadDetails } from './draft.ts';

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
