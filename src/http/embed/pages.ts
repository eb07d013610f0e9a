import { pageLimits } from '../../../config/page-limits.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import type { Account } from '../../modules/accounts/index.ts';
import type { SoundRegion } from '../../modules/sounds/index.ts';
import type { Video } from '../../modules/videos/index.ts';
import { mediaEntityOf } from '../api/media/entities.ts';
import type { HttpDeps } from '../deps.ts';
import { type Html, html } from '../html.ts';
import { directions, type Language } from '../languages.ts';
import { fullHandle, nameOf } from '../page/describing.ts';
import { excerpt } from '../page/head.ts';
import { wordsIn } from '../page/words/index.ts';
import { plainFile, shownSize } from './embeddable.ts';

interface About {
  readonly language: Language;
  /** Name of this server. */
  readonly server: string;
  readonly origin: string;
}

interface Framed extends About {
  readonly video: Video;
  readonly author: Account;
  /** Where it is not given for the sake of its sound; null: nowhere. */
  readonly region: SoundRegion | null;
  /** The query: `autoplay`, `muted` and `loop`, each where it is `1`. */
  readonly asked: URLSearchParams;
}

/** What a clip is called where it is shown by itself. */
export function titleOf(video: Video, author: Account, language: Language): string {
  const caption = textOfHtml(video.captionHtml, pageLimits.readCharacters);
  return excerpt(caption, pageLimits.titleCharacters) || wordsIn[language].clipBy(nameOf(author));
}

/** The clip with its own controls, which speak the language of the browser and are worked by keyboard. */
export function clipPage(deps: Pick<HttpDeps, 'videos' | 'config'>, framed: Framed): Html {
  const { video, author, asked, region, server, origin, language } = framed;
  const media = mediaEntityOf(deps, video);
  const file = plainFile(video);
  const title = titleOf(video, author, language);
  const { width, height } = shownSize(video);
  const flag = (name: string, isOn: boolean) => (isOn ? html` ${name}` : html``);
  const plays = asked.get('autoplay') === '1';
  const about = {
    id: video.id,
    duration: video.durationSeconds ?? '',
  };
  const poster = media.preview_url === null ? html`` : html` poster="${media.preview_url}"`;
  const alt = video.altText === '' ? html`` : html`<p id="about" hidden>${video.altText}</p>`;
  const told = video.altText === '' ? html`` : html` aria-describedby="about"`;
  const body = html`<main aria-label="${title}">
<video id="clip" src="${file ? deps.videos.objectUrl(file.key, video) : ''}"${poster} width="${width}" height="${height}" data-id="${about.id}" data-duration="${about.duration}" aria-label="${title}"${told} controls playsinline crossorigin="anonymous" preload="${plays ? 'auto' : 'metadata'}"${flag('autoplay', plays)}${flag('muted', plays || asked.get('muted') === '1')}${flag('loop', asked.get('loop') === '1')}>
${media.captions.map(({ url, language, label }) => html`<track kind="captions" src="${url}" srclang="${language}" label="${label}">\n`)}</video>
${alt}
<div id="withheld" class="withheld" role="alert" tabindex="-1"></div>
<template id="why"><p>${wordsIn[language].embedWithheld}</p>${region?.reason ? html`<p dir="auto">${region.reason}</p>` : html``}</template>
<header>
<h1><a href="${video.url}" target="_blank" rel="noopener">${title}</a></h1>
<p><a href="${author.url}" target="_blank" rel="noopener">${nameOf(author)} <span>@${fullHandle(deps, author)}</span></a> · <a href="${video.url}" target="_blank" rel="noopener">${wordsIn[language].watchOn(server)}</a></p>
</header>
</main>`;
  const head = html`<link rel="canonical" href="${video.url}">
<script src="/embed/player.js" defer></script>`;
  return pageOf({ language, server, origin }, title, head, body);
}

/** What stands in a frame in place of a clip that its author warns of. */
export function coveredPage(about: About, video: Video): Html {
  const words = wordsIn[about.language];
  const body = notice(words.embedCovered, '', { href: video.url, words: words.watchOn(about.server) });
  return pageOf(about, words.embedCovered, html``, body);
}

/** What stands in a frame in place of a clip that is not there. */
export function absentPage(about: About): Html {
  const words = wordsIn[about.language];
  const link = { href: `${about.origin}/`, words: words.open(about.server) };
  return pageOf(about, words.notEmbedded, html``, notice(words.notEmbedded, words.notEmbeddedText, link));
}

function notice(title: string, text: string, link: { readonly href: string; readonly words: string }): Html {
  return html`<main class="notice" aria-label="${title}">
<h1>${title}</h1>
${text === '' ? html`` : html`<p>${text}</p>`}
<p><a href="${link.href}" target="_blank" rel="noopener">${link.words}</a></p>
</main>`;
}

function pageOf({ language, server }: About, title: string, head: Html, body: Html): Html {
  return html`<!doctype html>
<html lang="${language}" dir="${directions[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · ${server}</title>
<link rel="stylesheet" href="/embed/page.css">
<link rel="icon" href="/oauth/logo.svg">
${head}
</head>
<body>
${body}
</body>
</html>
`;
}
