import { type Exchange, field } from '../../../src/client/exchange.ts';
import { withBody } from '../mutation.ts';

const isField = (name: string) => /^(?:category|link|x-occi-attribute|x-occi-location)$/i.test(name);

/** Changes what a successful answer says in text, line by line, or header field by header field. */
export function saying(change: (value: string, field: string) => string) {
  return (exchange: Exchange): Exchange => {
    const { request, response } = exchange;
    if (response.status >= 300) return exchange;
    const headers = response.headers.map(([name, value]) => {
      return [name, isField(name) ? change(value, name.toLowerCase()) : value] as const;
    });
    return withBody({ request, response: { ...response, headers } }, (text) => {
      return text.replace(/^([A-Za-z-]+): (.*)$/gm, (line, name: string, value: string) => {
        return isField(name) ? `${name}: ${change(value, name.toLowerCase())}` : line;
      });
    });
  };
}

/** Changes the values of one field. */
export function inField(field: string, change: (value: string) => string) {
  return saying((value, name) => (name === field ? change(value) : value));
}

/** Changes the answers to requests that look like this. */
export function answering(method: string, path: RegExp, change: (exchange: Exchange) => Exchange) {
  return (exchange: Exchange): Exchange => {
    const { method: asked, url } = exchange.request;
    return asked === method && path.test(new URL(url).pathname) ? change(exchange) : exchange;
  };
}

/** Changes the answers of a media type. */
export function inType(type: string, change: (exchange: Exchange) => Exchange) {
  return (exchange: Exchange): Exchange => {
    return field(exchange.response.headers, 'content-type')?.startsWith(type) === true ? change(exchange) : exchange;
  };
}
