import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { Badge } from '../parts/badge.tsx';
import { moment } from '../parts/moment.ts';
import { BlockList } from './block-list.tsx';
import {
  change,
  type EmailDomainBlock,
  emailBlocks,
  type IpBlock,
  ipBlocks,
  type Kind,
  kinds,
  type ReservedName,
  reservedNames,
} from './calls.ts';
import { EditDialog } from './edit-dialog.tsx';
import { ipFormOf, secondsOf } from './ip-fields.tsx';
import { say } from './say.ts';

const LISTS: Readonly<Record<Kind, () => preact.JSX.Element>> = { email: Emails, ip: Networks, name: Names };

/** What is refused of those who join: by their e-mail provider, their network, or the name they want. */
export function JoiningPage() {
  const state = useAddressState();
  const kind = kinds.find((one) => one === state.get('kind')) ?? 'email';
  const Shown = LISTS[kind];
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <Tabs
        label={say('kinds')}
        current={kind}
        tabs={kinds.map((id) => ({ id, label: say(id) }))}
        onChange={(next) => state.set({ kind: next === 'email' ? '' : next })}
      />
      <TabPanel id={kind}>
        <Shown key={kind} />
      </TabPanel>
    </Page>
  );
}

function Emails() {
  const decide = async ({ id, allow_with_approval: allows }: EmailDomainBlock, reload: () => void) => {
    const outcome = await change('email', id, { allow_with_approval: !allows });
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('saved'));
    reload();
  };
  return (
    <BlockList<EmailDomainBlock>
      kind="email"
      load={emailBlocks}
      nameOf={({ domain }) => domain}
      fieldsOf={({ domain, allow_with_approval }) => ({ domain, allow_with_approval })}
      head={say('domain')}
      columns={[
        {
          title: say('severity'),
          cell: ({ allow_with_approval: allows }) => (
            <Badge tone={allows ? 'plain' : 'bad'}>{say(allows ? 'approval' : 'refused')}</Badge>
          ),
        },
        { title: say('since'), cell: ({ created_at: at }) => <TimeAgo iso={at} /> },
      ]}
      deeds={(block, reload) => {
        const { domain: what, allow_with_approval: allows } = block;
        return (
          <Button
            look="quiet"
            label={say(allows ? 'refuseWho' : 'allowWho', { what })}
            onPress={() => decide(block, reload)}
          >
            {say(allows ? 'refuse' : 'allow')}
          </Button>
        );
      }}
    />
  );
}

function Networks() {
  return (
    <BlockList<IpBlock>
      kind="ip"
      load={ipBlocks}
      nameOf={({ ip }) => ip}
      fieldsOf={(block) => {
        const expires_in = secondsOf(ipFormOf(block));
        const { ip, severity, comment } = block;
        return { ip, severity, comment, ...(expires_in !== null && { expires_in }) };
      }}
      head={say('network')}
      columns={[
        { title: say('severity'), cell: ({ severity }) => say('severityOf', { severity }) },
        {
          title: say('until'),
          cell: ({ expires_at: at }) => (at === null ? say('forEver') : moment(at)),
        },
        { title: say('note'), wide: true, cell: ({ comment }) => <span dir="auto">{comment}</span> },
        { title: say('since'), cell: ({ created_at: at }) => <TimeAgo iso={at} /> },
      ]}
      deeds={(block, reload) => <Edit block={block} what={block.ip} onSaved={reload} />}
    />
  );
}

function Names() {
  return (
    <BlockList<ReservedName>
      kind="name"
      load={reservedNames}
      nameOf={({ name }) => name}
      fieldsOf={({ name, comment }) => ({ name, comment })}
      head={say('aName')}
      columns={[
        { title: say('note'), wide: true, cell: ({ comment }) => <span dir="auto">{comment}</span> },
        { title: say('since'), cell: ({ created_at: at }) => <TimeAgo iso={at} /> },
      ]}
      deeds={(block, reload) => <Edit block={block} what={block.name} onSaved={reload} />}
    />
  );
}

interface EditProps {
  readonly block: IpBlock | ReservedName;
  readonly what: string;
  readonly onSaved: () => void;
}

function Edit({ block, what, onSaved }: EditProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" label={say('editWho', { what })} onPress={() => setOpen(true)}>
        {say('edit')}
      </Button>
      {isOpen && (
        <EditDialog
          block={block}
          onClose={() => setOpen(false)}
          onSaved={() => {
            setOpen(false);
            onSaved();
          }}
        />
      )}
    </>
  );
}
