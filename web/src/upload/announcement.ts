import { momentOf } from '../editing/schedule.ts';
import type { editOf } from '../editing/trim.ts';
import type { Remix } from '../remix/order.ts';
import type { SoundUse } from '../sounds/use.ts';
import type { UploadDetails } from './draft.ts';

/** What of others a clip is made with: one of both. */
export interface MadeWith {
  readonly remix: Remix | null;
  readonly sound: SoundUse | null;
}

/** A file and all that is said of it, as the server is told. */
export function announcement(
  file: Pick<File, 'name' | 'size'>,
  details: UploadDetails,
  edit: ReturnType<typeof editOf>,
  { remix, sound }: MadeWith,
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
    ...(remix ? { remix } : sound ? { sound } : {}),
    ...(when === 'draft' ? { draft: true } : {}),
    ...(when === 'at' ? { scheduled_at: momentOf(postAt) } : {}),
  };
}
