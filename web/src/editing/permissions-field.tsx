import { Choice } from '../ui/field.tsx';
import editing from './editing.module.css';
import { say } from './say.ts';

/** What others may do with a clip. */
export interface Permissions {
  readonly comment: boolean;
  readonly download: boolean;
  readonly duet: boolean;
  readonly stitch: boolean;
  readonly sound: boolean;
  /** Each duet and stitch waits for the author. */
  readonly ask: boolean;
}

interface PermissionsFieldProps {
  readonly permissions: Permissions;
  readonly onChange: (changed: Partial<Permissions>) => void;
}

/** What others may do with a clip, each a box to tick. */
export function PermissionsField({ permissions, onChange }: PermissionsFieldProps) {
  const rules = [
    { key: 'comment', name: say('mayComment') },
    { key: 'download', name: say('mayDownload') },
    { key: 'duet', name: say('mayDuet') },
    { key: 'stitch', name: say('mayStitch') },
    { key: 'sound', name: say('maySound') },
    { key: 'ask', name: say('askMe') },
  ] as const;
  return (
    <fieldset>
      <legend class={editing.legend}>{say('permissions')}</legend>
      {rules.map(({ key, name }) => (
        <Choice
          key={key}
          type="checkbox"
          name={key}
          checked={permissions[key]}
          onChoose={(checked) => onChange({ [key]: checked })}
        >
          {name}
        </Choice>
      ))}
      <p class={editing.note}>{say('remixHint')}</p>
    </fieldset>
  );
}
