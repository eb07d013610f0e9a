import type { ComponentChildren } from 'preact';
import type { AuxiliaryService } from '../../api/schema.gen.ts';
import { Button } from '../../ui/button.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { Badge } from '../parts/badge.tsx';
import { Facts, Section } from '../parts/detail.tsx';
import { CallsThere } from './calls-there.tsx';
import { say } from './say.ts';
import styles from './services.module.css';

interface ServiceProps {
  readonly service: AuxiliaryService;
  readonly busy: boolean;
  readonly onAnswer: (verb: 'accept' | 'refuse') => void;
  readonly onRemove: () => void;
  /** `what` is how people call it. */
  readonly onUse: (capability: string, what: string, isOn: boolean) => void;
  /** It is asked to call this server. */
  readonly onAsk: () => void;
  /** All is read anew. */
  readonly onLook: () => void;
}

/** One provider: who it is, the key to compare, and what of it is used. */
export function Service({ service, busy, onAnswer, onRemove, onUse, onAsk, onLook }: ServiceProps) {
  const { name: what, state } = service;
  const isCalling = service.capabilities.some(
    ({ capability, enabled }) => capability === 'callback' && enabled,
  );
  return (
    <Section title={what}>
      <div class={styles.head}>
        <Badge tone={state === 'accepted' ? 'good' : 'plain'}>{say(state)}</Badge>
      </div>
      <Facts facts={factsOf(service)} />
      {state === 'waiting' ? (
        <>
          <p>{say('compare')}</p>
          <div class={styles.deeds}>
            <Button busy={busy} label={say('acceptWho', { what })} onPress={() => onAnswer('accept')}>
              {say('accept')}
            </Button>
            <Button look="quiet" label={say('refuseWho', { what })} onPress={() => onAnswer('refuse')}>
              {say('refuse')}
            </Button>
          </div>
        </>
      ) : (
        <>
          <Uses service={service} onUse={onUse} />
          {isCalling && <CallsThere service={service} busy={busy} onAsk={onAsk} onLook={onLook} />}
          <div class={styles.deeds}>
            <Button look="quiet" label={say('removeWho', { what })} onPress={onRemove}>
              {say('remove')}
            </Button>
          </div>
        </>
      )}
    </Section>
  );
}

function factsOf({ base_url, fingerprint, created_at, info, failure, state }: AuxiliaryService) {
  const facts = [
    { term: say('address'), value: (<bdi>{base_url}</bdi>) as ComponentChildren },
    { term: say('fingerprint'), value: <code class={styles.print}>{fingerprint}</code> },
    { term: say('registered'), value: <TimeAgo iso={created_at} /> },
  ];
  if (state === 'accepted' && info) {
    const policies = info.privacy_policies.map(({ url, language }) => (
      <Link key={url} href={url} words={language === '' ? url : `${url} (${language})`} />
    ));
    facts.push({ term: say('privacy'), value: policies.length > 0 ? policies : say('noPrivacy') });
    const contact = [info.contact_email, info.account].filter(Boolean).join(' · ');
    if (contact !== '') facts.push({ term: say('contact'), value: <bdi>{contact}</bdi> });
    if (info.sign_in_url !== null)
      facts.push({ term: say('signIn'), value: <Link href={info.sign_in_url} words={info.sign_in_url} /> });
  }
  if (failure !== null) facts.push({ term: say('trouble'), value: failure });
  return facts;
}

/** Opens beside this page: what stands there is of the provider. */
function Link({ href, words }: { href: string; words: string }) {
  return (
    <a class={styles.link} href={href} target="_blank" rel="noopener noreferrer">
      {words}
    </a>
  );
}

/** What of a provider this server can use, and has words for. */
const USES = ['data_sharing', 'trends', 'account_search', 'follow_recommendation', 'callback'] as const;

function Uses({ service: { info, capabilities }, onUse }: Pick<ServiceProps, 'service' | 'onUse'>) {
  if (info === null) return <p>{say('asking')}</p>;
  const usable = capabilities.filter(({ usable: isUsable }) => isUsable);
  const others = capabilities.filter(({ usable: isUsable }) => !isUsable);
  return (
    <fieldset class={styles.uses}>
      <legend>{say('uses')}</legend>
      {usable.map(({ capability, enabled, told, failure }) => {
        const use = USES.find((one) => one === capability);
        const what = use ? say(use) : capability;
        const hint = [use && say(`${use}Hint`), !told && say('untold'), failure];
        return (
          <Switch
            key={capability}
            label={what}
            hint={hint.filter(Boolean).join(' ')}
            checked={enabled}
            onChange={(isOn) => onUse(capability, what, isOn)}
          />
        );
      })}
      {others.map(({ capability, version }) => (
        <p key={capability}>{say('unusable', { what: `${capability} ${version}` })}</p>
      ))}
    </fieldset>
  );
}
