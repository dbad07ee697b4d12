// The panel's code, loaded on the first open: ties the connection, the thread and the panel together.
import css from "./panel.css";
import { connect } from "./connection";
import { h } from "./dom";
import type { More } from "./kit";
import { kept, remembered } from "./memory";
import { panelView, type PanelActions } from "./panel";
import { text, useTexts } from "./texts";
import { newThread, type Thread } from "./thread";
import type { Panel, Place, Refusal, ServerFrame, Theme, WidgetSettings } from "./wire";

const ACK_SECONDS = 10;
const LOST_SECONDS = 1.5;

/** A UUID that pages without TLS get too. */
const newId = (): string => URL.createObjectURL(new Blob()).slice(-36);

/** Until the session has come: the launcher's colours, and nothing said. */
const provisional = ({ frame, launcher }: Place): WidgetSettings => ({
  ...launcher,
  title: launcher.title ?? "",
  subtitle: "",
  avatar_url: null,
  greeting: "",
  suggested_questions: [],
  show_sources: true,
  person_offered: false,
  direction: (frame.dir === "rtl") === (launcher.position === "end") ? "rtl" : "ltr",
  texts: {},
});

export const start = (place: Place): Panel => {
  const { bot, base, frame, launch, root } = place;
  const memory = remembered(`chat-widget:${bot}`);
  const tab = kept(`chat-widget:${bot}`);
  const small = matchMedia("(max-width: 480px)");
  const section = h("section.panel", { role: "dialog", "aria-labelledby": "name", tabindex: -1, hidden: true });
  let came: Element | null = null;
  let reachable = true;
  let lost = 0;
  let loaded: More | undefined;
  let uses: ((more: More) => void)[] = [];

  const wear = (styles: string) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    root.adoptedStyleSheets.push(sheet);
  };
  const load = async () => {
    const part = (await import(`${base}static/dist/widget/more.js${MORE_VERSION}`)) as More;
    if (!loaded) {
      wear(part.styles);
      part.fullSheet(section, small);
      part.growing(section);
    }
    loaded = part;
    for (const use of uses) use(loaded);
    uses = [];
  };
  /** Now, or when that part of the code has come; without a connection, after it is back. */
  const more = (use: (more: More) => void) => {
    uses.push(use);
    load().catch(() => {});
  };

  const setTheme = (theme?: Theme) => {
    if (theme) frame.style.colorScheme = theme.replace("auto", "light dark");
  };

  // What the visitor does

  /** Safe to repeat: the server knows a message by its client id. */
  const transmit = (client_id: string, words: string) => {
    connection.send({ type: "send", client_id, text: words });
    setTimeout(() => thread.mark(client_id, ""), ACK_SECONDS * 1000);
  };
  /** A message that is not stored yet survives the way to the next page. */
  const keep = () => tab.set({ unsent: thread.unsent.map((message) => ({ ...message, failure: null })) });
  const send = (words: string) => {
    const id = newId();
    thread.add(id, words, reachable ? null : "");
    keep();
    transmit(id, words);
  };
  const actions: PanelActions = {
    ask: send,
    send,
    more,
    again() {
      const last = thread.rows.findLast(({ role }) => role === "USER");
      if (last) send(last.text);
    },
    retry(id) {
      const message = thread.unsent.find(({ client_id }) => client_id === id)!;
      thread.mark(id, null);
      transmit(id, message.text);
      connection.hurry();
      view.field.element.focus();
    },
    stop: () => connection.send({ type: "stop" }),
    draft: (draft) => tab.set({ draft }),
    feedback: (message, value) => connection.post({ type: "feedback", message, value }),
    person() {
      connection.post({ type: "ask_person" });
      thread.answer("waiting");
      view.log.toEnd();
    },
    close: () => panel.close(),
    setTheme(theme) {
      memory.set({ theme });
      setTheme(theme);
    },
  };

  // What the server says

  const refused = ({ client_id, message }: Refusal) => {
    if (client_id) return thread.mark(client_id, message);
    if (thread.answering === "waiting") thread.answer("bot");
    view.tell(message);
  };
  const hear = (frame: ServerFrame) => {
    if (frame.type === "welcome") {
      if (!thread.rows.length && frame.messages.length) view.log.skipGreeting();
      thread.welcome(frame);
    } else if (frame.type === "ack") thread.ack(frame.client_id, frame.message, frame.sequence, frame.created_at);
    else if (frame.type === "message" || frame.type === "done") thread.put(frame.message);
    else if (frame.type === "phase") thread.setPhase(frame.message, frame.phase);
    else if (frame.type === "answering") thread.answer(frame.by);
    else if (frame.type === "error") refused(frame);
    else if (frame.type === "delta" && !thread.delta(frame)) connection.restart();
    if (frame.type !== "delta") keep();
  };
  const settle = (settings: WidgetSettings) => {
    const focused = root.activeElement === view.field.element;
    useTexts(settings.texts);
    frame.style.setProperty("--accent", settings.color);
    frame.dir = (settings.direction === "rtl") === (settings.position === "end") ? "rtl" : "ltr";
    view = build(settings);
    // What was written before the session came is kept there too.
    thread.unsent.splice(0, Infinity, ...(tab.get().unsent ?? []));
    thread.unsent.forEach(view.log.pending);
    view.state(thread);
    if (focused) view.field.element.focus();
  };
  const unreachable = (words: string) => {
    reachable = false;
    view.tell(words);
    for (const { client_id, failure } of thread.unsent) thread.mark(client_id, failure ?? "");
  };
  const connected = () => {
    reachable = true;
    view.tell("");
    if (uses.length) more(() => {});
    for (const { client_id, text: words, failure } of [...thread.unsent]) {
      if (failure) continue;
      thread.mark(client_id, null);
      transmit(client_id, words);
    }
  };
  const connection = connect(`${base}widget/${bot}`, place.locale, memory, {
    settings: settle,
    frame: hear,
    cursor: () => thread.cursor,
    status(status) {
      if (status === "lost") return void (lost ||= window.setTimeout(() => unreachable(text("offline")), LOST_SECONDS * 1000));
      clearTimeout(lost);
      lost = 0;
      if (status === "open") connected();
      else unreachable(text("unavailable"));
    },
  });

  // What is shown

  const build = (settings: WidgetSettings) => {
    const theme = memory.get().theme ?? settings.theme;
    const built = panelView(settings, actions, theme, base);
    built.field.fill(tab.get().draft ?? "");
    section.replaceChildren(built.element);
    setTheme(theme);
    return built;
  };
  const thread: Thread = newThread({
    row: (row, next) => view.log.row(row, next),
    grow: (row, piece) => view.log.grow(row, piece),
    unsent: (message) => view.log.pending(message),
    state: (known) => view.state(known),
  });
  let view = build(provisional(place));

  const panel = {
    open() {
      if (!section.hidden) return;
      came = root.activeElement ?? document.activeElement;
      section.hidden = false;
      frame.dataset.open = "";
      launch.ariaExpanded = "true";
      section.ariaModal = `${small.matches}`;
      view.log.toEnd();
      (small.matches ? section : view.field.element).focus({ preventScroll: true });
      connection.hurry();
    },
    close() {
      if (section.hidden) return;
      section.hidden = true;
      delete frame.dataset.open;
      launch.ariaExpanded = "false";
      (came instanceof HTMLElement && came !== document.body ? came : launch).focus({ preventScroll: true });
    },
    toggle: () => (section.hidden ? panel.open() : panel.close()),
  };

  wear(css);
  launch.ariaExpanded = "false";
  frame.append(section);
  // Keys typed here are no shortcuts of the page.
  for (const name of ["keydown", "keyup", "keypress"]) frame.addEventListener(name, (event) => event.stopPropagation());
  section.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) panel.close();
  });
  return panel;
};
