import { parse } from 'content-type';

/** One element of a list of media types: an Accept header, or what clients put into Content-Type. */
export interface MediaType {
  /** In lower case; empty where an element has none. */
  readonly type: string;
  /** Names in lower case, values as they are. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The elements of a list, also of one that is not quite well-formed. */
export function mediaTypesIn(header: string): readonly MediaType[] {
  const elements: MediaType[] = [];
  for (let start = 0; start < header.length; ) {
    const { type, parameters, index } = parse(header, { comma: true, start });
    if (type !== '') elements.push({ type, parameters });
    start = index + 1;
  }
  return elements;
}
