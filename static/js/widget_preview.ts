// The widget beside its settings: the widget's own panel and styles, fed from the form while people type.
import launcherCss from "../widget/launcher.css";
import panelCss from "../widget/panel.css";
import { panelView, type PanelActions } from "../widget/panel";
import { useTexts } from "../widget/texts";
import type { Theme, WidgetSettings } from "../widget/wire";

const stage = document.getElementById("widget-preview") as HTMLElement;
const form = document.getElementById(stage.dataset.form ?? "") as HTMLFormElement;
const saved = JSON.parse(document.getElementById("widget-settings")?.textContent ?? "{}") as WidgetSettings;
const contrastLine = document.getElementById("contrast");
let forcedTheme: Theme | null = null;
// From this very origin, whatever name the page was opened under.
const served = saved.avatar_url && new URL(saved.avatar_url);
let picture = served && new URL(served.pathname + served.search, location.origin).href;

// Fixed things stay inside the stage, and nothing in it can be pressed by accident.
const PLACED = `
:host { display: block !important; position: relative !important; z-index: 0 !important; inline-size: 400px !important; max-inline-size: 100% !important; }
.room { position: relative; block-size: 640px; contain: layout; pointer-events: none; }
.room + .room { block-size: 76px; margin-block-start: 16px; }
.cw { position: absolute; inset: 0; }
.cw > button { position: absolute; inset-block-end: 0; inset-inline-end: 0; }
.cw > .panel { position: absolute; inset: 0; inline-size: 100%; max-inline-size: 100%; block-size: 100%; animation: none; box-shadow: 0 0 0 1px light-dark(#0002, #fff2); }
`;

const nothing = () => undefined;
const actions: PanelActions = {
  again: nothing, ask: nothing, close: nothing, draft: nothing, feedback: nothing, more: nothing,
  person: nothing, retry: nothing, send: nothing, setTheme: nothing, stop: nothing,
};
const idle = { rows: [], unsent: [], answering: "bot" as const, phase: null, expecting: false, running: undefined };

const root = stage.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
root.adoptedStyleSheets = [launcherCss, panelCss, PLACED].map((css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
});
const room = (): HTMLElement => {
  const frame = Object.assign(document.createElement("div"), { className: "cw" });
  const place = Object.assign(document.createElement("div"), { className: "room" });
  place.append(frame);
  place.inert = true;
  root.append(place);
  return frame;
};
const panelRoom = room();
const panel = Object.assign(document.createElement("section"), { className: "panel" });
panelRoom.append(panel);
const launcherRoom = room();
const launcher = document.createElement("button");
launcher.append(...[1, 2, 3].map(() => document.createElement("i")));
launcherRoom.append(launcher);

/** What the form says now; a field that it does not have stays as it is saved. */
const current = (): WidgetSettings => {
  const data = new FormData(form);
  const words = (name: string): string | null => {
    const value = data.get(name);
    return typeof value === "string" ? value.trim() : null;
  };
  const questions = words("suggested_questions");
  const isFull = data.has("color");
  return {
    ...saved,
    color: words("color") ?? saved.color,
    theme: (words("theme") as Theme | null) ?? saved.theme,
    position: (words("position") as "start" | "end" | null) ?? saved.position,
    title: words("title") || (isFull ? (stage.dataset.name ?? "") : saved.title),
    subtitle: words("subtitle") || saved.subtitle,
    greeting: words("greeting") || saved.greeting,
    suggested_questions: questions === null || (!isFull && !questions) ? saved.suggested_questions : questions.split("\n").map((line) => line.trim()).filter(Boolean).slice(0, 5),
    person_offered: isFull ? data.has("person_offered") : saved.person_offered,
    avatar_url: data.has("remove_avatar") ? null : picture,
  };
};

const draw = (): void => {
  const settings = current();
  const theme = forcedTheme ?? settings.theme;
  const mirrored = (settings.direction === "rtl") === (settings.position === "end");
  for (const frame of [panelRoom, launcherRoom]) {
    frame.style.setProperty("--accent", settings.color);
    frame.style.colorScheme = theme.replace("auto", "light dark");
    frame.dir = mirrored ? "rtl" : "ltr";
  }
  useTexts(settings.texts);
  // A chosen file is not on the server yet: it is shown from a data address.
  const view = panelView(settings, actions, theme, settings.avatar_url?.startsWith("data:") ? "data:" : location.origin);
  panel.replaceChildren(view.element);
  view.state(idle);
  sayContrast(settings.color);
};

const channel = (part: string): number => {
  const value = parseInt(part, 16) / 255;
  return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};
const luminance = (color: string): number =>
  0.2126 * channel(color.slice(1, 3)) + 0.7152 * channel(color.slice(3, 5)) + 0.0722 * channel(color.slice(5, 7));

/** The sentence of chatbots/colors.py, while the colour is being chosen. */
function sayContrast(color: string): void {
  if (!contrastLine || !/^#[0-9a-f]{6}$/i.test(color)) return;
  const light = luminance(color);
  const isWhite = light <= 0.179;
  const ratio = isWhite ? 1.05 / (light + 0.05) : (light + 0.05) / 0.05;
  const { white = "", black = "", good = "", faint = "" } = contrastLine.dataset;
  const sentence = 1.05 / (light + 0.05) >= 3 ? good : faint;
  contrastLine.textContent = sentence.replace("{text}", isWhite ? white : black).replace("{ratio}", `${ratio.toFixed(1)}:1`);
}

let waiting = 0;
form.addEventListener("input", (event) => {
  const field = event.target as HTMLInputElement;
  if (field.type === "file") {
    const reader = new FileReader();
    reader.onload = () => {
      picture = String(reader.result);
      draw();
    };
    if (field.files?.[0]) reader.readAsDataURL(field.files[0]);
  }
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(draw);
});

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-preview-theme] button"))
  button.addEventListener("click", () => {
    const isOn = button.ariaPressed === "true";
    forcedTheme = isOn ? null : (button.value as Theme);
    for (const each of button.parentElement?.querySelectorAll("button") ?? []) each.ariaPressed = String(each === button && !isOn);
    draw();
  });

draw();
