import { z } from 'zod';
import { hostName, httpUrl, variable } from './variable.ts';

/** How an admin watches this process; traces by the names that OpenTelemetry gives them. */
export const observabilityVariables = {
  METRICS_LISTEN: variable({
    schema: z
      .string()
      .regex(/^(?:[^\s:/@[\]]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/)
      .transform((text) => ({
        host: text.slice(0, text.lastIndexOf(':')).replace(/^\[|\]$/g, ''),
        port: Number(text.slice(text.lastIndexOf(':') + 1)),
      }))
      .pipe(z.object({ host: hostName, port: z.number().int().min(0).max(65_535) })),
    fallback: undefined,
    doc: 'Address and port of a private listener that answers `/metrics` for Prometheus, such as `127.0.0.1:9464`. Every process needs one of its own. Absent: there is none.',
    remedy: 'Write an address of this machine and a port other than PORT, such as 127.0.0.1:9464.',
    group: 'Running',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: variable({
    schema: httpUrl,
    fallback: undefined,
    doc: 'Collector that takes traces over HTTP (OTLP), such as `http://127.0.0.1:4318`: requests, jobs, deliveries, fetches and ffmpeg, each below what caused it. Absent: none are made, and nothing of OpenTelemetry is loaded.',
    remedy: 'Write a URL such as http://127.0.0.1:4318.',
    group: 'Running',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: variable({
    schema: z
      .string()
      .max(4_000)
      .regex(/^(?:[\w-]+=[^,]*)?(?:,[\w-]+=[^,]*)*$/)
      .transform((text) =>
        Object.fromEntries(
          text
            .split(',')
            .filter((pair) => pair !== '')
            .map((pair) => [
              pair.slice(0, pair.indexOf('=')),
              decodeURIComponent(pair.slice(pair.indexOf('=') + 1)),
            ]),
        ),
      ),
    fallback: '',
    doc: 'Headers for the collector, such as a key: `name=value`, with commas between several.',
    remedy: 'Write pairs such as api-key=abc,team=video.',
    secret: true,
    group: 'Running',
  }),
  OTEL_SERVICE_NAME: variable({
    schema: z.string().min(1).max(100),
    fallback: 'vireo',
    doc: 'Name of this server in its traces.',
    remedy: 'Write 1 to 100 characters.',
    group: 'Running',
  }),
  OTEL_TRACES_SAMPLER_ARG: variable({
    schema: z.coerce.number().min(0).max(1),
    fallback: '1',
    doc: 'Part of the traces that are kept, from 0 to 1.',
    remedy: 'Write a number from 0 to 1, such as 0.1.',
    group: 'Running',
  }),
};
