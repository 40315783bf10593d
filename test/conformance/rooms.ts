import type { Check } from '../../src/conformance/check.ts';
import { actionChecks } from '../../src/conformance/checks/actions.ts';
import { collectionChecks } from '../../src/conformance/checks/collections.ts';
import { crtpChecks } from '../../src/conformance/checks/crtp.ts';
import { entityChecks } from '../../src/conformance/checks/entities.ts';
import { filterChecks } from '../../src/conformance/checks/filters.ts';
import { headerChecks } from '../../src/conformance/checks/header-fields.ts';
import { identityChecks } from '../../src/conformance/checks/identity.ts';
import { infrastructureActionChecks } from '../../src/conformance/checks/infrastructure-actions.ts';
import { infrastructureMixinChecks } from '../../src/conformance/checks/infrastructure-mixins.ts';
import { infrastructureTypeChecks } from '../../src/conformance/checks/infrastructure-types.ts';
import { jsonCategoryChecks } from '../../src/conformance/checks/json-categories.ts';
import { jsonCollectionChecks } from '../../src/conformance/checks/json-collections.ts';
import { jsonDescriptionChecks } from '../../src/conformance/checks/json-descriptions.ts';
import { jsonEntityChecks } from '../../src/conformance/checks/json-entities.ts';
import { jsonRequestChecks } from '../../src/conformance/checks/json-requests.ts';
import { linkChecks } from '../../src/conformance/checks/links.ts';
import { mixinCollectionChecks } from '../../src/conformance/checks/mixin-collections.ts';
import { mixinChecks } from '../../src/conformance/checks/mixins.ts';
import { modelChecks } from '../../src/conformance/checks/model.ts';
import { modelAttributeChecks } from '../../src/conformance/checks/model-attributes.ts';
import { modelKindChecks } from '../../src/conformance/checks/model-kinds.ts';
import { mutabilityChecks } from '../../src/conformance/checks/mutability.ts';
import { negotiationChecks } from '../../src/conformance/checks/negotiation.ts';
import { oneOneSyntaxChecks } from '../../src/conformance/checks/one-one-syntax.ts';
import { pagingChecks } from '../../src/conformance/checks/paging.ts';
import { practiceChecks } from '../../src/conformance/checks/practice.ts';
import { protocolChecks } from '../../src/conformance/checks/protocol.ts';
import { queryInterfaceChecks } from '../../src/conformance/checks/query-interface.ts';
import { resourceLinkChecks } from '../../src/conformance/checks/resource-links.ts';
import { templateChecks } from '../../src/conformance/checks/templates.ts';
import { textCategoryChecks } from '../../src/conformance/checks/text-categories.ts';
import { textCollectionChecks } from '../../src/conformance/checks/text-collections.ts';
import { textEntityChecks } from '../../src/conformance/checks/text-entities.ts';
import { textLineEndChecks } from '../../src/conformance/checks/text-line-ends.ts';
import { textLinkChecks } from '../../src/conformance/checks/text-links.ts';
import { textPlainChecks } from '../../src/conformance/checks/text-plain.ts';
import { textRequestChecks } from '../../src/conformance/checks/text-requests.ts';
import { uriListChecks } from '../../src/conformance/checks/uri-list.ts';
import type { LaboratoryOptions, Mutation } from './mutation.ts';
import { actionMutations } from './mutations/actions.ts';
import { collectionMutations } from './mutations/collections.ts';
import { crtpMutations } from './mutations/crtp.ts';
import { entityMutations } from './mutations/entities.ts';
import { filterMutations } from './mutations/filters.ts';
import { headerMutations } from './mutations/header-fields.ts';
import { identityMutations } from './mutations/identity.ts';
import { infrastructureActionMutations } from './mutations/infrastructure-actions.ts';
import { infrastructureMixinMutations } from './mutations/infrastructure-mixins.ts';
import { infrastructureTypeMutations } from './mutations/infrastructure-types.ts';
import { jsonCategoryMutations } from './mutations/json-categories.ts';
import { jsonCollectionMutations } from './mutations/json-collections.ts';
import { jsonDescriptionMutations } from './mutations/json-descriptions.ts';
import { jsonEntityMutations } from './mutations/json-entities.ts';
import { jsonRequestMutations } from './mutations/json-requests.ts';
import { linkMutations } from './mutations/links.ts';
import { mixinCollectionMutations } from './mutations/mixin-collections.ts';
import { mixinMutations } from './mutations/mixins.ts';
import { modelMutations } from './mutations/model.ts';
import { mutabilityMutations } from './mutations/mutability.ts';
import { negotiationMutations } from './mutations/negotiation.ts';
import { oneOneSyntaxMutations } from './mutations/one-one-syntax.ts';
import { pagingMutations } from './mutations/paging.ts';
import { practiceMutations } from './mutations/practice.ts';
import { protocolMutations } from './mutations/protocol.ts';
import { queryInterfaceMutations } from './mutations/query-interface.ts';
import { resourceLinkMutations } from './mutations/resource-links.ts';
import { templateMutations } from './mutations/templates.ts';
import { textCategoryMutations } from './mutations/text-categories.ts';
import { textCollectionMutations } from './mutations/text-collections.ts';
import { textEntityMutations } from './mutations/text-entities.ts';
import { textLineEndMutations } from './mutations/text-line-ends.ts';
import { textLinkMutations } from './mutations/text-links.ts';
import { textPlainMutations } from './mutations/text-plain.ts';
import { textRequestMutations } from './mutations/text-requests.ts';
import { uriListMutations } from './mutations/uri-list.ts';

