import { describe, expect, it } from 'vitest';
import { readAdvertised } from '../../src/cdmi/advertised.ts';
import { CapabilitiesTree } from '../../src/cdmi/capabilities.ts';
import { usualLimits } from '../../src/cdmi/metadata/limits.ts';
import { exampleEnterprise, readObjectId } from '../../src/cdmi/object-id.ts';

const advertised = readAdvertised({ limits: usualLimits, domains: true });
const tree = (options: { readonly identity?: string; readonly without?: readonly string[] } = {}) =>
  new CapabilitiesTree({ advertised, enterprise: exampleEnterprise, identity: 'a', ...options });

describe('ISO/IEC 17826 §12 capabilities', () => {
  it('[CDMI-K1] [CDMI-K2] are a tree', () => {
    const root = tree().at([]);
    expect(root).toMatchObject({ name: 'cdmi_capabilities/', names: [] });
    expect(root?.children).toEqual(expect.arrayContaining(['container/', 'dataobject/']));
    expect(tree().at(['container'])).toMatchObject({ name: 'container/', parent: root?.id, children: [] });
    expect(tree().at(['nothing'])).toBeUndefined();
  });

  it('[CDMI-K3] are texts, or lists of texts', () => {
    for (const path of Object.keys(advertised)) {
      for (const value of Object.values(advertised[path] ?? {})) {
        expect([value].flat().every((one) => typeof one === 'string' && one !== '')).toBe(true);
      }
    }
  });

  it('[CDMI-K5] have IDs that stay the same, and are others elsewhere', () => {
    const one = tree().at(['dataobject']);
    expect(readObjectId(one?.id ?? '')).toBe(one?.id);
    expect(tree().byId(one?.id ?? '')).toEqual(one);
    expect(tree({ identity: 'b' }).at(['dataobject'])?.id).not.toBe(one?.id);
  });

  it('[CDMI-K9] [CDMI-G17] what is not advertised is refused', () => {
    const less = tree({ without: ['cdmi_copy_container'] });
    expect(less.has('cdmi_copy_container', 'container')).toBe(false);
    expect(less.at(['container'])?.capabilities).not.toHaveProperty('cdmi_copy_container');
    expect(() => tree().require('cdmi_copy_container', 'container')).not.toThrow();
    expect(() => less.require('cdmi_copy_container', 'container')).toThrow(
      expect.objectContaining({ code: 'invalid-request', details: { token: 'cdmi_copy_container' } }),
    );
    expect(() => tree().require('constructor')).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });

  it('[CDMI-M7] tell the limits of metadata', () => {
    expect(tree().at([])?.capabilities).toMatchObject({ cdmi_metadata_maxitems: String(usualLimits.items) });
  });
});
