// The menu in the head: a person, and light or dark.
import { button, h } from "./dom";
import { icon, MORE } from "./icons";
import { text } from "./texts";
import type { Theme } from "./wire";

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 };

export const headMenu = (theme: Theme, setTheme: (theme: Theme) => void, person: (() => void) | null) => {
  const choice = (name: Theme, label: string) => {
    const item = button("", null, () => choose(name), label);
    item.role = "menuitemradio";
    item.dataset.theme = name;
    item.ariaChecked = `${name === theme}`;
    return item;
  };
  const themes = [choice("auto", text("themeAuto")), choice("light", text("themeLight")), choice("dark", text("themeDark"))];
  const ask = button("", null, () => (open(false), person?.()), text("askPerson"));
  ask.role = "menuitem";
  ask.hidden = !person;
  const items = [ask, ...themes];
  const menu = h("div.menu", { role: "menu", hidden: true }, ask, h("div.themes", { role: "group", "aria-label": text("appearance") }, ...themes));
  const opener = button(".ic", text("more"), () => open(!!menu.hidden), icon(MORE));
  opener.ariaHasPopup = "menu";

  const choose = (name: Theme) => {
    for (const item of themes) item.ariaChecked = `${item.dataset.theme === name}`;
    setTheme(name);
  };
  const open = (yes: boolean) => {
    menu.hidden = !yes;
    opener.ariaExpanded = `${yes}`;
    (yes ? items.find((item) => !item.hidden) : opener)!.focus();
  };
  menu.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const shown = items.filter((item) => !item.hidden);
    const from = shown.indexOf(event.target as HTMLButtonElement);
    if (!step || from < 0) return;
    event.preventDefault();
    shown[(from + step + shown.length) % shown.length]!.focus();
  });
  opener.ariaExpanded = "false";
  return { opener, menu, open, setPersonOffered: (yes: boolean) => (ask.hidden = !yes || !person) };
};

export type Menu = ReturnType<typeof headMenu>;
