import { memberListName } from '../domains/member-list.ts';
import { decodeValue, type Encoding } from '../encoding.ts';
import { readMediaType, usualText } from '../media-type.ts';
import type { Json, JsonObject } from '../object.ts';
import { readObjectId } from '../object-id.ts';
import { othersIn, readEncoding } from '../object-request.ts';
import { checkName } from '../path.ts';
import { invalid, tooMany } from '../refusals.ts';

/** What an object was like when it was written (ISO/IEC 17826 §15), with all that was in it. */
export type SerialObject = SerialHolder | SerialDataObject | SerialQueue | SerialReference;

interface Common {
  /** Without the final slash of containers; empty for what had none. */
  readonly name: string;
  /** Its object ID then, where it is told. */
  readonly id?: string;
  readonly metadata: JsonObject;
  /** Fields the standard does not define. */
  readonly others: JsonObject;
  /** The domain that it belonged to, as it stands there. */
  readonly domainURI: Json | undefined;
}

export interface SerialHolder extends Common {
  readonly kind: 'container' | 'domain';
  readonly children: readonly SerialObject[];
}

export interface SerialDataObject extends Common {
  readonly kind: 'dataobject';
  readonly value: SerialValue;
}

export interface SerialQueue extends Common {
  readonly kind: 'queue';
  /** Oldest first. */
  readonly values: readonly SerialValue[];
}

export interface SerialReference extends Common {
  readonly kind: 'reference';
  readonly target: string;
}

export interface SerialValue {
  readonly mimetype: string;
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
}

/** Whether others were in it. */
export function holdsOthers(serial: SerialObject): serial is SerialHolder {
  return serial.kind === 'container' || serial.kind === 'domain';
}

/**
 * Reads it from the JSON that it was written in, here or by another server.
 *
 * @param most how many objects it may be, values of queues among them
 * @throws OcciError `invalid-request`, `too-large`
 */
export function readSerial(fields: JsonObject, most: number): SerialObject {
  return new SerialReader(most).read(fields, '');
}

class SerialReader {
  readonly #most: number;
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  read(fields: JsonObject, name: string): SerialObject {
    this.#counted(1);
    const id = typeof fields['objectID'] === 'string' ? readObjectId(fields['objectID']) : undefined;
    const common: Common = {
      name,
      ...(id !== undefined && { id }),
      metadata: metadataIn(fields),
      others: othersIn(fields),
      domainURI: fields['domainURI'],
    };
    const { reference } = fields;
    if (reference !== undefined) {
      if (typeof reference !== 'string') throw invalid('reference must be a string');
      return { ...common, kind: 'reference', target: reference };
    }
    switch (fields['objectType']) {
      case 'application/cdmi-container':
        return { ...common, kind: 'container', children: this.#children(fields, 'container') };
      case 'application/cdmi-domain':
        return { ...common, kind: 'domain', children: this.#children(fields, 'domain') };
      case 'application/cdmi-queue':
        return { ...common, kind: 'queue', values: this.#values(fields) };
      case 'application/cdmi-object': {
        const value = valueIn(fields['mimetype'], fields['valuetransferencoding'], fields['value'] ?? '');
        return { ...common, kind: 'dataobject', value };
      }
      default:
        throw invalid(`nothing is made of objectType ${JSON.stringify(fields['objectType'])}`);
    }
  }

  #children(fields: JsonObject, kind: 'container' | 'domain'): readonly SerialObject[] {
    const names = new Set<string>();
    return listIn(fields, 'children').map((child) => {
      const name = isObject(child) ? child['objectName'] : undefined;
      if (!isObject(child) || typeof name !== 'string') {
        throw invalid('children must be objects with an objectName');
      }
      const plain = name.replace(/[/?]$/, '');
      const isMemberList = kind === 'domain' && plain === memberListName;
      if (!isMemberList) checkName(plain);
      if (names.has(plain)) throw invalid(`two children are called ${JSON.stringify(plain)}`, plain);
      names.add(plain);
      const serial = this.read(child, plain);
      const belongs = kind === 'container' ? serial.kind !== 'domain' : isMemberList || serial.kind === 'domain';
      if (!belongs || (isMemberList && serial.kind !== 'container')) {
        throw invalid(`a ${serial.kind} ${JSON.stringify(plain)} cannot be in a ${kind}`, plain);
      }
      return serial;
    });
  }

  #values(fields: JsonObject): readonly SerialValue[] {
    const list = listIn(fields, 'value');
    const types = listIn(fields, 'mimetype');
    const encodings = listIn(fields, 'valuetransferencoding');
    this.#counted(list.length);
    return list.map((value, index) => valueIn(types[index], encodings[index], value));
  }

  #counted(more: number): void {
    this.#count += more;
    if (this.#count > this.#most) throw tooMany('deserialized', this.#most);
  }
}

function valueIn(mimetype: Json | undefined, encoding: Json | undefined, value: Json): SerialValue {
  const as = readEncoding(typeof encoding === 'string' ? encoding : 'utf-8');
  const type = typeof mimetype === 'string' && mimetype !== '' ? readMediaType(mimetype) : usualText;
  return { mimetype: type, encoding: as, bytes: decodeValue(value, as) };
}

/** Whose it was is not restored: it belongs to who makes it again, or whom it belongs to now. */
function metadataIn(fields: JsonObject): JsonObject {
  const { cdmi_owner: _, ...metadata } = asObject(fields['metadata'] ?? {});
  return metadata;
}

function asObject(json: Json): JsonObject {
  if (isObject(json)) return json;
  throw invalid('metadata must be an object');
}

function listIn(fields: JsonObject, name: string): readonly Json[] {
  const list = fields[name] ?? [];
  if (Array.isArray(list)) return list as readonly Json[];
  throw invalid(`${name} must be a list`);
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
