import { useState } from 'preact/hooks';
import type { AdminAppeal, Measure } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { ChoiceFilter, FilterBar } from '../parts/filter-bar.tsx';
import { List, useList } from '../parts/list.tsx';
import { Person } from '../parts/person.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { may } from '../permissions.ts';
import { decide } from './calls.ts';
import { say } from './say.ts';

const STATES = ['open', 'accepted', 'rejected'];

interface Deciding {
  readonly appeal: AdminAppeal;
  readonly verb: 'accept' | 'reject';
}

/** What people say against decisions. */
export function AppealsPage() {
  const state = useAddressState();
  const [remote, reload] = useList<AdminAppeal>('/api/v1/admin/appeals', state);
  const [deciding, setDeciding] = useState<Deciding | null>(null);
  return (
    <Page title={say('appeals')} width="wide">
      <FilterBar state={state}>
        <ChoiceFilter
          state={state}
          name="state"
          label={say('standing')}
          usual="open"
          choices={STATES.map((value) => ({ value, name: say('stateOf', { state: value }) }))}
        />
      </FilterBar>
      <List
        state={state}
        remote={remote}
        onRetry={reload}
        empty={{ icon: 'check', title: say('noAppeals'), text: say('noAppealsText') }}
        label={say('appeals')}
        rowKey={({ id }) => id}
        head={{
          title: say('person'),
          cell: ({ measure: { account } }) => account && <Person account={account} />,
        }}
        columns={[
          {
            title: say('decision'),
            wide: true,
            cell: ({ measure }) => (
              <>
                {say('did', { action: measure.action })} · <TimeAgo iso={measure.created_at} />
                <p dir="auto">{measure.text}</p>
                <Case measure={measure} />
              </>
            ),
          },
          { title: say('says'), wide: true, cell: ({ text }) => <p dir="auto">{text}</p> },
        ]}
        actions={(appeal) => <Answers appeal={appeal} onDecide={(verb) => setDeciding({ appeal, verb })} />}
      />
      {deciding && (
        <DecideDialog
          {...deciding}
          onDone={() => {
            setDeciding(null);
            reload();
          }}
          onClose={() => setDeciding(null)}
        />
      )}
    </Page>
  );
}

/** What it was about, and what led to it. */
function Case({ measure: { target, account, report_ids } }: { measure: Measure }) {
  return (
    <>
      {target.kind === 'video' && may('content') && (
        <a href={`/admin/videos?q=${target.id}`}>{say('targetName', target)}</a>
      )}
      {report_ids.length > 0 && account && <a href={`/admin/reports/${account.id}`}>{say('led')}</a>}
    </>
  );
}

function Answers(props: { appeal: AdminAppeal; onDecide: (verb: Deciding['verb']) => void }) {
  const { appeal, onDecide } = props;
  if (appeal.state !== 'open') return <>{say('stateOf', { state: appeal.state })}</>;
  if (!appeal.is_yours_to_decide) return <>{say('own')}</>;
  return (
    <>
      <Button onPress={() => onDecide('accept')}>{say('accept')}</Button>
      <Button look="quiet" onPress={() => onDecide('reject')}>
        {say('reject')}
      </Button>
    </>
  );
}

function DecideDialog(props: Deciding & { onDone: () => void; onClose: () => void }) {
  const { appeal, verb, onDone, onClose } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const confirm = async (answer: string) => {
    setBusy(true);
    const outcome = await decide(appeal.id, verb, answer);
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    toast(say('stateOf', { state: outcome.value.state }));
    onDone();
  };
  return (
    <ReasonDialog
      title={say(verb === 'accept' ? 'acceptTitle' : 'rejectTitle')}
      text={say(verb === 'accept' ? 'acceptText' : 'rejectText')}
      action={say(verb)}
      look="primary"
      hint={say('answer')}
      busy={busy}
      problem={problem}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}
