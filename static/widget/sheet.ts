// The reading sheet: a passage on paper, over the panel.
import { BACK, GO, OUT } from "./icons";
import type { Kit } from "./kit";
import type { Citation } from "./wire";

export const readingSheet = ({ h, button, icon, fill, text }: Kit, close: () => void) => {
  let citations: Citation[] = [];
  let at = 0;
  const name = h("h3");
  const page = h("div.page", { tabindex: 0, role: "region", "aria-label": text("passage") });
  const foot = h("p.read-foot");
  const back = button(".ic", text("backToConversation"), close, icon(BACK, true));
  const previous = button(".ic", text("previousSource"), () => show(at - 1), icon(BACK, true));
  const next = button(".ic", text("nextSource"), () => show(at + 1), icon(GO, true));
  const head = h("div.head", {}, back, h("div.who", {}, name), previous, next);
  const element = h("aside.read", { hidden: true, "aria-label": text("sources") }, head, page, foot);

  const show = (index: number) => {
    at = index;
    const { title, place, quote, url, number } = citations[at]!;
    name.textContent = fill("sourceOf", { number, count: citations.length });
    page.replaceChildren(h("p.page-m", { dir: "auto" }, place), h("h4", { dir: "auto" }, title));
    if (quote) page.append(h("p", { dir: "auto" }, h("mark", {}, quote)));
    page.scrollTop = 0;
    previous.disabled = at === 0;
    next.disabled = at === citations.length - 1;
    foot.hidden = !/^https:/.test(url ?? "");
    const link = { href: url ?? "", target: "_blank", rel: "noopener noreferrer nofollow" };
    foot.replaceChildren(...(foot.hidden ? [] : [h("a", link, text("wholePage"), icon(OUT, true))]));
    if (previous.matches(":focus:disabled") || next.matches(":focus:disabled")) back.focus();
  };

  return {
    element,
    read(all: Citation[], number: number) {
      citations = all;
      show(Math.max(0, all.findIndex((citation) => citation.number === number)));
      element.hidden = false;
      back.focus({ preventScroll: true });
    },
  };
};
