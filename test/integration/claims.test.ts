import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { vireo } from '../../src/cli/program.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { ClaimId, CounterId } from '../../src/modules/claims/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { addressOf, claimBody, counterBody, postedAgain } from '../helpers/claims.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { jobRun } from '../helpers/job-run.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type MailRig, startMailRig } from '../helpers/mail-rig.ts';
import { linkIn, workMail } from '../helpers/mail-server.ts';
import type { Person } from '../helpers/people.ts';

const { mistaken: _mistaken, jurisdiction: _jurisdiction, ...COUNTER } = counterBody;

/** Copyright claims from the form to what comes back: ADR 0052. */
let rig: MailRig;
let moderator: Person;
let serial = 0;

beforeAll(async () => {
  rig = await startMailRig();
  moderator = await rig.people.signedIn('mo', 'moderator');
});
beforeEach(async () => {
  await forgetLimits(rig.server);
  rig.mailbox.received.length = 0;
});
afterAll(() => rig?.close());

const context = () => rig.server.context;
const admin = (path: string, body: object = {}) =>
  rig.client.post(`/api/v1/admin/${path}`, { as: moderator, body });
const stateOf = async (id: VideoId): Promise<string> =>
  (await context().db('videos').where({ id }).first('state')).state;

/** An uploader with an address, a copier and somebody who makes duets, with what they posted. */
async function posted() {
  serial += 1;
  const [author, copier, remixer] = await Promise.all(
    ['author', 'copier', 'remixer'].map((name) => rig.people.signedIn(`${name}${serial}`)),
  );
  if (!author || !copier || !remixer) throw new Error('Nobody is there.');
  await context()
    .db('users')
    .where({ account_id: author.id })
    .update({ email: `author${serial}@mail.test`, unconfirmed: false });
  const videos = await postedAgain(context(), [author.account, copier.account, remixer.account], serial);
  return { author, copier, remixer, ...videos };
}

/** Files a claim by the form, and follows the link of the mail. */
async function claimed(videoId: VideoId, more: object = {}) {
  const email = `ada${serial}@rights.example`;
  const body = claimBody([await addressOf(context(), videoId)], { email, ...more });
  const filed = await rig.client.post('/api/v1/claims', { body, from: rig.elsewhere() });
  expect(filed.status, filed.text).toBe(200);
  const id = filed.body.id as ClaimId;
  const token = new URL(context().claims.linkOf({ id })).searchParams.get('token') ?? '';
  await rig.client.post(`/api/v1/claims/${token}/confirm`);
  return { id, token, email };
}

async function upheld() {
  const them = await posted();
  const claim = await claimed(them.original);
  const done = await admin(`claims/${claim.id}/uphold`, { text: 'It is the same film.' });
  expect(done.status, done.text).toBe(200);
  await lookForCopies(claim.id);
  return { ...them, claim };
}

const lookForCopies = (id: ClaimId) => context().claims.jobs.copies(id, jobRun());
/** The outbox hands it over as this does. */
const hearLifted = async () => {
  const lifted = await context().db('measures').whereNotNull('lifted_at').pluck('id');
  for (const measureId of lifted) {
    await context().inTx((tx) => context().claims.onMeasureLifted(tx, { measureId }));
  }
};

