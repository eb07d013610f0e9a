import { useState } from 'preact/hooks';
import type { AdminAccountDetail } from '../../api/schema.gen.ts';
import { bytes, count, day } from '../../format.ts';
import { me } from '../../state/session.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { profilePath } from '../../ui/links.ts';
import { Failed, Loading } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { AccountMeasures } from '../actions/account-measures.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Detail, Facts, Section } from '../parts/detail.tsx';
import { may } from '../permissions.ts';
import { adminAccount } from './calls.ts';
import { QuotaDialog } from './quota-dialog.tsx';
import { RoleDialog } from './role-dialog.tsx';
import { say } from './say.ts';
import { AccountStates, roleName } from './states.tsx';

/** One account: what is known of it, and its sessions. */
export function AccountDetail({ id }: { id: string }) {
  const [remote, reload] = useRemote(id, () => adminAccount(id));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return <Known account={remote.value} onChange={reload} />;
}

function Known({ account, onChange }: { account: AdminAccountDetail; onChange: () => void }) {
  const [isRoleAsked, askRole] = useState(false);
  const [isQuotaAsked, askQuota] = useState(false);
  const mayChangeRole = may('roles') && account.domain === null && account.id !== me.value?.id;
  return (
    <Detail
      title={`@${account.account.acct}`}
      back={{ href: '/admin/accounts', words: say('title') }}
      badges={<AccountStates account={account} />}
      actions={
        <>
          <ButtonLink look="quiet" href={profilePath(account.account)}>
            {say('profile')}
          </ButtonLink>
          {may('reports') && (
            <ButtonLink look="quiet" href={`/admin/reports/${account.id}`}>
              {say('reports')}
            </ButtonLink>
          )}
          {may('audit') && (
            <ButtonLink look="quiet" href={`/admin/audit?target_kind=account&target_id=${account.id}`}>
              {say('log')}
            </ButtonLink>
          )}
          {may('legal') && (
            <ButtonLink look="quiet" href={`/admin/holds?hold=account:${account.id}`}>
              {say('hold')}
            </ButtonLink>
          )}
          {mayChangeRole && (
            <Button look="quiet" onPress={() => askRole(true)}>
              {say('changeRole')}
            </Button>
          )}
          {account.domain === null && account.id !== me.value?.id && (
            <Button look="quiet" onPress={() => askQuota(true)}>
              {say('changeQuota')}
            </Button>
          )}
        </>
      }
    >
      <Section title={say('facts')}>
        <Facts facts={factsOf(account)} />
      </Section>
      <AccountMeasures id={account.id} />
      {account.domain === null && <Sessions account={account} />}
      {isRoleAsked && (
        <RoleDialog
          account={account}
          onDone={() => {
            askRole(false);
            onChange();
          }}
          onClose={() => askRole(false)}
        />
      )}
      {isQuotaAsked && (
        <QuotaDialog
          account={account}
          onDone={() => {
            askQuota(false);
            onChange();
          }}
          onClose={() => askQuota(false)}
        />
      )}
    </Detail>
  );
}

function factsOf(account: AdminAccountDetail) {
  const everybodys = [
    { term: say('joined'), value: day(account.created_at) },
    { term: say('followers'), value: count(account.account.followers_count) },
    { term: say('clips'), value: count(account.videos_count) },
  ];
  if (account.domain !== null) return [{ term: say('origin'), value: account.domain }, ...everybodys];
  const { last_active_at: seen, invited_by_account_id: inviter } = account;
  return [
    { term: say('email'), value: account.email },
    { term: say('role'), value: roleName(account.role) },
    { term: say('secondFactor'), value: say(account.has_second_factor ? 'yes' : 'no') },
    { term: say('lastActive'), value: seen === null ? say('never') : <TimeAgo iso={seen} /> },
    ...everybodys,
    { term: say('storage'), value: storageOf(account) },
    ...(account.invite_request ? [{ term: say('inviteRequest'), value: account.invite_request }] : []),
    ...(inviter === null
      ? []
      : [
          {
            term: say('origin'),
            value: <a href={`/admin/accounts/${inviter}`}>{say('invitedBy', { id: inviter })}</a>,
          },
        ]),
  ];
}

function storageOf({ storage_bytes: used, quota }: AdminAccountDetail): string {
  const size = bytes(used);
  return quota.max_bytes === null ? size : say('storageOf', { size, max: bytes(quota.max_bytes) });
}

function Sessions({ account }: { account: AdminAccountDetail }) {
  return (
    <Section title={say('sessions')}>
      {account.sessions.length === 0 ? (
        <p>{say('sessionsNone')}</p>
      ) : (
        <DataTable
          label={say('sessions')}
          rows={account.sessions}
          rowKey={({ id }) => id}
          head={{
            title: say('device'),
            wide: true,
            cell: ({ app, user_agent }) => app ?? (user_agent || '–'),
          }}
          columns={[
            {
              title: say('ip'),
              cell: ({ ip }) =>
                ip === null ? (
                  '–'
                ) : (
                  <a href={`/admin/accounts?ip=${encodeURIComponent(ip)}`} title={say('sameIp')}>
                    <bdi>{ip}</bdi>
                  </a>
                ),
            },
            { title: say('lastUsed'), cell: ({ last_used_at }) => <TimeAgo iso={last_used_at} /> },
          ]}
        />
      )}
    </Section>
  );
}
