import type { Check } from '../check.ts';
import { actionChecks } from './actions.ts';
import { collectionChecks } from './collections.ts';
import { crtpChecks } from './crtp.ts';
import { entityChecks } from './entities.ts';
import { filterChecks } from './filters.ts';
import { headerChecks } from './header-fields.ts';
import { identityChecks } from './identity.ts';
import { infrastructureActionChecks } from './infrastructure-actions.ts';
import { infrastructureMixinChecks } from './infrastructure-mixins.ts';
import { infrastructureTypeChecks } from './infrastructure-types.ts';
import { jsonCategoryChecks } from './json-categories.ts';
import { jsonCollectionChecks } from './json-collections.ts';
import { jsonDescriptionChecks } from './json-descriptions.ts';
import { jsonEntityChecks } from './json-entities.ts';
import { jsonRequestChecks } from './json-requests.ts';
import { linkChecks } from './links.ts';
import { mixinCollectionChecks } from './mixin-collections.ts';
import { mixinChecks } from './mixins.ts';
import { modelChecks } from './model.ts';
import { modelAttributeChecks } from './model-attributes.ts';
import { modelKindChecks } from './model-kinds.ts';
import { mutabilityChecks } from './mutability.ts';
import { negotiationChecks } from './negotiation.ts';
import { oneOneSyntaxChecks } from './one-one-syntax.ts';
import { pagingChecks } from './paging.ts';
import { practiceChecks } from './practice.ts';
import { protocolChecks } from './protocol.ts';
import { queryInterfaceChecks } from './query-interface.ts';
import { resourceLinkChecks } from './resource-links.ts';
import { templateChecks } from './templates.ts';
import { textCategoryChecks } from './text-categories.ts';
import { textCollectionChecks } from './text-collections.ts';
import { textEntityChecks } from './text-entities.ts';
import { textLineEndChecks } from './text-line-ends.ts';
import { textLinkChecks } from './text-links.ts';
import { textPlainChecks } from './text-plain.ts';
import { textRequestChecks } from './text-requests.ts';
import { uriListChecks } from './uri-list.ts';

/** All checks, in the order in which they are made. */
export const checks: readonly Check[] = [
  ...queryInterfaceChecks,
  ...protocolChecks,
  ...negotiationChecks,
  ...oneOneSyntaxChecks,
  ...entityChecks,
  ...resourceLinkChecks,
  ...actionChecks,
  ...collectionChecks,
  ...mixinCollectionChecks,
  ...pagingChecks,
  ...filterChecks,
  ...practiceChecks,
  ...textCategoryChecks,
  ...textEntityChecks,
  ...textLinkChecks,
  ...headerChecks,
  ...textCollectionChecks,
  ...textPlainChecks,
  ...textRequestChecks,
  ...uriListChecks,
  ...jsonCategoryChecks,
  ...jsonDescriptionChecks,
  ...jsonCollectionChecks,
  ...jsonEntityChecks,
  ...jsonRequestChecks,
  ...textLineEndChecks,
  ...identityChecks,
  ...linkChecks,
  ...modelChecks,
  ...modelKindChecks,
  ...modelAttributeChecks,
  ...mutabilityChecks,
  ...mixinChecks,
  ...infrastructureTypeChecks,
  ...infrastructureActionChecks,
  ...infrastructureMixinChecks,
  ...templateChecks,
  ...crtpChecks,
];
