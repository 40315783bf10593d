import { pino } from 'pino';
import type { GatewayLog } from './gateway.ts';

/** The log of the command: JSON lines on standard output, in the form of pino. */
export interface ProcessLog extends GatewayLog {
  infoJson(members: string, message: string): void;
  /** Writes what is still in memory, now. */
  flush(): void;
}

/** Milliseconds that a line may wait in memory for others. */
const longestWait = 1000;

/** Characters in memory that wait no longer: a write costs the same for a few lines as for hundreds. */
const enough = 65_536;

/** @param level the least important level that is written, `info` */
export function openLog(level: string): ProcessLog {
  const destination = pino.destination({ dest: 1, sync: false, minLength: enough, maxWrite: 2 * enough });
  const log = pino({ level, base: null }, destination);
  setInterval(() => destination.flush(), longestWait).unref();
  const { info } = log.levels.values;
  let lines: string[] = [];
  const write = () => {
    if (lines.length === 0) return;
    const text = lines.join('');
    lines = [];
    destination.write(text);
  };
  // There is a line for every request, of flat data: serializing it as a whole is several times as fast.
  const infoJson = (members: string, message: string) => {
    if (!log.isLevelEnabled('info')) return;
    const head = `"level":${info},"time":${Date.now()}`;
    lines.push(`{${head},${members === '' ? '' : `${members},`}"msg":${JSON.stringify(message)}}\n`);
    if (lines.length === 1) queueMicrotask(write);
  };
  return {
    infoJson,
    info: (details, message) => infoJson(JSON.stringify(details).slice(1, -1), message),
    warn: (details, message) => log.warn(details, message),
    error: (details, message) => log.error(details, message),
    flush() {
      write();
      destination.flushSync();
    },
  };
}
