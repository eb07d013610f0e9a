import { z } from 'zod';

export const applicationEntity = z
  .object({
    id: z.string(),
    name: z.string(),
    website: z.string().nullable(),
    scopes: z.array(z.string()),
    redirect_uri: z.string().describe('All of them, one a line'),
    redirect_uris: z.array(z.string()),
    vapid_key: z.string(),
  })
  .meta({ id: 'Application' });

export const credentialApplicationEntity = applicationEntity
  .extend({
    client_id: z.string(),
    client_secret: z.string(),
    client_secret_expires_at: z.literal(0).describe('Never'),
  })
  .meta({ id: 'CredentialApplication' });
