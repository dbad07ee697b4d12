// One answer: set text without a bubble, its footnotes, and what one can do with it.
import { button, h } from "./dom";
import { icon, RETRY } from "./icons";
import { kit, type More } from "./kit";
import { markdown } from "./markdown";
import { fill, text } from "./texts";
import type { Citation, Message, WidgetSettings } from "./wire";

export interface AnswerActions {
  source(citations: Citation[], number: number): void;
  feedback(id: string, value: Message["feedback"]): void;
  more(use: (more: More) => void): void;
  person(): void;
  again(): void;
}

export interface Answer {
  update(message: Message): void;
  grow(piece: string): void;
}

export const answer = (element: HTMLElement, settings: WidgetSettings, act: AnswerActions): Answer => {
  let row: Message;
  let shown: string | null = null;
  let writer: ReturnType<typeof markdown>;
  const prose = h("div.prose");
  const below = h("div");

  const cited = (number: number) => row.citations.some((citation) => citation.number === number);

  /** While the answer runs its sources are not known: every number counts, and is settled at the end. */
  const cite = (number: number): Node | null => {
    if (!settings.show_sources || (row.state !== "running" && !cited(number))) return null;
    const mark = button(".cite", null, () => cited(number) && act.source(row.citations, number), `${number}`);
    return h("span", { "data-number": number }, "\u2060", mark);
  };

  const settleNumbers = () => {
    for (const whole of prose.querySelectorAll<HTMLElement>("[data-number]")) {
      const number = Number(whole.dataset.number);
      if (!cited(number)) whole.replaceWith(` [${number}]`);
      else whole.lastElementChild!.ariaLabel = fill("sourceOf", { number, count: row.citations.length });
    }
  };

  const restart = () => {
    prose.replaceChildren();
    writer = markdown(prose, cite, () => act.more(() => {}));
    shown = "";
  };

  const grow = (piece: string) => {
    shown += piece;
    writer.add(piece);
    element.classList.remove("empty");
  };

  const byBot = (message: Message) => {
    if (shown === null || !message.text.startsWith(shown)) restart();
    if (message.text.length > shown!.length) grow(message.text.slice(shown!.length));
    if (message.state === "running") return;
    writer.end();
    settleNumbers();
    act.more((more) => below.replaceChildren(...more.below(kit, message, settings, act)));
  };

  const byPerson = (message: Message) => {
    prose.dir = "auto";
    prose.classList.add("pre");
    prose.textContent = message.text;
    act.more((more) => prose.replaceChildren(...more.personTurn(kit, message)));
  };

  return {
    grow,
    update(message) {
      row = message;
      if (!element.childElementCount) element.append(h("span.sr", {}, `${message.author_name || settings.title}: `), prose, below);
      element.ariaBusy = `${message.state === "running"}`;
      element.classList.toggle("empty", message.state === "running" && !message.text);
      if (message.author === "bot") byBot(message);
      else byPerson(message);
    },
  };
};

/** What went wrong, where it happened, with the way out. */
export const again = (words: string, retry: () => void): HTMLElement =>
  h("div.failed", {}, h("span", { dir: "auto" }, words), button("", null, retry, icon(RETRY), text("retry")));
