// The conversation on the screen: one element a row, kept in the order of the thread.
import { answer, type Answer, type AnswerActions } from "./answer";
import { button, h } from "./dom";
import { DOWN, icon, RETRY, SEND } from "./icons";
import { plainText } from "./inline";
import { text } from "./texts";
import type { Thread, Unsent } from "./thread";
import type { Message, WidgetSettings } from "./wire";

export interface LogActions extends AnswerActions {
  ask(question: string): void;
  retry(client_id: string): void;
}

interface Turn {
  element: HTMLElement;
  answer?: Answer;
}

const NEAR_END = 48;

export class Log {
  readonly element: HTMLElement;
  readonly fresh: HTMLElement;
  readonly #turns = new Map<string, Turn>();
  readonly #unsent = new Map<string, HTMLElement>();
  readonly #rowsEnd = document.createComment("");
  readonly #wait = h("div.wait", {}, h("i"), h("i"), h("i"), h("span"));
  readonly #card: HTMLElement;
  readonly #greeting: HTMLElement;
  readonly #asks: HTMLElement;
  #atEnd = true;

  readonly #settings: WidgetSettings;
  readonly #act: LogActions;

  constructor(settings: WidgetSettings, act: LogActions) {
    this.#settings = settings;
    this.#act = act;
    this.#greeting = greeting(settings);
    this.#asks = asks(settings.suggested_questions, (question) => act.ask(question));
    this.#card = waitingCard();
    this.element = h("div.log", { role: "log", tabindex: 0, "aria-label": text("conversation"), onscroll: () => this.#scrolled() });
    this.element.append(this.#greeting, this.#rowsEnd, this.#asks, this.#wait, this.#card);
    this.fresh = button(".fresh", null, () => this.toEnd(), icon(DOWN), text("newAnswer"));
    this.fresh.hidden = true;
    new ResizeObserver(() => this.#atEnd && this.toEnd()).observe(this.element);
  }

  row(message: Message, next?: Message): void {
    const known = this.#turns.get(message.id);
    const turn = known ?? { element: this.#claim(message) };
    this.#turns.set(message.id, turn);
    if (message.role === "ASSISTANT") turn.answer ??= answer(turn.element, this.#settings, this.#act);
    this.#changing(message.role !== "USER", () => {
      if (turn.answer) turn.answer.update(message);
      else if (message.role === "USER") visitorTurn(turn.element, message.text);
      else turn.element.replaceChildren(message.text);
      const before = (next && this.#turns.get(next.id)?.element) ?? this.#rowsEnd;
      if (turn.element.nextSibling !== before) this.element.insertBefore(turn.element, before);
    });
  }

  /** The element of a message that was shown before it was stored, or a new one. */
  #claim({ role, client_id }: Message): HTMLElement {
    const shown = client_id && this.#unsent.get(client_id);
    if (client_id) this.#unsent.delete(client_id);
    return shown || h(role === "USER" ? "div.you" : role === "SYSTEM" ? "p.rule" : "div.bot");
  }

  grow(message: Message, piece: string): void {
    this.#changing(true, () => this.#turns.get(message.id)?.answer?.grow(piece));
  }

  pending({ client_id, text: words, failure }: Unsent): void {
    const element = this.#unsent.get(client_id) ?? h("div.you");
    if (!this.#unsent.has(client_id)) this.element.insertBefore(element, this.#asks);
    this.#unsent.set(client_id, element);
    visitorTurn(element, words);
    element.classList.toggle("bad", failure !== null);
    if (failure !== null) element.append(notSent(failure, () => this.#act.retry(client_id)));
    this.toEnd();
  }

  /** What stands below the turns. */
  state(thread: Thread): void {
    const { running, phase, answering, rows, unsent } = thread;
    const waiting = running ? !running.text : thread.expecting;
    const words = phase === "searching" ? text("searching") : phase === "answering" ? text("writing") : "";
    this.#changing(false, () => {
      this.#wait.hidden = !waiting;
      if (this.#wait.lastChild!.textContent !== words) this.#wait.lastChild!.textContent = words;
      this.#card.hidden = answering !== "waiting";
      const started = rows.length + unsent.length > 0;
      this.#asks.hidden = started || !this.#settings.suggested_questions.length;
    });
  }

  /** With a history the visitor has been greeted before. */
  skipGreeting(): void {
    this.#greeting.remove();
  }

  /** Before there are settings: three lines, and nothing said. */
  static blank(): HTMLElement {
    return h("div.log", {}, h("div.wait", {}, h("i"), h("i"), h("i")));
  }

  #changing(telling: boolean, change: () => void): void {
    change();
    if (this.#atEnd) this.toEnd();
    else if (telling) this.fresh.hidden = false;
  }

  #scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.#atEnd) this.fresh.hidden = true;
  }

  toEnd(): void {
    this.#atEnd = true;
    this.fresh.hidden = true;
    this.element.scrollTop = this.element.scrollHeight;
  }
}

const visitorTurn = (element: HTMLElement, words: string): void => {
  element.classList.remove("bad");
  element.replaceChildren(h("p", { dir: "auto" }, h("span.sr", {}, `${text("youSaid")} `), ...plainText(words)));
};

const notSent = (failure: string, retry: () => void): HTMLElement =>
  h(
    "div.failed",
    {},
    h("span", { dir: "auto" }, text("notSent"), failure && ` ${failure}`),
    button("", null, retry, icon(RETRY), text("retry")),
  );

const greeting = ({ greeting: words }: WidgetSettings): HTMLElement => h("div.hello.prose", { dir: "auto" }, words);

const asks = (questions: string[], ask: (question: string) => void): HTMLElement => {
  const rows = questions.map((question) => button("", null, () => ask(question), h("span", { dir: "auto" }, question), icon(SEND)));
  return h("div.asks", {}, h("p", {}, text("oftenAsked")), ...rows);
};

const waitingCard = (): HTMLElement =>
  h(
    "div.card",
    { hidden: true },
    h("p.card-h", {}, text("waitHead")),
    h("p", {}, text("waitBody")),
    h("div.meter", { "aria-hidden": "true" }, h("i")),
  );
