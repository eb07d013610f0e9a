/** What somebody wants to be so about a clip or an account, whatever was before: sent again and again it stays the same. */
export interface Wish {
  /** Whose wish it is. */
  readonly account: string;
  readonly deed: 'like' | 'save' | 'follow';
  /** Of the clip, or of the account that is followed. */
  readonly id: string;
  readonly on: boolean;
}

/** What became of a wish: it is so now, it can be sent again later, or it will not be. */
export type Fate = 'done' | 'later' | { readonly refused: string };

interface OutboxDeps {
  /** What is kept between visits; other tabs of the page write there, too. */
  readonly read: () => string | null;
  readonly write: (text: string | null) => void;
  readonly send: (wish: Wish) => Promise<Fate>;
  readonly onRefused: (wish: Wish, sentence: string) => void;
}

export interface Outbox {
  /** Keeps a wish until the server has it; it takes the place of an earlier one about the same. */
  put(wish: Wish): void;
  /** What waits for an account, oldest first. */
  waiting(account: string): readonly Wish[];
  /** Sends what waits for an account, oldest first, until one has to wait on. Says whether all of it went. */
  flush(account: string): Promise<boolean>;
  /** Drops what was sent otherwise, unless something else was wished meanwhile. */
  drop(sent: readonly Wish[]): void;
}

/** More than a flight's worth; older ones are forgotten. */
const MOST_KEPT = 500;

/** Makes an outbox that outlives the visit. The same wish may be sent by two tabs, which changes nothing. */
export function createOutbox({ read, write, send, onRefused }: OutboxDeps): Outbox {
  let sending: Promise<boolean> | null = null;

  const kept = () => parseWishes(read());
  const keep = (wishes: readonly Wish[]) =>
    write(wishes.length === 0 ? null : JSON.stringify(wishes.slice(-MOST_KEPT)));
  const without = (wish: Wish) => kept().filter((one) => !isAboutTheSame(one, wish));

  async function sendAll(account: string): Promise<boolean> {
    for (;;) {
      const wish = kept().find((one) => one.account === account);
      if (!wish) return true;
      const fate = await send(wish);
      if (fate === 'later') return false;
      // What was wished meanwhile is sent, too.
      const isLatest = kept().some((one) => isTheSame(one, wish));
      if (!isLatest) continue;
      keep(without(wish));
      if (fate !== 'done') onRefused(wish, fate.refused);
    }
  }

  return {
    put: (wish) => keep([...without(wish), wish]),
    waiting: (account) => kept().filter((one) => one.account === account),
    flush(account) {
      sending ??= sendAll(account).finally(() => {
        sending = null;
      });
      return sending;
    },
    drop: (sent) => keep(kept().filter((one) => !sent.some((other) => isTheSame(one, other)))),
  };
}

function isAboutTheSame(one: Wish, other: Wish): boolean {
  return one.account === other.account && one.deed === other.deed && one.id === other.id;
}

const isTheSame = (one: Wish, other: Wish) => isAboutTheSame(one, other) && one.on === other.on;

/** What is not ours in the storage is no wish. */
function parseWishes(text: string | null): Wish[] {
  if (text === null) return [];
  try {
    const stored: unknown = JSON.parse(text);
    return Array.isArray(stored) ? stored.filter(isWish) : [];
  } catch {
    return [];
  }
}

function isWish(value: unknown): value is Wish {
  if (typeof value !== 'object' || value === null) return false;
  const { account, deed, id, on } = value as Record<string, unknown>;
  const isDeed = deed === 'like' || deed === 'save' || deed === 'follow';
  return typeof account === 'string' && isDeed && isId(id) && typeof on === 'boolean';
}

const isId = (value: unknown) => typeof value === 'string' && /^\d{1,20}$/.test(value);
