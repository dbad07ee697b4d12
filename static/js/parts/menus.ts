// Menus: native popovers placed beside their button; arrow keys walk through the items.
const GAP = 4;
const MARGIN = 8;

const buttonOf = (menu: HTMLElement): HTMLElement | null =>
  [...document.querySelectorAll<HTMLElement>(`[popovertarget="${CSS.escape(menu.id)}"]`)].find((button) => button.offsetParent) ?? null;

const place = (menu: HTMLElement): void => {
  const button = buttonOf(menu);
  if (!button) return;
  const from = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const isEnd = menu.dataset.align === "end" !== (document.dir === "rtl");
  const wanted = isEnd ? from.right - size.width : from.left;
  const below = from.bottom + GAP + size.height + MARGIN <= innerHeight;
  menu.style.left = `${Math.max(MARGIN, Math.min(wanted, innerWidth - size.width - MARGIN))}px`;
  menu.style.top = `${Math.max(MARGIN, below ? from.bottom + GAP : from.top - GAP - size.height)}px`;
};

const step = (menu: HTMLElement, key: string): boolean => {
  const items = [...menu.querySelectorAll<HTMLElement>(".menu__item")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[key];
  if (next === undefined || !items.length) return false;
  items[(next + items.length) % items.length]?.focus();
  return true;
};

export const startMenus = (): void => {
  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target;
      if (!(menu instanceof HTMLElement) || !menu.matches(".menu--anchored") || !menu.matches(":popover-open")) return;
      place(menu);
      menu.querySelector<HTMLElement>(".menu__item")?.focus({ preventScroll: true });
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector<HTMLElement>(".menu--anchored:popover-open");
    if (menu && step(menu, event.key)) event.preventDefault();
  });
  addEventListener("resize", () => document.querySelectorAll<HTMLElement>(".menu--anchored:popover-open").forEach(place));
};
