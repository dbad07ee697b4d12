// Keeps one socket to the server: session, hello, heartbeat, and coming back after every kind of loss.
import type { Memory } from "./memory";
import type { ClientFrame, Cursor, ServerFrame, Session, WidgetSettings } from "./wire";

export interface Listener {
  settings(settings: WidgetSettings): void;
  frame(frame: ServerFrame): void;
  /** Whether the server can be reached; `ended`: it does not want to be. */
  status(status: "open" | "lost" | "ended"): void;
  cursor(): Cursor;
}

const PING_SECONDS = 25;
const CAP_SECONDS = 15;
const RENEW_SECONDS = 30;
const SILENCE_SECONDS = 55;

export const connect = (address: string, locale: string, memory: Memory, on: Listener) => {
  let session: Session | undefined;
  let expires = 0;
  let socket: WebSocket | null = null;
  let ready = false;
  let ended = false;
  let dialling = false;
  /** Text was missing: until an answer is whole again, coming back gets slower. */
  let gap = false;
  let attempt = 0;
  let timer = 0;
  let heartbeat = 0;
  let heard = 0;
  let waiting: ClientFrame[] = [];

  /** Sends now; false when there is no connection. */
  const send = (frame: ClientFrame): boolean => {
    if (ready) socket!.send(JSON.stringify(frame));
    return ready;
  };
  const drop = () => {
    const old = socket;
    socket = null;
    ready = false;
    clearInterval(heartbeat);
    old?.close();
  };
  const end = () => {
    ended = true;
    drop();
    on.status("ended");
  };
  /** Waits 0.5, 1, 2 … 15 seconds and a little by chance, so that not all come back at once. */
  const retry = (seconds = Math.min(0.5 * 2 ** attempt, CAP_SECONDS)) => {
    if (attempt++ > 2) expires = 0;
    clearTimeout(timer);
    timer = window.setTimeout(hurry, seconds * 1000 * (1 + Math.random() * 0.3));
  };
  const lose = (seconds?: number) => {
    if (ended) return;
    drop();
    on.status("lost");
    retry(seconds);
  };
  /** Text is missing: come back with the cursor. */
  const restart = () => {
    gap = true;
    drop();
    retry();
  };
  const beat = () => {
    if (Date.now() - heard > SILENCE_SECONDS * 1000) restart();
    else send({ type: "ping" });
  };

  const bye = (code: string, seconds?: number) => {
    drop();
    if (code === "suspended" || code === "bot_paused") return end();
    if (code === "token_expired") expires = 0;
    retry(seconds);
  };
  const hear = (frame: ServerFrame) => {
    heard = Date.now();
    if (frame.type === "bye") return bye(frame.code, frame.retry_after);
    const welcome = frame.type === "welcome";
    if (welcome) ready = true;
    if (frame.type === "done") gap = false;
    if (!gap) attempt = 0;
    on.frame(frame);
    if (!welcome) return;
    on.status("open");
    const late = waiting;
    waiting = [];
    late.forEach(send);
  };
  const dial = ({ socket: place, token }: Session) => {
    const fresh = (socket = new WebSocket(place));
    heard = Date.now();
    fresh.onopen = () => fresh.send(JSON.stringify({ type: "hello", token, cursor: on.cursor() }));
    fresh.onmessage = ({ data }) => fresh === socket && hear(JSON.parse(data));
    fresh.onclose = () => fresh === socket && lose();
    heartbeat = window.setInterval(beat, PING_SECONDS * 1000);
  };

  const renew = async () => {
    const { href: url } = location;
    const { title } = document;
    const body = JSON.stringify({ visitor_key: memory.get().visitor_key ?? null, locale, page: { url, title } });
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${address}/session`, { method: "POST", credentials: "omit", headers, body });
    if (/40[34]/.test(`${response.status}`)) return end();
    const answer = (await response.json()) as Session & { error?: { retry_after?: number } };
    // Caught below: come back when the server says.
    if (!response.ok) throw answer.error;
    const first = !session;
    session = answer;
    expires = Date.now() + (answer.expires_in - RENEW_SECONDS) * 1000;
    memory.set({ visitor_key: answer.visitor_key });
    if (first) on.settings(answer.widget);
  };
  /** Connects now, unless it is connected or on the way. */
  const hurry = async () => {
    if (socket || ended || dialling) return;
    clearTimeout(timer);
    dialling = true;
    try {
      if (Date.now() > expires) await renew();
      if (!ended) dial(session!);
    } catch (error) {
      lose((error as { retry_after?: number }).retry_after);
    }
    dialling = false;
  };

  addEventListener("online", hurry);
  addEventListener("offline", () => lose());
  addEventListener("pagehide", drop);
  addEventListener("pageshow", (event) => event.persisted && hurry());
  document.addEventListener("visibilitychange", () => document.hidden || hurry());

  return {
    hurry,
    restart,
    send,
    /** Sends now or after the next welcome. */
    post(frame: ClientFrame): void {
      if (!send(frame)) waiting.push(frame);
    },
  };
};
