import { request } from '../../api/client.ts';
import type { GivenInvite } from '../../api/schema.gen.ts';
import { cameBy, whyOver } from '../../settings/invites/facts.ts';
import { NewInvite } from '../../settings/invites/new-invite.tsx';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { copyText } from '../../ui/copy-text.ts';
import { Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { Badge } from '../parts/badge.tsx';
import { Section } from '../parts/detail.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../parts/filter-bar.tsx';
import { List, useList } from '../parts/list.tsx';
import { moment } from '../parts/moment.ts';
import styles from './invites.module.css';
import { say } from './say.ts';

const decide = (id: string, verb: 'end' | 'reopen') =>
  request<object>('POST', `/api/v1/admin/invites/${id}/${verb}`);

/** Who lets whom in: invites of everybody here, and a new one. */
export function AllInvitesPage() {
  const state = useAddressState();
  const [remote, reload] = useList<GivenInvite>('/api/v1/admin/invites', state);
  const act = async (id: string, verb: 'end' | 'reopen') => {
    const outcome = await decide(id, verb);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    if (verb === 'reopen') toast(say('isOpen'));
    else toast(say('isEnded'), 'info', { label: say('undo'), run: () => void act(id, 'reopen') });
    reload();
  };
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <Section title={say('make')}>
        <NewInvite
          onMade={(invite) => {
            reload();
            copyText(invite.url);
          }}
        />
      </Section>
      <Section title={say('all')}>
        <FilterBar state={state}>
          <TextFilter state={state} name="by" label={say('by')} />
          <ChoiceFilter
            state={state}
            name="state"
            label={say('state')}
            choices={[
              { value: 'open', name: say('open') },
              { value: 'ended', name: say('ended') },
            ]}
          />
        </FilterBar>
        <List
          state={state}
          remote={remote}
          onRetry={reload}
          empty={{ icon: 'link', title: say('none'), text: say('noneText') }}
          label={say('all')}
          rowKey={({ id }) => id}
          head={{ title: say('code'), cell: ({ code }) => <bdi class={styles.code}>{code}</bdi> }}
          columns={[
            { title: say('by'), cell: ({ inviter }) => <bdi>@{inviter}</bdi> },
            { title: say('used'), cell: cameBy },
            { title: say('came'), wide: true, cell: ({ came }) => namesOf(came) },
            { title: say('until'), cell: untilOf },
            { title: say('given'), cell: ({ created_at: at }) => <TimeAgo iso={at} /> },
            { title: say('state'), cell: (invite) => <Standing invite={invite} /> },
          ]}
          actions={(invite) => <Deeds invite={invite} onAct={act} />}
        />
      </Section>
    </Page>
  );
}

const namesOf = (came: readonly string[]): string =>
  came.length === 0 ? say('nobody') : came.map((name) => `@${name}`).join(', ');

const untilOf = ({ expires_at: at }: GivenInvite): string => (at === null ? say('forEver') : moment(at));

function Standing({ invite }: { invite: GivenInvite }) {
  return <Badge tone={invite.open ? 'good' : 'plain'}>{whyOver(invite) ?? say('open')}</Badge>;
}

interface DeedsProps {
  readonly invite: GivenInvite;
  readonly onAct: (id: string, verb: 'end' | 'reopen') => void;
}

/** What ran out or was used up is over for good; what was ended is not. */
function Deeds({ invite, onAct }: DeedsProps) {
  const { id, code, url, open, revoked_at: endedAt } = invite;
  if (endedAt !== null) {
    return (
      <Button look="quiet" label={say('reopenWho', { code })} onPress={() => onAct(id, 'reopen')}>
        {say('reopen')}
      </Button>
    );
  }
  if (!open) return null;
  return (
    <>
      <Button look="quiet" icon="link" label={say('copyWho', { code })} onPress={() => copyText(url)}>
        {say('copy')}
      </Button>
      <Button look="quiet" label={say('endWho', { code })} onPress={() => onAct(id, 'end')}>
        {say('end')}
      </Button>
    </>
  );
}
