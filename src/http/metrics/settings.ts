import { z } from 'zod';
import { setting, wholeNumber, yesNo } from '../../setting.ts';

/** Where measurements can be read. */
export const metricsSettings = {
  metricsPort: setting(
    'OCCI_METRICS_PORT',
    z.union([z.literal('off'), wholeNumber(0, 65535)], 'must be off or a port, from 0 to 65535'),
    '9464',
    'port for measurements, at /metrics; 0 takes a free one, off none',
  ),
  metricsHost: setting('OCCI_METRICS_HOST', z.string().min(1), '127.0.0.1', 'address for measurements'),
  metricsPublic: setting(
    'OCCI_METRICS_PUBLIC',
    yesNo,
    'false',
    'whether /metrics is answered on the port for clients, too; nobody is asked for credentials there',
  ),
} as const;
