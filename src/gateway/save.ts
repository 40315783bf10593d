import { randomBytes } from 'node:crypto';
import type { Attributes } from '../occi/attribute.ts';
import { core, type Entity, text } from '../occi/entity.ts';
import { type Mixin, osTemplate } from '../occi/mixin.ts';
import type { Provider } from './provider.ts';

/** The action that makes an operating system template of a compute (GFD.224 §3.1). */
export const saveAction = 'http://schemas.ogf.org/occi/infrastructure/compute/action#save';

const compute = 'http://schemas.ogf.org/occi/infrastructure#compute';

/** The template that a save is to make. The provider honours the wanted name as the title. */
export function savedTemplate(provider: Provider, entity: Entity, parameters: Attributes): Mixin {
  const wanted = parameters['name'] ?? text(entity, core.title) ?? text(entity, 'occi.compute.hostname') ?? 'image';
  const title = clean(String(wanted));
  const words = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const stem = words.replace(/^[^a-z]+|-+$/g, '').slice(0, 40) || 'image';
  const term = `${stem}-${randomBytes(4).toString('hex')}`;
  return {
    class: 'mixin',
    id: provider.templateScheme + term,
    scheme: provider.templateScheme,
    term,
    title,
    attributes: [],
    actions: [],
    depends: [osTemplate],
    applies: [compute],
    location: `/os_tpl/${term}/`,
    origin: 'user',
  };
}

/** A title that every client can read: several split lines at these characters, whether quoted or not. */
function clean(title: string): string {
  return (
    title
      .replace(/[,;="\\]+/g, ' ')
      .replace(/\s+/g, ' ')
      .trim() || 'image'
  );
}