describe('a claim', () => {
  test('is seen by nobody before its address is confirmed, and tells the claimant how far it is', async () => {
    const { original } = await posted();
    const body = claimBody([await addressOf(context(), original)]);
    const filed = await rig.client.post('/api/v1/claims', { body, from: rig.elsewhere() });
    expect(filed.body).toMatchObject({ state: 'unconfirmed', link: null });
    const list = async () => (await rig.client.get('/api/v1/admin/claims', { as: moderator })).body;
    expect((await list()).map(({ id }: { id: string }) => id)).not.toContain(filed.body.id);
    expect((await admin(`claims/${filed.body.id}/uphold`)).body.code).toBe('decided-before');
    await workMail(context());
    const [mail] = rig.mailbox.received;
    if (!mail) throw new Error('No mail came.');
    const token = linkIn(mail, '/copyright/claim').searchParams.get('token');
    expect((await rig.client.post(`/api/v1/claims/${token}/confirm`)).body.state).toBe('open');
    expect((await list())[0]).toMatchObject({ id: filed.body.id, confirmed: true, video_count: 1 });
    await workMail(context());
    expect(rig.mailbox.received.at(-1)?.text).toContain('has reached those who run this server');
  });

  test('names videos that everybody can see, says both statements, and does not fill a mailbox', async () => {
    const { original, author } = await posted();
    const url = await addressOf(context(), original);
    const file = async (more: object, videos = [url]) =>
      rig.client.post('/api/v1/claims', { body: claimBody(videos, more), from: rig.elsewhere() });
    expect((await file({ good_faith: false })).status).toBe(422);
    expect((await file({ country: 'US' })).body.details).toMatchObject([{ field: 'address' }]);
    await context().db('videos').where({ id: original }).update({ visibility: 'followers' });
    expect((await file({})).body.code).toBe('claim-target-unknown');
    await context().db('videos').where({ id: original }).update({ visibility: 'public' });
    const nowhere = await file({}, [`${rig.server.origin}/@${author.account.username}/12345`]);
    expect(nowhere.body).toMatchObject({ code: 'claim-target-unknown' });
    const email = 'many@rights.example';
    for (let n = 0; n < 4; n += 1) expect((await file({ email })).status).toBe(200);
    expect((await file({ email: email.toUpperCase() })).body.code).toBe('too-many-claims');
  });

  test('that is upheld removes its videos, copies and remixes, and all of it comes back', async () => {
    const { claim, original, sameFile, samePictures, duet, other } = await upheld();
    for (const id of [original, sameFile, samePictures, duet]) expect(await stateOf(id)).toBe('removed');
    expect(await stateOf(other)).toBe('published');
    const detail = await rig.client.get(`/api/v1/admin/claims/${claim.id}`, { as: moderator });
    expect(Object.groupBy(detail.body.videos, ({ via }: { via: string }) => via)).toMatchObject({
      claimed: [{ id: original }],
      file: [{ id: sameFile }],
      picture: [{ id: samePictures }],
      remix: [{ id: duet }],
    });
    expect(detail.body.uploaders.map(({ upheld }: { upheld: number }) => upheld)).toEqual([1, 1]);
    const back = await admin(`claims/${claim.id}/restore`, { text: 'It was a mistake.' });
    expect(back.body.state).toBe('restored');
    for (const id of [original, sameFile, samePictures, duet]) expect(await stateOf(id)).toBe('published');
    const log = await context()
      .db('audit_log')
      .where({ target_kind: 'claim', target_id: claim.id })
      .orderBy('id');
    expect(log.map(({ action }) => action)).toEqual(['claim.uphold', 'claim.restore']);
    expect(log[1].undoes).toBe(log[0].id);
  });

  test('shows before it is upheld what goes with it', async () => {
    const { original, sameFile, samePictures, duet } = await posted();
    const { id } = await claimed(original);
    const { body } = await rig.client.get(`/api/v1/admin/claims/${id}/preview`, { as: moderator });
    expect(body.complete).toBe(true);
    expect(new Set(body.videos.map((video: { id: string }) => video.id))).toEqual(
      new Set([sameFile, samePictures, duet]),
    );
  });

  test('leaves what another claim or another reason removed', async () => {
    const { original, duet, claim } = await upheld();
    const take = { target: { kind: 'video', id: duet }, measure: 'remove', facts: 'Spam.' } as const;
    await admin(`claims/${claim.id}/restore`);
    await context().inTx((tx) => context().measures.take(tx, operator, take));
    const again = await claimed(original, { email: `b${serial}@rights.example` });
    await admin(`claims/${again.id}/uphold`);
    await admin(`claims/${claim.id}/uphold`);
    await admin(`claims/${again.id}/restore`);
    expect(await stateOf(original)).toBe('removed');
    await admin(`claims/${claim.id}/restore`);
    expect(await stateOf(original)).toBe('published');
    expect(await stateOf(duet)).toBe('removed');
  });

  test('keeps its videos from being uploaded again where the staff wants that, until they come back', async () => {
    const { original } = await posted();
    const { id } = await claimed(original);
    const listed = async () => (await context().db('listed_media').pluck('label')) as string[];
    await admin(`claims/${id}/uphold`, { keep_away: true });
    expect(await listed()).toContain(`Copyright claim ${id}`);
    await admin(`claims/${id}/restore`);
    expect(await listed()).not.toContain(`Copyright claim ${id}`);
  });

  test('is decided only by who may, and not about who ranks as high', async () => {
    const boss = await rig.people.signedIn(`boss${++serial}`, 'admin');
    const { original } = await postedAgain(context(), [boss.account, boss.account, boss.account], serial);
    const { id } = await claimed(original);
    expect((await admin(`claims/${id}/uphold`)).body.code).toBe('outranked');
    const nobody = await rig.people.signedIn(`nobody${serial}`);
    const asked = await rig.client.post(`/api/v1/admin/claims/${id}/reject`, { as: nobody, body: {} });
    expect(asked.status).toBe(403);
    expect(await stateOf(original)).toBe('published');
  });

  test('follows where a removal is taken back by an appeal or by hand', async () => {
    const { original, sameFile, duet, claim } = await upheld();
    const lifting = { target: { kind: 'video', id: original }, measure: 'remove', reason: 'No.' } as const;
    await context().inTx((tx) => context().measures.lift(tx, operator, lifting));
    await hearLifted();
    for (const id of [original, sameFile, duet]) expect(await stateOf(id)).toBe('published');
    expect((await context().claims.byId(claim.id))?.state).toBe('restored');
  });
});

