import { mkdirSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { type Environment, type RunningGateway, startGateway, temporaryDirectory } from '../server/command.ts';
import { type PostgreSql, startPostgreSql } from './lab/postgresql.ts';

/** What {@link twoCdmiGateways} has started; there is nothing before the first test. */
export interface TwoCdmiGateways {
  /** @param number 0 or 1; beyond that they take turns */
  gateway(number: number): RunningGateway;
  readonly database: PostgreSql;
}

/**
 * Two gateways with CDMI on one PostgreSQL of their own, for all tests of a `describe`. Each has a directory of its own,
 * as its machines are its own, and both have one for values.
 */
export function twoCdmiGateways(environment: Environment = {}): TwoCdmiGateways {
  const directory = temporaryDirectory();
  let database: PostgreSql | undefined;
  const gateways: RunningGateway[] = [];
  beforeAll(async () => {
    database = await startPostgreSql();
    const shared = { OCCI_CDMI: 'on', OCCI_DATABASE_URL: await database.database(), ...environment };
    mkdirSync(`${directory.path}/cdmi`);
    for (const name of ['first', 'second']) {
      const dataDir = `${directory.path}/${name}`;
      mkdirSync(dataDir);
      symlinkSync(`${directory.path}/cdmi`, `${dataDir}/cdmi`);
      gateways.push(await startGateway(dataDir, shared));
    }
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop('SIGKILL');
    await database?.stop();
    directory.remove();
  });
  return {
    gateway: (number) => gateways[number % gateways.length] as RunningGateway,
    get database() {
      return database as PostgreSql;
    },
  };
}
