// ⌘K: the pages of the side bar at once, and the server's finds where it offers a search.
import { on } from "./events";

interface Entry {
  text: string;
  href: string;
  icon: string;
  small: string;
}
interface Group {
  label: string;
  items: Entry[];
}

const ASK_AFTER_MS = 140;
const SVG = "http://www.w3.org/2000/svg";

let sprite = "";
let asked = 0;

const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const icon = (name: string): SVGElement => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#i-${name}`);
  svg.append(use);
  return svg;
};

const pageGroup = (): Group => {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".sidebar .nav__link, #account-menu a, a[data-palette]")];
  return {
    label: "",
    items: links.map((link) => ({
      text: link.querySelector(".nav__text")?.textContent ?? link.textContent?.trim() ?? "",
      href: link.href,
      icon: link.querySelector("use")?.getAttribute("href")?.split("#i-")[1] ?? "right",
      small: "",
    })),
  };
};

const row = (entry: Entry, index: number): HTMLElement => {
  const link = Object.assign(document.createElement("a"), { className: "menu__item", href: entry.href, id: `palette-${index}` });
  link.setAttribute("role", "option");
  link.tabIndex = -1;
  link.append(icon(entry.icon), Object.assign(document.createElement("span"), { className: "truncate", textContent: entry.text }));
  if (entry.small) link.append(Object.assign(document.createElement("small"), { textContent: entry.small }));
  return link;
};

const draw = (list: HTMLElement, groups: Group[]): void => {
  const rows: HTMLElement[] = [];
  let index = 0;
  for (const group of groups.filter((one) => one.items.length)) {
    if (group.label) {
      const label = Object.assign(document.createElement("p"), { className: "palette__label", textContent: group.label });
      label.setAttribute("role", "presentation");
      rows.push(label);
    }
    rows.push(...group.items.map((entry) => row(entry, index++)));
  }
  if (!index) {
    const none = Object.assign(document.createElement("p"), { className: "palette__label", textContent: list.dataset.none ?? "" });
    none.setAttribute("role", "presentation");
    rows.push(none);
  }
  list.replaceChildren(...rows);
};

const choose = (palette: HTMLElement, by: number): void => {
  const rows = [...palette.querySelectorAll<HTMLElement>("[role=option]")];
  const at = rows.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const next = rows[(Math.max(at, by < 0 ? 0 : -1) + by + rows.length) % rows.length];
  rows[at]?.removeAttribute("aria-selected");
  next?.setAttribute("aria-selected", "true");
  next?.scrollIntoView({ block: "nearest" });
  palette.querySelector("input")?.setAttribute("aria-activedescendant", next?.id ?? "");
};

const find = async (palette: HTMLElement, words: string): Promise<void> => {
  const list = palette.querySelector<HTMLElement>(".palette__list");
  if (!list) return;
  const turn = ++asked;
  const pages = pageGroup();
  pages.items = pages.items.filter((entry) => plain(entry.text).includes(plain(words)));
  draw(list, [pages]);
  choose(palette, 1);
  const address = palette.dataset.search;
  if (!address || words.trim().length < 2) return;
  await new Promise((done) => setTimeout(done, ASK_AFTER_MS));
  if (turn !== asked) return;
  const answer = await fetch(`${address}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
  if (!answer.ok || turn !== asked) return;
  const { groups } = (await answer.json()) as { groups: Group[] };
  draw(list, [...groups, pages]);
  choose(palette, 1);
};

const show = (palette: HTMLDialogElement): void => {
  if (palette.open) return palette.close();
  sprite = palette.querySelector("use")?.getAttribute("href")?.split("#")[0] ?? "";
  const input = palette.querySelector("input");
  if (input) input.value = "";
  palette.showModal();
  void find(palette, "");
};

const pressKey = (palette: HTMLElement, event: KeyboardEvent): void => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(palette, event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Enter") palette.querySelector<HTMLElement>("[aria-selected=true]")?.click();
  else return;
  event.preventDefault();
};

export const startPalette = (): void => {
  const palette = document.getElementById("palette");
  if (!(palette instanceof HTMLDialogElement)) return;
  on("click", "[data-palette-open]", () => show(palette));
  document.addEventListener("keydown", (event) => {
    if (!(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    show(palette);
  });
  palette.addEventListener("keydown", (event) => pressKey(palette, event));
  palette.querySelector("input")?.addEventListener("input", (event) => void find(palette, (event.target as HTMLInputElement).value));
};
