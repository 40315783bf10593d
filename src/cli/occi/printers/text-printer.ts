import type { Catalogue, Offer, RemoteEntity, RemoteLink } from '../../../client/index.ts';
import type { Attributes } from '../../../occi/attribute.ts';
import type { CategoryReference, Content, Draft, LinkDraft, RawAttributes } from '../../../occi/draft.ts';
import type { RenderContext } from '../../../renderers/renderer.ts';
import { referenceTo } from '../../../renderers/text-grammar.ts';
import { textPlain } from '../../../renderers/text-plain.ts';
import type { Printer } from './printer.ts';

/** The rendering text/plain (GFD.229 §6), whatever was spoken with the server. Entities are apart by an empty line. */
export const textPrinter: Printer = {
  isContentWithUrls: true,
  isCuriousAboutNew: false,
  urls: locations,
  list: (entities) => locations(entities.map(({ url }) => url)),
  describe: (entities) => entities.map(entityText).join('\n\n'),
  entity: entityText,
  model: categories,
  category: (offer, surroundings) => categories([offer], surroundings),
  // As the server has it; OCCI has no words for them.
  quotas: (quotas) =>
    quotas
      .map(({ name, used, limit, unit }) => {
        return [
          `${name}:`,
          used,
          ...(limit === undefined ? [] : ['of', limit]),
          ...(unit === undefined ? [] : [unit]),
        ].join(' ');
      })
      .join('\n'),
};

function locations(urls: readonly string[]): string {
  return said({ drafts: [], locations: urls, plural: true });
}

function entityText(entity: RemoteEntity): string {
  return said({ drafts: [draftOf(entity)], locations: [], plural: false });
}

function said(content: Content): string {
  return String(textPlain.request(content, 'text/plain').body);
}

function draftOf({ url, kind, mixins, attributes, links, actions }: RemoteEntity): Draft {
  const own = kind === '' ? [] : [named(kind, 'kind')];
  return {
    categories: [...own, ...mixins.map((id) => named(id, 'mixin'))],
    attributes: raw(attributes),
    links: [...links.map(linkDraft), ...actions.map((id) => actionLink(url, id))],
  };
}

function named(id: string, own: 'kind' | 'mixin'): CategoryReference {
  return { ...referenceTo(id), class: own };
}

function linkDraft({ url, target = '', targetKind, kind, mixins, attributes }: RemoteLink): LinkDraft {
  return {
    target,
    rel: targetKind === undefined ? [] : [targetKind],
    ...(url === undefined ? {} : { self: url }),
    categories: [...(kind === undefined ? [] : [kind]), ...mixins].map(referenceTo),
    attributes: raw(attributes),
  };
}

function actionLink(url: string, id: string): LinkDraft {
  return { target: `${url}?action=${referenceTo(id).term}`, rel: [id], categories: [], attributes: new Map() };
}

function raw(attributes: Attributes): RawAttributes {
  return new Map(Object.entries(attributes).map(([name, value]) => [name, { form: 'json', value }]));
}

function categories(offers: readonly Offer[], { catalogue }: { readonly catalogue: Catalogue }): string {
  const { model } = catalogue;
  const found = <T>(find: (id: string) => T | undefined) =>
    offers.map(({ id }) => find(id)).filter((one) => one !== undefined);
  const context: RenderContext = { model, space: { origin: '', prefix: '' }, applicable: () => [] };
  const chosen = {
    kinds: found((id) => model.kind(id)),
    mixins: found((id) => model.mixin(id)),
    actions: found((id) => model.action(id)),
  };
  return String(textPlain.categories(chosen, context, 'text/plain').body);
}
