// Toasts: the server writes them, this closes them. Errors stay until closed, and nothing closes under the pointer.
import { on } from "./events";

const SHOWN_MS = 7000;
const WITH_UNDO_MS = 12_000;

const later = (toast: HTMLElement): void => {
  if (toast.dataset.toastTimed || toast.hasAttribute("data-toast-keep")) return;
  toast.dataset.toastTimed = "yes";
  const wait = toast.querySelector("form") ? WITH_UNDO_MS : SHOWN_MS;
  const close = (): void => {
    if (toast.matches(":hover, :focus-within")) setTimeout(close, 1500);
    else toast.remove();
  };
  setTimeout(close, wait);
};

export const showToast = (text: string, small = ""): void => {
  const template = document.getElementById("toast-template");
  const list = document.getElementById("toasts");
  if (!(template instanceof HTMLTemplateElement) || !list) return;
  const toast = template.content.firstElementChild?.cloneNode(true);
  if (!(toast instanceof HTMLElement)) return;
  const line = toast.querySelector(".toast__text");
  if (line) line.textContent = text;
  if (line && small) line.append(Object.assign(document.createElement("small"), { textContent: small }));
  list.append(toast);
};

export const startToasts = (): void => {
  on("click", "[data-toast-close]", (button) => button.closest("[data-toast]")?.remove());
  const list = document.getElementById("toasts");
  if (!list) return;
  const watch = (): void => list.querySelectorAll<HTMLElement>("[data-toast]").forEach(later);
  watch();
  new MutationObserver(watch).observe(list, { childList: true });
};
