// What a person wrote: as it stands, with addresses to press.
import type { Kit } from "./kit";
import type { Message } from "./wire";

export const personTurn = ({ h, bareLink }: Kit, { author_name, text }: Message): (Node | string)[] => [
  h("b.from", {}, author_name),
  ...text.split(/(\bhttps?:\/\/[^\s<>"]+)/).flatMap((part, index) => (index % 2 ? bareLink(part) : [part])),
];
