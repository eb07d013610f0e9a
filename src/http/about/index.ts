import type { IRouter } from 'express';
import { type Algorithm, describeAlgorithm } from '../../modules/recommending/index.ts';
import type { HttpDeps } from '../deps.ts';
import { type Html, html } from '../html.ts';
import { pageStyle } from '../page-style.ts';

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** The page that says what this server goes by. It runs no script, and is read without an account. */
export function mountAbout(app: IRouter, deps: HttpDeps): void {
  const style = pageStyle(new URL('page.css', import.meta.url), deps.config);
  app.get('/about/algorithm', async (_req, res) => {
    const algorithm = describeAlgorithm(await deps.recommending.settings.current());
    res.set('Content-Security-Policy', POLICY).set('Cache-Control', 'public, max-age=60');
    res.type('html').send(pageOf(deps.config.instance.name, algorithm).html);
  });
  app.get('/about/page.css', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=3600').type('css').send(style());
  });
}

function pageOf(server: string, { weightsVersion, parts }: Algorithm): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What you are shown, and why · ${server}</title>
<link rel="stylesheet" href="/about/page.css">
<link rel="icon" href="/oauth/logo.svg">
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header><img src="/oauth/logo.svg" alt="" width="32" height="32"> <a href="/">${server}</a></header>
<main id="main">
<h1>What you are shown, and why</h1>
<p>This is all that ${server} goes by when it chooses videos for people, with the numbers as they are now. For each video that For You showed you, you can ask why, for a day.</p>
<p>You decide, too: in your settings you can turn each of these parts up or down for yourself, name hashtags and languages, have For You forget what it has learnt of you, or use nothing of it at all. Following, the videos of this server and those of all servers are shown by their time, the newest first.</p>
<p>What you watch stays on this server and is shown to nobody else.</p>
<p class="muted">Version of the weights: <code>${weightsVersion}</code> · <a href="/api/v1/algorithm">the same for programs</a></p>
<nav aria-label="Parts"><ul>${parts.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
${parts.map(partOf)}
</main>
</body>
</html>
`;
}

function partOf({ id, title, sentences, numbers }: Algorithm['parts'][number]): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${sentences.map((sentence) => html`<p>${sentence}</p>`)}
<table>
<thead><tr><th scope="col">What</th><th scope="col">How much</th></tr></thead>
<tbody>
${numbers.map(({ name, value, words }) => html`<tr><th scope="row">${capital(words)}<br><code>${name}</code></th><td>${shown(name, value)}</td></tr>`)}
</tbody>
</table>
</section>`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Times are easier to read in hours. */
function shown(name: string, value: number): string {
  if (!/Ms\b|Ms\./.test(name) || value < 60_000) return value.toLocaleString('en');
  const hours = value / 3_600_000;
  return hours >= 1 ? `${hours.toLocaleString('en')} h` : `${(value / 60_000).toLocaleString('en')} min`;
}
