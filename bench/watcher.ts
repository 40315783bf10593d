/**
 * Asks a server for its health again and again, in a thread of its own, so that it sees how long others have to wait
 * and not how busy the benchmark is. Told to stop, it tells the longest wait, in milliseconds.
 */
import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const agent = new Agent({ keepAlive: true });
let longest = 0;
let stopping = false;
parentPort?.once('message', () => {
  stopping = true;
});

function ask(): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ port: workerData, path: '/healthz', agent }, (response) => response.resume().on('end', resolve)).on(
      'error',
      reject,
    );
  });
}

await ask();
parentPort?.postMessage('ready');
while (!stopping) {
  const begun = performance.now();
  await ask();
  longest = Math.max(longest, performance.now() - begun);
  await delay(2);
}
agent.destroy();
parentPort?.postMessage(longest);
