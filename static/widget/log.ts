// The conversation on the screen: one element a row, kept in the order of the thread.
import { again, answer, type Answer, type AnswerActions } from "./answer";
import { button, h } from "./dom";
import { icon, SEND } from "./icons";
import { kit } from "./kit";
import { text } from "./texts";
import type { ThreadState, Unsent } from "./thread";
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

export const newLog = (settings: WidgetSettings, act: LogActions) => {
  const turns = new Map<string, Turn>();
  const pending = new Map<string, HTMLElement>();
  const rowsEnd = document.createComment("");
  const words = h("span");
  const wait = h("div.wait", {}, h("i"), h("i"), h("i"), words);
  const hello = h("div.hello.prose", { dir: "auto" }, settings.greeting);
  const questions = asks(settings.suggested_questions, act.ask);
  const props = { role: "log", tabindex: 0, "aria-label": text("conversation"), onscroll: () => scrolled() };
  const element = h("div.log", props, hello, rowsEnd, questions, wait);
  const fresh = button(".fresh", null, () => toEnd(), text("newAnswer"));
  let card: HTMLElement | undefined;
  let atEnd = true;

  const toEnd = () => {
    atEnd = fresh.hidden = true;
    element.scrollTop = element.scrollHeight;
  };
  const scrolled = () => {
    atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    if (atEnd) fresh.hidden = true;
  };
  /** After a change: stay at the end, or say that there is something new. */
  const changed = (telling: boolean) => {
    if (atEnd) toEnd();
    else if (telling && fresh.hidden) act.more(() => (fresh.hidden = atEnd));
  };
  /** What comes later makes a turn longer. */
  const later: LogActions = {
    ...act,
    more: (use) =>
      act.more((more) => {
        use(more);
        changed(false);
      }),
  };
  fresh.hidden = true;
  new ResizeObserver(() => changed(false)).observe(element);

  /** The element of a message that was shown before it was stored, or a new one. */
  const claim = ({ role, client_id }: Message): HTMLElement => {
    const shown = client_id && pending.get(client_id);
    pending.delete(client_id!);
    return shown || h(role === "USER" ? "div.you" : role === "SYSTEM" ? "p.rule" : "div.bot");
  };
  /** The card that says that somebody is being called. */
  const called = (yes: boolean) => {
    if (yes && !card) {
      const place = (card = element.appendChild(h("div")));
      later.more((more) => place.append(more.waitingCard(kit)));
    }
    if (card) card.hidden = !yes;
  };

  return {
    element,
    fresh,
    toEnd,
    row(message: Message, next?: Message): void {
      const turn = turns.get(message.id) ?? { element: claim(message) };
      turns.set(message.id, turn);
      if (message.role === "ASSISTANT") (turn.answer ??= answer(turn.element, settings, later)).update(message);
      else if (message.role === "USER") visitorTurn(turn.element, message.text);
      else turn.element.textContent = message.text;
      const before = (next && turns.get(next.id)?.element) ?? rowsEnd;
      if (turn.element.nextSibling !== before) before.before(turn.element);
      changed(message.role !== "USER");
    },
    grow(message: Message, piece: string): void {
      turns.get(message.id)?.answer?.grow(piece);
      changed(true);
    },
    pending({ client_id, text: said, failure }: Unsent): void {
      const turn = pending.get(client_id) ?? h("div.you");
      if (!pending.has(client_id)) questions.before(turn);
      pending.set(client_id, turn);
      visitorTurn(turn, said);
      turn.classList.toggle("bad", failure !== null);
      if (failure !== null) turn.append(again(`${text("notSent")} ${failure}`, () => act.retry(client_id)));
      toEnd();
    },
    /** What stands below the turns. */
    state({ running, phase, answering, rows, unsent, expecting }: ThreadState): void {
      const now = phase ? text(phase === "searching" ? "searching" : "writing") : "";
      if (words.textContent !== now) words.textContent = now;
      wait.hidden = running ? !!running.text : !expecting;
      questions.hidden = !questions.childElementCount || rows.length + unsent.length > 0;
      called(answering === "waiting");
      changed(false);
    },
    /** With a history the visitor has been greeted before. */
    skipGreeting: () => hello.remove(),
  };
};

const visitorTurn = (element: HTMLElement, words: string): void => {
  element.classList.remove("bad");
  element.replaceChildren(h("p", { dir: "auto" }, h("span.sr", {}, `${text("youSaid")} `), words));
};

const asks = (questions: string[], ask: (question: string) => void): HTMLElement => {
  const rows = questions.map((question) => button("", null, () => ask(question), h("span", { dir: "auto" }, question), icon(SEND)));
  return h("div.asks", {}, ...(rows.length ? [h("p", {}, text("oftenAsked")), ...rows] : []));
};
