import { useState } from 'preact/hooks';
import type { TransparencyReport } from '../../api/schema.gen.ts';
import { me, serverName } from '../../state/session.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { signInPath } from '../../ui/links.ts';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { transparency } from '../calls.ts';
import { say as sayOfAbout } from '../say.ts';
import { counted, durationOf, monthOf, nameOf } from './names.ts';
import { say } from './say.ts';
import styles from './transparency.module.css';

/** What was reported and done in a year, in numbers, where the server shows that to whoever asks. */
export function TransparencyPage() {
  const [year, setYear] = useState<number | null>(null);
  const [remote, reload] = useRemote(`transparency ${me.value?.id} ${year}`, () => transparency(year));
  return (
    <Page title={say('title', { server: serverName() })}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' &&
        (remote.failure.status === 404 ? <Hidden /> : <Failed failure={remote.failure} onRetry={reload} />)}
      {remote.state === 'ready' && <Report report={remote.value} onYear={setYear} />}
    </Page>
  );
}

function Hidden() {
  return (
    <Notice icon="covered" title={say('hidden')} text={say('hiddenText')}>
      {me.value === null && <ButtonLink href={signInPath()}>{sayOfAbout('signIn')}</ButtonLink>}
    </Notice>
  );
}

function Report({ report, onYear }: { report: TransparencyReport; onYear: (year: number) => void }) {
  const { year, months, fewer_than: fewerThan } = report;
  const years = [...new Set([year, ...report.years])].toSorted((a, b) => b - a);
  return (
    <>
      <p>{say('intro', { n: fewerThan })}</p>
      <label class={styles.year}>
        {say('year')}
        <select value={year} onChange={(event) => onYear(Number(event.currentTarget.value))}>
          {years.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      {months.length === 0 ? (
        <Notice icon="check" title={say('nothing', { year: String(year) })} text={say('nothingText')} />
      ) : (
        <Numbers report={report} />
      )}
    </>
  );
}

function Numbers({ report: { total, months, fewer_than: fewerThan } }: { report: TransparencyReport }) {
  const say0 = (count: number | null) => counted(count, fewerThan);
  const { median_seconds: median } = total;
  return (
    <>
      {median !== null && <p>{say('medianIs', { time: durationOf(median) })}</p>}
      <Table
        title={say('byMonth')}
        head={[say('month'), say('reports'), say('median')]}
        rows={months.map(({ month, reports, median_seconds: seconds }) => [
          ...[monthOf(month), say0(reports), seconds === null ? '–' : durationOf(seconds)],
        ])}
      />
      <Counts title={say('bySource')} counts={total.reports_by_source} told={say0} />
      <Counts title={say('byCategory')} counts={total.reports_by_category} told={say0} />
      <Table
        title={say('byRule')}
        head={[say('what'), say('count')]}
        rows={total.reports_by_rule.map(({ id, text, count }) => [text || say('rule', { id }), say0(count)])}
      />
      <Table
        title={say('measures')}
        head={[say('what'), say('byPeople'), say('automated'), say('lifted')]}
        rows={total.measures.map(({ measure, by_people, automated, lifted }) => [
          ...[nameOf(measure), say0(by_people), say0(automated), say0(lifted)],
        ])}
      />
      <Counts title={say('appeals')} counts={total.appeals} told={say0} />
      <Counts title={say('claims')} counts={total.claims} told={say0} />
      <Counts title={say('counterNotices')} counts={total.counter_notices} told={say0} />
      <Counts title={say('domains')} counts={total.domains} told={say0} />
    </>
  );
}

interface CountsProps {
  readonly title: string;
  readonly counts: Readonly<Record<string, number | null>>;
  readonly told: (count: number | null) => string;
}

function Counts({ title, counts, told }: CountsProps) {
  const rows = Object.entries(counts).map(([kind, count]) => [nameOf(kind), told(count)]);
  return <Table title={title} head={[say('what'), say('count')]} rows={rows} />;
}

interface TableProps {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Nothing where there are no rows. */
function Table({ title, head, rows }: TableProps) {
  if (rows.length === 0) return null;
  return (
    <section class={styles.section}>
      <h2>{title}</h2>
      <table class={styles.table}>
        <thead>
          <tr>
            {head.map((words) => (
              <th key={words} scope="col">
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells]) => (
            <tr key={name}>
              <th scope="row" dir="auto">
                {name}
              </th>
              {cells.map((words, at) => (
                <td key={head[at + 1]}>{words}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
