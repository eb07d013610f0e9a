import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Db } from '../../db/database.ts';
import { listenTo } from '../../db/listener.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';

/** Networks from which nobody is let in at all, as they are now. */
export interface NetworkGate {
  /** Whether an address is of one of them; asks nobody, so that it may stand before every request. */
  refuses(ip: string | null): boolean;
  /** Reads all blocks again; resolves once they count here. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** By the trigger of migration 0072. */
const CHANNEL = 'vireo_networks';
/** What may be lost between two connections, or behind a pooler that passes no notifications on. */
const REREAD_MS = 30_000;

interface Kept {
  readonly ip: string;
  readonly expires_at: Date | null;
}

/** Reads which networks have no access, and follows every change of any process. */
export async function openNetworkGate(deps: {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<NetworkGate> {
  const { db, clock, log } = deps;
  let kept: readonly Kept[] = [];
  let list = new BlockList();
  /** When the first of them runs out. */
  let until = Number.POSITIVE_INFINITY;

  function build(): void {
    const now = clock.now();
    const ends = (one: Kept) => one.expires_at?.getTime() ?? Number.POSITIVE_INFINITY;
    kept = kept.filter((one) => ends(one) > now);
    list = new BlockList();
    for (const { ip } of kept) {
      const [address = '', bits = ''] = ip.split('/');
      list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
    }
    until = Math.min(Number.POSITIVE_INFINITY, ...kept.map(ends));
  }

  async function read(): Promise<void> {
    kept = await db('ip_blocks')
      .where({ severity: 'no_access' })
      .select('expires_at', db.raw('network::text as ip'));
    build();
  }

  let reading: Promise<void> = Promise.resolve();
  /** One after the other: the last to begin saw the most. */
  function refresh(): Promise<void> {
    reading = reading.catch(() => undefined).then(read);
    return reading;
  }
  const again = (): void => {
    refresh().catch((error) => log.warn({ err: error }, 'blocked networks could not be read'));
  };
  const listener = await listenTo(deps.databaseUrl, CHANNEL, { hear: again, onAgain: again });
  // Once it listens, so that no change falls in between.
  await refresh();
  const timer = setInterval(again, REREAD_MS).unref();

  return {
    refuses(ip) {
      if (until <= clock.now()) build();
      if (ip === null || kept.length === 0) return false;
      return list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
    },
    refresh,
    async close() {
      clearInterval(timer);
      await listener.close();
    },
  };
}
