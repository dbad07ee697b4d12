// Shows at once that a press was taken, and keeps a second press from sending twice.
const busyButtons = new Set<HTMLElement>();

export const setBusy = (button: HTMLElement | null): void => {
  if (!button) return;
  button.setAttribute("aria-busy", "true");
  busyButtons.add(button);
};

export const clearBusy = (button: HTMLElement | null): void => {
  if (!button) return;
  button.removeAttribute("aria-busy");
  busyButtons.delete(button);
};

export const startBusy = (): void => {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-busy]") || event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setBusy(event.submitter);
  });
  // A page that comes back from the browser's own cache must not stay busy.
  addEventListener("pageshow", () => {
    for (const button of [...busyButtons]) clearBusy(button);
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset.sent;
  });
};
