import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RuleInput } from '../../src/modules/rules/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { activityOf, createOf, letFollow, noteOf, type Rig, startRig } from '../helpers/activities.ts';
import { createPostProbe } from '../helpers/posts.ts';

/** Rules that look at what other servers send. */
let rig: Rig;
let probe: ReturnType<typeof createPostProbe>;

beforeAll(async () => {
  rig = await startRig();
  probe = createPostProbe(rig);
  await letFollow(rig, rig.a, rig.carol);
});
afterAll(() => rig.close());
beforeEach(async () => {
  const { db } = rig.server.context;
  await db('content_rules').delete();
  await db('rules_version').increment('version', 1);
});

async function rule(action: RuleInput['action'], when: Partial<RuleInput['when']>): Promise<string> {
  const { rules, inTx } = rig.server.context;
  const input = { name: 'One', action, scope: 'federated' as const, enabled: true };
  const made = await inTx((tx) => rules.add(tx, operator, { ...input, when: { fields: [], ...when } }));
  if (!made.ok) throw new Error(made.detail);
  return made.rule.id;
}
const send = async (more: object) => {
  const note = noteOf(rig.carol, more);
  return { note, outcome: await probe.outcome(rig.carol, createOf(rig.carol, note)) };
};
const known = (uri: string) => rig.server.context.videos.internalByUri(uri);

describe('what another server sends', () => {
  test('is ignored where a rule rejects it, and told to be so', async () => {
    const id = await rule('reject', { words: ['replica*'], fields: ['caption'] });
    const { note, outcome } = await send({ content: '<p>Buy <b>replica</b>s</p>' });
    expect(outcome).toBe('ignored: rule');
    expect(await known(note.id)).toBeNull();
    expect(await rig.server.context.db('rule_hits').where({ rule_id: id })).toHaveLength(1);
    expect((await send({})).outcome).toBe('applied');
  });

  test('is looked at for the servers that its links lead to; mentions are no links', async () => {
    await rule('reject', { words: ['spam.example'], fields: ['link-host'] });
    await rule('reject', { links: 2 });
    const to = (host: string) => `<a href="https://${host}/">x</a>`;
    const at = (host: string) => `<a href="https://${host}/@x" class="u-url mention">@<span>x</span></a>`;
    expect((await send({ content: to('www.spam.example') })).outcome).toBe('ignored: rule');
    expect((await send({ content: to('a.example') + to('b.example') + to('c.example') })).outcome).toBe(
      'ignored: rule',
    );
    expect((await send({ content: at('a.example') + at('b.example') + at('c.example') })).outcome).toBe(
      'applied',
    );
  });

  test('stays as it was where an edit is refused', async () => {
    const { note } = await send({});
    await rule('reject', { words: ['replica'] });
    const content = '<p>replica</p>';
    const edited = { ...note, content, updated: new Date(Date.now() + 1_000).toISOString() };
    const outcome = await probe.outcome(rig.carol, activityOf('Update', rig.carol, edited));
    expect(outcome).toBe('ignored: rule');
    expect((await known(note.id))?.captionHtml).toBe('<p>A clip</p>');
  });

  test('waits for a moderator where a rule holds it, and is discovered when that lets it out', async () => {
    const { db, holding, inTx } = rig.server.context;
    await rule('hold', { words: ['maybe'] });
    const { note, outcome } = await send({ content: '<p>maybe</p>' });
    expect(outcome).toBe('applied');
    const video = await known(note.id);
    expect(video?.state).toBe('held');
    const told = () =>
      db('events')
        .where({ name: 'video.discovered' })
        .whereRaw(`payload ->> 'videoId' = ?`, [video?.id ?? ''])
        .pluck('id');
    expect(await told()).toEqual([]);
    expect(await probe.outcome(rig.carol, createOf(rig.carol, note))).toBe('ignored: known');
    const [waiting] = await holding.list({ maxId: null, minId: null, sinceId: null, limit: 5 });
    if (!waiting) throw new Error('Nothing waits.');
    await inTx((tx) => holding.release(tx, operator, waiting.id));
    expect((await known(note.id))?.state).toBe('published');
  });

  test('is a comment that a rule holds, rejects or marks as well', async () => {
    const video = await probe.publish();
    await rule('reject', { regex: 'free\\s+money', fields: ['comment'] });
    await rule('sensitive', { words: ['blood'] });
    await rule('hold', { words: ['maybe'] });
    const reply = (content: string) => probe.reply(rig.carol, video.uri, { content });
    expect((await reply('<p>Free<br>money</p>')).outcome).toBe('ignored: rule');
    const marked = await reply('<p>blood</p>');
    expect(await rig.server.context.comments.internalByUri(marked.id)).toMatchObject({ sensitive: true });
    const held = await reply('<p>maybe</p>');
    expect(held.outcome).toBe('applied');
    expect(await probe.thread(video)).toEqual([marked.id]);
  });

  test('is the name of an account: what a rule refuses of it changes nothing', async () => {
    await rule('reject', { words: ['casino'], fields: ['name', 'bio'] });
    const { carol } = rig;
    const before = await probe.account(carol.id);
    const document = {
      ...(await (await fetch(carol.id, { headers: { accept: 'application/activity+json' } })).json()),
    };
    const outcome = await probe.outcome(carol, activityOf('Update', carol, { ...document, name: 'Casino' }));
    expect(outcome).toBe('ignored: rule');
    expect((await probe.account(carol.id)).displayName).toBe(before.displayName);
  });

  test('comes from a server that became known a short while ago', async () => {
    await rule('reject', { domain_days: 7 });
    expect((await send({})).outcome).toBe('ignored: rule');
    const { host } = new URL(rig.carol.id);
    await rig.server.context
      .db('instances')
      .where({ host })
      .update({ first_seen_at: new Date(Date.now() - 8 * 86_400_000) });
    expect((await send({})).outcome).toBe('applied');
  });
});
