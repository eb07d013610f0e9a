import { expect, test } from 'vitest';
import { providerInfoSchema } from './wire.ts';

const named = (name: string) => providerInfoSchema.safeParse({ name, capabilities: [] });

test.each(['Finder', ' Finder\r\n', '\tFinder', 'Finder '])(
  'a name is taken without what stands around it: %j',
  (name) => {
    expect(named(name).data?.name).toBe('Finder');
  },
);

test.each(['\n', 'Fin\u0000der', 'Fin\nder', 'Finder \ud800'])('what is no name is refused: %j', (name) => {
  expect(named(name).success).toBe(false);
});

test.each(['Sucher für Vögel', 'محرك', '👩‍🔬 Lab', '探す'])('a name may be of any script: %s', (name) => {
  expect(named(name).data?.name).toBe(name);
});
