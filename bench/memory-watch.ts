import { residentMemory } from './servers.ts';

/** By how much memory may grow, in MB: neither large values nor long listings are ever there as a whole. */
export const mostMemory = 128;

/** Begins to watch. @returns ends it, and tells by how many MB resident memory has grown at most since the first began */
export type MemoryWatch = () => () => number;

/** Watches a process, whose memory of now is what it is compared with. */
export function memoryWatch(pid: number): MemoryWatch {
  const base = residentMemory(pid);
  return () => {
    let most = 0;
    const sampling = setInterval(() => {
      most = Math.max(most, residentMemory(pid) - base);
    }, 5);
    return () => {
      clearInterval(sampling);
      return most;
    };
  };
}
