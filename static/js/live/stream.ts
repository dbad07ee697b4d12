// The running answer: text appears as it comes; the finished message replaces it with sources and Markdown.
import { onPage } from "./page";
import { isAtEnd, scrollToEnd } from "./places";

const texts = new Map<string, string>();

const draw = (message: string): void => {
  const text = texts.get(message);
  const place = document.querySelector<HTMLElement>(`[data-stream="${CSS.escape(message)}"]`);
  if (!place || !text) return;
  const follow = isAtEnd();
  const bubble = place.closest(".msg__bubble");
  bubble?.classList.remove("msg__bubble--wait");
  bubble?.querySelectorAll<HTMLElement>(".typing, [data-stream-wait]").forEach((part) => (part.hidden = true));
  place.hidden = false;
  place.textContent = text.replace(/\[\d+\]/g, "");
  if (follow) scrollToEnd();
};

// A piece that does not fit what came before is left out: the finished message has it all.
export const showProgress = (message: string, offset: number, text: string): void => {
  const known = texts.get(message) ?? "";
  if (offset > known.length) return;
  texts.set(message, known.slice(0, offset) + text);
  draw(message);
};

export const finishStream = (message: string): void => {
  texts.delete(message);
};

// The row of an answer may arrive after its first words.
export const startStream = (): void => onPage("htmx:afterSettle", () => [...texts.keys()].forEach(draw));
