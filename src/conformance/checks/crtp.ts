import type { Attributes } from '../../occi/attribute.ts';
import { type Check, everyRendering, jsonRendering, NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { typeKind } from './infrastructure-types.ts';
import { machine } from './machine.ts';
import { attributeNames, offered } from './offered.ts';
import { mustHaveSize, replaceTemplate } from './templates.ts';

const scheme = 'http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#';
const cores = 'occi.compute.cores';
const memory = 'occi.compute.memory';
const storage = 'occi.compute.ephemeral_storage.size';
const device = 'occi.compute.ephemeral_storage.deviceid';

const size = (count: number, gigabytes: number, disk: number): Attributes => {
  return { [cores]: count, [memory]: gigabytes, [storage]: disk };
};

/** The sizes of the profile (GFD.222 §4.2). */
const base: Readonly<Record<string, Attributes>> = {
  small: size(1, 1, 10),
  medium: size(2, 2, 20),
  large: size(4, 4, 40),
};
const extended: Readonly<Record<string, Attributes>> = {
  mem_small: size(1, 4, 10),
  mem_medium: size(2, 8, 20),
  mem_large: size(4, 16, 40),
};

const claim = /(?<![A-Za-z0-9-])OCCI-CRTP/i;

/** The templates of the profile that are there. @throws NotApplicable when the server has nothing to do with it */
function ofProfile(trial: Trial): readonly string[] {
  const { mixins, server } = trial.catalogue;
  const ids = mixins.filter((one) => one.scheme === scheme).map(({ id }) => id);
  if (ids.length === 0 && !claim.test(server)) {
    throw new NotApplicable('the server neither claims the profile nor has a template of it');
  }
  return ids;
}

/** A template of the profile. @throws NotApplicable when there is none to be put on a machine */
function template(trial: Trial, term: string): string {
  typeKind(trial, 'compute');
  const id = ofProfile(trial).find((one) => one === scheme + term);
  if (id === undefined) throw new NotApplicable(`the server has no template ${term} of the profile`);
  return id;
}

/** Says that templates are there, as the profile has them. */
async function mustOffer(trial: Trial, wanted: Readonly<Record<string, Attributes>>): Promise<void> {
  const all = await offered(trial);
  for (const [term, attributes] of Object.entries(wanted)) {
    const found = all.find(({ id }) => id === scheme + term);
    trial.must(found !== undefined, `the template ${scheme}${term} is offered`, 'it is not');
    for (const [name, value] of Object.entries(attributes)) {
      const has = found?.attributes.find((one) => one.name === name)?.default;
      trial.must(Number(has) === value, `${term} has ${name} ${value}`, JSON.stringify(has) ?? 'none');
    }
  }
}

/** The claims in an answer: the words of `Server` that speak of the profile. */
async function claims(trial: Trial, location: string): Promise<readonly string[]> {
  ofProfile(trial);
  const server = (await trial.ask({ location })).header('server') ?? '';
  return server.split(/[\s,]+/).filter((word) => claim.test(word));
}

/** The Compute Resource Templates Profile (GFD.222). */
export const crtpChecks: readonly Check[] = [
  {
    id: 'crtp/sizes',
    proves: ['CRT-10'],
    title: 'The templates small, medium and large are offered, with the sizes of the profile',
    renderings: jsonRendering,
    async run(trial) {
      ofProfile(trial);
      await mustOffer(trial, base);
    },
  },
  {
    id: 'crtp/memory-sizes',
    proves: ['CRT-11'],
    title: 'Templates with more memory have the sizes of the profile',
    renderings: jsonRendering,
    async run(trial) {
      const there = ofProfile(trial);
      const isThere = Object.keys(extended).filter((term) => there.includes(scheme + term));
      if (isThere.length === 0) throw new NotApplicable('the server has no templates with more memory');
      await mustOffer(trial, Object.fromEntries(isThere.map((term) => [term, extended[term] as Attributes])));
    },
  },
  {
    id: 'crtp/complete',
    proves: ['CRT-08'],
    title: 'A template lists all that sizes a machine, ephemeral storage included',
    renderings: everyRendering,
    async run(trial) {
      const ids = ofProfile(trial);
      for (const mixin of (await offered(trial)).filter(({ id }) => ids.includes(id))) {
        const missing = [cores, memory, storage, device].filter((name) => !attributeNames(mixin).includes(name));
        trial.must(missing.length === 0, `${mixin.id} lists all that sizes a machine`, `no ${missing.join(', no ')}`);
      }
    },
  },
  {
    id: 'crtp/applied-at-creation',
    proves: ['CRT-09'],
    title: 'A template that is named at creation sets the attributes of the machine',
    renderings: everyRendering,
    async run(trial) {
      const id = template(trial, 'medium');
      await mustHaveSize(trial, await machine(trial, { mixins: [id] }), id);
    },
  },
  {
    id: 'crtp/applied-later',
    proves: ['CRT-09'],
    title: 'A template that is put on a machine later sets its attributes',
    async run(trial) {
      const location = await machine(trial, { mixins: [template(trial, 'small')] });
      const later = trial.catalogue.resolve(template(trial, 'medium'), 'mixin');
      const reply = await replaceTemplate(trial, location, later);
      trial.must(reply.isSuccess, 'a template is put on a machine that is there', `${reply.status} ${reply.text}`);
      await mustHaveSize(trial, location, later.id);
    },
  },
  {
    id: 'crtp/storage-size',
    proves: ['CRT-17'],
    title: 'The ephemeral storage of a machine has at least the size of its template',
    async run(trial) {
      const location = await machine(trial, { mixins: [template(trial, 'small')] });
      const least = Number(base['small']?.[storage]);
      const { attributes } = await trial.until(location, (one) => Number(one.attributes[storage]) >= least);
      const has = attributes[storage];
      trial.must(Number(has) >= least, `${storage} is ${least} or more`, JSON.stringify(has) ?? 'it has none');
    },
  },
  {
    id: 'crtp/storage-device',
    proves: ['CRT-18'],
    title: 'A machine shows the device id of its ephemeral storage',
    async run(trial) {
      const location = await machine(trial, { mixins: [template(trial, 'small')] });
      const isShown = (value: unknown) => typeof value === 'string' && value !== '';
      const { attributes } = await trial.until(location, (one) => isShown(one.attributes[device]));
      trial.must(
        isShown(attributes[device]),
        `a machine shows ${device}`,
        JSON.stringify(attributes[device]) ?? 'none',
      );
    },
  },
  {
    id: 'crtp/claimed',
    proves: ['CRT-13'],
    title: 'Every answer advertises the profile',
    renderings: everyRendering,
    async run(trial) {
      const missing = `/${trial.unique('no-such-path')}`;
      for (const location of [trial.queryInterface, trial.plainKind.location, missing]) {
        const found = await claims(trial, location);
        trial.must(found.length > 0, `Server of the answer to GET ${location} names the profile`, 'it does not');
      }
    },
  },
  {
    id: 'crtp/claim-has-version',
    proves: ['CRT-14'],
    title: 'The profile is advertised as a token, a slash and a version',
    async run(trial) {
      const found = await claimed(trial);
      trial.must(
        found.every((word) => /^[A-Z-]+\/[0-9]+\.[0-9]+$/i.test(word)),
        'a claim is token/version',
        found.join(' '),
      );
    },
  },
  {
    id: 'crtp/claim-token',
    proves: ['CRT-15'],
    title: 'The token is OCCI-CRTP, or OCCI-CRTP-EP for the extended claim',
    async run(trial) {
      const tokens = (await claimed(trial)).map((word) => word.replace(/\/.*$/, ''));
      const isKnown = tokens.every((token) => token === 'OCCI-CRTP' || token === 'OCCI-CRTP-EP');
      trial.must(isKnown, 'the token is OCCI-CRTP or OCCI-CRTP-EP', tokens.join(' '));
      const ids = ofProfile(trial);
      const isExtended = Object.keys(extended).every((term) => ids.includes(scheme + term));
      const expected = 'who claims OCCI-CRTP-EP has the templates with more memory';
      trial.must(!tokens.includes('OCCI-CRTP-EP') || isExtended, expected, 'they are not all there');
    },
  },
  {
    id: 'crtp/claim-version',
    proves: ['CRT-16'],
    title: 'The version of the claim is 1.1',
    async run(trial) {
      const versions = (await claimed(trial)).map((word) => word.replace(/^[^/]*\/?/, ''));
      trial.must(
        versions.every((version) => version === '1.1'),
        'the version is 1.1',
        versions.join(' ') || 'none',
      );
    },
  },
];

/** The claims of the query interface. @throws NotApplicable when there are none */
async function claimed(trial: Trial): Promise<readonly string[]> {
  const found = await claims(trial, trial.queryInterface);
  if (found.length === 0) throw new NotApplicable('the server does not claim the profile');
  return found;
}
