import { TimeAgo } from '../../ui/time-ago.tsx';
import { Badge } from '../parts/badge.tsx';
import { Section } from '../parts/detail.tsx';
import type { GroupPage } from './calls.ts';
import styles from './reports.module.css';
import { say } from './say.ts';

/** How earlier reports about the account ended, what the staff did to it, and what looks alike elsewhere. */
export function History({ page }: { page: GroupPage }) {
  return (
    <>
      <Section title={say('history')}>
        <p>{say('historyText', page.history)}</p>
        {page.actions.length === 0 && <p>{say('noActions')}</p>}
        <ul class={styles.notes}>
          {page.actions.map((action) => (
            <li key={action.id}>
              <code>{action.action}</code> {action.undone && <Badge>{say('actionUndone')}</Badge>}{' '}
              <TimeAgo iso={action.created_at} />
              {action.reason !== '' && <p dir="auto">{action.reason}</p>}
            </li>
          ))}
        </ul>
      </Section>
      <Section title={say('similar')}>
        {page.similar.length === 0 && <p>{say('noSimilar')}</p>}
        <ul class={styles.notes}>
          {page.similar.map((report) => (
            <li key={report.id}>
              <a href={`/admin/reports/${report.target_account.id}`}>
                <bdi>@{report.target_account.acct}</bdi>
              </a>{' '}
              · {say(report.category)}
              <p dir="auto">{report.comment}</p>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}
