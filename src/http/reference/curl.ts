import { addressOf, type Example } from './example.ts';

/** The request of an example as a command line that does it. Its values are filled in already. */
export function curlOf(example: Example, origin: string): string {
  const { of, token, headers = {}, body } = example;
  const [method = 'GET'] = of.split(' ');
  const lines = [
    `curl ${method === 'GET' || (method === 'POST' && body) ? '' : `-X ${method} `}${quoted(origin + addressOf(example))}`,
  ];
  if (token !== undefined) lines.push(`-H ${quoted(`Authorization: Bearer ${token}`)}`);
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body) lines.push(...bodyOf(body));
  return lines.join(' \\\n  ');
}

function bodyOf(body: NonNullable<Example['body']>): string[] {
  if ('json' in body)
    return [`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(body.json))}`];
  if ('text' in body)
    return [`-H ${quoted(`Content-Type: ${body.type}`)}`, `--data-binary ${quoted(body.text)}`];
  if ('form' in body)
    return Object.entries(body.form).map(([name, value]) => `-d ${quoted(`${name}=${value}`)}`);
  const fields = Object.entries(body.fields).map(([name, value]) => `-F ${quoted(`${name}=${value}`)}`);
  return [`-F ${quoted(`${body.part}=@${body.file}`)}`, ...fields];
}

/** For a POSIX shell, where nothing between single quotes stands for anything else. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
