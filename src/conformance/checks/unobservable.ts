/** A requirement on servers that cannot be seen from outside, and why. */
export interface Unobservable {
  readonly id: string;
  readonly why: string;
}

/** All requirements with level MUST or SHOULD on servers that have no check. */
export const unobservable: readonly Unobservable[] = [
  {
    id: 'TEXT-9-a',
    why: 'Who answers is mostly a proxy, and what it does about TLS and credentials depends on where it stands.',
  },
  {
    id: 'JSON-4-a',
    why: 'Who answers is mostly a proxy, and what it does about TLS and credentials depends on where it stands.',
  },
  {
    id: 'HTTP-12-a',
    why: 'A suite sees the endpoint that it is given; whether there is TLS elsewhere, or in front of it, it does not.',
  },
  {
    id: 'HTTP-12-b',
    why: 'A suite has the credentials that it is given, and cannot tell a server that is open on purpose from a careless one.',
  },
  { id: 'HTTP-12-c', why: 'What a server relies on when it decides who may do what happens inside.' },
  { id: 'CORE-6-a', why: 'A suite cannot tell a server that is open on purpose from one that lacks authorization.' },
  { id: 'C11-5-a', why: 'A suite cannot tell a server that is open on purpose from one that lacks authorization.' },
  { id: 'INF-28', why: 'What is done with containers shows through CDMI, and OCCI tells nobody where that is.' },
  { id: 'INF-29', why: 'What is done with containers shows through CDMI, and OCCI tells nobody where that is.' },
  {
    id: 'INF-43',
    why: 'What a template does inside cannot be told from what it is known to do, since that is not shown.',
  },
  { id: 'INF-51', why: 'What has reached a machine shows inside the machine.' },
  { id: 'INF-56', why: 'A suite cannot tell a server that is open on purpose from one that lacks authorization.' },
];
