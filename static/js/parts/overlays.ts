// Dialogs and drawers: native <dialog>, opened and closed by data attributes.
import { byId, on } from "./events";

const open = (id: string | undefined): void => {
  const dialog = byId(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
};

export const startOverlays = (): void => {
  on("click", "[data-dialog-open]", (button, event) => {
    event.preventDefault();
    open(button.dataset.dialogOpen);
  });
  on("click", "[data-drawer-open]", (button, event) => {
    if (button.hasAttribute("hx-get") || !button.hasAttribute("href")) event.preventDefault();
    open(button.dataset.drawerOpen);
  });
  on("click", "[data-close]", (button) => button.closest("dialog")?.close());
  on("click", "dialog", (dialog, event) => {
    if (event.target !== dialog || !(dialog instanceof HTMLDialogElement)) return;
    const box = dialog.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  });
};
