import { useState } from 'preact/hooks';
import type { CredentialAccount } from '../api/types.ts';
import { toast } from '../state/toasts.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { ChooseFile } from '../ui/choose-file.tsx';
import { keepMe } from './account.ts';
import { calls, type PictureRole } from './calls.ts';
import { CropDialog } from './crop-dialog.tsx';
import { Section } from './parts.tsx';
import styles from './pictures.module.css';
import { say } from './say.ts';

/** The pictures that the API gives those who have none. */
const OF_EVERYBODY = { avatar: '/pictures/avatar.png', header: '/pictures/header.png' } as const;

/** The pictures of a profile: chosen, cropped and removed. */
export function Pictures({ account }: { account: CredentialAccount }) {
  const [chosen, setChosen] = useState<{ readonly role: PictureRole; readonly picture: ImageBitmap } | null>(
    null,
  );
  const hasHeader = !account.header.endsWith(OF_EVERYBODY.header);
  const choose = async (role: PictureRole, file: File) => {
    const picture = await createImageBitmap(file).catch(() => null);
    if (picture) setChosen({ role, picture });
    else toast(say('unreadable'), 'error');
  };
  const close = () => {
    chosen?.picture.close();
    setChosen(null);
  };

  return (
    <Section title={say('pictures')}>
      <div class={styles.pictures}>
        <div class={styles.header}>
          {hasHeader ? <img src={account.header} alt="" /> : <span>{say('noHeader')}</span>}
        </div>
        <div class={styles.avatar}>
          <Avatar account={account} size={88} />
        </div>
      </div>
      {(['avatar', 'header'] as const).map((role) => (
        <PictureActions
          key={role}
          role={role}
          isSet={!account[role].endsWith(OF_EVERYBODY[role])}
          onChoose={(file) => choose(role, file)}
        />
      ))}
      {chosen && (
        <CropDialog
          role={chosen.role}
          picture={chosen.picture}
          onDone={() => {
            toast(say('pictureSet', { what: chosen.role }));
            close();
          }}
          onClose={close}
        />
      )}
    </Section>
  );
}

function PictureActions(props: { role: PictureRole; isSet: boolean; onChoose: (file: File) => void }) {
  const { role } = props;
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    const outcome = keepMe(await calls.removePicture(role));
    setBusy(false);
    if (outcome.ok) toast(say('pictureGone', { what: role }));
    else toast(outcome.sentence, 'error');
  };
  return (
    <div class={styles.actions}>
      <ChooseFile
        label={say('choose', { what: role })}
        accept="image/*"
        icon="upload"
        onChoose={props.onChoose}
      />
      {props.isSet && (
        <Button look="quiet" busy={busy} label={say('removePicture', { what: role })} onPress={remove}>
          {say('remove')}
        </Button>
      )}
    </div>
  );
}
