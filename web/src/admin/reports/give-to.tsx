import { SelectField } from '../../ui/field.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { staff } from './calls.ts';
import { say } from './say.ts';

/** Gives reports to somebody else of the staff. */
export function GiveTo({ onGive }: { onGive: (to: string) => void }) {
  const [remote] = useRemote('report-staff', staff);
  const people = remote.state === 'ready' ? remote.value : [];
  return (
    <SelectField
      label={say('giveTo')}
      value=""
      choices={[
        { value: '', name: '…' },
        ...people.map(({ id, username }) => ({ value: id, name: `@${username}` })),
      ]}
      onChoose={(to) => to !== '' && onGive(to)}
    />
  );
}
