// The line that says how long the bot stays quiet counts down, turns at two minutes, and asks when it is over.
import { onPage, refreshThread } from "./page";

const WARN_SECONDS = 120;

const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

const ends = new WeakMap<HTMLElement, number>();

const tick = (): void => {
  for (const line of document.querySelectorAll<HTMLElement>("[data-lease]")) {
    const end = ends.get(line) ?? Date.now() + Number(line.dataset.lease) * 1000;
    ends.set(line, end);
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    const time = line.querySelector("[data-lease-time]");
    if (time) time.textContent = clock(left);
    line.querySelector("progress")?.setAttribute("value", String(left));
    line.classList.toggle("lease--warning", left < WARN_SECONDS);
    if (left > 0) continue;
    line.removeAttribute("data-lease");
    document.querySelector("#thread-cursor")?.insertAdjacentHTML("beforeend", '<input type="hidden" name="state" value="1">');
    refreshThread();
  }
};

export const startLeases = (): void => {
  tick();
  setInterval(tick, 1000);
  onPage("htmx:afterSettle", tick);
};
