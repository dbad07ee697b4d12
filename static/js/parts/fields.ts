// Small helps inside forms: filters that apply at once, a count below a long text, files dropped on a field.
import { byId, on } from "./events";

const count = (field: HTMLElement): void => {
  const output = byId(field.dataset.count);
  if (!(field instanceof HTMLTextAreaElement) || !output) return;
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const limit = field.maxLength > 0 ? ` / ${number.format(field.maxLength)}` : "";
  output.textContent = number.format(field.value.length) + limit;
};

const nameFiles = (drop: HTMLElement): void => {
  const files = drop.querySelector<HTMLInputElement>("input[type=file]")?.files;
  const title = drop.querySelector("b");
  if (title && files?.length) title.textContent = [...files].map((file) => file.name).join(", ");
};

const takeFiles = (drop: HTMLElement, event: DragEvent): void => {
  event.preventDefault();
  const input = drop.querySelector<HTMLInputElement>("input[type=file]");
  if (!input || !event.dataTransfer?.files.length) return;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
};

export const startFields = (): void => {
  on("change", "[data-autosubmit]", (element, event) => {
    const form = element instanceof HTMLFormElement ? element : (event.target as HTMLInputElement).form;
    form?.requestSubmit();
  });
  on("input", "[data-count]", count);
  document.querySelectorAll<HTMLElement>("[data-count]").forEach(count);
  on("dragover", "[data-drop]", (_, event) => event.preventDefault());
  on("drop", "[data-drop]", takeFiles);
  on("change", "[data-drop]", nameFiles);
};
