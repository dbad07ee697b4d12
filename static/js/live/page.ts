// What the page shows of live conversations, and how its parts are asked to fetch themselves anew.
export const opened = (): string => document.querySelector<HTMLElement>("[data-thread]")?.dataset.thread ?? "";

// The parts carry hx-trigger="refresh": htmx does the rest.
const refresh = (selector: string): void => {
  for (const part of document.querySelectorAll(selector)) part.dispatchEvent(new CustomEvent("refresh"));
};

let listTimer = 0;

// A busy customer's list is fetched at most once a second.
export const refreshList = (): void => {
  if (listTimer) return;
  listTimer = window.setTimeout(() => {
    listTimer = 0;
    refresh("#threads, [data-live-part]");
  }, 1000);
};

export const refreshThread = (): void => refresh("#thread-updates");

export const onPage = (kind: string, handle: (element: HTMLElement) => void): void =>
  document.body.addEventListener(kind, (event) => {
    if (event.target instanceof HTMLElement) handle(event.target);
  });
