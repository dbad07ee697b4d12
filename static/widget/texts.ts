// The interface texts: texts.json is the list (key → English), the server sends it in the visitor's language.
import type all from "./texts.json";
import { closeChat, offline, unavailable } from "./texts.json";

export type TextKey = keyof typeof all;
export type Texts = Partial<Record<TextKey, string>>;

// Compiled in: only what can be seen before the session has arrived, or when it never does.
let texts: Texts = { closeChat, offline, unavailable };

export const useTexts = (received: Texts): void => {
  texts = { ...texts, ...received };
};

export const text = (key: TextKey): string => texts[key] ?? "";

/** Puts values into the places a text names, such as {number}. */
export const fill = (key: TextKey, values: Record<string, string | number>): string =>
  text(key).replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
