// The menu in the head: a person, and light or dark.
import type { Kit } from "./kit";
import type { Room } from "./furnish";
import type { Theme } from "./wire";

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 };

export const headMenu = ({ h, button, text }: Kit, room: Room) => {
  const choice = (name: Theme, label: string) => {
    const item = button("", null, () => choose(name), label);
    item.role = "menuitemradio";
    item.dataset.theme = name;
    return item;
  };
  const themes = [choice("auto", text("themeAuto")), choice("light", text("themeLight")), choice("dark", text("themeDark"))];
  const ask = button("", null, () => (open(false), room.person()?.()), text("askPerson"));
  ask.role = "menuitem";
  const element = h("div.menu", { role: "menu", hidden: true }, ask, h("div.themes", { role: "group", "aria-label": text("appearance") }, ...themes));
  const shown = () => (ask.hidden ? themes : [ask, ...themes]);

  const choose = (name: Theme) => {
    for (const item of themes) item.ariaChecked = `${item.dataset.theme === name}`;
    if (name !== room.theme) room.setTheme((room.theme = name));
  };
  const open = (yes: boolean, focus = true) => {
    ask.hidden = !room.person();
    element.hidden = !yes;
    room.opener.ariaExpanded = `${yes}`;
    if (focus) (yes ? shown()[0]! : room.opener).focus();
  };
  element.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const items = shown();
    const from = items.indexOf(event.target as HTMLButtonElement);
    if (!step || from < 0) return;
    event.preventDefault();
    items[(from + step + items.length) % items.length]!.focus();
  });
  choose(room.theme);
  return { element, open };
};
