// The panel: head, status line, conversation, composer and foot line, and which of them are there.
import { composer, type ComposerActions } from "./composer";
import { button, h } from "./dom";
import { CLOSE, icon, MORE, PERSON } from "./icons";
import { kit, type More } from "./kit";
import { newLog, type LogActions } from "./log";
import { text } from "./texts";
import type { ThreadState } from "./thread";
import type { Citation, Theme, WidgetSettings } from "./wire";

export interface PanelActions extends Omit<LogActions, "source">, ComposerActions {
  close(): void;
  setTheme(theme: Theme): void;
}

export const panelView = (settings: WidgetSettings, act: PanelActions, theme: Theme, base: string) => {
  let extras: ReturnType<More["furnish"]> | undefined;
  let byBot = true;

  const bar = h("div.bar", { role: "status" });
  const face = h("span.face", { "aria-hidden": "true" });
  const name = h("h2", { id: "name", dir: "auto" });
  const status = h("p.status", { dir: "auto" });
  const opener = button(".ic", text("more"), () => furnished(({ toggleMenu }) => toggleMenu()), icon(MORE));
  const shut = button(".ic", text("closeChat"), act.close, icon(CLOSE));
  const head = h("div.head", {}, face, h("div.who", {}, name, status), opener, shut);
  opener.ariaHasPopup = "menu";
  opener.ariaExpanded = "false";

  const askPerson = () => {
    act.person();
    field.element.focus();
  };
  const ask = settings.person_offered ? button("", null, askPerson, icon(PERSON), text("askPerson")) : null;
  const fine = h("p.fine", {}, ask, h("span", {}, text("automatic")));
  const source = (all: Citation[], number: number) => furnished(({ openSource }) => openSource(all, number));
  const log = newLog(settings, { ...act, person: askPerson, source });
  const field = composer(act);
  const foot = h("div.foot", {}, log.fresh, field.root, fine);
  const element = h("div.inner", { lang: settings.locale, dir: settings.direction }, head, bar, log.element, foot);

  const room = { body: element, head, opener, theme, setTheme: act.setTheme, person: () => (ask && byBot ? askPerson : null) };
  const furnished = (use: (extras: ReturnType<More["furnish"]>) => void) =>
    act.more((more) => use((extras ??= more.furnish(kit, room))));

  // Only from our own server: a picture is never a request to anybody else.
  const picture = settings.avatar_url ? new URL(settings.avatar_url, base).href : "";
  const portrait = picture.startsWith(base) && h("img", { src: picture, alt: "" });
  const who = (title: string, words: string) => {
    if (name.textContent === title) return;
    name.textContent = title;
    status.textContent = words;
    face.textContent = [...title.trim()][0] ?? "";
    if (title === settings.title && portrait) face.append(portrait);
  };
  who(settings.title, settings.subtitle);

  return {
    element,
    log,
    field,
    state(thread: ThreadState): void {
      byBot = thread.answering === "bot";
      log.state(thread);
      field.setRunning(byBot && (thread.expecting || !!thread.running));
      element.classList.toggle("bare", !byBot);
      const person = thread.rows.findLast(({ author }) => author === "agent" || author === "phone");
      if (thread.answering === "person") who(person?.author_name || settings.title, text("personStatus"));
      else who(settings.title, settings.subtitle);
    },
    /** One quiet line under the head; "" takes it away. */
    tell(words: string): void {
      bar.replaceChildren(...(words ? [h("span", {}, words)] : []));
    },
  };
};

export type PanelView = ReturnType<typeof panelView>;
