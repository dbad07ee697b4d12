// The panel's code, loaded on the first open: ties the connection, the thread and the panel together.
import css from "./panel.css";
import { Connection, type Listener } from "./connection";
import { h } from "./dom";
import { kept, remembered } from "./memory";
import { PanelView, type PanelActions } from "./panel";
import { text, useTexts } from "./texts";
import { Thread, type ThreadView } from "./thread";
import type { Panel, Place, Refusal, ServerFrame, Theme, WidgetSettings } from "./wire";

const ACK_SECONDS = 10;
const LOST_SECONDS = 1.5;

const newId = (): string =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (Number(digit) ^ (crypto.getRandomValues(new Uint8Array(1))[0]! & (15 >> (Number(digit) / 4)))).toString(16),
  );

class Chat implements Panel {
  readonly #section = h("section.panel", { role: "dialog", "aria-labelledby": "name", tabindex: -1, hidden: true });
  readonly #memory: ReturnType<typeof remembered>;
  readonly #tab: ReturnType<typeof kept>;
  readonly #thread: Thread;
  readonly #connection: Connection;
  readonly #small = matchMedia("(max-width: 480px)");
  #view: PanelView;
  #came: Element | null = null;
  #lost = 0;
  #reachable = true;

  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
    this.#memory = remembered(place.bot);
    this.#tab = kept(place.bot);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    place.root.adoptedStyleSheets.push(sheet);
    this.#thread = new Thread(this.#threadView());
    this.#connection = new Connection(`${place.base}widget/${place.bot}`, place.locale, this.#memory, this.#listener());
    this.#view = this.#build(this.#provisional());
    place.frame.append(this.#section);
    place.launch.ariaExpanded = "false";
    this.#listen();
    this.#setTheme(this.#memory.get().theme);
  }

  open(): void {
    const { frame, launch, root } = this.#place;
    if (!this.#section.hidden) return;
    this.#came = root.activeElement ?? document.activeElement;
    this.#section.hidden = false;
    frame.dataset.open = "";
    launch.ariaExpanded = "true";
    this.#section.ariaModal = this.#small.matches ? "true" : null;
    this.#view.log.toEnd();
    (this.#small.matches ? this.#section : this.#view.composer.field).focus({ preventScroll: true });
    this.#connection.hurry();
  }

  close(): void {
    const { frame, launch } = this.#place;
    if (this.#section.hidden) return;
    this.#section.hidden = true;
    delete frame.dataset.open;
    launch.ariaExpanded = "false";
    (this.#came instanceof HTMLElement && this.#came !== document.body ? this.#came : launch).focus({ preventScroll: true });
  }

  toggle(): void {
    if (this.#section.hidden) this.open();
    else this.close();
  }

  #provisional(): WidgetSettings {
    const { launcher, frame, launch } = this.#place;
    const direction = getComputedStyle(frame).direction as "ltr" | "rtl";
    const mirrored = launcher.position === "start";
    return {
      ...launcher,
      title: launcher.title ?? "",
      subtitle: "",
      avatar_url: null,
      greeting: "",
      suggested_questions: [],
      show_sources: true,
      person_offered: false,
      direction: mirrored ? (direction === "ltr" ? "rtl" : "ltr") : direction,
      texts: { openChat: launch.ariaLabel ?? "" },
    };
  }

  #build(settings: WidgetSettings): PanelView {
    const theme = this.#memory.get().theme ?? settings.theme;
    const view = new PanelView(settings, this.#actions(), theme, this.#place.base);
    const draft = this.#tab.get().draft ?? "";
    view.composer.fill(draft);
    this.#section.replaceChildren(view.element);
    return view;
  }

  #settle(settings: WidgetSettings): void {
    const focused = this.#place.root.activeElement === this.#view.composer.field;
    useTexts(settings.texts);
    this.#place.frame.style.setProperty("--accent", settings.color);
    this.#view = this.#build(settings);
    this.#setTheme(this.#memory.get().theme ?? settings.theme);
    for (const { client_id, text: words } of this.#tab.get().unsent ?? []) this.#thread.add(client_id, words, null);
    for (const row of this.#thread.rows) this.#view.log.row(row);
    if (focused) this.#view.composer.field.focus({ preventScroll: true });
  }

  #setTheme(theme?: Theme): void {
    if (theme) this.#place.frame.style.colorScheme = theme.replace("auto", "light dark");
  }

  #actions(): PanelActions {
    return {
      ask: (words) => this.#send(words),
      send: (words) => this.#send(words),
      again: () => this.#again(),
      retry: (id) => this.#retry(id),
      stop: () => void this.#connection.send({ type: "stop" }),
      draft: (draft) => this.#tab.set({ draft }),
      feedback: (message, value) => this.#connection.post({ type: "feedback", message, value }),
      person: () => this.#askPerson(),
      close: () => this.close(),
      setTheme: (theme) => {
        this.#memory.set({ theme });
        this.#setTheme(theme);
      },
    };
  }

  #send(words: string): void {
    const id = newId();
    this.#thread.add(id, words, this.#reachable ? null : "");
    this.#keep();
    this.#transmit(id, words);
  }

  #again(): void {
    const last = this.#thread.rows.findLast(({ role }) => role === "USER");
    if (last) this.#send(last.text);
  }

  #retry(id: string): void {
    const message = this.#thread.unsent.find(({ client_id }) => client_id === id);
    if (!message) return;
    this.#thread.mark(id, null);
    this.#transmit(id, message.text);
    this.#connection.hurry();
    this.#view.composer.field.focus({ preventScroll: true });
  }

