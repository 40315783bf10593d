/** Names the directory in which a run of the tests keeps what is searched after it; without it, nothing is kept. */
export const placeVariable = 'OCCI_TEST_KEPT';

/** What is in the directory: logs, below the names of the tests' files; and the secrets, one JSON string a line. */
export const kept = { logs: 'logs', secrets: 'secrets' } as const;
