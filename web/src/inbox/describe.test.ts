import { expect, describe as suite, test } from 'vitest';
import { fakeAccount, fakeStatus } from '../../../test/helpers/fake-entities.ts';
import type { Account, Media, Status } from '../api/types.ts';
import { kindOf, partsOf, sentenceOf } from './describe.ts';
import type { Entry, NotificationType } from './entries.ts';

const me = fakeAccount('1', 'me');
const bob = fakeAccount('2', 'bob');
const eve = fakeAccount('3', 'eve', 'film.example');
const noMedia = {} as Media;

const clipOf = (author: Account) => fakeStatus('50', author, noMedia);
const commentOn = (change: Partial<Status>): Status => ({
  ...fakeStatus('60', bob, noMedia),
  ...{ in_reply_to_id: '50', in_reply_to_account_id: '1' },
  ...change,
});

function entryOf(type: NotificationType, change: Partial<Entry> & { count?: number } = {}): Entry {
  const { count = 1, ...rest } = change;
  return {
    key: 'k',
    group: {
      ...{ group_key: 'k', notifications_count: count, type, most_recent_notification_id: 1 },
      ...{ page_min_id: '1', page_max_id: '1', latest_page_notification_at: '', sample_account_ids: [] },
      ...{
        status_id: null,
        clip_id: null,
        report: null,
        processing: null,
        moderation_warning: null,
        pack: null,
      },
    },
    ...{ accounts: [bob] as const, status: null, clip: null },
    ...rest,
  };
}

const said = (entry: Entry) =>
  partsOf(sentenceOf(kindOf(entry, '1'), entry))
    .map(({ text, isName }) => (isName ? `<${text}>` : text))
    .join('');

suite('what happened', () => {
  const own = clipOf(me);
  const other = clipOf(eve);

  test.each([
    ['a like of a clip', entryOf('favourite', { status: own, clip: own }), '<Bob> liked your clip'],
    [
      'a like of a comment',
      entryOf('favourite', { status: commentOn({}), clip: other }),
      '<Bob> liked your comment',
    ],
    ['a share', entryOf('reblog', { status: own, clip: own }), '<Bob> shared your clip'],
    ['a comment', entryOf('mention', { status: commentOn({}), clip: own }), '<Bob> commented on your clip'],
    [
      'an answer',
      entryOf('mention', { status: commentOn({ in_reply_to_id: '55' }), clip: other }),
      '<Bob> answered your comment',
    ],
    [
      'an answer to somebody else below one’s own clip',
      entryOf('mention', {
        status: commentOn({ in_reply_to_id: '55', in_reply_to_account_id: '3' }),
        clip: own,
      }),
      '<Bob> commented on your clip',
    ],
    [
      'a mention in a comment',
      entryOf('mention', { status: commentOn({ in_reply_to_account_id: '3' }), clip: other }),
      '<Bob> mentioned you in a comment',
    ],
    [
      'a mention in a clip',
      entryOf('mention', { status: other, clip: other }),
      '<Bob> mentioned you in a clip',
    ],
    ['a follower', entryOf('follow'), '<Bob> follows you now'],
    [
      'two followers',
      entryOf('follow', { accounts: [bob, eve], count: 2 }),
      '<Bob> and <Eve> follow you now',
    ],
    [
      'many followers',
      entryOf('follow', { accounts: [bob, eve], count: 3 }),
      '<Bob> and 2 others follow you now',
    ],
    ['a request', entryOf('follow_request'), '<Bob> wants to follow you'],
    ['an upload', entryOf('vireo.published', { status: own, clip: own }), 'Your clip is out'],
    ['a refusal', entryOf('vireo.rejected'), 'Your upload was not accepted'],
    ['the server', entryOf('admin.upkeep'), 'Your server needs you: look at the administration'],
    ['somebody new', entryOf('admin.sign_up'), '<Bob> joined this server'],
  ])('%s', (_name, entry, sentence) => {
    expect(said(entry)).toBe(sentence);
  });

  test('a name with signs that turn the direction of text cannot turn the sentence', () => {
    const turned = { ...bob, display_name: '\u2069\u202eevil' };
    expect(said(entryOf('follow', { accounts: [turned] }))).toBe('<evil> follows you now');
  });
});
