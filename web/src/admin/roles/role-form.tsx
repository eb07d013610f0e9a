import { useState } from 'preact/hooks';
import type { StaffRole } from '../../api/schema.gen.ts';
import { me } from '../../state/session.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, Field, Form, FormError } from '../../ui/field.tsx';
import { saveRole } from './calls.ts';
import { permissionName } from './permission-name.ts';
import { say } from './say.ts';

const USUAL_RANK = '50';

/** Makes a role, or changes one. What whoever is signed in may not do is not offered. */
export function RoleForm(props: { role: StaffRole | undefined; onDone: () => void; onClose: () => void }) {
  const { role, onDone, onClose } = props;
  const [name, setName] = useState(role?.name ?? '');
  const [rank, setRank] = useState(String(role?.rank ?? USUAL_RANK));
  const [chosen, setChosen] = useState<StaffRole['permissions']>(role?.permissions ?? []);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const title = role ? say('changeWho', { name: role.name }) : say('add');

  const send = async () => {
    setBusy(true);
    const outcome = await saveRole(role?.id, { name, rank: Number(rank), permissions: chosen });
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    toast(say('saved'));
    onDone();
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <Form label={title} onSend={send}>
        {problem !== undefined && <FormError sentence={problem} />}
        <Field label={say('name')} name="name" value={name} onInput={setName} required maxLength={60} />
        <Field
          label={say('rank')}
          name="rank"
          type="whole"
          value={rank}
          onInput={setRank}
          hint={say('rankHint')}
          required
        />
        <fieldset>
          <legend>{say('permissions')}</legend>
          {(me.value?.staff?.permissions ?? []).map((permission) => (
            <Choice
              key={permission}
              type="checkbox"
              name={permission}
              checked={chosen.includes(permission)}
              onChoose={(checked) =>
                setChosen(checked ? [...chosen, permission] : chosen.filter((other) => other !== permission))
              }
            >
              {permissionName(permission)}
            </Choice>
          ))}
        </fieldset>
        <Button type="submit" busy={busy} wide>
          {say('save')}
        </Button>
      </Form>
    </Dialog>
  );
}
