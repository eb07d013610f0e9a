import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readActor } from './actor.ts';

const ID = 'https://a.example/users/carol';
const usual = { id: ID, type: 'Person', preferredUsername: 'carol', inbox: `${ID}/inbox` };

/** What is kept of the actor, or the reason why nothing is. */
function outcome(change: object) {
  const result = readActor({ ...usual, ...change });
  return result.ok ? result.actor : result.reason;
}

describe('readActor', () => {
  test('is content with the least that servers send', () => {
    expect(outcome({})).toEqual({
      actorUri: ID,
      actorType: 'Person',
      username: 'carol',
      domain: 'a.example',
      displayName: 'carol',
      bioHtml: '',
      url: ID,
      inboxUri: `${ID}/inbox`,
      sharedInboxUri: null,
      ...{ followersUri: null, outboxUri: null, featuredUri: null, alsoKnownAs: [] },
      ...{ fields: [], avatarUrl: null, headerUrl: null },
      locked: false,
      discoverable: false,
      indexable: false,
    });
  });

  test.for([
    [
      { icon: { type: 'Image', url: 'https://cdn.example/a.png' } },
      { avatarUrl: 'https://cdn.example/a.png' },
    ],
    [
      { icon: [{ url: 'javascript:alert(1)' }, { url: [{ href: 'https://cdn.example/b' }] }] },
      { avatarUrl: 'https://cdn.example/b' },
    ],
    [
      { icon: 'data:image/png;base64,AAAA', image: 7 },
      { avatarUrl: null, headerUrl: null },
    ],
    [{ image: 'https://cdn.example/h.jpg' }, { headerUrl: 'https://cdn.example/h.jpg' }],
    [
      {
        attachment: [
          {
            type: 'PropertyValue',
            name: 'Web <b>site</b>',
            value: '<a href="javascript:x">x</a><script>1</script>',
          },
          { type: 'http://schema.org#PropertyValue', name: 'Age', value: 'A &amp; B' },
          { type: 'PropertyValue', name: '', value: 'nameless' },
          { type: 'Note', name: 'no', value: 'no' },
        ],
      },
      {
        fields: [
          { name: 'Web site', value: '', html: '<a>x</a>', verifiedAt: null },
          { name: 'Age', value: '', html: 'A &amp; B', verifiedAt: null },
        ],
      },
    ],
    [{ name: ' Carol ' }, { displayName: 'Carol' }],
    [{ name: '  ' }, { displayName: 'carol' }],
    [{ name: 7 }, { displayName: 'carol' }],
    [{ summary: '<p>Hi<script>alert(1)</script></p>' }, { bioHtml: '<p>Hi</p>' }],
    [{ url: 'https://a.example/@carol' }, { url: 'https://a.example/@carol' }],
    [
      { endpoints: { sharedInbox: 'https://a.example/inbox' } },
      { sharedInboxUri: 'https://a.example/inbox' },
    ],
    [{ endpoints: 'x' }, { sharedInboxUri: null }],
    [
      { manuallyApprovesFollowers: true, discoverable: true, indexable: true },
      { locked: true, discoverable: true, indexable: true },
    ],
    [
      { manuallyApprovesFollowers: 'yes', discoverable: 1, indexable: 'true' },
      { locked: false, discoverable: false, indexable: false },
    ],
    [{ type: ['Service', 'x'] }, { actorType: 'Service' }],
    [{ preferredUsername: 'a.b-c:d' }, { username: 'a.b-c:d' }],
    [{ inbox: 'HTTPS://A.example:443/x/../inbox' }, { inboxUri: 'https://a.example/inbox' }],
  ] as const)('%j: %j', ([change, expected]) => {
    expect(outcome(change)).toMatchObject(expected);
  });

  test.for([
    [{ url: 'https://b.example/@carol' }, { url: ID }],
    [{ url: 'javascript:alert(1)' }, { url: ID }],
    [{ endpoints: { sharedInbox: 'https://b.example/inbox' } }, { sharedInboxUri: null }],
    [{ endpoints: { sharedInbox: 'http://a.example/inbox' } }, { sharedInboxUri: null }],
    [{ endpoints: { sharedInbox: 'https://a.example:8443/inbox' } }, { sharedInboxUri: null }],
  ] as const)('O4 addresses of other servers are dropped: %j', ([change, expected]) => {
    expect(outcome(change)).toMatchObject(expected);
  });

  test.for([
    ['no id', { id: undefined }],
    ['an id that is no address', { id: 'carol' }],
    ['no type of actor', { type: 'Note' }],
    ['no inbox', { inbox: undefined }],
    ['an inbox elsewhere', { inbox: 'https://b.example/inbox' }],
    ['no name', { preferredUsername: undefined }],
    ['a name that is a handle', { preferredUsername: 'carol@b.example' }],
    ['a name with a slash', { preferredUsername: '../admin' }],
    ['a name with a turned direction', { preferredUsername: 'a\u202eb' }],
    ['a name that is a book', { preferredUsername: 'x'.repeat(101) }],
  ] as const)('refuses %s', ([, change]) => {
    expect(outcome(change)).toBe('not-an-actor');
  });

  test('R1 nothing throws, whatever a field holds', () => {
    const keys = [...Object.keys(usual), 'name', 'summary', 'url', 'endpoints', 'manuallyApprovesFollowers'];
    const document = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue());
    fc.assert(fc.property(document, (change) => void readActor({ ...usual, ...change })));
  });
});
