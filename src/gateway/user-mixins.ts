import { reservedSchemeBase } from '../occi/category.ts';
import { type CategoryReference, type Content, emptyContent } from '../occi/draft.ts';
import { OcciError, quoteToken } from '../occi/errors.ts';
import type { Mixin } from '../occi/mixin.ts';
import type { Model } from '../occi/model.ts';
import { beforeOf, carryOut } from './carry-out.ts';
import { retrying } from './commit.ts';
import { checkPath, longestName } from './entity-path.ts';
import { localise } from './instance.ts';
import { authorizeFor } from './policy/authorize.ts';
import type { Provider, Scope } from './provider.ts';
import { allOf, membersOf } from './selection.ts';
import { withoutMixin } from './tagging.ts';

/**
 * Adds user mixins, all or none (GFD.223 §9.3, GFD.185 §3.4.1).
 *
 * @returns the new mixins
 * @throws OcciError `invalid-request`, `exists`
 */
export async function addUserMixins(provider: Provider, scope: Scope, content: Content): Promise<readonly Mixin[]> {
  const references = categoriesOf(content);
  const added = await retrying(async () => {
    let { model } = provider.catalogue;
    const mixins: Mixin[] = [];
    for (const reference of references) {
      const mixin = await define(provider, scope, model, reference);
      model = model.withMixins([mixin]);
      mixins.push(mixin);
    }
    authorizeFor(scope, 'mixin', 'create');
    if (scope.trail !== undefined) scope.trail.changes = { addMixins: mixins };
    await provider.store.commit({ addMixins: mixins });
    return mixins;
  });
  await provider.catalogue.refresh();
  return added;
}

/**
 * Removes user mixins and takes them off all entities, which live on (GFD.223 §9.4).
 *
 * @throws OcciError `provider-category`, `unknown-filter-category`
 */
export async function removeUserMixins(provider: Provider, scope: Scope, content: Content): Promise<void> {
  const references = categoriesOf(content);
  await retrying(async () => {
    const { model } = provider.catalogue;
    const mixins = references.map((reference) => removable(model, reference));
    const before = new Map();
    const after = new Map();
    for (const mixin of mixins) {
      for (const entity of await allOf(provider, membersOf(provider, scope, { category: mixin }, emptyContent))) {
        before.set(entity.location, entity);
        after.set(entity.location, withoutMixin(model, after.get(entity.location) ?? entity, mixin.id));
      }
    }
    authorizeFor(scope, 'mixin', 'delete');
    const changes = { update: [...after.values()], removeMixins: mixins.map(({ id }) => id) };
    await carryOut(provider, scope, changes, beforeOf([...before.values()]));
  });
  await provider.catalogue.refresh();
}

function categoriesOf(content: Content): readonly CategoryReference[] {
  const references = content.drafts.flatMap((draft) => draft.categories);
  if (references.length === 0) {
    throw new OcciError('invalid-request', 'name at least one mixin by its Category: term, scheme and location');
  }
  return references;
}

async function define(provider: Provider, scope: Scope, model: Model, reference: CategoryReference): Promise<Mixin> {
  const { id, scheme, term } = reference;
  if (reference.class !== undefined && reference.class !== 'mixin') {
    throw new OcciError('invalid-request', `only mixins can be added, and ${id} says it is a ${reference.class}`);
  }
  if (reference.attributes.length + reference.actions.length > 0) {
    throw new OcciError('invalid-request', `user mixins are tags: ${id} cannot have attributes or actions`);
  }
  if (scheme === '' || term === '') {
    throw new OcciError('invalid-request', `a mixin needs a term and a scheme, and ${quoteToken(id)} lacks one`);
  }
  if (id.length > longestName) {
    const sizes = `${longestName} characters at most, and it has ${id.length}`;
    throw new OcciError('invalid-request', `the mixin ${quoteToken(id)} has too long a name: ${sizes}`, { token: id });
  }
  checkText(reference);
  if (model.category(id) !== undefined) {
    throw new OcciError('exists', `the mixin exists already: ${id}`, { token: id });
  }
  if (scheme.startsWith(reservedSchemeBase)) {
    throw new OcciError('invalid-request', `schemes below ${reservedSchemeBase} are reserved; choose one of your own`);
  }
  if (scheme === provider.templateScheme) {
    throw new OcciError('invalid-request', `the scheme ${scheme} is that of templates; choose one of your own`);
  }
  const location = await freeLocation(provider, scope, model, reference);
  return {
    class: 'mixin',
    id,
    scheme,
    term,
    ...(reference.title === undefined ? {} : { title: reference.title }),
    attributes: [],
    actions: [],
    // A relation to a category that does something would give the tag a meaning that it must not have.
    depends: reference.related.filter((label) => model.category(label) === undefined),
    applies: [],
    location,
    origin: 'user',
  };
}

const termSyntax = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const identifierSyntax = /^[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]*$/;

/** Everyone's query interface shows a mixin, so nothing of it may be what a text rendering cannot carry. */
function checkText({ scheme, term, title = '', related }: CategoryReference): void {
  const refuse = (what: string, token: string): never => {
    throw new OcciError('invalid-request', `${quoteToken(token)} cannot be the ${what} of a mixin`, { token });
  };
  if (!termSyntax.test(term)) refuse('term', term);
  if (!identifierSyntax.test(scheme)) refuse('scheme', scheme);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to be found
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(title) || !title.isWellFormed()) refuse('title', title);
  for (const label of related) if (!identifierSyntax.test(label)) refuse('relation', label);
}

/** The location of a new mixin: a free path of this provider, ending in `/`. */
async function freeLocation(
  provider: Provider,
  scope: Scope,
  model: Model,
  { id, location }: CategoryReference,
): Promise<string> {
  if (location === undefined) throw new OcciError('invalid-request', `the mixin ${id} needs a location`);
  const path = localise(scope.space, location);
  if (!path.startsWith('/')) {
    throw new OcciError('invalid-request', `the location ${quoteToken(location)} is not a path of this provider`);
  }
  const collection = path.endsWith('/') ? path : `${path}/`;
  if (collection !== '/') checkPath(collection.slice(0, -1));
  const entity = await provider.store.view(collection.slice(0, -1));
  if (collection === '/' || model.at(collection) !== undefined || entity !== undefined) {
    throw new OcciError('exists', `the location ${collection} is taken`, { token: location });
  }
  return collection;
}

function removable(model: Model, reference: CategoryReference): Mixin {
  const category = model.find(reference);
  if (category === undefined) {
    throw new OcciError('unknown-filter-category', `there is no mixin ${quoteToken(reference.id)}`, {
      token: reference.id,
    });
  }
  if (category.class !== 'mixin' || category.origin === 'provider') {
    throw new OcciError('provider-category', `the ${category.class} ${category.id} is defined by the provider`, {
      token: reference.id,
    });
  }
  return category;
}
