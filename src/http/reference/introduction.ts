import { type Html, html } from '../html.ts';
import { exampleBlocks } from './example-blocks.ts';

/** What holds for every route, and what is not in the table of routes. */
export function introduction({
  origin,
  version,
}: {
  readonly origin: string;
  readonly version: string;
}): Html {
  return html`<section aria-labelledby="start">
<h2 id="start">Begin here</h2>
<p>This is the Mastodon API in Mastodon’s shapes, extended for video: an app or a library that knows Mastodon works with
this server (Vireo ${version}). For programs, the same is at <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI 3.1).</p>
<p>Every example below is asked of a running server whenever the project is tested; ids and dates are those of one such run.</p>
<h3>From nothing to a post</h3>
<ol>
<li><a href="#post-api-v1-apps">Make the app known.</a></li>
<li>Send its person to <code>/oauth/authorize</code>, then <a href="#oauth-token">change the code for a token</a>.</li>
<li><a href="#get-api-v1-accounts-verify-credentials">See who is signed in.</a></li>
<li><a href="#post-api-v2-media">Upload a video</a> and <a href="#get-api-v1-media-id">ask until it is ready.</a></li>
<li><a href="#post-api-v1-statuses">Post it.</a></li>
</ol>
<h3>Tokens and scopes</h3>
<p>A token goes into the header <code>Authorization: Bearer …</code>. Each route names the scope that its token must carry; a wider one
(<code>read</code>, <code>write</code>, <code>follow</code>) holds those below it. Pages of other origins may use the API with tokens (CORS); cookies
count on this server’s own pages only.</p>
<h3>What is sent</h3>
<p>Bodies are JSON, or a form (<code>application/x-www-form-urlencoded</code>, <code>multipart/form-data</code>) with <code>name[]</code> for lists.
In forms and queries, numbers are text and a yes is <code>true</code> or <code>1</code>.</p>
<h3>What is answered</h3>
<p>Ids are text that consists of digits. Times are UTC, as <code>2026-11-20T10:00:00.000Z</code>. What one may not see is answered as what is not there: 404.</p>
<h3>Pages</h3>
<p>Lists go from the newest on. <code>max_id</code> asks for what is older, <code>since_id</code> for the newest of what is newer, <code>min_id</code> for what is
next newer; <code>limit</code> says how many. The header <code>Link</code> of an answer holds the addresses of the <code>next</code> (older) and the
<code>prev</code> (newer) page: follow these.</p>
<h3>Limits</h3>
<p>Every answer says in <code>X-RateLimit-Limit</code>, <code>X-RateLimit-Remaining</code> and <code>X-RateLimit-Reset</code> how many more requests there are;
routes that name the same limit share it. After a 429, wait for as many seconds as <code>Retry-After</code> says.</p>
<h3>What is refused</h3>
<p>Every refusal has one shape, <a href="#entity-ErrorBody">ErrorBody</a>: <code>error</code> and <code>detail</code> hold a sentence for people,
<code>status</code> that of the answer, <code>code</code> a word for programs (<a href="#refusals">all of them</a>), and <code>details</code> which fields were wrong.</p>
<h3>Beside the table</h3>
<dl>
<dt><code>GET /oauth/authorize</code></dt>
<dd>The page on which a person lets an app in (OAuth 2 with <code>response_type=code</code>; PKCE with S256). Everything about it:
<a href="/.well-known/oauth-authorization-server">/.well-known/oauth-authorization-server</a>.</dd>
<dt id="oauth-token"><code>POST /oauth/token</code></dt>
<dd>A token for the code (<code>authorization_code</code>), or for the app itself (<code>client_credentials</code>).</dd>
<dt><code>POST /oauth/revoke</code></dt>
<dd>Ends a token of the app.</dd>
<dt><code>GET /oauth/userinfo</code></dt>
<dd>Who is signed in, as OpenID Connect names it. The scope <code>profile</code> is enough.</dd>
<dt><code>/api/v1/uploads</code></dt>
<dd>Resumable uploads by <a href="https://tus.io/protocols/resumable-upload">tus 1.0</a>, scope <code>write:media</code>.</dd>
<dt><code>GET /api/v1/streaming</code></dt>
<dd>What happens, as it happens, by WebSocket; by Server-Sent Events at <code>/api/v1/streaming/user</code> and the like.</dd>
</dl>
${exampleBlocks('POST /oauth/token', origin)}
</section>
`;
}
