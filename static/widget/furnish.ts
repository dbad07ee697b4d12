// The menu and the reading sheet of one panel: opening, covering what lies below, closing with Escape.
import type { Kit } from "./kit";
import { headMenu } from "./menu";
import { readingSheet } from "./sheet";
import type { Citation, Theme } from "./wire";

export interface Room {
  body: HTMLElement;
  head: HTMLElement;
  opener: HTMLElement;
  theme: Theme;
  setTheme(theme: Theme): void;
  /** Null where no person is offered now. */
  person(): (() => void) | null;
}

export const furnish = (kit: Kit, room: Room) => {
  const { body, head, opener } = room;
  let came: HTMLElement | null = null;

  const closeSource = () => {
    sheet.element.hidden = true;
    cover(false);
    came?.focus();
  };
  const menu = headMenu(kit, room);
  const sheet = readingSheet(kit, closeSource);
  const cover = (yes: boolean) => {
    for (const child of body.children) (child as HTMLElement).inert = yes && child !== sheet.element;
  };
  head.append(menu.element);
  body.append(sheet.element);

  // Escape closes the innermost thing; only then the panel hears of it.
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || (menu.element.hidden && sheet.element.hidden)) return;
    event.stopPropagation();
    if (menu.element.hidden) closeSource();
    else menu.open(false);
  });
  body.addEventListener("pointerdown", ({ target }) => {
    if (!menu.element.contains(target as Node) && !opener.contains(target as Node)) menu.open(false, false);
  });

  return {
    toggleMenu: () => menu.open(menu.element.hidden === true),
    openSource(all: Citation[], number: number): void {
      came = (body.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
      cover(true);
      sheet.read(all, number);
    },
  };
};
