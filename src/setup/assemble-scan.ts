import { readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';

/**
 * `node src/setup/assemble-scan.ts`: assembles the WebAssembly of the vector index from its text into the file that is committed, so that
 * servers need no assembler. With `--check` it writes nothing and fails where that file is out of date.
 */
const folder = new URL('../modules/ranking/vectors/', import.meta.url);
const target = new URL('scan.gen.ts', folder);
const { parseWat } = await wabt();
const module = parseWat('scan.wat', readFileSync(new URL('scan.wat', folder), 'utf8'), { simd: true });
const { buffer } = module.toBinary({});
module.destroy();
const content = `/** scan.wat, assembled by src/setup/assemble-scan.ts. */\nexport const scanWasm =\n  '${Buffer.from(buffer).toString('base64')}';\n`;
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== content) {
    process.stderr.write('scan.gen.ts is out of date: run node src/setup/assemble-scan.ts.\n');
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, content);
  process.stdout.write('scan.gen.ts written.\n');
}
