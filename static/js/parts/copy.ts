// Copies a value and says so on the button itself.
import { announce, byId, on } from "./events";

const SAID_MS = 1600;

const write = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

const select = (element: HTMLElement | null): void => {
  if (element) getSelection()?.selectAllChildren(element);
};

const copy = async (button: HTMLElement): Promise<void> => {
  const source = byId(button.dataset.copy);
  const text = button.dataset.copyText ?? (source instanceof HTMLInputElement ? source.value : source?.textContent) ?? "";
  if (!(await write(text.trim()))) return select(source);
  const said = button.dataset.copied ?? "";
  announce(said);
  const label = button.querySelector("span");
  if (!label || label.textContent === said) return;
  const before = label.textContent;
  label.textContent = said;
  setTimeout(() => (label.textContent = before), SAID_MS);
};

export const startCopy = (): void => on("click", "[data-copy], [data-copy-text]", (button) => void copy(button));
