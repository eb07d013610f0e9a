/** SQLSTATE classes for values that PostgreSQL cannot take: data, constraints, limits of the program. */
const FAULTS_OF_ROWS = ['22', '23', '54'];

/** Whether a statement failed because of a value in one of its rows, so that it may succeed without that row. */
export function isFaultOfRow(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.length === 5 && FAULTS_OF_ROWS.includes(code.slice(0, 2));
}
