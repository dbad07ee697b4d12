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

/** The server asks to come back after some time. */
class Later extends Error {

  constructor(readonly seconds?: number) {
    super();
  }
}

export class Connection {
  #session: Session | null = null;
  #expires = 0;
  #socket: WebSocket | null = null;
  #ready = false;
  #attempt = 0;
  #timer = 0;
  #heartbeat = 0;
  #heard = 0;
  #connecting = false;
  #ended = false;
  #gap = false;
  #waiting: ClientFrame[] = [];

  readonly #address: string;
  readonly #locale: string;
  readonly #memory: Memory;
  readonly #on: Listener;

  constructor(address: string, locale: string, memory: Memory, on: Listener) {
    this.#address = address;
    this.#locale = locale;
    this.#memory = memory;
    this.#on = on;
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.#lose(null));
    addEventListener("pagehide", () => this.#drop());
    addEventListener("pageshow", (event) => event.persisted && this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  /** Connects now, unless it is connected or on the way. */
  hurry(): void {
    if (this.#socket || this.#ended) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    void this.#connect();
  }

  /** Sends now; false when there is no connection. */
  send(frame: ClientFrame): boolean {
    if (this.#ready) this.#socket!.send(JSON.stringify(frame));
    return this.#ready;
  }

  /** Sends now or after the next welcome. */
  post(frame: ClientFrame): void {
    if (!this.send(frame)) this.#waiting.push(frame);
  }

  /** Text is missing: come back with the cursor. */
  restart(): void {
    this.#gap = true;
    this.#drop();
    this.#retry();
  }

  async #connect(): Promise<void> {
    if (this.#connecting) return;
    this.#connecting = true;
    try {
      if (!this.#session || Date.now() > this.#expires) await this.#renew();
      if (!this.#ended && this.#session) this.#dial(this.#session);
    } catch (error) {
      this.#lose(null, error instanceof Later ? error.seconds : undefined);
    } finally {
      this.#connecting = false;
    }
  }

  async #renew(): Promise<void> {
    const response = await fetch(`${this.#address}/session`, {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        visitor_key: this.#memory.get().visitor_key ?? null,
        locale: this.#locale,
        page: { url: location.href, title: document.title },
      }),
    });
    if (response.status === 403 || response.status === 404) return this.#end();
    const session = (await response.json()) as Session & { error?: { retry_after?: number } };
    if (!response.ok) throw new Later(session.error?.retry_after);
    const first = !this.#session;
    this.#session = session;
    this.#expires = Date.now() + (session.expires_in - RENEW_SECONDS) * 1000;
    this.#memory.set({ visitor_key: session.visitor_key });
    if (first) this.#on.settings(session.widget);
  }

  #dial({ socket: address, token }: Session): void {
    const socket = new WebSocket(address);
    this.#socket = socket;
    this.#heard = Date.now();
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", token, cursor: this.#on.cursor() }));
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data as string) as ServerFrame);
    socket.onclose = () => this.#lose(socket);
    clearInterval(this.#heartbeat);
    this.#heartbeat = window.setInterval(() => this.#beat(), PING_SECONDS * 1000);
  }

  #beat(): void {
    if (Date.now() - this.#heard > (2 * PING_SECONDS + 5) * 1000) return this.restart();
    this.send({ type: "ping" });
  }

  #hear(frame: ServerFrame): void {
    this.#heard = Date.now();
    if (frame.type === "bye") return this.#bye(frame.code, frame.retry_after);
    if (frame.type === "welcome") this.#ready = true;
    if (frame.type === "done") this.#gap = false;
    if (this.#ready && !this.#gap) this.#attempt = 0;
    this.#on.frame(frame);
    if (frame.type !== "welcome") return;
    this.#on.status("open");
    for (const waiting of this.#waiting.splice(0)) this.send(waiting);
  }

  #bye(code: string, after?: number): void {
    this.#drop();
    if (code === "suspended" || code === "bot_paused") return this.#end();
    if (code === "token_expired") this.#expires = 0;
    this.#retry(after);
  }

  #end(): void {
    this.#ended = true;
    this.#drop();
    this.#on.status("ended");
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#ready = false;
    clearInterval(this.#heartbeat);
    socket?.close();
  }

  #lose(socket: WebSocket | null, after?: number): void {
    if (this.#ended || (socket && socket !== this.#socket)) return;
    this.#drop();
    this.#on.status("lost");
    this.#retry(after);
  }

  /** Waits 0.5, 1, 2 … 15 seconds and a little by chance, so that not all come back at once. */
  #retry(after = Math.min(0.5 * 2 ** this.#attempt, CAP_SECONDS)): void {
    if (this.#attempt++ > 2) this.#expires = 0;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.hurry(), after * 1000 * (1 + Math.random() * 0.3));
  }
}
