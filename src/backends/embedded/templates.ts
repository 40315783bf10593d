import { splitTypeIdentifier } from '../../occi/category.ts';
import { type Mixin, osTemplate } from '../../occi/mixin.ts';

/** What the embedded machines can run. It is all the same to them, but a first POST with a template has to work. */
const images = [
  ['debian-13', 'Debian 13 (trixie)'],
  ['ubuntu-24', 'Ubuntu 24.04 LTS'],
  ['alpine-3', 'Alpine Linux 3'],
] as const;

/**
 * The operating system templates of the embedded backend (GFD.224 §3.5.1).
 *
 * @param scheme the scheme of their type identifiers, ending in `#`
 */
export function exampleTemplates(scheme: string): readonly Mixin[] {
  return images.map(([term, title]) => ({
    class: 'mixin',
    id: scheme + term,
    ...splitTypeIdentifier(scheme + term),
    title,
    attributes: [],
    actions: [],
    depends: [osTemplate],
    applies: ['http://schemas.ogf.org/occi/infrastructure#compute'],
    location: `/os_tpl/${term}/`,
    origin: 'provider',
  }));
}
