// Helped or did not, and a copy of the answer.
import { CHECK, COPY, NO, YES } from "./icons";
import type { Kit } from "./kit";
import type { Message } from "./wire";

type Value = Message["feedback"];
const MARKS = /\s*\[\d{1,2}\]/g;

export const thumbs = ({ h, button, icon, text }: Kit, message: Message, send: (value: Value) => void): HTMLElement => {
  let value = message.feedback;
  const yes = button(".ic", text("helped"), () => press(1), icon(YES));
  const no = button(".ic", text("notHelped"), () => press(-1), icon(NO));
  const show = () => {
    yes.ariaPressed = `${value === 1}`;
    no.ariaPressed = `${value === -1}`;
  };
  const press = (pressed: Value) => {
    value = value === pressed ? 0 : pressed;
    show();
    send(value);
  };
  const copy = button(".ic", text("copy"), () => void write(), icon(COPY));
  const write = async () => {
    await navigator.clipboard.writeText(message.text.replace(MARKS, ""));
    copy.ariaLabel = text("copied");
    copy.replaceChildren(icon(CHECK));
  };
  show();
  return h("div.acts", {}, yes, no, navigator.clipboard ? copy : null);
};
