import { expect, test } from 'vitest';
import type { CredentialAccount } from '../api/types.ts';
import { localTime } from '../editing/schedule.ts';
import { newRemix } from '../remix/order.ts';
import { newUse } from '../sounds/use.ts';
import { announcement } from './announcement.ts';
import { type UploadDetails, usualDetails } from './draft.ts';

const file = { name: 'birds.mp4', size: 12 };
const source: CredentialAccount['source'] = {
  note: '',
  fields: [],
  privacy: 'private',
  sensitive: true,
  language: 'de',
  permissions: { download: false, duet: true, stitch: true, sound: true, ask: false },
  follow_requests_count: 0,
  hide_collections: false,
  discoverable: true,
  indexable: true,
  attribution_domains: [],
};
const none = { remix: null, sound: null };
const usual: UploadDetails = usualDetails({ source });

test('what nobody says is as the account prefers it', () => {
  expect(announcement(file, usual, null, none)).toEqual({
    ...{ bytes: 12, filename: 'birds.mp4', caption: '', visibility: 'followers', sensitive: true },
    ...{
      language: 'de',
      permissions: { comment: true, download: false, duet: true, stitch: true, sound: true, ask: false },
    },
  });
});

test('a draft, a time, a warning and a cut are told; empty fields are not', () => {
  const moment = Date.UTC(2030, 0, 2, 3, 4);
  const edit = { in: 1, out: null, crop: null, cuts: [] };
  const said = {
    ...usual,
    sensitive: false,
    warning: ' Loud ',
    when: 'at',
    postAt: localTime(moment),
  } as const;
  expect(announcement(file, said, edit, none)).toMatchObject({
    ...{ content_warning: 'Loud', sensitive: true, scheduled_at: new Date(moment).toISOString(), edit },
  });
  expect(announcement(file, { ...usual, when: 'draft' }, null, none)).toMatchObject({ draft: true });
  expect(announcement(file, usual, null, none)).not.toHaveProperty('alt_text');
  expect(announcement(file, usual, null, none)).not.toHaveProperty('remix');
  const remix = newRemix('duet', '7', 9);
  expect(announcement(file, usual, null, { ...none, remix })).toMatchObject({ remix });
  const sound = newUse('8');
  expect(announcement(file, usual, null, { ...none, sound })).toMatchObject({ sound });
  // A duet or a stitch has the sound of its original.
  expect(announcement(file, usual, null, { remix, sound })).not.toHaveProperty('sound');
});
