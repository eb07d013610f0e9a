import { useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Field, Form } from '../../ui/field.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { DataTable } from '../parts/data-table.tsx';
import { exclude, excludes, include } from './calls.ts';
import { done } from './done.ts';
import { say } from './say.ts';

/** Domains that no list decides about. */
export function Excludes() {
  const [remote, reload] = useRemote('domain excludes', excludes);
  const [domain, setDomain] = useState('');
  const add = async () => {
    if (!(await done(exclude(domain.trim())))) return;
    setDomain('');
    reload();
  };
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  return (
    <>
      {remote.value.length === 0 ? (
        <p>{say('noExcludes')}</p>
      ) : (
        <DataTable
          label={say('excludes')}
          rows={remote.value}
          rowKey={(one) => one.domain}
          head={{ title: say('domain'), cell: (one) => <bdi>{one.domain}</bdi> }}
          columns={[]}
          actions={(one) => (
            <Button
              look="quiet"
              label={say('includeWho', { domain: one.domain })}
              onPress={async () => {
                if (await done(include(one.domain))) reload();
              }}
            >
              {say('include')}
            </Button>
          )}
        />
      )}
      <Form label={say('exclude')} onSend={add}>
        <Field label={say('domain')} name="exclude" value={domain} onInput={setDomain} required />
        <Button type="submit" look="quiet">
          {say('exclude')}
        </Button>
      </Form>
    </>
  );
}
