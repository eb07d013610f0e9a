import { request } from '../../api/client.ts';
import type { ContentRule, RaidMode, RuleTrial } from '../../api/schema.gen.ts';

export type RuleInput = Pick<ContentRule, 'name' | 'when' | 'action' | 'scope' | 'enabled'>;

const RULES = '/api/v1/admin/rules';

export const allRules = () => request<ContentRule[]>('GET', RULES);
export const saveRule = (id: string | null, rule: RuleInput) =>
  id === null
    ? request<ContentRule>('POST', RULES, rule)
    : request<ContentRule>('PUT', `${RULES}/${id}`, rule);
export const switchRule = ({ id, enabled }: ContentRule) =>
  request<ContentRule>('POST', `${RULES}/${id}/${enabled ? 'disable' : 'enable'}`);
export const removeRule = (id: string) => request<object>('DELETE', `${RULES}/${id}`);
export const tryRule = ({ when, scope }: Pick<RuleInput, 'when' | 'scope'>) =>
  request<RuleTrial>('POST', `${RULES}/test`, { when, scope });

export const raidMode = () => request<RaidMode>('GET', '/api/v1/admin/raid');
export const setRaid = (change: { on: boolean; hours?: number; reason: string }) =>
  request<RaidMode>('PUT', '/api/v1/admin/raid', change);
