import type { FaspId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { type FaspProvider, startFasp } from './fasp.ts';
import { jobRun } from './job-run.ts';
import type { TestServer } from './server.ts';

/** A provider that a server has accepted, with capabilities that it has and of which some are in use. */
export async function startAcceptedFasp(
  server: TestServer,
  address: string,
  capabilities: readonly string[],
) {
  const { context } = server;
  const fasp: FaspProvider = await startFasp(address);
  fasp.answers['GET /provider_info'] = {
    status: 200,
    body: {
      name: 'Finder',
      privacyPolicy: [],
      capabilities: capabilities.map((id) => ({ id, version: '0.1' })),
    },
  };
  for (const capability of capabilities)
    for (const method of ['POST', 'DELETE'])
      fasp.answers[`${method} /capabilities/${capability}/0/activation`] = { status: 204 };
  const { json } = await fasp.register(server.origin);
  const id = json.faspId as FaspId;

  /** Runs one of its jobs as a worker does. Returns when it is to run again. */
  async function run(name: 'fasp.sync' | 'fasp.tell' | 'fasp.trends'): Promise<Date | null> {
    const finish = await context.handlers[name]({ providerId: id }, jobRun());
    return finish ? context.inTx(finish) : null;
  }
  async function use(capability: string, isEnabled = true): Promise<void> {
    const done = await context.inTx((tx) =>
      context.fasp.providers.setCapability(tx, operator, id, { capability, isEnabled }),
    );
    if (!done.ok) throw new Error(done.detail);
    await run('fasp.sync');
  }

  const done = await context.inTx((tx) => context.fasp.providers.accept(tx, operator, id));
  if (!done.ok) throw new Error(done.detail);
  await run('fasp.sync');
  return { ...fasp, fasp, id, run, use };
}

export type FaspRig = Awaited<ReturnType<typeof startAcceptedFasp>>;
