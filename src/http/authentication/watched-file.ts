import { readFile, stat } from 'node:fs/promises';

/** What a file says, as it is now. */
export interface WatchedFile<T> {
  /** The content; at most a second old. */
  current(): T | Promise<T>;
}

/** How a file is read. */
export interface WatchedFileOptions<T> {
  /** @throws Error when it makes no sense */
  readonly parse: (text: string) => T;
  /** Is told when the file has been read anew. */
  readonly onChange?: () => void;
  /** Is told when a changed file makes no sense, or is gone; what it said before goes on. */
  readonly onMistake: (mistake: Error) => void;
  readonly now?: () => number;
}

/** Editors write a file in pieces, or put another one in its place; nobody waits for a change for longer than this. */
const checkedMs = 1000;

/**
 * Reads a file, and again when it has changed. It is looked at when somebody asks: no timers, and no notifications that
 * some file systems do not send.
 *
 * @throws Error when it cannot be read, or makes no sense
 */
export async function watchedFile<T>(path: string, options: WatchedFileOptions<T>): Promise<WatchedFile<T>> {
  const { parse, onChange, onMistake, now = () => performance.now() } = options;
  let stamp = await stampOf(path);
  let content = parse(await readFile(path, 'utf8'));
  let checked = now();
  let check: Promise<T> | undefined;

  const look = async (): Promise<T> => {
    try {
      const found = await stampOf(path).catch((error: NodeJS.ErrnoException) => {
        if (stamp !== gone) onMistake(error);
        return gone;
      });
      if (found === stamp) return content;
      stamp = found;
      if (found === gone) return content;
      content = parse(await readFile(path, 'utf8'));
      onChange?.();
    } catch (error) {
      onMistake(error as Error);
    } finally {
      checked = now();
      check = undefined;
    }
    return content;
  };
  return {
    current() {
      if (check === undefined && now() - checked < checkedMs) return content;
      check ??= look();
      return check;
    },
  };
}

const gone = 'gone';

/** What differs when a file has been written to, or another one is in its place. */
async function stampOf(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
  return `${dev} ${ino} ${size} ${mtimeNs}`;
}
