import { me } from '../state/session.ts';
import { changeMe } from './account.ts';
import { SwitchSetting } from './parts.tsx';
import { say } from './say.ts';

/** Whether others find somebody who do not know them yet: by what they said, and as a person. */
export function FindableSettings() {
  const account = me.value;
  if (!account) return null;
  return (
    <>
      <SwitchSetting
        label={say('indexable')}
        hint={say('indexableHint')}
        value={account.source.indexable}
        save={(indexable) => changeMe({ indexable })}
      />
      <SwitchSetting
        label={say('discoverable')}
        hint={say('discoverableHint')}
        value={account.source.discoverable}
        save={(discoverable) => changeMe({ discoverable })}
      />
    </>
  );
}
