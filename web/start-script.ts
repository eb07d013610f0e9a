import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

const BEGIN = fileURLToPath(new URL('src/start/begin.ts', import.meta.url));

/**
 * What the server needs to have the first clip play before the script of the page is there: `begin.js`, which it writes into the
 * page (web/src/start/begin.ts), and beside the script of the page one that does nothing but import it, by the same name with
 * `.behind` (src/http/page/shell.ts). The server names that one where a clip begins: the script is asked for one round trip later, so
 * that its bytes come behind the first ones of the clip.
 */
export function startScript(): Plugin {
  return {
    name: 'start-script',
    apply: 'build',
    async generateBundle(_options, bundle) {
      this.emitFile({ type: 'asset', fileName: 'begin.js', source: await bundled(BEGIN) });
      const page = Object.values(bundle).find(isScriptOfPage);
      if (!page) throw new Error('The page has no script.');
      const source = `import"/${page.fileName}";\n`;
      this.emitFile({ type: 'asset', fileName: page.fileName.replace(/\.js$/, '.behind.js'), source });
    },
  };
}

type Bundle = Parameters<Extract<Plugin['generateBundle'], (...args: never[]) => unknown>>[1];

const isScriptOfPage = (file: Bundle[string]): boolean =>
  file.type === 'chunk' && file.isEntry && file.facadeModuleId?.endsWith('/index.html') === true;

/** One file with all that it imports, to stand in a page. */
async function bundled(input: string): Promise<string> {
  const built = await build({
    ...{ configFile: false, root: fileURLToPath(new URL('.', import.meta.url)), logLevel: 'warn' },
    build: {
      ...{ write: false, target: 'es2022', copyPublicDir: false },
      rolldownOptions: { input, output: { format: 'iife' } },
    },
  });
  const [output] = [built].flat();
  const [chunk] = output && 'output' in output ? output.output : [];
  if (chunk?.type !== 'chunk') throw new Error(`${input} could not be built.`);
  return chunk.code.trim();
}
