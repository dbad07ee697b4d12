// A few words above the launcher, once a visit. Loaded only where the bot has such words.
import css from "./teaser.css";
import { button, h } from "./dom";
import { CLOSE, icon } from "./icons";
import type { Place } from "./wire";

export const tease = ({ bot, root, frame, launch, launcher }: Place, open: () => unknown): void => {
  const seen = `chat-teaser:${bot}`;
  try {
    if (sessionStorage.getItem(seen)) return;
    sessionStorage.setItem(seen, "1");
  } catch {
    // Blocked storage: shown on every page.
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets.push(sheet);
  const hide = () => {
    teaser.remove();
    launch.focus();
  };
  const title = launcher.title ? h("b", {}, launcher.title) : null;
  const teaser = h(
    "div.teaser",
    {},
    button("", null, open, title, h("span", { dir: "auto" }, launcher.teaser)),
    button("", launcher.hide ?? "Hide", hide, icon(CLOSE)),
  );
  frame.prepend(teaser);
};
