import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobRun } from '../helpers/job-run.ts';
import { type Client, clientOf, createPeople, type People } from '../helpers/people.ts';
import { type RemoteFile, serveFiles } from '../helpers/remote-files.ts';
import { type Remote, startRemote } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const PATH = '/api/v1/accounts/update_credentials';

let server: TestServer;
let client: Client;
let people: People;
let remote: Remote;
const files = new Map<string, RemoteFile>();

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  remote = await startRemote('127.0.0.2', serveFiles(files));
});

afterAll(async () => {
  await server?.close();
  await remote?.close();
});

const run = (lastAttempt = true) => jobRun({ lastAttempt });

describe('links that lead back', () => {
  const page = (html: string) => `<!doctype html><html><body>${html}</body></html>`;

  test('are verified, stay so, and are looked at again when the profile changes', async () => {
    const { fieldChecks } = server.context;
    const jan = await people.signedIn('jan');
    const url = `${server.origin}/@jan`;
    files.set('/back', page(`<a rel="nofollow ME" href="${url}#top">me</a>`));
    files.set(
      '/plain',
      page(`<a href="${url}">no rel</a> <a rel="me" href="${server.origin}/@other">other</a>`),
    );
    const fields = ['/back', '/plain', '/absent'].map((path) => ({ name: path, value: remote.url(path) }));
    const change = (body: object) => client.patch(PATH, { as: jan, body });
    await change({ fields_attributes: [...fields, { name: 'text', value: 'no link' }] });
    await fieldChecks.verify(jan.id, run());
    const shown = async () =>
      (await client.get(`/api/v1/accounts/${jan.id}`)).body.fields.map(
        (field: { verified_at: string | null }) => field.verified_at !== null,
      );
    expect(await shown()).toEqual([true, false, false, false]);
    const first = (await client.get(`/api/v1/accounts/${jan.id}`)).body.fields[0].verified_at;
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

    await change({ fields_attributes: fields });
    expect(await shown()).toEqual([true, false, false]);
    await server.context.inTx((tx) => fieldChecks.onAccountUpdated(tx, { accountId: jan.id }));
    const pending = server.context.db('jobs').where({ name: 'accounts.verify', state: 'pending' });
    expect(await pending.pluck('payload')).toContainEqual({ accountId: jan.id });
    files.set('/back', page('moved away'));
    await fieldChecks.verify(jan.id, run());
    expect(await shown()).toEqual([false, false, false]);
    await change({ fields_attributes: [{ name: 'Site', value: `${remote.url('/back')}?changed` }] });
    expect(await shown()).toEqual([false]);
  });

  test('a page that is away just now is asked again, and one that is too large is none', async () => {
    const { fieldChecks } = server.context;
    const kim = await people.signedIn('kim');
    files.set('/later', (_request, response) => response.writeHead(502).end());
    files.set('/large', page(`${'x'.repeat(1_100_000)}<a rel="me" href="${server.origin}/@kim">me</a>`));
    await client.patch(PATH, {
      as: kim,
      body: { fields_attributes: [{ name: 'large', value: remote.url('/large') }] },
    });
    await fieldChecks.verify(kim.id, run());
    expect((await client.get(`/api/v1/accounts/${kim.id}`)).body.fields[0].verified_at).toBeNull();
    await client.patch(PATH, {
      as: kim,
      body: { fields_attributes: [{ name: 'later', value: remote.url('/later') }] },
    });
    await expect(fieldChecks.verify(kim.id, run(false))).rejects.toThrow();
    await fieldChecks.verify(kim.id, run(true));
  });
});
