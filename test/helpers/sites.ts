import { join } from 'node:path';
import { type Instance, type InstanceOptions, startInstance } from '../../src/setup/demo/instance.ts';
import { ownPort } from './ports.ts';
import { testVariables } from './server.ts';
import { dropTestDatabase } from './stack.ts';

/** A server of ours as a process with a database of its own, which may be stopped and started again on what it left. */
export interface Site extends InstanceOptions {
  readonly database: string;
  running: Instance;
}

/** Starts one on a loopback address of its own; what it keeps is in a folder of that name. */
export async function startSite(
  directory: string,
  name: string,
  host: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Site> {
  const port = await ownPort(host);
  const variables = { ...(await testVariables(host, port)), ...more };
  const options = {
    ...{ host, port, variables },
    dataDir: join(directory, name),
    logFile: join(directory, `${name}.log`),
  };
  return { ...options, database: variables.DATABASE_URL ?? '', running: await startInstance(options) };
}

/** Stops it and drops its database. */
export async function closeSite(site: Site): Promise<void> {
  await site.running.stop();
  await dropTestDatabase(site.database);
}
