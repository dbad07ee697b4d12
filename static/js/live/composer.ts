// The composer keeps a draft for each conversation, in this tab, and sends by ⌘↵.
import { onPage } from "./page";

const key = (id: string): string => `draft:${id}`;

const fieldOf = (form: HTMLElement): HTMLTextAreaElement | HTMLInputElement | null =>
  form.querySelector<HTMLTextAreaElement | HTMLInputElement>("[name=text]");

const restore = (): void => {
  for (const form of document.querySelectorAll<HTMLElement>("form[data-draft]")) {
    const field = fieldOf(form);
    const kept = sessionStorage.getItem(key(form.dataset.draft ?? ""));
    if (field && kept && !field.value) field.value = kept;
  }
};

const formOf = (target: EventTarget | null): HTMLFormElement | null =>
  target instanceof Element ? target.closest<HTMLFormElement>("form[data-draft]") : null;

export const startComposer = (): void => {
  restore();
  onPage("htmx:afterSettle", restore);
  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (form) sessionStorage.setItem(key(form.dataset.draft ?? ""), fieldOf(form)?.value ?? "");
  });
  // Once it is on its way the draft is done with; a reply that was refused comes back with its words.
  document.addEventListener("submit", (event) => {
    const form = formOf(event.target);
    if (form) sessionStorage.removeItem(key(form.dataset.draft ?? ""));
  });
  document.addEventListener("keydown", (event) => {
    const form = formOf(event.target);
    if (!form || event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  // A reply that never reached the server stays in the field, and in its draft.
  document.body.addEventListener("htmx:sendError", (event) => {
    const form = formOf(event.target);
    if (form) sessionStorage.setItem(key(form.dataset.draft ?? ""), fieldOf(form)?.value ?? "");
  });
};
