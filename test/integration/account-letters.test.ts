import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthenticator } from '../helpers/authenticator.ts';
import { type MailRig, startMailRig } from '../helpers/mail-rig.ts';
import { linkIn, type MailServer, workMail } from '../helpers/mail-server.ts';
import { type Client, PASSWORD, type People, type Person } from '../helpers/people.ts';
import type { TestServer } from '../helpers/server.ts';

const KEYS = '/api/v1/passkeys';
const FACTOR = '/api/v1/second_factor';

let rig: MailRig;
let mailbox: MailServer;
let server: TestServer;
let client: Client;
let people: People;

beforeAll(async () => {
  rig = await startMailRig({ host: 'localhost' });
  ({ mailbox, server, client, people } = rig);
});

afterAll(() => rig?.close());

async function person(username: string): Promise<Person> {
  const account = await people.local(username, { email: `${username}@mail.test` });
  return { id: account.id, account, token: await people.tokenOf(account) };
}

async function addPasskey(as: Person): Promise<string> {
  const told = (await client.post(`${KEYS}/options`, { as, body: { password: PASSWORD } })).body;
  const credential = createAuthenticator(server).create(told);
  const added = await client.post(KEYS, { as, body: { credential, name: 'My phone' } });
  expect(added.status, added.text).toBe(200);
  return added.body.id;
}

/** Subjects of what came since it was asked last. */
async function subjects(): Promise<(string | null)[]> {
  await workMail(server.context);
  return mailbox.received.splice(0).map((mail) => mail.header('Subject'));
}

test('whoever has an account is told of passkeys that come and go, and of none that was not hers', async () => {
  const [ada, bob] = [await person('ada'), await person('bob')];
  const id = await addPasskey(ada);
  expect(await subjects()).toEqual(['A passkey for your account on Vireo was added']);
  const remove = (as: Person) => client.post(`${KEYS}/${id}/remove`, { as, body: { password: PASSWORD } });
  expect((await remove(bob)).status).toBe(404);
  expect(await subjects()).toEqual([]);
  expect((await remove(ada)).status).toBe(200);
  expect(await subjects()).toEqual(['A passkey of your account on Vireo was removed']);
  const { auth, inTx } = server.context;
  expect(await inTx((tx) => auth.passkeys.removeAll(tx, ada.id))).toBe(0);
  expect(await subjects()).toEqual([]);
  await addPasskey(ada);
  expect(await inTx((tx) => auth.passkeys.removeAll(tx, ada.id))).toBe(1);
  expect((await subjects()).at(-1)).toBe('A passkey of your account on Vireo was removed');
});

test('a second factor is told once it counts', async () => {
  const cleo = await person('cleo');
  const begun = await client.post(FACTOR, { as: cleo, body: { password: PASSWORD } });
  const confirm = (code: string) => client.post(`${FACTOR}/confirm`, { as: cleo, body: { code } });
  expect((await confirm('000000')).status).toBe(401);
  expect(await subjects()).toEqual([]);
  const totp = new TOTP({ secret: Secret.fromBase32(begun.body.secret) });
  expect((await confirm(totp.generate({ timestamp: server.context.clock.now() }))).status).toBe(200);
  expect(await subjects()).toEqual(['Your account on Vireo has a second factor']);
});

test('a new password by a link takes passkeys away, and says so on the page and by mail', async () => {
  for (const [username, hasPasskey] of [
    ['dora', true],
    ['eve', false],
  ] as const) {
    const as = await person(username);
    if (hasPasskey) await addPasskey(as);
    const { auth, inTx } = server.context;
    await subjects();
    await inTx((tx) => auth.resets.askForReset(tx, username));
    await workMail(server.context);
    const token = linkIn(await mailbox.mailTo(`${username}@mail.test`), '/auth/reset').searchParams.get(
      'token',
    );
    const password = 'a new and long password';
    const body = { token, password, again: password };
    const done = await client.post('/auth/reset', { body, headers: { origin: server.origin } });
    expect([done.status, done.text.includes('passkeys')]).toEqual([200, hasPasskey]);
    mailbox.received.length = 0;
    await workMail(server.context);
    const told = await mailbox.mailTo(`${username}@mail.test`, /password.*changed/);
    expect(told.text.includes('passkeys')).toBe(hasPasskey);
    expect(mailbox.received).toHaveLength(1);
  }
});
