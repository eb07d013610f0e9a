import { type MailServer, startMailServer } from './mail-server.ts';
import { type Client, clientOf, createPeople, type People } from './people.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts';

/** A server that sends its mail to a mailbox, which the test reads. */
export interface MailRig {
  readonly mailbox: MailServer;
  readonly server: TestServer;
  readonly client: Client;
  readonly people: People;
  /** An address that nobody had before, so that nothing was asked from there too often. */
  elsewhere(): string;
  close(): Promise<void>;
}

export async function startMailRig(options: TestServerOptions = {}): Promise<MailRig> {
  const mailbox = await startMailServer();
  const variables = { ...mailbox.variables, ...options.variables };
  const server = await startTestServer({ ...options, variables });
  let networks = 0;
  return {
    ...{ mailbox, server, client: clientOf(server.origin), people: createPeople(server) },
    elsewhere() {
      networks += 1;
      return `198.51.${100 + Math.floor(networks / 250)}.${(networks % 250) + 1}`;
    },
    async close() {
      await server.close();
      await mailbox.close();
    },
  };
}
