// The panel: head, status line, conversation, composer and foot line, and which of them are there.
import { composer, type ComposerActions } from "./composer";
import { button, h } from "./dom";
import { CLOSE, icon, PERSON } from "./icons";
import { Log, type LogActions } from "./log";
import { headMenu } from "./menu";
import { readingSheet } from "./sheet";
import { text } from "./texts";
import type { Thread } from "./thread";
import type { Citation, Theme, WidgetSettings } from "./wire";

export interface PanelActions extends Omit<LogActions, "source">, ComposerActions {
  close(): void;
  setTheme(theme: Theme): void;
}

export class PanelView {
  readonly element: HTMLElement;
  readonly composer: ReturnType<typeof composer>;
  readonly log: Log;
  readonly #bar = h("div.bar", { role: "status" });
  readonly #face = h("span.face", { "aria-hidden": "true" });
  readonly #name = h("h2", { id: "name", dir: "auto" });
  readonly #status = h("p.status", { dir: "auto" });
  readonly #foot: HTMLElement;
  readonly #fine: HTMLElement;
  readonly #menu: ReturnType<typeof headMenu>;
  readonly #sheet = readingSheet(() => this.#closeSource());
  #came: HTMLElement | null = null;

  readonly #settings: WidgetSettings;
  readonly #act: PanelActions;

  constructor(settings: WidgetSettings, act: PanelActions, theme: Theme, base: string) {
    this.#settings = settings;
    this.#act = act;
    const ask = settings.person_offered ? () => this.#askPerson() : null;
    this.#menu = headMenu(theme, act.setTheme, ask);
    this.log = new Log(settings, { ...act, person: () => this.#askPerson(), source: (all, number) => this.#openSource(all, number) });
    this.composer = composer(act);
    this.#fine = h("p.fine", {}, ask && button("", null, ask, icon(PERSON), text("askPerson")), h("span", {}, text("automatic")));
    this.#foot = h("div.foot", {}, this.log.fresh, this.composer.element, this.#fine);
    this.element = h("div.inner", { lang: settings.locale, dir: settings.direction });
    this.element.append(this.#head(act), this.#bar, this.log.element, this.#foot, this.#sheet.element);
    this.#who(settings.title, settings.subtitle);
    const picture = settings.avatar_url;
    if (picture && new URL(picture, base).href.startsWith(base)) this.#portrait(new URL(picture, base).href);
  }

  #head({ close }: PanelActions): HTMLElement {
    const shut = button(".ic", text("closeChat"), close, icon(CLOSE));
    return h("div.head", {}, this.#face, h("div.who", {}, this.#name, this.#status), this.#menu.opener, shut, this.#menu.menu);
  }

  /** Only from our own server: a picture is never a request to anybody else. */
  #portrait(address: string): void {
    const image = h("img", { src: address, alt: "", onerror: () => image.remove() });
    this.#face.append(image);
  }

  #who(name: string, status: string): void {
    if (this.#name.textContent === name && this.#status.textContent === status) return;
    this.#name.textContent = name;
    this.#status.textContent = status;
    this.#face.replaceChildren([...name.trim()][0]?.toLocaleUpperCase() ?? "");
  }

  #askPerson(): void {
    this.#act.person();
    this.composer.field.focus({ preventScroll: true });
  }

  state(thread: Thread): void {
    const { answering, rows, running, expecting } = thread;
    const byBot = answering === "bot";
    const person = rows.findLast(({ author }) => author === "agent" || author === "phone");
    this.log.state(thread);
    this.composer.setRunning(byBot && (expecting || running !== undefined));
    this.#fine.hidden = !byBot;
    this.#foot.classList.toggle("bare", !byBot);
    this.#menu.setPersonOffered(byBot);
    if (answering === "person") this.#who(person?.author_name || this.#settings.title, text("personStatus"));
    else this.#who(this.#settings.title, this.#settings.subtitle);
  }

  /** One quiet line under the head; "" takes it away. */
  tell(words: string, bad = true): void {
    this.#bar.replaceChildren(...(words ? [h(bad ? "span.bad" : "span", {}, words)] : []));
  }

  #openSource(citations: Citation[], number: number): void {
    this.#came ??= (this.element.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
    this.#setCovered(true);
    this.#sheet.read(citations, number);
  }

  #closeSource(): void {
    this.#sheet.element.hidden = true;
    this.#setCovered(false);
    this.#came?.focus();
    this.#came = null;
  }

  #setCovered(yes: boolean): void {
    for (const child of this.element.children) (child as HTMLElement).inert = yes && child !== this.#sheet.element;
  }

  /** Closes the innermost open thing; false when only the panel itself is left. */
  escape(): boolean {
    if (!this.#menu.menu.hidden) this.#menu.open(false);
    else if (!this.#sheet.element.hidden) this.#closeSource();
    else return false;
    return true;
  }

  /** A press elsewhere closes the menu, without moving the focus. */
  pressed(target: Node): void {
    const { menu, opener } = this.#menu;
    if (menu.hidden || menu.contains(target) || opener.contains(target)) return;
    menu.hidden = true;
    opener.ariaExpanded = "false";
  }
}
