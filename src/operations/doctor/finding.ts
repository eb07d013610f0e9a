/** What was found of one thing. A fault keeps something from working; a warning will, or makes it unsafe. */
export interface Finding {
  /** Stable: for scripts, and to look up. */
  readonly code: string;
  readonly level: 'ok' | 'warning' | 'fault';
  readonly what: string;
  /** What to do about it; empty where nothing is to be done. */
  readonly fix: string;
}

export const fine = (code: string, what: string): Finding => ({ code, level: 'ok', what, fix: '' });
export const fault = (code: string, what: string, fix: string): Finding => ({
  code,
  level: 'fault',
  what,
  fix,
});
export const warning = (code: string, what: string, fix: string): Finding => ({
  ...{ code, level: 'warning', what, fix },
});

/** The words of an error, without the rest of it. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