describe('a counter-notice', () => {
  async function countered() {
    const them = await upheld();
    const strikes = await rig.client.get('/api/v1/strikes', { as: them.author });
    const [strike] = strikes.body;
    expect(strike.claim).toMatchObject({ id: them.claim.id, counter_notice: null });
    expect(strike.claim.counter_until).not.toBeNull();
    const path = `/api/v1/strikes/${strike.id}/counter_notice`;
    const sent = await rig.client.post(path, { as: them.author, body: counterBody });
    expect(sent.status, sent.text).toBe(200);
    return { ...them, path, counter: sent.body.claim.counter_notice as { id: CounterId; due_at: string } };
  }
  const due = (id: CounterId) =>
    context()
      .db('claim_counters')
      .where({ id })
      .update({ due_at: new Date(0) });

  test('tells the claimant, and brings all back when nobody went to court', async () => {
    const { author, original, sameFile, samePictures, duet, counter, path, claim } = await countered();
    const again = await rig.client.post(path, { as: author, body: counterBody });
    expect(again.body.code).toBe('countered-before');
    await workMail(context());
    const texts = rig.mailbox.received.filter(({ to }) => to.includes(claim.email)).map(({ text }) => text);
    expect(texts.some((text) => text.includes('I filmed it myself.') && text.includes('Shore 1, Kiel'))).toBe(
      true,
    );
    expect(await context().claims.acceptDue()).toBe(0);
    await due(counter.id);
    expect(await context().claims.acceptDue()).toBe(1);
    for (const id of [original, sameFile, samePictures, duet]) expect(await stateOf(id)).toBe('published');
    expect((await context().claims.byId(claim.id))?.state).toBe('restored');
  });

  test('leaves things as they are where the claimant went to court, until the staff decides', async () => {
    const { original, counter, claim, author } = await countered();
    const body = { counter_notice_id: counter.id, court: 'Kiel, 12 O 34/26' };
    const sued = await rig.client.post(`/api/v1/claims/${claim.token}/court`, { body });
    expect(sued.body.counter_notices).toMatchObject([{ state: 'sued' }]);
    await due(counter.id);
    expect(await context().claims.acceptDue()).toBe(0);
    const measure = await context().db('measures').where({ target_id: original }).first('purge_at');
    expect(measure.purge_at).toBeNull();
    await workMail(context());
    const letters = rig.mailbox.received.filter(({ text }) => text.includes('12 O 34/26'));
    expect(letters.map(({ to }) => to)).toEqual([[`${author.account.username}@mail.test`]]);
    const rejected = await admin(`counter_notices/${counter.id}/reject`, { text: 'The court agrees.' });
    expect(rejected.body.counter_notices).toMatchObject([{ state: 'rejected' }]);
    expect(await stateOf(original)).toBe('removed');
    expect((await admin(`counter_notices/${counter.id}/accept`)).body.state).toBe('restored');
    expect(await stateOf(original)).toBe('published');
    expect((await admin(`counter_notices/${counter.id}/reject`)).body.state).toBe('upheld');
    expect(await stateOf(original)).toBe('removed');
  });

  test('of who posted a copy brings back the copy alone', async () => {
    const { copier, original, sameFile, samePictures, duet, claim } = await upheld();
    const [strike] = (await rig.client.get('/api/v1/strikes', { as: copier })).body;
    const path = `/api/v1/strikes/${strike.id}/counter_notice`;
    const sent = await rig.client.post(path, { as: copier, body: counterBody });
    await admin(`counter_notices/${sent.body.claim.counter_notice.id}/accept`);
    const states = await Promise.all([original, duet, sameFile, samePictures].map(stateOf));
    expect(states).toEqual(['removed', 'removed', 'published', 'published']);
    expect((await context().claims.byId(claim.id))?.state).toBe('upheld');
  });

  test('can only be sent by whose video was removed, and in time', async () => {
    const { author, original, claim } = await upheld();
    const stranger = await rig.people.signedIn(`stranger${serial}`);
    const row = await context().db('measures').where({ target_id: original, lifted_at: null }).first('id');
    const path = `/api/v1/strikes/${row.id}/counter_notice`;
    expect((await rig.client.post(path, { as: stranger, body: counterBody })).status).toBe(404);
    await context()
      .db('claim_videos')
      .where({ claim_id: claim.id })
      .update({ removed_at: new Date(Date.now() - 31 * 86_400_000) });
    expect((await rig.client.post(path, { as: author, body: counterBody })).body.code).toBe('too-late');
  });
});

