import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { remoteVideoModes } from '../../../config/env.ts';
import { policyLimits } from '../../../config/limits.ts';
import { type Decision, type PolicyChange, severities } from '../instances/index.ts';

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** A policy as it is stored beside the deed that changed it. */
export const storedDecision: z.ZodType<Decision> = z.object({
  severity: z.enum(severities),
  rejectMedia: z.boolean(),
  rejectReports: z.boolean(),
  mediaMode: z.enum(remoteVideoModes).nullable(),
  publicComment: z.string(),
  privateComment: z.string(),
  obfuscate: z.boolean(),
  expiresAt: moment.nullable(),
  origin: z.enum(['hand', 'import', 'subscription']),
  subscriptionId: z.string().nullable(),
});

/** What a list says of a domain: what may be handed from server to server. */
export const listedDecision = z.object({
  severity: z.enum(severities),
  rejectMedia: z.boolean(),
  rejectReports: z.boolean(),
  publicComment: z.string().max(policyLimits.maxCommentCharacters),
  obfuscate: z.boolean(),
});
export type ListedDecision = z.output<typeof listedDecision>;

/** What counts where nothing is said. */
export const MILDEST: Decision = {
  ...{ severity: 'noop', rejectMedia: false, rejectReports: false, mediaMode: null },
  ...{ publicComment: '', privateComment: '', obfuscate: false, expiresAt: null },
  ...{ origin: 'hand', subscriptionId: null },
};

/** Whether two policies say the same. */
export function isSame(one: Decision | null, other: Decision | null): boolean {
  return isDeepStrictEqual(one, other);
}

/** A policy with some of its parts changed by somebody of the staff; it is hers from then on. */
export function changed(from: Decision | undefined, to: PolicyChange): Decision {
  const given = Object.fromEntries(Object.entries(to).filter(([, value]) => value !== undefined));
  return { ...MILDEST, ...from, ...given, origin: 'hand', subscriptionId: null };
}

const STRICTNESS = new Map(severities.map((severity, index) => [severity, index]));

/** The stricter of two things that a list says of one domain. */
export function stricter(one: ListedDecision, other: ListedDecision): ListedDecision {
  const weigh = ({ severity, rejectMedia, rejectReports }: ListedDecision) =>
    4 * (STRICTNESS.get(severity) ?? 0) + (rejectMedia ? 2 : 0) + (rejectReports ? 1 : 0);
  return weigh(other) > weigh(one) ? other : one;
}
