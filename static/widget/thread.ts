// The conversation as this visitor knows it: rows by id in order of sequence, and what is not stored yet.
// Every frame may come late, twice or after a gap; the rows end up the same.
import type { Answering, Cursor, Delta, Message, Phase, Welcome } from "./wire";

export interface Unsent {
  client_id: string;
  text: string;
  /** Why it was not sent: null while it is on its way, "" when there was no connection. */
  failure: string | null;
}

/** Who shows it. */
export interface ThreadView {
  row(message: Message, next: Message | undefined): void;
  grow(message: Message, text: string): void;
  unsent(message: Unsent): void;
  state(): void;
}

export class Thread {
  readonly rows: Message[] = [];
  readonly unsent: Unsent[] = [];
  readonly cursor: Cursor = { sequence: 0, revision: 0 };
  answering: Answering = "bot";
  phase: Phase | null = null;
  /** Sent to the bot, and nothing has come back yet. */
  expecting = false;

  readonly #view: ThreadView;

  constructor(view: ThreadView) {
    this.#view = view;
  }

  get running(): Message | undefined {
    return this.rows.find((row) => row.state === "running");
  }

  welcome({ messages, running, answering }: Welcome): void {
    for (const message of messages) this.put(message);
    if (running) this.#resume(running.message, running.text);
    this.answer(answering);
  }

  /** A new or changed row; an older revision of a known one is ignored. */
  put(message: Message): void {
    const old = this.rows.find((row) => row.id === message.id);
    this.cursor.sequence = Math.max(this.cursor.sequence, message.sequence);
    this.cursor.revision = Math.max(this.cursor.revision, message.revision);
    if (old && !isNewer(message, old)) return;
    const streamed = old?.state === "running" && message.state === "running" && old.text.startsWith(message.text);
    const row = streamed ? { ...message, text: old.text } : message;
    if (old) this.rows.splice(this.rows.indexOf(old), 1);
    this.#insert(row);
  }

  #insert(row: Message): void {
    let index = this.rows.length;
    while (index && this.rows[index - 1]!.sequence > row.sequence) index--;
    this.rows.splice(index, 0, row);
    this.#forget(row.client_id);
    if (row.role !== "USER") this.expecting = false;
    if (row.state !== "running") this.phase = null;
    this.#view.row(row, this.rows[index + 1]);
    this.#view.state();
  }

  /** False when text is missing before this piece: only the server can help. */
  delta({ message, offset, text }: Delta): boolean {
    const row = this.rows.find(({ id }) => id === message);
    if (!row || offset > row.text.length) return row !== undefined && row.state !== "running";
    if (row.state === "running") this.#append(row, text.slice(row.text.length - offset));
    return true;
  }

  #append(row: Message, text: string): void {
    if (!text) return;
    row.text += text;
    this.phase = null;
    this.#view.grow(row, text);
    this.#view.state();
  }

  #resume(id: string, text: string): void {
    const row = this.rows.find((known) => known.id === id);
    if (row?.state !== "running") return;
    if (text.startsWith(row.text)) return this.#append(row, text.slice(row.text.length));
    row.text = text;
    this.#view.row(row, this.rows[this.rows.indexOf(row) + 1]);
  }

  add(client_id: string, text: string, failure: string | null): void {
    const message = { client_id, text, failure };
    this.unsent.push(message);
    this.expecting = failure === null && this.answering === "bot";
    this.#view.unsent(message);
    this.#view.state();
  }

  /** Changes why a message is not sent; null: it is on its way again. */
  mark(client_id: string, failure: string | null): void {
    const message = this.unsent.find((waiting) => waiting.client_id === client_id);
    if (!message || message.failure === failure) return;
    message.failure = failure;
    this.expecting = failure === null && this.answering === "bot";
    this.#view.unsent(message);
    this.#view.state();
  }

  /** The server has stored it: it becomes a row. */
  ack(client_id: string, id: string, sequence: number, created_at: string): void {
    const message = this.unsent.find((waiting) => waiting.client_id === client_id);
    if (!message || this.rows.some((row) => row.id === id)) return this.#forget(client_id);
    this.#insert({ ...VISITOR, id, client_id, sequence, created_at, text: message.text });
  }

  #forget(client_id: string | null): void {
    const index = this.unsent.findIndex((waiting) => waiting.client_id === client_id);
    if (index >= 0) this.unsent.splice(index, 1);
  }

  setPhase(id: string, phase: Phase): void {
    if (this.running?.id !== id || this.running.text) return;
    this.phase = phase;
    this.#view.state();
  }

  answer(by: Answering): void {
    this.answering = by;
    if (by !== "bot") this.expecting = false;
    this.#view.state();
  }
}

const isNewer = (message: Message, old: Message): boolean =>
  message.revision > old.revision || (message.revision === old.revision && old.state === "running" && message.state !== "running");

const VISITOR = {
  revision: 0,
  role: "USER",
  author: "visitor",
  author_name: "",
  state: "complete",
  refused: false,
  feedback: 0,
  citations: [],
} satisfies Partial<Message>;