test('repeat infringers are told of, and suspended only where the server is set to do so', async () => {
  const { author, claim } = await upheld();
  const { video } = createVideoFactory(context());
  expect(context().claims.rules).toMatchObject({ repeatLimit: 3, repeatAction: 'tell' });
  const told = async () =>
    Number(
      (
        await context()
          .db('notifications')
          .where({ account_id: moderator.id })
          .whereLike('subject', `admin.upkeep:copyright-repeat:${author.id}:%`)
          .count('* as count')
          .first()
      )?.count,
    );
  for (let n = 0; n < 2; n += 1) {
    expect(await told()).toBe(0);
    const { id } = await claimed(await video(author.account, {}), {
      email: `r${n}x${serial}@rights.example`,
    });
    await admin(`claims/${id}/uphold`);
  }
  expect(await told()).toBe(1);
  const state = async () =>
    (await context().db('accounts').where({ id: author.id }).first('state')).state as string;
  expect(await state()).toBe('active');
  await context().inTx((tx) =>
    context().settings.change(tx, operator, { CLAIM_REPEAT_ACTION: 'suspend' }, 'They never stop.'),
  );
  await vi.waitFor(() => expect(context().claims.rules.repeatAction).toBe('suspend'), 20_000);
  const { id } = await claimed(await video(author.account, {}), { email: `last${serial}@rights.example` });
  await admin(`claims/${id}/uphold`);
  expect(await state()).toBe('suspended');
  await admin(`claims/${id}/restore`);
  expect(await state()).toBe('suspended');
  await admin(`claims/${claim.id}/restore`);
  expect(await state()).toBe('active');
});