  /** Safe to repeat: the server knows a message by its client id. */
  #transmit(client_id: string, words: string): void {
    this.#connection.send({ type: "send", client_id, text: words });
    setTimeout(() => this.#thread.mark(client_id, ""), ACK_SECONDS * 1000);
  }

  #askPerson(): void {
    this.#connection.post({ type: "ask_person" });
    this.#thread.answer("waiting");
    this.#view.log.toEnd();
  }

  /** A message that is not stored yet survives the way to the next page. */
  #keep(): void {
    this.#tab.set({ unsent: this.#thread.unsent.map(({ client_id, text: words }) => ({ client_id, text: words })) });
  }

  #threadView(): ThreadView {
    return {
      row: (row, next) => this.#view.log.row(row, next),
      grow: (row, piece) => this.#view.log.grow(row, piece),
      unsent: (message) => this.#view.log.pending(message),
      state: () => {
        this.#view.state(this.#thread);
      },
    };
  }

  #listener(): Listener {
    return {
      settings: (settings) => this.#settle(settings),
      cursor: () => this.#thread.cursor,
      frame: (frame) => this.#hear(frame),
      status: (status) => this.#status(status),
    };
  }

  #hear(frame: ServerFrame): void {
    const thread = this.#thread;
    if (frame.type === "welcome") {
      if (!thread.rows.length && frame.messages.length) this.#view.log.skipGreeting();
      thread.welcome(frame);
    } else if (frame.type === "ack") thread.ack(frame.client_id, frame.message, frame.sequence, frame.created_at);
    else if (frame.type === "message" || frame.type === "done") thread.put(frame.message);
    else if (frame.type === "delta" && !thread.delta(frame)) this.#connection.restart();
    else if (frame.type === "phase") thread.setPhase(frame.message, frame.phase);
    else if (frame.type === "answering") thread.answer(frame.by);
    else if (frame.type === "error") this.#refused(frame);
    if (frame.type !== "delta") this.#keep();
  }

  #refused({ client_id, message }: Refusal): void {
    if (client_id) return this.#thread.mark(client_id, message);
    if (this.#thread.answering === "waiting") this.#thread.answer("bot");
    this.#view.tell(message);
  }

  #status(status: "open" | "lost" | "ended"): void {
    clearTimeout(this.#lost);
    if (status === "lost") this.#lost = window.setTimeout(() => this.#unreachable(text("offline")), LOST_SECONDS * 1000);
    if (status === "ended") this.#unreachable(text("unavailable"));
    if (status !== "open") return;
    this.#reachable = true;
    this.#view.tell("");
    for (const { client_id, text: words, failure } of [...this.#thread.unsent]) {
      if (failure) continue;
      this.#thread.mark(client_id, null);
      this.#transmit(client_id, words);
    }
  }

  #unreachable(words: string): void {
    this.#reachable = false;
    this.#view.tell(words);
    for (const { client_id, failure } of this.#thread.unsent) if (failure === null) this.#thread.mark(client_id, "");
  }

  #listen(): void {
    const { frame, root } = this.#place;
    // Keys typed here are no shortcuts of the page.
    for (const name of ["keydown", "keyup", "keypress"]) frame.addEventListener(name, (event) => event.stopPropagation());
    this.#section.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing && !this.#view.escape()) this.close();
      if (event.key === "Tab" && this.#small.matches) this.#keepFocus(event, root);
    });
    this.#section.addEventListener("pointerdown", (event) => this.#view.pressed(event.target as Node));
    window.visualViewport?.addEventListener("resize", () => this.#fit());
  }

  /** On the full sheet the focus goes round. */
  #keepFocus(event: KeyboardEvent, root: ShadowRoot): void {
    const all = [...this.#section.querySelectorAll<HTMLElement>("button, textarea, a, [tabindex='0']")];
    const reachable = all.filter((one) => one.offsetParent && !one.closest("[inert]") && !(one as HTMLButtonElement).disabled);
    const edge = event.shiftKey ? reachable[0] : reachable.at(-1);
    if (root.activeElement !== edge && root.activeElement !== this.#section) return;
    if (!event.shiftKey && root.activeElement === this.#section) return;
    event.preventDefault();
    reachable.at(event.shiftKey ? -1 : 0)?.focus();
  }

  /** Above the keyboard of a phone. */
  #fit(): void {
    const { height, offsetTop } = window.visualViewport!;
    const covered = this.#small.matches && innerHeight - height > 100;
    this.#section.style.height = covered ? `${height}px` : "";
    this.#section.style.insetBlockStart = covered ? `${offsetTop}px` : "";
  }
}

export const start = (place: Place): Panel => new Chat(place);
