import type { ComponentChildren } from 'preact';
import { me } from '../state/session.ts';
import { ButtonLink } from './button.tsx';
import { signInPath } from './links.ts';
import { Loading, Notice, useTitle } from './page.tsx';
import { say } from './say.ts';

/** Shows its content to people who are signed in, and the way there to others. */
export function NeedsSession(props: { title: string; text: string; children: ComponentChildren }) {
  useTitle(props.title);
  if (me.value === undefined) return <Loading />;
  if (me.value) return <>{props.children}</>;
  return (
    <Notice icon="person" title={say('signInFirst')} text={props.text} level={1}>
      <ButtonLink href={signInPath()}>{say('signIn')}</ButtonLink>
    </Notice>
  );
}
