import { describe, expect, test } from 'vitest';
import { inboxLimits } from '../../config/limits.ts';
import { normaliseActivity } from './normalise.ts';

const ACTOR = 'https://a.example/users/carol';
const OBJECT = 'https://video.example/ap/users/1';
const usual = { id: `${ACTOR}#1`, type: 'Follow', actor: ACTOR, object: OBJECT };

const normalise = (document: unknown, body = 'x') => normaliseActivity(document, Buffer.from(body));

/** The activity, or the reason why there is none. */
function outcome(document: unknown, body?: string) {
  const result = normalise(document, body);
  return result.ok ? result.activity : result.reason;
}

describe('normaliseActivity', () => {
  test('reads the usual shape', () => {
    expect(outcome(usual)).toEqual({
      id: `${ACTOR}#1`,
      type: 'Follow',
      actorUri: ACTOR,
      objectId: OBJECT,
      object: null,
      raw: usual,
    });
  });

  test.for([
    ['an actor with its whole document', { actor: { id: ACTOR, type: 'Person' } }],
    ['an actor in a list', { actor: [ACTOR] }],
    ['a type in a list', { type: ['Follow'] }],
    ['a type with a prefix', { type: 'as:Follow' }],
    ['a type as an address', { type: 'https://www.w3.org/ns/activitystreams#Follow' }],
    ['an object in a list', { object: [OBJECT] }],
  ] as const)('takes %s', ([, change]) => {
    expect(outcome({ ...usual, ...change })).toMatchObject({
      type: 'Follow',
      actorUri: ACTOR,
      objectId: OBJECT,
    });
  });

  test('keeps an embedded object beside its id', () => {
    const object = { id: OBJECT, type: 'Person' };
    expect(outcome({ ...usual, object })).toMatchObject({ objectId: OBJECT, object });
    const nameless = { type: 'Follow', actor: ACTOR };
    expect(outcome({ ...usual, object: nameless })).toMatchObject({ objectId: null, object: nameless });
    expect(outcome({ ...usual, object: undefined })).toMatchObject({ objectId: null, object: null });
  });

  test.for([undefined, null])('makes an id of actor and body where it is %s', (id) => {
    const made = outcome({ ...usual, id }, 'one');
    expect(made).toMatchObject({
      id: expect.stringMatching(/^https:\/\/a\.example\/users\/carol#[0-9a-f]{64}$/),
    });
    expect(outcome({ ...usual, id }, 'one')).toEqual(made);
    expect(outcome({ ...usual, id }, 'two')).not.toEqual(made);
  });

  test.for([
    ['another host', 'https://b.example/1'],
    ['another scheme', ACTOR.replace('https:', 'http:')],
    ['another port', ACTOR.replace('a.example', 'a.example:8443')],
    ['a subdomain', ACTOR.replace('a.example', 'x.a.example')],
    ['a host that only begins the same', ACTOR.replace('a.example', 'a.example.evil.test')],
  ] as const)('O1 refuses an id of %s', ([, id]) => {
    expect(outcome({ ...usual, id })).toBe('foreign-id');
  });

  test.for([
    ['text', 'Follow'],
    ['nothing', null],
    ['a list', [usual]],
    ['no type', { ...usual, type: undefined }],
    ['a type that is no name', { ...usual, type: { id: 'Follow' } }],
    ['a type with NUL', { ...usual, type: 'Follow\u0000' }],
    ['a type of a whole book', { ...usual, type: 'x'.repeat(10_000) }],
    ['no actor', { ...usual, actor: undefined }],
    ['an actor that is no address', { ...usual, actor: 'carol' }],
    ['an actor without an id', { ...usual, actor: { type: 'Person' } }],
    ['an id that is no address', { ...usual, id: 'urn:uuid:1' }],
    ['an id that is a number', { ...usual, id: 1 }],
    [
      'an id that is too long',
      { ...usual, id: `${ACTOR}#${'x'.repeat(inboxLimits.maxActivityIdCharacters)}` },
    ],
    ['an actor so long that no id can be made', { ...usual, id: null, actor: `${ACTOR}/${'x'.repeat(990)}` }],
  ] as const)('refuses %s', ([, document]) => {
    expect(outcome(document)).toBe('not-an-activity');
  });
});
