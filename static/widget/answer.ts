// One answer: set text without a bubble, its footnotes, and what one can do with it.
import { button, h } from "./dom";
import { CHECK, COPY, GO, icon, NO, RETRY, YES } from "./icons";
import { plainText } from "./inline";
import { Markdown } from "./markdown";
import { fill, text } from "./texts";
import type { Citation, Message, WidgetSettings } from "./wire";

export interface AnswerActions {
  source(citations: Citation[], number: number): void;
  feedback(id: string, value: -1 | 0 | 1): void;
  person(): void;
  again(): void;
}

export interface Answer {
  update(message: Message): void;
  grow(piece: string): void;
}

const MARKS = /\s*\[\d{1,2}\]/g;

export const answer = (element: HTMLElement, settings: WidgetSettings, act: AnswerActions): Answer => {
  let row: Message;
  let shown: string | null = null;
  let markdown: Markdown;
  const prose = h("div.prose");
  const below = h("div");
  const numbers = new Set<HTMLElement>();

  const cited = (number: number) => row.citations.some((citation) => citation.number === number);

  /** While the answer runs its sources are not known: every number counts, and is settled at the end. */
  const cite = (number: number): Node | null => {
    if (!settings.show_sources || (row.state !== "running" && !cited(number))) return null;
    const mark = button(".cite", null, () => cited(number) && act.source(row.citations, number), `${number}`);
    const whole = h("span", { "data-number": number }, "\u2060", mark);
    numbers.add(whole);
    return whole;
  };

  const settleNumbers = () => {
    for (const whole of numbers) {
      const number = Number(whole.dataset.number);
      if (!cited(number)) whole.replaceWith(`[${number}]`);
      else whole.lastElementChild!.ariaLabel = fill("sourceOf", { number, count: row.citations.length });
    }
    numbers.clear();
  };

  const restart = () => {
    prose.replaceChildren();
    numbers.clear();
    markdown = new Markdown(prose, cite);
    shown = "";
  };

  const grow = (piece: string) => {
    shown += piece;
    markdown.add(piece);
    element.classList.remove("empty");
  };

  const byBot = (message: Message) => {
    if (shown === null || !message.text.startsWith(shown)) restart();
    if (message.text.length > shown!.length) grow(message.text.slice(shown!.length));
    if (message.state === "running") return;
    markdown.end();
    settleNumbers();
    below.replaceChildren(...belowAnswer(message, settings, act));
  };

  const byPerson = (message: Message) => {
    prose.dir = "auto";
    prose.classList.add("person");
    prose.replaceChildren(h("b.from", {}, message.author_name), ...plainText(message.text));
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

const belowAnswer = (message: Message, settings: WidgetSettings, act: AnswerActions): Node[] => {
  const parts: Node[] = [];
  if (message.state === "failed") parts.push(brokenOff(act));
  if (message.state === "stopped") parts.push(h("p.meta", {}, text("stopped")));
  if (message.citations.length && settings.show_sources) parts.push(footnotes(message, act));
  if (message.refused && settings.person_offered) parts.push(button(".btn.soft", null, act.person, text("askPerson")));
  else if (message.state === "complete" && !message.refused) parts.push(thumbs(message, act));
  return parts;
};

const brokenOff = (act: AnswerActions): HTMLElement =>
  h("div.failed", {}, h("span", {}, text("brokenOff")), button("", null, act.again, icon(RETRY), text("retry")));

const footnotes = ({ citations }: Message, act: AnswerActions): HTMLElement =>
  h(
    "ol.notes",
    { "aria-label": text("sources") },
    ...citations.map(({ number, title, place }) =>
      h(
        "li",
        {},
        button(
          "",
          null,
          () => act.source(citations, number),
          h("span.num", {}, `${number}`),
          h("b", { dir: "auto" }, title),
          h("small", { dir: "auto" }, place),
          icon(GO, true),
        ),
      ),
    ),
  );

const thumbs = (message: Message, act: AnswerActions): HTMLElement => {
  let value = message.feedback;
  const yes = button(".ic", text("helped"), () => press(1), icon(YES));
  const no = button(".ic", text("notHelped"), () => press(-1), icon(NO));
  const show = () => {
    yes.ariaPressed = `${value === 1}`;
    no.ariaPressed = `${value === -1}`;
  };
  const press = (pressed: 1 | -1) => {
    value = value === pressed ? 0 : pressed;
    show();
    act.feedback(message.id, value);
  };
  show();
  return h("div.acts", {}, yes, no, navigator.clipboard ? copier(message.text) : null);
};

const copier = (words: string): HTMLElement => {
  const copy = button(".ic", text("copy"), () => void write(), icon(COPY));
  const write = async () => {
    await navigator.clipboard.writeText(words.replace(MARKS, ""));
    copy.ariaLabel = text("copied");
    copy.replaceChildren(icon(CHECK));
  };
  return copy;
};
