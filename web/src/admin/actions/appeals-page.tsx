import { useState } from 'preact/hooks';
import type { AdminAppeal } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { ChoiceFilter, FilterBar } from '../parts/filter-bar.tsx';
import { List, useList } from '../parts/list.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
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
        head={{ title: say('author'), cell: ({ measure }) => <bdi>@{measure.account?.acct}</bdi> }}
        columns={[
          {
            title: say('decision'),
            wide: true,
            cell: ({ measure }) => (
              <>
                {say('did', { action: measure.action })} · <TimeAgo iso={measure.created_at} />
                <p dir="auto">{measure.text}</p>
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
