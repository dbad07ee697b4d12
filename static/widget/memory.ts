// What one browser remembers of one bot. Blocked storage costs the memory, never the chat.
import type { Unsent } from "./thread";
import type { Theme } from "./wire";

export interface Remembered {
  visitor_key?: string;
  theme?: Theme;
}

/** What this tab would lose on the way to the next page. */
export interface Kept {
  draft?: string;
  unsent?: Unsent[];
}

const store = <T extends object>(kind: "localStorage" | "sessionStorage", key: string) => {
  let value = {} as T;
  try {
    value = JSON.parse(window[kind].getItem(key) ?? "{}") as T;
  } catch {
    // Blocked or spoilt: start empty.
  }
  return {
    get: (): T => value,
    set: (change: Partial<T>): void => {
      value = { ...value, ...change };
      try {
        window[kind].setItem(key, JSON.stringify(value));
      } catch {
        // Blocked or full: this page still knows.
      }
    },
  };
};

export const remembered = (key: string) => store<Remembered>("localStorage", key);
export const kept = (key: string) => store<Kept>("sessionStorage", key);
export type Memory = ReturnType<typeof remembered>;
