import { useState } from 'preact/hooks';
import type { AuxiliaryService } from '../../api/schema.gen.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { useDeedsOnRows } from '../parts/deeds-on-rows.ts';
import { answerTo, askForCallback, removeService, services, setCapability } from './calls.ts';
import { say } from './say.ts';
import { Service } from './service.tsx';

/** Providers that want to work for this server: compared, accepted, used for what they can do, and removed. */
export function ServicesPage() {
  const { remote, retry, reload, run, isBusy } = useDeedsOnRows('auxiliary services', services);
  const [leaving, setLeaving] = useState<AuxiliaryService | null>(null);
  const undo = say('undo');

  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <p>{say('baseUrl', { url: location.origin })}</p>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={retry} />}
      {remote.state === 'ready' && remote.value.length === 0 && (
        <Notice icon="globe" title={say('none')} text={say('noneText')} />
      )}
      {remote.state === 'ready' &&
        remote.value.map((service) => (
          <Service
            key={service.id}
            service={service}
            busy={isBusy(service)}
            onAnswer={(verb) =>
              run(service, answerTo(service.id, verb), {
                sentence: say(verb === 'accept' ? 'isAccepted' : 'isRefused', { what: service.name }),
                undo,
              })
            }
            onRemove={() => setLeaving(service)}
            onAsk={() =>
              run(service, askForCallback(service.id), { sentence: say('isAsked', { what: service.name }) })
            }
            onLook={reload}
            onUse={(capability, what, isOn) =>
              run(service, setCapability(service.id, capability, isOn), {
                sentence: say(isOn ? 'isOn' : 'isOff', { what }),
                undo,
              })
            }
          />
        ))}
      {leaving && (
        <Dialog title={say('removeTitle')} onClose={() => setLeaving(null)}>
          <p>{say('removeText', { what: leaving.name })}</p>
          <Button
            look="danger"
            onPress={() => {
              setLeaving(null);
              run(leaving, removeService(leaving.id), {
                sentence: say('isRemoved', { what: leaving.name }),
                undo,
              });
            }}
          >
            {say('remove')}
          </Button>
        </Dialog>
      )}
    </Page>
  );
}
