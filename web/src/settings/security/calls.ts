import { request } from '../../api/client.ts';
import type {
  FreshProof,
  Invite,
  OwnSession,
  Passkey,
  SecondFactor,
  SecondFactorSecret,
} from '../../api/types.ts';

/** What a new invite is like. */
export interface InviteForm {
  readonly max_uses: number | null;
  /** Seconds. */
  readonly expires_in: number | null;
  readonly autofollow: boolean;
}

/** Calls about how one signs in, and about whom one invites. */
export const securityCalls = {
  invites: (maxId?: string) =>
    request<Invite[]>('GET', `/api/v1/invites${maxId === undefined ? '' : `?max_id=${maxId}`}`),
  createInvite: (form: InviteForm) => request<Invite>('POST', '/api/v1/invites', form),
  endInvite: (id: string) => request<object>('DELETE', `/api/v1/invites/${id}`),
  passkeys: () => request<Passkey[]>('GET', '/api/v1/passkeys'),
  passkeyOptions: (proof: string) => request<object>('POST', '/api/v1/passkeys/options', { proof }),
  addPasskey: (credential: object, name: string) =>
    request<Passkey>('POST', '/api/v1/passkeys', { credential, name }),
  renamePasskey: (id: string, name: string, proof: string) =>
    request<Passkey>('PATCH', `/api/v1/passkeys/${id}`, { name, proof }),
  removePasskey: (id: string, proof: string) =>
    request<object>('POST', `/api/v1/passkeys/${id}/remove`, { proof }),
  proofOptions: () => request<object>('POST', '/api/v1/sessions/proof_options'),
  prove: (by: { readonly password: string } | { readonly credential: object }) =>
    request<FreshProof>('POST', '/api/v1/sessions/proof', by),
  secondFactor: () => request<SecondFactor>('GET', '/api/v1/second_factor'),
  beginSecondFactor: (proof: string) =>
    request<SecondFactorSecret>('POST', '/api/v1/second_factor', { proof }),
  confirmSecondFactor: (code: string) =>
    request<{ readonly recovery_codes: readonly string[] }>('POST', '/api/v1/second_factor/confirm', {
      code,
    }),
  disableSecondFactor: (proof: string) => request<object>('POST', '/api/v1/second_factor/disable', { proof }),
  changePassword: (password: string, proof: string) =>
    request<object>('POST', '/api/v1/accounts/change_password', { new_password: password, proof }),
  sessions: (maxId?: string) =>
    request<OwnSession[]>('GET', `/api/v1/sessions${maxId === undefined ? '' : `?max_id=${maxId}`}`),
  endSession: (id: string) => request<object>('DELETE', `/api/v1/sessions/${id}`),
};
