// The theme lives in a cookie, so the server draws the right one and nothing flashes.
import { on } from "./events";

const YEAR_SECONDS = 31_536_000;

const isDark = (): boolean => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

export const startTheme = (): void =>
  on("click", "[data-theme-toggle]", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax${secure}`;
  });
