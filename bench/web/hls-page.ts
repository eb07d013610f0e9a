import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Runs inside the page: plays a clip from its beginning, in an element of its own. */
export function playWithHls(url: string): void {
  const Hls = Reflect.get(globalThis, 'Hls');
  Reflect.get(globalThis, 'hls')?.destroy();
  document.querySelector('video')?.remove();
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  document.body.append(video);
  const hls = new Hls();
  Reflect.set(globalThis, 'hls', hls);
  hls.loadSource(url);
  hls.attachMedia(video);
  video.play();
}

/** As small as a page can be that plays the clip of its fragment with hls.js, in its light build, as soon as that is there. */
const page = `<!doctype html><title>hls.js</title><link rel="icon" href="data:,">
<style>video { width: 390px; height: 844px }</style><body><script src="/hls.js"></script>
<script>${playWithHls}; if (location.hash) playWithHls(location.hash.slice(1));</script>`;

/** That page on a server of its own, which compresses the script as ours does. */
export async function serveHlsPage(): Promise<{ origin: string; stop(): Promise<unknown> }> {
  const library = fileURLToPath(import.meta.resolve('hls.js/dist/hls.light.min.js'));
  const script = gzipSync(await readFile(library), { level: 9 });
  const server = createServer((req, res) => {
    if (req.url !== '/hls.js') return res.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
    const about = { 'Content-Type': 'text/javascript', 'Content-Encoding': 'gzip' };
    return res.writeHead(200, about).end(script);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
