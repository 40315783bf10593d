import { type Offer, type Quota, type RemoteEntity, stateOf } from '../../../client/index.ts';
import type { AttributeDefinition, Value } from '../../../occi/attribute.ts';
import { core } from '../../../occi/entity.ts';
import { detailsOf } from '../category-details.ts';
import { printable } from '../printable.ts';
import { type Page, table } from '../table.ts';
import type { Printer, Surroundings } from './printer.ts';

/** Tables for people. */
export const tablePrinter: Printer = {
  isContentWithUrls: false,
  isCuriousAboutNew: false,
  urls: (urls) => urls.map(printable).join('\n'),
  list(entities, { page }) {
    if (entities.length === 0) return '';
    const rows = entities.map((entity) => [termOf(entity.kind), titleOf(entity), stateText(entity), entity.location]);
    return table(rows, page, ['KIND', 'TITLE', 'STATE', 'LOCATION']);
  },
  describe: (entities, surroundings) => entities.map((one) => entityTables(one, surroundings)).join('\n\n\n'),
  entity: entityTables,
  model: (offers, { page }) => categoryTable(offers, page),
  category: categoryTables,
  quotas(quotas, { page }) {
    const rows = quotas.map((quota) => [quota.name, amount(quota, quota.used), limitText(quota)]);
    return table(rows, page, ['RESOURCE', 'USED', 'LIMIT']);
  },
};

function limitText(quota: Quota): string {
  return quota.limit === undefined ? '' : amount(quota, quota.limit);
}

function amount({ unit }: Quota, value: number): string {
  return unit === undefined ? `${value}` : `${value} ${unit}`;
}

function entityTables(entity: RemoteEntity, surroundings: Surroundings): string {
  const page = uncut(surroundings.page);
  const { url, kind, mixins, attributes, links, actions } = entity;
  const facts = [
    ['Kind', kind],
    ...mixins.map((id, index) => [index === 0 ? 'Mixins' : '', id]),
    ['Actions', actions.map(termOf).join(' ')],
  ].filter(([, value]) => value !== '');
  const values = Object.entries(attributes).map(([name, value]) => [name, shown(value)]);
  const ends = links.map((link) => [
    termOf(link.kind ?? ''),
    link.target ?? '',
    link.url === undefined ? '' : new URL(link.url).pathname,
  ]);
  return sections([
    page.strong(printable(url)),
    table(facts, page),
    rowsUnder(['ATTRIBUTE', 'VALUE'], values, page),
    rowsUnder(['LINK', 'TARGET', 'LOCATION'], ends, page),
  ]);
}

/** In full is in full; terminals break long lines themselves. */
function uncut(page: Page): Page {
  return { ...page, columns: Number.POSITIVE_INFINITY };
}

function categoryTable(offers: readonly Offer[], page: Page): string {
  const rows = offers.map(({ class: own, term, title = '', scheme }) => [own, term, title, scheme]);
  return rowsUnder(['CLASS', 'TERM', 'TITLE', 'SCHEME'], rows, page);
}

function categoryTables(offer: Offer, surroundings: Surroundings): string {
  const { catalogue } = surroundings;
  const page = uncut(surroundings.page);
  const details = detailsOf(offer, catalogue);
  const { id, class: own, title = '', location = '', related, applies, attributes, actions } = details;
  const facts = [
    ['Class', own],
    ['Title', title],
    ['Location', location],
    [own === 'kind' ? 'Parent' : 'Depends on', related.join(' ')],
    ['For', applies.join(' ')],
  ].filter(([, value]) => value !== '');
  const calls = actions.map((action) => [termOf(action), parametersOf(catalogue.model.action(action)?.attributes)]);
  return sections([
    page.strong(printable(id)),
    table(facts, page),
    rowsUnder(['ATTRIBUTE', 'TYPE', '', 'DEFAULT', 'MEANING'], attributes.map(attributeRow), page),
    rowsUnder(['ACTION', 'ATTRIBUTES'], calls, page),
  ]);
}

function attributeRow({ name, type, required, mutable, default: preset, description = '' }: AttributeDefinition) {
  const rule = required ? 'required' : mutable ? '' : 'fixed';
  return [name, type, rule, preset === undefined ? '' : shown(preset), description];
}

function parametersOf(attributes: readonly AttributeDefinition[] = []): string {
  return attributes
    .map(({ name, pattern }) => (pattern?.enum === undefined ? name : `${name}=${pattern.enum.join('|')}`))
    .join(' ');
}

function rowsUnder(headings: readonly string[], rows: readonly (readonly string[])[], page: Page): string {
  return rows.length === 0 ? '' : table(rows, page, headings);
}

function sections(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

function termOf(id: string): string {
  return id.slice(id.indexOf('#') + 1);
}

function titleOf({ attributes }: RemoteEntity): string {
  return shown(attributes[core.title] ?? '');
}

function stateText(entity: RemoteEntity): string {
  const { state = '', message } = stateOf(entity);
  return message === undefined ? state : `${state} (${message})`;
}

function shown(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
