import type { AuxiliaryService } from '../../api/schema.gen.ts';
import { Button } from '../../ui/button.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { say } from './say.ts';
import styles from './services.module.css';

interface CallsProps {
  readonly service: AuxiliaryService;
  readonly busy: boolean;
  readonly onAsk: () => void;
  readonly onLook: () => void;
}

type Call = AuxiliaryService['callbacks'][number];

const toldOf = ({ called_at, failure }: Call) => {
  if (called_at !== null) return <TimeAgo iso={called_at} />;
  return failure ?? say('notCalled');
};

/** Whether a provider and this server reach each other: it is asked to call, and what came of that. */
export function CallsThere({ service: { name: what, callbacks }, busy, onAsk, onLook }: CallsProps) {
  return (
    <>
      <div class={styles.deeds}>
        <Button busy={busy} label={say('askCallWho', { what })} onPress={onAsk}>
          {say('askCall')}
        </Button>
        {callbacks.length > 0 && (
          <Button look="quiet" label={say('lookAgainWho', { what })} onPress={onLook}>
            {say('lookAgain')}
          </Button>
        )}
      </div>
      {callbacks.length > 0 && (
        <DataTable<Call>
          label={say('calls', { what })}
          rows={callbacks}
          rowKey={({ id }) => id}
          head={{
            title: say('askedAt'),
            cell: ({ asked_at }) => (asked_at === null ? say('notAsked') : <TimeAgo iso={asked_at} />),
          }}
          columns={[
            { title: say('calledAt'), cell: toldOf },
            { title: say('calledFrom'), cell: ({ ip }) => ip && <bdi>{ip}</bdi> },
            {
              title: say('calledWith'),
              wide: true,
              cell: ({ body }) => body && <code dir="ltr">{body}</code>,
            },
          ]}
        />
      )}
    </>
  );
}