/** Checks that are about the same, and the faults that they are there for. */
export interface Room {
  readonly name: string;
  readonly checks: readonly Check[];
  readonly mutations: readonly Mutation[];
  /** How the gateway is set at which all of its checks pass. */
  readonly options?: LaboratoryOptions;
}

/** All rooms. Each has a test file of its name. */
export const rooms: readonly Room[] = [
  { name: 'actions', checks: actionChecks, mutations: actionMutations },
  { name: 'collections', checks: collectionChecks, mutations: collectionMutations },
  { name: 'crtp', checks: crtpChecks, mutations: crtpMutations },
  { name: 'entities', checks: entityChecks, mutations: entityMutations },
  { name: 'filters', checks: filterChecks, mutations: filterMutations },
  { name: 'header-fields', checks: headerChecks, mutations: headerMutations },
  { name: 'identity', checks: identityChecks, mutations: identityMutations },
  { name: 'infrastructure-actions', checks: infrastructureActionChecks, mutations: infrastructureActionMutations },
  { name: 'infrastructure-mixins', checks: infrastructureMixinChecks, mutations: infrastructureMixinMutations },
  { name: 'infrastructure-types', checks: infrastructureTypeChecks, mutations: infrastructureTypeMutations },
  { name: 'json-categories', checks: jsonCategoryChecks, mutations: jsonCategoryMutations },
  { name: 'json-collections', checks: jsonCollectionChecks, mutations: jsonCollectionMutations },
  { name: 'json-descriptions', checks: jsonDescriptionChecks, mutations: jsonDescriptionMutations },
  { name: 'json-entities', checks: jsonEntityChecks, mutations: jsonEntityMutations },
  { name: 'json-requests', checks: jsonRequestChecks, mutations: jsonRequestMutations },
  { name: 'links', checks: linkChecks, mutations: linkMutations },
  { name: 'mixin-collections', checks: mixinCollectionChecks, mutations: mixinCollectionMutations },
  { name: 'mixins', checks: mixinChecks, mutations: mixinMutations },
  { name: 'model', checks: [...modelChecks, ...modelAttributeChecks, ...modelKindChecks], mutations: modelMutations },
  { name: 'mutability', checks: mutabilityChecks, mutations: mutabilityMutations },
  { name: 'negotiation', checks: negotiationChecks, mutations: negotiationMutations },
  { name: 'one-one-syntax', checks: oneOneSyntaxChecks, mutations: oneOneSyntaxMutations },
  { name: 'paging', checks: pagingChecks, mutations: pagingMutations },
  { name: 'practice', checks: practiceChecks, mutations: practiceMutations },
  { name: 'protocol', checks: protocolChecks, mutations: protocolMutations },
  { name: 'query-interface', checks: queryInterfaceChecks, mutations: queryInterfaceMutations },
  { name: 'resource-links', checks: resourceLinkChecks, mutations: resourceLinkMutations },
  { name: 'templates', checks: templateChecks, mutations: templateMutations },
  { name: 'text-categories', checks: textCategoryChecks, mutations: textCategoryMutations },
  { name: 'text-collections', checks: textCollectionChecks, mutations: textCollectionMutations },
  { name: 'text-entities', checks: textEntityChecks, mutations: textEntityMutations },
  {
    name: 'text-line-ends',
    checks: textLineEndChecks,
    mutations: textLineEndMutations,
    options: { lineEnds: 'crlf' },
  },
  { name: 'text-links', checks: textLinkChecks, mutations: textLinkMutations },
  { name: 'text-plain', checks: textPlainChecks, mutations: textPlainMutations },
  { name: 'text-requests', checks: textRequestChecks, mutations: textRequestMutations },
  { name: 'uri-list', checks: uriListChecks, mutations: uriListMutations },
];
