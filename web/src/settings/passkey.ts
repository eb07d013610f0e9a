import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser';
import type { ApiFailure, ApiOutcome } from '../api/client.ts';
import { otherApi } from '../api/other-endpoints.ts';
import type { Passkey } from '../api/types.ts';
import { securityCalls } from './security/calls.ts';
import { say } from './security/say.ts';

/** Whether this browser has passkeys at all. */
export const hasPasskeys = browserSupportsWebAuthn;

type SignedByPasskey = Awaited<ReturnType<typeof startAuthentication>>;

/** Asks the browser for a passkey. A failure whether somebody changed their mind or has none: browsers do not tell. */
async function sign(options: () => Promise<ApiOutcome<object>>): Promise<ApiOutcome<SignedByPasskey>> {
  const told = await options();
  if (!told.ok) return told;
  try {
    const optionsJSON = told.value as Parameters<typeof startAuthentication>[0]['optionsJSON'];
    return { ok: true, value: await startAuthentication({ optionsJSON }) };
  } catch {
    return failed(say('passkeyFailed'));
  }
}

/** What a passkey says to sign its person in. */
export const signToEnter = () => sign(otherApi.passkeySignInOptions);
/** What one says to show that its person is there. */
export const signToProve = () => sign(securityCalls.proofOptions);

/** Makes a passkey and has the server keep it. */
export async function makePasskey(proof: string, name: string): Promise<ApiOutcome<Passkey>> {
  const told = await securityCalls.passkeyOptions(proof);
  if (!told.ok) return told;
  try {
    const optionsJSON = told.value as Parameters<typeof startRegistration>[0]['optionsJSON'];
    return await securityCalls.addPasskey(await startRegistration({ optionsJSON }), name);
  } catch {
    return failed(say('passkeyFailedNew'));
  }
}

function failed(sentence: string): ApiFailure {
  return { ok: false, status: 0, reason: 'passkey-failed', sentence, fields: {} };
}

/** What somebody may call this device. */
export function deviceName(agent: string): string {
  const names = ['iPhone', 'iPad', 'Android', 'Windows', 'Macintosh', 'CrOS', 'Linux'];
  const found = names.find((name) => agent.includes(name)) ?? '';
  return found === 'Macintosh' ? 'Mac' : found === 'CrOS' ? 'Chromebook' : found;
}

/** A browser and a system, of what a program calls itself. */
export function programName(agent: string): string {
  const browsers = [
    ...(['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'] as const).map((sign) => ({
      sign,
      name: sign as string,
    })),
  ];
  const named: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera' };
  const browser = browsers.find(({ sign }) => agent.includes(`${sign}/`))?.name ?? '';
  return [named[browser] ?? browser, deviceName(agent)].filter(Boolean).join(', ') || agent.slice(0, 60);
}
