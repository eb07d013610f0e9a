import pg from 'pg';

/** What hears the notifications of a channel, until it is closed. */
export interface Listener {
  close(): Promise<void>;
}

const AGAIN_AFTER_MS = 1_000;

/**
 * Hears each notification of a PostgreSQL channel over a connection of its own, which comes back by itself. Resolves once it
 * listens; `onAgain` is told each time that it listens again, since what was told in between is lost.
 */
export async function listenTo(
  databaseUrl: string,
  channel: string,
  told: { readonly hear: (payload: string) => void; readonly onAgain: () => void },
): Promise<Listener> {
  let isClosed = false;
  let wake = (): void => undefined;
  let client: pg.Client | null = null;
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  let onListening = (): void => {
    resolve();
    onListening = told.onAgain;
  };
  const once = async (): Promise<void> => {
    client = new pg.Client({ connectionString: databaseUrl, application_name: `vireo-${channel}` });
    const ended = new Promise<void>((over) => client?.once('end', over));
    client.on('error', () => undefined);
    client.on('notification', ({ payload }) => told.hear(payload ?? ''));
    await client
      .connect()
      .then(() => client?.query(`listen ${channel}`))
      .then(() => onListening())
      .then(() => ended)
      // It is tried again.
      .catch(() => undefined);
    await client.end().catch(() => undefined);
  };
  const running = (async () => {
    while (!isClosed) {
      await once();
      if (!isClosed) await pause((stop) => (wake = stop));
    }
    resolve();
  })();
  await listening;
  return {
    async close() {
      isClosed = true;
      wake();
      await client?.end().catch(() => undefined);
      await running;
    },
  };
}

function pause(stoppable: (stop: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, AGAIN_AFTER_MS);
    stoppable(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
