import { type ApiOutcome, request } from '../../api/client.ts';
import type { EmailDomainBlock, IpBlock, ReservedName } from '../../api/schema.gen.ts';

export type { EmailDomainBlock, IpBlock, ReservedName };

export const kinds = ['email', 'ip', 'name'] as const;
export type Kind = (typeof kinds)[number];

export const severities = [
  'sign_up_requires_approval',
  'sign_up_block',
  'no_access',
] as const satisfies readonly IpBlock['severity'][];

const PATHS: Readonly<Record<Kind, string>> = {
  email: '/api/v1/admin/email_domain_blocks',
  ip: '/api/v1/admin/ip_blocks',
  name: '/api/v1/admin/reserved_names',
};

export const emailBlocks = () => request<EmailDomainBlock[]>('GET', PATHS.email);
export const ipBlocks = () => request<IpBlock[]>('GET', PATHS.ip);
export const reservedNames = () => request<ReservedName[]>('GET', PATHS.name);

export const add = (kind: Kind, fields: object) => request<object>('POST', PATHS[kind], fields);
export const change = (kind: Kind, id: string, fields: object) =>
  request<object>('PUT', `${PATHS[kind]}/${id}`, fields);
export const remove = (kind: Kind, id: string) => request<object>('DELETE', `${PATHS[kind]}/${id}`);

export interface Added {
  readonly added: number;
  /** Lines that were refused, with why. */
  readonly refused: readonly { readonly line: string; readonly sentence: string }[];
}

/** Adds what stands on each line, one after the other; a line that is refused is no reason to leave out the others. */
export async function addLines(
  text: string,
  addLine: (line: string) => Promise<ApiOutcome<object>>,
): Promise<Added> {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const refused: { line: string; sentence: string }[] = [];
  for (const line of lines) {
    const outcome = await addLine(line);
    if (!outcome.ok) refused.push({ line, sentence: outcome.sentence });
  }
  return { added: lines.length - refused.length, refused };
}
