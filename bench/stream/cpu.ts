import { readdir, readFile } from 'node:fs/promises';

const TICKS_PER_SECOND = 100;
const COMMAND = /\((.*)\)/s;

/** Processor seconds by what they were spent on. */
export type Spent = Readonly<Record<'sender' | 'consumers' | 'postgres' | 'redis', number>>;

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly own: number;
  /** Of children that have ended. */
  readonly ended: number;
}

/** One process, as Linux tells it (proc_pid_stat(5)); null where it has ended, or where this is no Linux. */
async function rowOf(pid: string): Promise<Row | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  const command = COMMAND.exec(text)?.[1] ?? '';
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const seconds = (from: number) => ((fields[from] ?? 0) + (fields[from + 1] ?? 0)) / TICKS_PER_SECOND;
  return { pid: Number(pid), parent: fields[1] ?? 0, command, own: seconds(11), ended: seconds(13) };
}

/** What this process and those that it began have used so far; all zero where that cannot be told. */
export async function spentSoFar(): Promise<Spent> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const rows = (await Promise.all(pids.map(rowOf))).filter((row) => row !== null);
  const spent = { sender: 0, consumers: 0, postgres: 0, redis: 0 };
  const own = rows.find(({ pid }) => pid === process.pid);
  if (!own) return spent;
  spent.sender = own.own;
  spent.consumers = own.ended;
  const below = (parent: number): Row[] =>
    rows.filter((row) => row.parent === parent).flatMap((row) => [row, ...below(row.pid)]);
  for (const { command, own: seconds, ended } of below(process.pid)) {
    const part = /^postgres/.test(command) ? 'postgres' : /^redis/.test(command) ? 'redis' : 'consumers';
    spent[part] += seconds + ended;
  }
  return spent;
}

/** Microseconds of processor time for each event, by part: what stays comparable on a machine that others use, too. */
export function spentPerEvent(before: Spent, after: Spent, events: number): string {
  const parts = (['sender', 'consumers', 'postgres', 'redis'] as const).map(
    (part) => [part, ((after[part] - before[part]) * 1e6) / events] as const,
  );
  const all = parts.reduce((sum, [, micros]) => sum + micros, 0);
  const told = parts.map(([part, micros]) => `${part} ${micros.toFixed(1)}`).join(', ');
  return `${all.toFixed(1)} µs of processor time for each event: ${told}`;
}
