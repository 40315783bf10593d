import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standardNames } from './capability-names.ts';
import { type CdmiLab, speaking, startCdmiLab } from './cdmi-lab.ts';

let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab({ cdmiDomains: true });
});
afterAll(() => lab.close());

const branches = ['container', 'dataobject', 'queue', 'domain'].map((kind) => `cdmi_capabilities/${kind}/`);

describe('ISO/IEC 17826 §12 what is advertised', () => {
  it('[CDMI-K1] has a branch for each type of object', async () => {
    const { children } = await shown('cdmi_capabilities/');
    expect(children.map((name) => `cdmi_capabilities/${name}`).sort()).toEqual([...branches].sort());
  });

  it.each(['cdmi_capabilities/', ...branches])(
    '[CDMI-K10] [CDMI-K3] %s has the names of the standard',
    async (path) => {
      const { capabilities } = await shown(path);
      const names = Object.keys(capabilities).filter((name) => name.startsWith('cdmi_'));
      expect(names.length).toBeGreaterThan(5);
      expect(names.filter((name) => !standardNames.get(path)?.has(name))).toEqual([]);
      for (const value of Object.values(capabilities).flat()) {
        expect(value).toEqual(expect.any(String));
        expect(value).not.toBe('false');
      }
    },
  );

  it('[CDMI-A8] access control lists are with the objects that have them, and that they count with the system', async () => {
    expect((await shown('cdmi_capabilities/')).capabilities).toHaveProperty('cdmi_security_access_control', 'true');
    for (const path of branches) expect((await shown(path)).capabilities).toHaveProperty('cdmi_acl', 'true');
  });

  it('[CDMI-Z6] serialization is with the system, and with each type that can be written and made again', async () => {
    const { capabilities } = await shown('cdmi_capabilities/');
    const { capabilities: ofContainers } = await shown('cdmi_capabilities/container/');
    expect(capabilities).toHaveProperty('cdmi_serialization_json', 'true');
    for (const kind of ['container', 'dataobject', 'queue']) {
      expect(capabilities).toHaveProperty(`cdmi_serialize_${kind}_to_ID`, 'true');
      expect(ofContainers).toHaveProperty(`cdmi_serialize_${kind}`, 'true');
      expect(ofContainers).toHaveProperty(`cdmi_deserialize_${kind}`, 'true');
    }
  });
});

async function shown(path: string) {
  const response = await fetch(new URL(path, lab.root), { headers: speaking('capability') });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/cdmi-capability');
  return (await response.json()) as { capabilities: Record<string, unknown>; children: string[] };
}
