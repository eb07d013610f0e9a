import { TimeAgo } from '../../ui/time-ago.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { may } from '../permissions.ts';
import type { Ranking } from './calls.ts';
import { say } from './say.ts';

type Change = Ranking['changes'][number];

/** Who changed what, the last first. */
export function History({ changes }: Pick<Ranking, 'changes'>) {
  return (
    <Section title={say('history')}>
      {changes.length === 0 ? (
        <p>{say('noHistory')}</p>
      ) : (
        <DataTable
          label={say('history')}
          rows={changes}
          rowKey={({ id }) => id}
          head={{ title: say('when'), cell: ({ changed_at: at }) => <TimeAgo iso={at} /> }}
          columns={[
            { title: say('who'), cell: (change) => <Who {...change} /> },
            { title: say('differed'), wide: true, cell: (change) => <bdi>{numbersOf(change)}</bdi> },
            {
              title: say('reason'),
              wide: true,
              cell: ({ reason }) => <span dir="auto">{reason || '–'}</span>,
            },
          ]}
        />
      )}
    </Section>
  );
}

function Who({ account_id: id }: Change) {
  if (id === null) return <>{say('commandLine')}</>;
  return may('accounts') ? (
    <a href={`/admin/accounts/${id}`}>
      <bdi>{id}</bdi>
    </a>
  ) : (
    <bdi>{id}</bdi>
  );
}

function numbersOf({ settings }: Change): string {
  const numbers = Object.entries(settings).map(([path, value]) => `${path} ${value}`);
  return numbers.length === 0 ? say('nothing') : numbers.join(', ');
}
