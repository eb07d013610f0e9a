import { QueuePage } from './queue-page.tsx';
import { ReportPage } from './report-page.tsx';

/** The queue of reports, and all that is known of one reported account. */
export function ReportsPage({ id }: { id: string | undefined }) {
  return id === undefined ? <QueuePage /> : <ReportPage id={id} />;
}
