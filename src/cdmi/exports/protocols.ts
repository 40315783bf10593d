import type { CapabilitiesTree } from '../capabilities.ts';
import { invalid } from '../refusals.ts';

/** What comes before the name of a standard in the protocols of exports to OCCI (ISO/IEC 17826 §13.3). */
const occi = 'OCCI/';

/** The only standard for which there is a capability of its own (§12.1.1). */
const named = { standard: 'iSCSI', capability: 'cdmi_export_occi_iscsi' } as const;

const ofContainers = 'cdmi_export_container_occi';

/** The capabilities that a server lacks which exports by these standards. */
export function lacking(standards: readonly string[]): readonly string[] {
  if (standards.length === 0) return [ofContainers, named.capability];
  return standards.includes(named.standard) ? [] : [named.capability];
}

/**
 * Lets a container be exported by a protocol.
 *
 * @param standards those by which it can be
 * @throws OcciError `invalid-request`
 */
export function checkProtocol(protocol: string, standards: readonly string[], capabilities: CapabilitiesTree): void {
  const standard = protocol.startsWith(occi) ? protocol.slice(occi.length) : undefined;
  if (standard === undefined || !standards.includes(standard)) {
    const known = standards.map((one) => occi + one).join(', ');
    throw invalid(`nothing is exported by ${JSON.stringify(protocol)}${known && `, only by ${known}`}`, protocol);
  }
  capabilities.require(ofContainers, 'container');
  if (standard === named.standard) capabilities.require(named.capability);
}
