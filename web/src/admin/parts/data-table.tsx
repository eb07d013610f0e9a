import type { ComponentChildren } from 'preact';
import { say } from '../say.ts';
import styles from './data-table.module.css';

export interface Column<T> {
  /** Names the column above it, and each cell on phones. */
  readonly title: string;
  readonly cell: (row: T) => ComponentChildren;
  /** Takes the room that the others leave, and wraps. */
  readonly wide?: boolean;
  /** Numbers stand at the end, digit below digit. */
  readonly isNumber?: boolean;
}

interface DataTableProps<T> {
  /** What the table holds, for people who listen to the page. */
  readonly label: string;
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  /** What a row is about: its head. */
  readonly head: Column<T>;
  readonly columns: readonly Column<T>[];
  /** Buttons about one row. */
  readonly actions?: (row: T) => ComponentChildren;
}

/** A table where there is room for one; elsewhere each row stands as a card, with the heads as labels. */
export function DataTable<T>({ label, rows, rowKey, head, columns, actions }: DataTableProps<T>) {
  return (
    <div class={styles.box}>
      <table class={styles.table} aria-label={label}>
        <thead>
          <tr>
            {[head, ...columns].map((column) => (
              <th key={column.title} scope="col" class={classOf(column)}>
                {column.title}
              </th>
            ))}
            {actions && <th scope="col">{say('actions')}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              <th scope="row" class={classOf(head)}>
                {head.cell(row)}
              </th>
              {columns.map((column) => (
                <td key={column.title} data-label={column.title} class={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
              {actions && (
                <td class={styles.deeds}>
                  <div class={styles.actions}>{actions(row)}</div>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classOf({ wide, isNumber }: Pick<Column<never>, 'wide' | 'isNumber'>): string | undefined {
  if (wide) return styles.wide;
  return isNumber ? styles.number : undefined;
}
