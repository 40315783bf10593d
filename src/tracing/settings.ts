import { z } from 'zod';
import { setting } from '../setting.ts';

/** Where traces go. The name is that of OpenTelemetry, as are those of the settings that its libraries read. */
export const tracingSettings = {
  otlpEndpoint: setting(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
    undefined,
    'OpenTelemetry collector for traces (OTLP over HTTP), such as http://127.0.0.1:4318; without it there are none',
  ),
} as const;