test('a claim and its videos end as its state says, whatever happens to it in which order', async () => {
  const { author, original, sameFile, duet } = await posted();
  const steps = [
    ...(['uphold', 'reject', 'reopen', 'restore', 'withdraw', 'counter', 'sue', 'lift'] as const),
    ...(['accept', 'refuse', 'due'] as const),
  ];
  const run = async (taken: readonly (typeof steps)[number][]) => {
    const { claims, inTx, db, measures } = context();
    const email = `p${++serial}@rights.example`;
    const { id } = await claimed(original, { email });
    const answer = '';
    const counterOf = async () => (await claims.countersAmong([id])).get(id)?.[0];
    const acts = {
      uphold: () =>
        inTx((tx) => claims.uphold(tx, operator, { claimId: id, answer, keepAway: false, sounds: 'mute' })),
      reject: () => inTx((tx) => claims.reject(tx, operator, { claimId: id, answer })),
      reopen: () => inTx((tx) => claims.reopen(tx, operator, { claimId: id, answer })),
      restore: () => inTx((tx) => claims.restore(tx, operator, { claimId: id, answer })),
      withdraw: () => inTx((tx) => claims.withdraw(tx, id)),
      counter: () => inTx((tx) => claims.counter(tx, { ...COUNTER, claimId: id, accountId: author.id })),
      sue: async () => {
        const counter = await counterOf();
        if (counter)
          await inTx((tx) => claims.sue(tx, { claimId: id, counterId: counter.id, court: 'Kiel' }));
      },
      lift: async () => {
        const target = { kind: 'video', id: original } as const;
        await inTx((tx) => measures.lift(tx, operator, { target, measure: 'remove', reason: '' }));
        await hearLifted();
      },
      accept: async () => {
        const counter = await counterOf();
        const input = { accept: true, answer };
        if (counter)
          await inTx((tx) => claims.decideCounter(tx, operator, { ...input, counterId: counter.id }));
      },
      refuse: async () => {
        const counter = await counterOf();
        const input = { accept: false, answer };
        if (counter)
          await inTx((tx) => claims.decideCounter(tx, operator, { ...input, counterId: counter.id }));
      },
      due: async () => {
        await db('claim_counters')
          .where({ claim_id: id })
          .update({ due_at: new Date(0) });
        await claims.acceptDue();
      },
    };
    for (const step of taken) {
      await acts[step]();
      const claim = await claims.byId(id);
      const wanted = claim?.state === 'upheld' ? 'removed' : 'published';
      const states = await Promise.all([original, sameFile, duet].map(stateOf));
      expect(states, `${taken.join()} at ${step}`).toEqual([wanted, wanted, wanted]);
      const counts = await claims.repeatCounts([author.id]);
      expect(counts.get(author.id) ?? 0).toBe(claim?.state === 'upheld' ? 1 : 0);
      const counter = await counterOf();
      if (claim?.state !== 'upheld') expect(['waiting', 'sued']).not.toContain(counter?.state);
    }
    await inTx((tx) => claims.withdraw(tx, id));
    await inTx((tx) => claims.restore(tx, operator, { claimId: id, answer }));
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 12 }), run),
    { numRuns: 25 },
  );
});

test('the command line lists, shows, tries, decides and takes back', async () => {
  const { original, duet } = await posted();
  const { id } = await claimed(original);
  const { dataDir } = rig.server;
  const command = async (...args: string[]) => {
    const out: string[] = [];
    const { config, databaseUrl, redisUrl } = context();
    const code = await vireo(['--json', 'claim', ...args], {
      env: {
        ...{ VIREO_ENV: 'test', ORIGIN: config.origin, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
        ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, REDIS_PREFIX: config.redisPrefix },
      },
      stdout: { write: (text: string) => out.push(text) > 0 },
      stderr: { write: () => true },
    });
    return { code, ...JSON.parse(out.join('')) } as { code: number; rows: Record<string, unknown>[] };
  };
  expect((await command('list', '--state', 'open')).rows[0]).toMatchObject({ id, state: 'open' });
  const tried = await command('uphold', id, '--dry-run');
  expect(tried.rows.map(({ videoId }) => videoId)).toContain(duet);
  expect(await stateOf(original)).toBe('published');
  expect((await command('uphold', id, '--reason', 'It is theirs.')).code).toBe(0);
  expect(await stateOf(duet)).toBe('removed');
  expect((await command('show', id)).rows[0]).toMatchObject({
    state: 'upheld',
    history: [{ state: 'upheld', count: 1 }],
  });
  expect((await command('reject', id)).code).not.toBe(0);
  expect((await command('restore', id)).code).toBe(0);
  expect(await stateOf(duet)).toBe('published');
  const other = await claimed(original, { email: `cli${serial}@rights.example` });
  expect((await command('reject', other.id)).code).toBe(0);
  expect((await command('reopen', other.id)).code).toBe(0);
  expect((await context().claims.byId(other.id))?.state).toBe('open');
});
