import { plainText } from '../../format.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Handle } from '../../ui/handle.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { Badge } from '../parts/badge.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { may } from '../permissions.ts';
import { type Collected, collectedIn, type DeskReport, type GroupPage } from './calls.ts';
import styles from './reports.module.css';
import { say } from './say.ts';

/** What a report names first; nothing: the account itself. */
const nameOf = ({ status_ids, pack_ids, playlist_ids }: DeskReport): string =>
  [...status_ids, ...pack_ids, ...playlist_ids][0] ?? '';

interface ReportListProps {
  readonly page: GroupPage;
  readonly onEvidence: (reportId: string) => void;
  readonly onTell: (report: DeskReport) => void;
  readonly onTakeDown: (collected: Collected) => void;
}

/** The reports of one account by the post that they name, those that name none last. */
export function ReportList({ page, onEvidence, onTell, onTakeDown }: ReportListProps) {
  const posts = [...new Set(page.reports.map(nameOf))].sort().reverse();
  return (
    <>
      {posts.map((post) => (
        <div class={styles.post} key={post}>
          <h3>{post === '' ? say('noPost') : <PostTitle page={page} id={post} />}</h3>
          <Said page={page} id={post} />
          <Deed collected={collectedOf(page, post)} onTakeDown={onTakeDown} />
          <DataTable
            label={post === '' ? say('noPost') : titleOf(page, post)}
            rows={page.reports.filter((report) => nameOf(report) === post)}
            rowKey={({ id }) => id}
            head={{ title: say('reporter'), cell: (report) => <Reporter page={page} report={report} /> }}
            columns={[
              { title: say('category'), cell: ({ category }) => say(category) },
              { title: say('words'), wide: true, cell: ({ comment }) => <span dir="auto">{comment}</span> },
              { title: say('filed'), cell: ({ created_at }) => <TimeAgo iso={created_at} /> },
              { title: say('state'), cell: (report) => <State report={report} /> },
            ]}
            actions={(report) => (
              <>
                <Button look="quiet" small onPress={() => onEvidence(report.id)}>
                  {say('evidence')}
                </Button>
                {may('legal') && (
                  <ButtonLink look="quiet" small href={`/admin/holds?hold=report:${report.id}`}>
                    {say('hold')}
                  </ButtonLink>
                )}
                {page.target_account.host !== null && !report.forwarded && (
                  <Button look="quiet" small onPress={() => onTell(report)}>
                    {say('origin')}
                  </Button>
                )}
              </>
            )}
          />
        </div>
      ))}
    </>
  );
}

function PostTitle({ page, id }: { page: GroupPage; id: string }) {
  const status = page.statuses.find((post) => post.id === id);
  const href = status ? (status.url ?? status.uri) : collectedOf(page, id)?.url;
  const title = titleOf(page, id);
  return href === undefined ? title : <a href={href}>{title}</a>;
}

const collectedOf = (page: GroupPage, id: string) => collectedIn(page).find((one) => one.id === id);

const titleOf = ({ posts }: GroupPage, id: string): string =>
  say('aboutPost', { kind: posts.find((post) => post.id === id)?.kind ?? 'other', id });

/** What the post says, as far as it can still be read. */
function Said({ page, id }: { page: GroupPage; id: string }) {
  const collected = collectedOf(page, id);
  const words = collected
    ? [collected.title, collected.description].filter(Boolean).join('\n\n')
    : plainText(page.statuses.find((post) => post.id === id)?.content ?? '');
  if (words === '') return null;
  return (
    <blockquote class={styles.quote} dir="auto">
      {words}
    </blockquote>
  );
}

/** A starter pack or a playlist is no post: measures do not know it, and it is taken from everybody as a whole. */
function Deed({
  collected,
  onTakeDown,
}: { collected: Collected | undefined } & Pick<ReportListProps, 'onTakeDown'>) {
  if (!collected) return null;
  if (collected.taken_down) return <Badge>{say('takenDown')}</Badge>;
  return (
    <p class={styles.buttons}>
      <Button look="danger" small onPress={() => onTakeDown(collected)}>
        {say('takeDown', { kind: collected.kind })}
      </Button>
    </p>
  );
}

/** Who reports, and how often that was right before. */
function Reporter({ page, report }: { page: GroupPage; report: DeskReport }) {
  const record = page.reporters.find(({ id }) => id === report.reporter.id);
  return (
    <>
      <Handle account={report.reporter} />
      {record && <small class={styles.record}>{say('record', record)}</small>}
    </>
  );
}

function State({ report }: { report: DeskReport }) {
  const { state, assigned_to: taker, closed_by: closer } = report;
  const who = state === 'open' ? taker : closer;
  return (
    <>
      <Badge tone={state === 'open' ? 'plain' : 'good'}>{say(state)}</Badge>
      {who && <small class={styles.record}>@{who.username}</small>}
      {report.forwarded && <small class={styles.record}>{say('forwarded')}</small>}
    </>
  );
}
