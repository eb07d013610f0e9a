import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Form, FormError } from '../../ui/field.tsx';
import { change, type IpBlock, type ReservedName } from './calls.ts';
import { IpFields, ipFormOf, secondsOf } from './ip-fields.tsx';
import styles from './joining.module.css';
import { say } from './say.ts';

interface EditProps {
  readonly block: IpBlock | ReservedName;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** Changes what happens to a network, or the note about a name. */
export function EditDialog({ block, onSaved, onClose }: EditProps) {
  const isIp = 'ip' in block;
  const what = isIp ? block.ip : block.name;
  const [ip, setIp] = useState(isIp ? ipFormOf(block) : null);
  const [comment, setComment] = useState(block.comment);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const send = async () => {
    if (busy) return;
    setBusy(true);
    const expires_in = ip && secondsOf(ip);
    const outcome = await (ip === null
      ? change('name', block.id, { comment })
      : change('ip', block.id, {
          ...{ severity: ip.severity, comment: ip.comment },
          ...(expires_in !== null && { expires_in }),
        }));
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    toast(say('saved'));
    onSaved();
  };
  return (
    <Dialog title={say('editWho', { what })} onClose={onClose}>
      <Form label={say('editWho', { what })} onSend={send}>
        {problem !== undefined && <FormError sentence={problem} />}
        {ip === null ? (
          <Field label={say('note')} name="comment" value={comment} onInput={setComment} />
        ) : (
          <IpFields form={ip} onChange={setIp} />
        )}
        <div class={styles.buttons}>
          <Button look="quiet" onPress={onClose}>
            {say('cancel')}
          </Button>
          <Button type="submit" busy={busy}>
            {say('save')}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
