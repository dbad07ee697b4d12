// The conversation as this visitor knows it: rows by id in order of sequence, and what is not stored yet.
// Every frame may come late, twice or after a gap; the rows end up the same.
import type { Answering, Cursor, Delta, Message, Phase, Welcome } from "./wire";

export interface Unsent {
  client_id: string;
  text: string;
  /** Why it was not sent: null while it is on its way, "" when there was no connection. */
  failure: string | null;
}

export interface ThreadState {
  rows: Message[];
  unsent: Unsent[];
  answering: Answering;
  phase: Phase | null;
  expecting: boolean;
  running: Message | undefined;
}

/** Who shows it. */
export interface ThreadView {
  row(message: Message, next: Message | undefined): void;
  grow(message: Message, text: string): void;
  unsent(message: Unsent): void;
  state(known: ThreadState): void;
}

const isNewer = (message: Message, old: Message): boolean =>
  message.revision > old.revision || (message.revision === old.revision && old.state === "running" && message.state !== "running");

export const newThread = (view: ThreadView) => {
  const rows: Message[] = [];
  const unsent: Unsent[] = [];
  const cursor: Cursor = { sequence: 0, revision: 0 };
  const thread = {
    rows,
    unsent,
    cursor,
    answering: "bot" as Answering,
    phase: null as Phase | null,
    /** Sent to the bot, and nothing has come back yet. */
    expecting: false,
    running: undefined as Message | undefined,
  };
  const byId = (id: string) => rows.find((row) => row.id === id);
  const byClient = (id: string | null) => unsent.find(({ client_id }) => client_id === id);
  const show = () => view.state(thread);
  const showRow = (row: Message) => view.row(row, rows[rows.indexOf(row) + 1]);

  const forget = (client_id: string | null) => {
    const known = byClient(client_id);
    if (known) unsent.splice(unsent.indexOf(known), 1);
  };
  const insert = (row: Message) => {
    let index = rows.length;
    while (index && rows[index - 1]!.sequence > row.sequence) index--;
    rows.splice(index, 0, row);
    forget(row.client_id);
    if (row.role !== "USER") thread.expecting = false;
    if (row.state !== "running") thread.phase = null;
    thread.running = rows.find(({ state }) => state === "running");
    showRow(row);
    show();
  };
  /** A new or changed row; an older revision of a known one is ignored. */
  const put = (message: Message) => {
    const old = byId(message.id);
    cursor.sequence = Math.max(cursor.sequence, message.sequence);
    cursor.revision = Math.max(cursor.revision, message.revision);
    if (old && !isNewer(message, old)) return;
    const streamed = old?.state === "running" && message.state === "running" && old.text.startsWith(message.text);
    if (old) rows.splice(rows.indexOf(old), 1);
    insert(streamed ? { ...message, text: old.text } : message);
  };
  const append = (row: Message, text: string) => {
    if (!text) return;
    row.text += text;
    thread.phase = null;
    view.grow(row, text);
    show();
  };
  const resume = (row: Message, text: string) => {
    if (text.startsWith(row.text)) return append(row, text.slice(row.text.length));
    row.text = text;
    showRow(row);
  };
  const sending = (message: Unsent) => {
    thread.expecting = message.failure === null && thread.answering === "bot";
    view.unsent(message);
    show();
  };
  const answer = (by: Answering) => {
    thread.answering = by;
    if (by !== "bot") thread.expecting = false;
    show();
  };

  return Object.assign(thread, {
    put,
    answer,
    welcome({ messages, running, answering }: Welcome): void {
      messages.forEach(put);
      const row = running && byId(running.message);
      if (row?.state === "running") resume(row, running!.text);
      answer(answering);
    },
    /** False when text is missing before this piece: only the server can help. */
    delta({ message, offset, text }: Delta): boolean {
      const row = byId(message);
      if (!row || (row.state === "running" && offset > row.text.length)) return false;
      if (row.state === "running") append(row, text.slice(row.text.length - offset));
      return true;
    },
    add(client_id: string, text: string, failure: string | null): void {
      const message = { client_id, text, failure };
      unsent.push(message);
      sending(message);
    },
    /** Changes why a message is not sent; null: it is on its way again. */
    mark(client_id: string, failure: string | null): void {
      const message = byClient(client_id);
      if (!message || message.failure === failure) return;
      message.failure = failure;
      sending(message);
    },
    /** The server has stored it: it becomes a row, until the row itself comes. */
    ack(client_id: string, id: string, sequence: number, created_at: string): void {
      const message = byClient(client_id);
      if (message && !byId(id)) {
        const known = { id, client_id, sequence, created_at, revision: 0, role: "USER", state: "complete", text: message.text };
        insert(known as Message);
      }
      forget(client_id);
    },
    setPhase(id: string, phase: Phase): void {
      if (thread.running?.id !== id || thread.running.text) return;
      thread.phase = phase;
      show();
    },
  });
};

export type Thread = ReturnType<typeof newThread>;
