// Finds a page of the documentation by its name and headings; the list is already on the page.
const fold = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

export const startDocsFind = (): void => {
  const input = document.querySelector<HTMLInputElement>(".docs-find");
  const nav = input?.closest("nav");
  if (!input || !nav) return;
  const links = [...nav.querySelectorAll<HTMLAnchorElement>("li a")];
  input.addEventListener("input", () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    for (const link of links) {
      const text = fold(`${link.textContent} ${link.dataset.find ?? ""}`);
      const item = link.closest("li");
      if (item) item.hidden = !words.every((word) => text.includes(word));
    }
    for (const group of nav.querySelectorAll<HTMLElement>("[data-group]")) group.hidden = !group.querySelector("li:not([hidden])");
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") links.find((link) => link.offsetParent)?.click();
  });
};
