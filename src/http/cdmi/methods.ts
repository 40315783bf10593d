/** What is defined for objects. */
export const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS'];

/** What is defined for those in which nothing can be put. */
export const withoutPost = methods.filter((method) => method !== 'POST');

/** What is defined for what can only be read. */
export const onlyRead = ['GET', 'HEAD', 'OPTIONS'];
