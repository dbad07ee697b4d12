// The field and its button: send, or stop while an answer runs and nothing is typed.
import { button, h } from "./dom";
import { icon, SEND, STOP } from "./icons";
import { text } from "./texts";

export interface ComposerActions {
  send(words: string): void;
  stop(): void;
  draft(words: string): void;
}

export const composer = (act: ComposerActions) => {
  let running = false;
  const field = h("textarea", { rows: 1, maxlength: 4000, "aria-label": text("write"), placeholder: text("write"), dir: "auto" }) as HTMLTextAreaElement;
  const press = button("", null, () => (stops() ? act.stop() : submit()));
  const root = h("div.compose", {}, field, press);
  const stops = () => running && !field.value.trim();

  const show = () => {
    const name = stops() ? "stop" : "send";
    press.className = `send ${name}`;
    press.ariaLabel = text(name);
    press.replaceChildren(icon(name === "stop" ? STOP : SEND));
  };
  const changed = () => {
    show();
    act.draft(field.value);
  };
  const submit = () => {
    const words = field.value.trim();
    if (!words) return field.focus();
    field.value = "";
    changed();
    act.send(words);
  };
  field.addEventListener("input", changed);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  show();
  return {
    root,
    element: field,
    fill(words: string) {
      field.value = words;
      show();
    },
    setRunning(yes: boolean) {
      running = yes;
      show();
    },
  };
};
