// The one script tag. Draws the launcher when the page is idle; loads the panel's code on the first press.
// Every byte here is on the host page: terse on purpose.
import css from "./launcher.css";
import type { Launcher, Panel, Place } from "./wire";

type Name = "open" | "close" | "toggle";
type Call = [Name];
/** Before the script runs, a page may leave its calls in an array. */
type Api = Record<Name | "push", (...calls: Call[]) => unknown>;

const page = window as unknown as { chatWidget?: Api | Call[] };
const tag = (document.currentScript ?? document.querySelector("script[data-bot]")) as HTMLScriptElement;
const { bot, locale = navigator.language, theme } = tag.dataset;
const base = new URL(".", tag.src).href;
const code = (name: string) => import(`${base}static/dist/widget/${name}.js${APP_VERSION}#${tries}`);
const add = <T extends object>(parent: Node, name: string, props?: T) =>
  parent.appendChild(Object.assign(document.createElement(name), props));

const draw = (launcher: Launcher): Place => {
  // First, because a refusal has no theme: this throws, and nothing is shown.
  const colorScheme = (theme ?? launcher.theme).replace("auto", "light dark");
  const root = add(document.body, "chat-widget").attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  // The frame's direction says on which side it stands; the panel inside has the language's own.
  const mirrored = /^(ar|fa|he|ur)/.test(launcher.locale) == (launcher.position == "end");
  const frame = add(root, "div", { className: "cw", dir: mirrored ? "rtl" : "ltr" });
  frame.style.colorScheme = colorScheme;
  frame.style.setProperty("--accent", launcher.color);
  const launch = add(frame, "button", { ariaLabel: launcher.label, onclick: open, onpointerenter: load });
  for (const name of "iii") add(launch, name);
  return { bot: bot!, base, locale, root, frame, launch, launcher };
};

let tries = 0;
let panel: Promise<Panel> | undefined;
const drawn = new Promise((window.requestIdleCallback ?? setTimeout) as (done: (when: unknown) => void) => void).then(async () => {
  const answer = await fetch(`${base}widget/${bot}/launcher?locale=${locale}`);
  const place = draw(await answer.json());
  if (place.launcher.teaser) code("teaser").then((part) => part.tease(place, open));
  return place;
});
// A refused page stays as it was, without a word in its console.
drawn.catch(() => {});

const load = () => (panel ??= drawn.then(async (place) => (await code("app")).start(place)));
const call = (name: Name) =>
  load().then(
    (loaded) => loaded[name](),
    // The next press tries again, past the browser's note that this address failed.
    () => (panel = void tries++),
  );
const open = () => call("open");

const early = page.chatWidget ?? [];
if ("pop" in early) {
  const push = (...calls: Call[]) => calls.map(([name]) => call(name));
  page.chatWidget = { open, close: () => call("close"), toggle: () => call("toggle"), push };
  push(...early);
}
