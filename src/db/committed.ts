import type { Knex } from 'knex';

/** Something that a transaction did, by the name and payload of its event in the outbox. */
export interface Noted {
  readonly name: string;
  readonly payload: unknown;
}

const notes = new WeakMap<Knex.Transaction, Noted[]>();

/** Remembers what a transaction did until it is committed, for parts of this very process that cannot wait for the outbox. */
export function noteInTx(tx: Knex.Transaction, noted: Noted): void {
  const known = notes.get(tx);
  if (known) known.push(noted);
  else notes.set(tx, [noted]);
}

/** What was noted in a transaction, in its order. */
export function notedIn(tx: Knex.Transaction): readonly Noted[] {
  return notes.get(tx) ?? [];
}
