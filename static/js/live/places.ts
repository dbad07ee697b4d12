// Where the reader is: the thread keeps to its end while they are there, the list knows what is open.
import { onPage, opened } from "./page";

const NEAR_PX = 96;

const scroller = (): HTMLElement | null => document.querySelector("[data-scroll-end]");

let follows = true;

export const isAtEnd = (): boolean => {
  const box = scroller();
  return !box || box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
};

export const scrollToEnd = (): void => {
  const box = scroller();
  if (box) box.scrollTop = box.scrollHeight;
};

const showOpened = (): void => {
  const id = opened();
  const main = document.querySelector<HTMLElement>("[data-live][data-pane]");
  if (main) main.dataset.pane = id ? "thread" : "list";
  const field = document.querySelector<HTMLInputElement>("#opened-id");
  if (field) field.value = id;
  for (const row of document.querySelectorAll<HTMLElement>("[data-row]")) {
    if (row.dataset.row !== id) row.removeAttribute("aria-current");
    else {
      row.setAttribute("aria-current", "true");
      row.classList.remove("thread-row--unread");
      row.querySelector(".thread-row__new")?.remove();
    }
  }
};

const showUnread = (): void => {
  const now = document.querySelector<HTMLElement>("[data-unread-now]")?.dataset.unreadNow;
  if (now === undefined) return;
  for (const count of document.querySelectorAll<HTMLElement>(".nav__link[href$='/conversations/'] .nav__count, .tabbar__count")) {
    const text = count.firstChild;
    if (text) text.textContent = now;
    count.hidden = now === "0";
  }
};

export const startPlaces = (): void => {
  scrollToEnd();
  document.body.addEventListener("htmx:beforeSwap", () => (follows = isAtEnd()));
  onPage("htmx:afterSettle", (part) => {
    const isNew = part.querySelector("[data-scroll-end]") !== null;
    if (isNew || (follows && part.closest("[data-scroll-end]"))) scrollToEnd();
    if (part.id === "thread") showOpened();
    showUnread();
  });
};
