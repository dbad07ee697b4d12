import type { Kit } from "./kit";

/** Shown while a person is called. A wait is named only where it is known. */
export const waitingCard = ({ h, text }: Kit): HTMLElement =>
  h(
    "div.card",
    {},
    h("p.card-h", {}, text("waitHead")),
    h("p", {}, text("waitBody")),
    h("div.meter", { "aria-hidden": "true" }, h("i")),
  );
