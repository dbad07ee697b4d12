// What the server and the widget say to each other.
export interface Citation {
  number: number;
  title: string;
  url: string | null;
  place: string;
  quote: string;
}

export interface Message {
  id: string;
  client_id: string | null;
  sequence: number;
  revision: number;
  role: "USER" | "ASSISTANT" | "SYSTEM";
  author: "visitor" | "bot" | "agent" | "phone" | "system";
  author_name: string;
  text: string;
  state: "running" | "complete" | "failed" | "stopped";
  refused: boolean;
  created_at: string;
  feedback: -1 | 0 | 1;
  citations: Citation[];
}

export interface Cursor {
  sequence: number;
  revision: number;
}

export type Answering = "bot" | "person" | "waiting";
export type Phase = "searching" | "answering";
export type Theme = "auto" | "light" | "dark";

export interface Welcome {
  type: "welcome";
  conversation: string | null;
  cursor: Cursor;
  messages: Message[];
  answering: Answering;
  running: { message: string; text: string } | null;
}

export interface Delta {
  type: "delta";
  message: string;
  offset: number;
  text: string;
}

export interface Refusal {
  type: "error";
  code: string;
  message: string;
  client_id?: string;
  retry_after?: number;
}

export interface Bye {
  type: "bye";
  code: "token_expired" | "suspended" | "bot_paused" | "going_away";
  retry_after?: number;
}

export type ServerFrame =
  | Welcome
  | Delta
  | Refusal
  | Bye
  | { type: "ack"; client_id: string; message: string; sequence: number; created_at: string }
  | { type: "message" | "done"; message: Message }
  | { type: "phase"; message: string; phase: Phase }
  | { type: "answering"; by: Answering }
  | { type: "pong" };

export type ClientFrame =
  | { type: "hello"; token: string; cursor: Cursor }
  | { type: "send"; client_id: string; text: string }
  | { type: "feedback"; message: string; value: -1 | 0 | 1 }
  | { type: "stop" | "ask_person" | "ping" };

/** The answer of GET launcher. */
export interface Launcher {
  color: string;
  position: "start" | "end";
  theme: Theme;
  label: string;
  teaser: string;
  locale: string;
  /** Optional: the name above the teaser, and in the panel until the session is there. */
  title?: string;
  /** Optional: the name of the button that hides the teaser. */
  hide?: string;
}

export interface WidgetSettings {
  title: string;
  subtitle: string;
  avatar_url: string | null;
  color: string;
  theme: Theme;
  position: "start" | "end";
  greeting: string;
  suggested_questions: string[];
  show_sources: boolean;
  person_offered: boolean;
  locale: string;
  direction: "ltr" | "rtl";
  texts: Record<string, string>;
}

export interface Session {
  token: string;
  expires_in: number;
  visitor_key: string;
  socket: string;
  widget: WidgetSettings;
}

/** What the loader hands to the panel. */
export interface Place {
  bot: string;
  /** The server, with a slash at the end. */
  base: string;
  locale: string;
  root: ShadowRoot;
  /** The element that carries theme, direction and accent. */
  frame: HTMLElement;
  launch: HTMLElement;
  launcher: Launcher;
}

export interface Panel {
  open(): unknown;
  close(): unknown;
  toggle(): unknown;
}
