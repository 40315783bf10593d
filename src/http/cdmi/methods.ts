/** What is defined for objects. */
export const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS'];

/** What is defined for what can only be read. */
export const onlyRead = ['GET', 'HEAD', 'OPTIONS'];
