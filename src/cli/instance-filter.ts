import { type Command, InvalidArgumentError } from 'commander';
import type { InstanceFilter } from '../modules/domains/index.ts';

export interface FilterOptions {
  readonly search?: string;
  readonly software?: string;
  readonly failing?: true;
  readonly limited?: true;
  readonly minAccounts?: number;
  readonly maxAccounts?: number;
  readonly newerThan?: number;
  readonly silent?: number;
}

/** Which of the servers known here a command is about. */
export function withFilter(command: Command): Command {
  return command
    .option('--search <text>', 'part of the name')
    .option('--software <name>', 'what they run')
    .option('--failing', 'those alone that do not answer deliveries')
    .option('--limited', 'those alone about which something is decided')
    .option('--min-accounts <count>', 'with so many accounts known here', count)
    .option('--max-accounts <count>', 'with so many at most', count)
    .option('--newer-than <days>', 'met less than so many days ago', count)
    .option('--silent <days>', 'not heard from or reached for so many days', count);
}

export function filterOf(options: FilterOptions): InstanceFilter {
  const { search, software, failing, limited, minAccounts, maxAccounts, newerThan, silent } = options;
  const days = { newerThanDays: newerThan, silentDays: silent };
  return { search, software, failing, limited, minAccounts, maxAccounts, ...days };
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a number.');
  return Number(text);
}
