// The dashboard's socket: reconnects by itself, watches the open conversation, asks the page to refresh.
import { opened, refreshList, refreshThread } from "./page";
import { finishStream, showProgress } from "./stream";

interface Frame {
  type: string;
  conversation?: string;
  message?: string;
  offset?: number;
  text?: string;
}

const PING_MS = 25_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const POLL_MS = 5000;
const CLOSE_REFUSED = 4403;

let socket: WebSocket | null = null;
let tries = 0;
let watched = "";

const send = (frame: object): void => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
};

const watch = (): void => {
  const wanted = opened();
  if (wanted === watched) return;
  watched = wanted;
  send(wanted ? { type: "watch", conversation: wanted } : { type: "unwatch" });
};

const take = (frame: Frame): void => {
  const isOpen = frame.conversation === opened();
  if (frame.type === "hello") {
    watched = "";
    watch();
    if (tries) catchUp();
    tries = 0;
  } else if (frame.type === "changed") {
    refreshList();
    if (isOpen) refreshThread();
  } else if (frame.type === "progress" && isOpen) {
    showProgress(frame.message ?? "", frame.offset ?? 0, frame.text ?? "");
  } else if (frame.type === "finished" && isOpen) {
    finishStream(frame.message ?? "");
    refreshThread();
  }
};

const catchUp = (): void => {
  refreshList();
  refreshThread();
};

const connect = (): void => {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/ws/dashboard/`);
  socket.addEventListener("message", (event) => take(JSON.parse(String(event.data)) as Frame));
  socket.addEventListener("close", (event) => {
    if (event.code === CLOSE_REFUSED) return location.reload();
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries++) * (0.75 + Math.random() / 2);
    setTimeout(connect, wait);
  });
};

// A fragment that is live may come after the page itself.
const connectWhenLive = (): void => {
  if (!socket && document.querySelector("[data-live]")) connect();
};

export const startSocket = (): void => {
  connectWhenLive();
  setInterval(() => send({ type: "ping" }), PING_MS);
  // Without a socket (a proxy that refuses them) the page asks now and then.
  setInterval(() => {
    if (socket && socket.readyState !== WebSocket.OPEN && !document.hidden) catchUp();
  }, POLL_MS);
  document.body.addEventListener("htmx:afterSettle", () => {
    connectWhenLive();
    watch();
  });
};
