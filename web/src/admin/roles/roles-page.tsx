import { useState } from 'preact/hooks';
import type { StaffRole } from '../../api/schema.gen.ts';
import { count } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { DataTable } from '../parts/data-table.tsx';
import { loadRoles, removeRole } from './calls.ts';
import { permissionName } from './permission-name.ts';
import { RoleForm } from './role-form.tsx';
import { say } from './say.ts';

/** The roles of the staff. */
export function RolesPage() {
  const [remote, reload] = useRemote('roles', loadRoles);
  const [edited, setEdited] = useState<StaffRole | 'new' | null>(null);
  const [removing, setRemoving] = useState<StaffRole | null>(null);
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;

  const remove = async (role: StaffRole) => {
    const outcome = await removeRole(role.id);
    setRemoving(null);
    toast(outcome.ok ? say('removed') : outcome.sentence, outcome.ok ? undefined : 'error');
    if (outcome.ok) reload();
  };

  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <p>
        <Button onPress={() => setEdited('new')}>{say('add')}</Button>
      </p>
      {remote.state === 'loading' ? (
        <Loading />
      ) : (
        <RoleTable roles={remote.value} onChange={setEdited} onRemove={setRemoving} />
      )}
      {edited !== null && (
        <RoleForm
          role={edited === 'new' ? undefined : edited}
          onDone={() => {
            setEdited(null);
            reload();
          }}
          onClose={() => setEdited(null)}
        />
      )}
      {removing && (
        <ConfirmDialog
          title={say('removeTitle', { name: removing.name })}
          text={say('removeText')}
          action={say('remove')}
          busy={false}
          onConfirm={() => remove(removing)}
          onClose={() => setRemoving(null)}
        />
      )}
    </Page>
  );
}

interface RoleTableProps {
  readonly roles: readonly StaffRole[];
  readonly onChange: (role: StaffRole) => void;
  readonly onRemove: (role: StaffRole) => void;
}

function RoleTable({ roles, onChange, onRemove }: RoleTableProps) {
  return (
    <DataTable
      label={say('title')}
      rows={roles}
      rowKey={({ id }) => id}
      head={{ title: say('name'), cell: (role) => <span dir="auto">{nameOf(role)}</span> }}
      columns={[
        { title: say('permissions'), wide: true, cell: permissionsText },
        { title: say('rank'), isNumber: true, cell: ({ rank }) => count(rank) },
        { title: say('members'), isNumber: true, cell: ({ members }) => count(members) },
      ]}
      actions={(role) =>
        role.custom && (
          <>
            <Button look="quiet" label={say('changeWho', { name: role.name })} onPress={() => onChange(role)}>
              {say('change')}
            </Button>
            {role.members === 0 && (
              <Button
                look="quiet"
                label={say('removeWho', { name: role.name })}
                onPress={() => onRemove(role)}
              >
                {say('remove')}
              </Button>
            )}
          </>
        )
      }
    />
  );
}

const USUAL = ['owner', 'admin', 'moderator', 'user'] as const;

function nameOf({ id, name }: StaffRole): string {
  const usual = USUAL.find((role) => role === id);
  return usual === undefined ? name : say(usual);
}

function permissionsText({ id, permissions }: StaffRole): string {
  if (id === 'owner' || id === 'admin') return say('all');
  if (permissions.length === 0) return say('none');
  const names = permissions.map(permissionName);
  return new Intl.ListFormat(document.documentElement.lang, { type: 'unit' }).format(names);
}
