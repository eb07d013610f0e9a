import { useEffect, useState } from 'preact/hooks';
import type { Pack } from '../api/schema.gen.ts';
import type { Account } from '../api/types.ts';
import { toast } from '../state/toasts.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Handle } from '../ui/handle.tsx';
import { packCalls } from './calls.ts';
import styles from './packs.module.css';
import { say } from './say.ts';

/** After somebody stopped typing. */
const PAUSE_MS = 250;

interface PutInProps {
  readonly pack: Pack;
  readonly people: readonly Account[];
  readonly onChange: (pack: Pack, people: readonly Account[]) => void;
}

/** Finds people as one types, to put them in. */
export function PutIn({ pack, people, onChange }: PutInProps) {
  const [text, setText] = useState('');
  const [found, setFound] = useState<readonly Account[]>();
  const wanted = text.trim();
  useEffect(() => {
    setFound(undefined);
    if (wanted === '') return;
    let current = true;
    const timer = setTimeout(async () => {
      const outcome = await packCalls.find(wanted);
      if (!current) return;
      if (outcome.ok) setFound(outcome.value);
      else toast(outcome.sentence, 'error');
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wanted]);
  const known = new Set(people.map(({ id }) => id));
  const shown = found?.filter(({ id }) => !known.has(id));
  const put = async (account: Account) => {
    const outcome = await packCalls.add(pack.id, account.id);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    const [refused] = outcome.value.refused;
    if (refused) return toast(say('refusal', { reason: refused.reason }), 'error');
    setText('');
    onChange(outcome.value.pack, [...people, account]);
  };
  return (
    <div class={styles.part}>
      <Field label={say('find')} name="find" value={text} autocomplete="off" onInput={setText} />
      <div role="status">{shown?.length === 0 && <p class={styles.muted}>{say('foundNone')}</p>}</div>
      {shown && shown.length > 0 && (
        <ul aria-label={say('found')}>
          {shown.map((account) => (
            <li key={account.id} class={styles.found}>
              <Avatar account={account} size={40} />
              <span>
                <bdi>{account.display_name || account.username}</bdi> <Handle account={account} />
              </span>
              <IconButton
                icon="plus"
                label={say('putIn', { acct: account.acct })}
                onPress={() => put(account)}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
