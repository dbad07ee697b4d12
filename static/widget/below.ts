// What stands below an answer: how it ended, its footnotes, and what one can do with it.
import { GO } from "./icons";
import type { AnswerActions } from "./answer";
import type { Kit } from "./kit";
import { thumbs } from "./thumbs";
import type { Citation, Message, WidgetSettings } from "./wire";

export const below = (kit: Kit, message: Message, settings: WidgetSettings, act: AnswerActions): Node[] => {
  const { h, button, text, again } = kit;
  const { state, citations, refused } = message;
  const parts: Node[] = [];
  if (state === "failed") parts.push(again(text("brokenOff"), act.again));
  if (state === "stopped") parts.push(h("p.meta", {}, text("stopped")));
  if (citations.length && settings.show_sources) parts.push(footnotes(kit, citations, act));
  if (refused && settings.person_offered) parts.push(button(".btn", null, act.person, text("askPerson")));
  if (state === "complete" && !refused) parts.push(thumbs(kit, message, (value) => act.feedback(message.id, value)));
  return parts;
};

const footnotes = ({ h, button, icon, text }: Kit, citations: Citation[], act: AnswerActions): HTMLElement => {
  const notes = citations.map(({ number, title, place }) => {
    const name = h("b", { dir: "auto" }, title);
    const where = h("small", { dir: "auto" }, place);
    const read = () => act.source(citations, number);
    return h("li", {}, button("", null, read, h("span.num", {}, `${number}`), name, where, icon(GO, true)));
  });
  return h("ol.notes", { "aria-label": text("sources") }, ...notes);
};
