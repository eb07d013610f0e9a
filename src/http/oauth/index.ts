import { readFileSync } from 'node:fs';
import type { IRouter } from 'express';
import { scopes } from '../../modules/auth/index.ts';
import type { HttpDeps } from '../deps.ts';
import { pageStyle } from '../page-style.ts';
import { asSvg, colouredSign } from '../theme.ts';
import { authorizePage, authorizeStep } from './authorize.ts';
import { giveToken, revokeToken, userInfo } from './token.ts';

const asItIs = (file: URL) => {
  const text = readFileSync(file, 'utf8');
  return () => text;
};
const styled = (file: URL, { config }: HttpDeps) => pageStyle(file, config);
/** The logo of the server, else the sign of the project. */
const branded = (file: URL, { branding, config }: HttpDeps) => {
  const svg = readFileSync(file, 'utf8');
  return async () => {
    const { logo } = await branding.now();
    const bytes = logo && (await branding.bytesOf(logo));
    return logo && bytes ? asSvg(bytes, logo) : colouredSign(config, svg);
  };
};

/** What the pages show beside their text. */
const FILES = {
  css: ['page.css', styled],
  js: ['passkey.js', asItIs],
  svg: ['logo.svg', branded],
} as const;

/** How apps sign people in: OAuth 2 (RFC 6749) as the Mastodon API has it. */
export function mountOAuth(app: IRouter, deps: HttpDeps): void {
  for (const [type, [name, read]] of Object.entries(FILES)) {
    const content = read(new URL(name, import.meta.url), deps);
    app.get(`/oauth/${name}`, async (_req, res) => {
      res
        .set('Cache-Control', 'public, max-age=3600')
        .type(type)
        .send(await content());
    });
  }
  app.get('/oauth/authorize', authorizePage(deps));
  app.post('/oauth/authorize', authorizeStep(deps));
  app.post('/oauth/token', giveToken(deps));
  app.post('/oauth/revoke', revokeToken(deps));
  for (const method of ['get', 'post'] as const) app[method]('/oauth/userinfo', userInfo(deps));
  const metadata = metadataOf(deps.config.origin);
  app.get('/.well-known/oauth-authorization-server', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=3600').json(metadata);
  });
}

/** RFC 8414, with what the Mastodon API adds. */
function metadataOf(origin: string) {
  return {
    issuer: origin,
    service_documentation: `${origin}/api/docs`,
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    app_registration_endpoint: `${origin}/api/v1/apps`,
    revocation_endpoint: `${origin}/oauth/revoke`,
    userinfo_endpoint: `${origin}/oauth/userinfo`,
    scopes_supported: scopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  };
}
