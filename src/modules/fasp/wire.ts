import { z } from 'zod';
import { faspLimits } from '../../../config/fasp-limits.ts';
import { isPlainAddress } from '../../lib/net/plain-address.ts';

const {
  maxNameCharacters,
  maxUrlCharacters,
  maxIdCharacters,
  maxPolicies,
  maxCapabilities,
  trendsCount,
  trendingTags,
  tagExamples,
  foundPeople,
} = faspLimits;
const KEY_BYTES = 32;

/** 32 bytes in base64, written in the one way. */
const publicKey = z
  .string()
  .max(64)
  .refine((text) => {
    const bytes = Buffer.from(text, 'base64');
    return bytes.length === KEY_BYTES && bytes.toString('base64') === text;
  }, 'This is no Ed25519 key: 32 bytes in Base64 are one.');

/** No text that can be stored or shown has the others. */
const text = z
  .string()
  .trim()
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'It has a sign that no text has.');
const name = text.min(1).max(maxNameCharacters);

/** What a provider sends to register (FASP general v0.1, registration). */
export const registrationSchema = z.object({
  name,
  baseUrl: z.string().min(1).max(maxUrlCharacters),
  serverId: z
    .string()
    .min(1)
    .max(maxIdCharacters)
    // It stands in a header, between quotes.
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'Letters, digits and signs, without quotes and spaces.'),
  publicKey,
});
export type Registration = z.output<typeof registrationSchema>;

const webAddress = z.string().max(maxUrlCharacters).refine(isPlainAddress);

const capabilitySchema = z.object({
  id: z.string().regex(/^[a-z][a-z0-9_]{0,49}$/),
  version: z.string().regex(/^\d{1,4}(\.\d{1,4}){0,2}$/),
});

/** A list of which what cannot be read is left out. */
const readable = <T extends z.ZodType>(one: T, most: number) =>
  z.array(z.unknown()).transform((all) =>
    all.slice(0, most).flatMap((value): z.output<T>[] => {
      const read = one.safeParse(value);
      return read.success ? [read.data] : [];
    }),
  );

/** What a provider says of itself (FASP general v0.1, provider info). What is not needed and cannot be read is left out. */
export const providerInfoSchema = z.object({
  name,
  privacyPolicy: readable(z.object({ url: webAddress, language: text.max(35).catch('') }), maxPolicies).catch(
    [],
  ),
  capabilities: readable(capabilitySchema, maxCapabilities),
  signInUrl: webAddress.optional().catch(undefined),
  contactEmail: text.max(320).optional().catch(undefined),
  fediverseAccount: text.max(320).optional().catch(undefined),
});
export type ProviderInfo = z.output<typeof providerInfoSchema>;

/** Of what trends by a provider (FASP trends v0.1), the best. What else it says of each is not read. */
export const trendingContentSchema = z.object({
  content: readable(z.object({ uri: webAddress, rank: z.int().min(1).max(100) }), trendsCount),
});

/** Of hashtags that trend by a provider, posts that use them; the best so many, and so many of each. Its ranks are not read. */
export const trendingTagsSchema = z.object({
  hashtags: readable(z.object({ examples: readable(webAddress, tagExamples) }), trendingTags),
});

/** Addresses of accounts, the best first (FASP account search and follow recommendation v0.1). */
export const accountsSchema = readable(webAddress, foundPeople);

/** What of a provider this server can use; all of version 0. */
export const capabilities = [
  ...(['data_sharing', 'trends', 'account_search', 'follow_recommendation', 'callback'] as const),
] as const;
export type Capability = (typeof capabilities)[number];

/** The part of a version that stands in addresses: those of one such number are of one kind. */
export const majorOf = (version: string): string => version.split('.')[0] ?? version;

/** Whether this server can use a capability as the provider has it. */
export const isUsable = (capability: string, version: string): capability is Capability =>
  capabilities.some((known) => known === capability) && majorOf(version) === '0';
