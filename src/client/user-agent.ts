import { version } from '../version.ts';

/** How the client calls itself, and what it speaks (GFD.223 §5.3). @param only one version of OCCI instead of both */
export function userAgent(only?: '1.1' | '1.2'): string {
  return `occi-gateway-client/${version} ${only === undefined ? 'OCCI/1.2 OCCI/1.1' : `OCCI/${only}`}`;
}
