import { absolute, ago } from '../format.ts';

/** How long ago, with the whole date for who asks. */
export function TimeAgo({ iso }: { iso: string }) {
  return (
    <time dateTime={iso} title={absolute(iso)}>
      {ago(iso)}
    </time>
  );
}
