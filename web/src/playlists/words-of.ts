import type { Status } from '../api/types.ts';
import { plainText } from '../format.ts';
import { isCovered } from '../state/revealed.ts';
import { shortened } from '../ui/shortened.ts';
import { say } from './say.ts';

const CAPTION_LENGTH = 80;

/** What a clip is called in a list; nothing of what is covered. */
export function nameOf(status: Status): string {
  if (isCovered(status)) return status.spoiler_text || say('covered');
  return shortened(plainText(status.content), CAPTION_LENGTH) || say('clipBy', { acct: status.account.acct });
}
