import { openSecret, sealSecret } from '../lib/crypto.ts';
import type { Tx } from './database.ts';

/** Where the database holds what is sealed with the secret key of the instance. */
export interface SealedPlace {
  /** What people call it. */
  readonly name: string;
  readonly table: string;
  readonly key: { readonly column: string; readonly type: 'text' | 'bigint' };
  readonly column: string;
  /** The field of a JSON column that holds it. */
  readonly field?: string;
  readonly where?: Readonly<Record<string, string>>;
  /** The purpose that it was sealed for. */
  readonly purpose: string;
}

const byAccount = { column: 'account_id', type: 'bigint' } as const;

/** All of them; a test looks for columns that are missing here. */
export const sealedPlaces: readonly SealedPlace[] = [
  {
    ...{ name: 'keys of actors', table: 'actor_keys', key: { column: 'key_uri', type: 'text' } },
    ...{ column: 'private_key_sealed', purpose: 'actor-key' },
  },
  {
    ...{ name: 'keys of actors before those', table: 'actor_keys', key: { column: 'key_uri', type: 'text' } },
    ...{ column: 'previous_sealed', purpose: 'actor-key' },
  },
  {
    ...{ name: 'second factors', table: 'second_factors', key: byAccount },
    ...{ column: 'secret_sealed', purpose: 'second-factor' },
  },
  {
    ...{ name: 'letters that wait', table: 'mails', key: { column: 'id', type: 'bigint' } },
    ...{ column: 'sealed', purpose: 'mail' },
  },
  {
    ...{ name: 'new passwords that were asked for', table: 'jobs', key: { column: 'id', type: 'bigint' } },
    ...{ column: 'payload', field: 'sealed', where: { name: 'mail.reset' }, purpose: 'password-reset' },
  },
  {
    ...{ name: 'keys for auxiliary services', table: 'fasp_keys' },
    ...{ key: { column: 'provider_id', type: 'bigint' }, column: 'private_key_sealed', purpose: 'fasp-key' },
  },
  {
    ...{ name: 'key for push services', table: 'instance_settings', key: { column: 'key', type: 'text' } },
    ...{ column: 'value', field: 'privateKeySealed', where: { key: 'vapid-keys' }, purpose: 'vapid-keys' },
  },
];

const AT_ONCE = 500;

export interface Resealed {
  readonly place: string;
  readonly sealed: number;
  /** Those that the old key does not open: of no use before, and none after. */
  readonly closed: number;
}

/** Seals everything of a place with another key. */
export async function reseal(
  tx: Tx,
  place: SealedPlace,
  keys: { readonly from: string; readonly to: string },
  tell: (done: number) => void,
): Promise<Resealed> {
  const { table, key, column, field, purpose } = place;
  const value = field === undefined ? tx.ref(column) : tx.raw('??->>?', [column, field]);
  let [sealed, closed] = [0, 0];
  for (let after: string | null = null; ; ) {
    const rows: { key: string; value: string }[] = await tx(table)
      .where(place.where ?? {})
      .whereNotNull(column)
      .modify((query) => (after === null ? query : query.where(key.column, '>', after)))
      .orderBy(key.column)
      .limit(AT_ONCE)
      .forUpdate()
      .select(`${key.column} as key`, tx.raw('? as value', [value]));
    const last = rows.at(-1);
    if (!last) return { place: place.name, sealed, closed };
    const opened = rows.flatMap((row) => {
      const found = openSecret({ instanceSecret: keys.from, purpose }, row.value);
      return found.ok ? [{ key: row.key, plaintext: found.plaintext }] : [];
    });
    const anew = opened.map(({ plaintext }) => sealSecret({ instanceSecret: keys.to, purpose }, plaintext));
    await tx.raw(
      `update ?? as place set ?? = ${field === undefined ? 'anew.value' : 'jsonb_set(??, ?, to_jsonb(anew.value))'}
         from unnest(?::${key.type}[], ?::text[]) as anew (key, value) where place.?? = anew.key`,
      [
        ...[table, column],
        ...(field === undefined ? [] : [`place.${column}`, [field]]),
        ...[opened.map((row) => row.key), anew, key.column],
      ],
    );
    sealed += opened.length;
    closed += rows.length - opened.length;
    tell(sealed);
    after = last.key;
  }
}
