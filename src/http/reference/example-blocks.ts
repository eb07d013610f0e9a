import { type Html, html } from '../html.ts';
import { curlOf } from './curl.ts';
import { filled, RECORDED_ORIGIN, readRecorded } from './example.ts';
import { examplesOf } from './examples.ts';

const recorded = readRecorded();

/** Every example of one address, named as in the table of routes, with the address of this server in it. */
export function exampleBlocks(of: string, origin: string): Html {
  const blocks = examplesOf(of).map((example) => {
    const written = filled(example, recorded.values);
    const token = written.token === undefined ? {} : { token: recorded.values[written.token] ?? '' };
    const answer = JSON.stringify(recorded.answers[example.name], null, 2)
      .replaceAll(RECORDED_ORIGIN, origin)
      .replaceAll(new URL(RECORDED_ORIGIN).host, new URL(origin).host);
    return html`<h4>Example: ${example.title}</h4>
${example.after === undefined ? html`` : html`<p>${example.after}</p>`}
<pre tabindex="0" role="region" aria-label="Request: ${example.title}"><code>${curlOf({ ...written, ...token }, origin)}</code></pre>
<p>Answer, ${example.status}:</p>
<pre tabindex="0" role="region" aria-label="Answer: ${example.title}"><code>${answer}</code></pre>
`;
  });
  return html`${blocks}`;
}
